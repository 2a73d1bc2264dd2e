//! base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
//!
//! Letters are computed, not looked up, eight at a time in the bytes of a word: the module needs no vectors for it, and the
//! time tells nothing of what is encoded.

use alloc::{string::String, vec, vec::Vec};

/// How many characters so many bytes take.
pub(crate) const fn encoded_length(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

/// Appends the encoding of `bytes` to `out`.
pub(crate) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(encoded_length(bytes.len()));
    let (groups, rest) = bytes.as_chunks();
    for group in groups {
        out.extend_from_slice(&letters(*group));
    }
    let mut last = [0; 6];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    out.extend(letters(last).into_iter().take(encoded_length(rest.len())));
}

/// The encoding as a text.
pub(crate) fn encode_text(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encode(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Decodes; `None` for padding, white space, the `+/` alphabet and non-zero trailing bits, so that every byte
/// string has exactly one encoding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let letters = text.as_bytes();
    let length = letters.len().saturating_mul(3).div_euclid(4);
    let (groups, rest) = letters.as_chunks();
    let mut last = *b"AAAAAAAA";
    last.iter_mut().zip(rest).for_each(|(place, letter)| *place = *letter);
    let mut bytes = vec![0; groups.len().saturating_add(1).saturating_mul(6)];
    let (places, _) = bytes.as_chunks_mut();
    let groups = groups.iter().chain([&last]);
    let are_letters = places.iter_mut().zip(groups).fold(true, |are_letters, (place, group)| {
        let (six_bytes, are_these) = six_bytes(*group);
        *place = six_bytes;
        are_letters & are_these
    });
    // A last group of one letter would be no whole byte, and the bits beyond the last byte are to be zero.
    if !are_letters || letters.len() & 3 == 1 || bytes.get(length).is_some_and(|beyond| *beyond != 0) {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}

/// One in each byte of a word.
const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// Six bits of the first byte of each four.
const SIX: u64 = 63 | (63 << 32);

/// The highest bit of each byte.
const HIGH: u64 = ONES << 7;

/// One in each byte that is at least `least`, of bytes below 128.
const fn at_least(least: u8, bytes: u64) -> u64 {
    (bytes.wrapping_add(ONES.wrapping_mul(0x80_u64.wrapping_sub(least as u64))) & HIGH) >> 7
}

/// Each byte of one word and the same byte of the other, without a carry from one into the next.
const fn add(one: u64, other: u64) -> u64 {
    (one & !HIGH).wrapping_add(other & !HIGH) ^ ((one ^ other) & HIGH)
}

/// The letters of six bytes. The first is in the lowest byte of the word: modules of WebAssembly cannot turn a word around.
const fn letters([a, b, c, d, e, f]: [u8; 6]) -> [u8; 8] {
    let bits = three(a, b, c) | (three(d, e, f) << 32);
    let sixes =
        ((bits >> 18) & SIX) | ((bits >> 4) & (SIX << 8)) | ((bits << 10) & (SIX << 16)) | ((bits << 24) & (SIX << 24));
    letters_of(sixes).to_le_bytes()
}

const fn three(a: u8, b: u8, c: u8) -> u64 {
    ((a as u64) << 16) | ((b as u64) << 8) | c as u64
}

/// The letter of six bits in each byte.
const fn letters_of(sixes: u64) -> u64 {
    // `a` is 6 behind the one after `Z`, `0` 75 before the one after `z`, `-` 13 before that after `9`, `_` 49 behind.
    let small = at_least(26, sixes).wrapping_mul(6);
    let digits = at_least(52, sixes).wrapping_mul(75);
    let dash = at_least(62, sixes).wrapping_mul(13);
    let line = at_least(63, sixes).wrapping_mul(49);
    let capitals = sixes.wrapping_add(ONES.wrapping_mul(b'A' as u64));
    capitals.wrapping_add(small).wrapping_sub(digits).wrapping_sub(dash).wrapping_add(line)
}

/// The bytes of eight letters, and whether all are letters.
const fn six_bytes(letters: [u8; 8]) -> ([u8; 6], bool) {
    const fn way(letter: u8, six: u8) -> u64 {
        six.wrapping_sub(letter) as u64
    }
    let letters = u64::from_le_bytes(letters);
    let ascii = letters & !HIGH;
    // What leads from a letter to its value, modulo 256; from each kind of letters in the order of ASCII to the next.
    let (dash, digit, capital) = (way(b'-', 62), way(b'0', 52), way(b'A', 0));
    let (line, small) = (way(b'_', 63), way(b'a', 26));
    let way = ONES.wrapping_mul(dash)
        ^ at_least(b'0', ascii).wrapping_mul(dash ^ digit)
        ^ at_least(b'A', ascii).wrapping_mul(digit ^ capital)
        ^ at_least(b'_', ascii).wrapping_mul(capital ^ line)
        ^ at_least(b'a', ascii).wrapping_mul(line ^ small);
    let sixes = add(ascii, way) & ONES.wrapping_mul(63);
    let bits = ((sixes & SIX) << 18)
        | ((sixes & (SIX << 8)) << 4)
        | ((sixes & (SIX << 16)) >> 10)
        | ((sixes & (SIX << 24)) >> 24);
    let [c, b, a, _, f, e, d, _] = bits.to_le_bytes();
    // Whatever stands between the kinds has another letter's value.
    ([a, b, c, d, e, f], letters_of(sixes) == letters)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::{collection::vec, prelude::*, string::string_regex};

    #[test]
    fn rfc4648_section_10() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")]
        {
            assert_eq!(encode_text(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn refuses_every_second_spelling() {
        for text in ["Zg==", "Zg=", "Zg ", " Zg", "Zh", "Zm9", "Z", "+/", "Zm9v\n", "Zm9v.", "ä"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_letter_and_no_other() {
        for byte in 0..=u8::MAX {
            let text = [b'A', byte, b'A', b'A'].map(char::from).iter().collect::<String>();
            assert_eq!(decode(&text), URL_SAFE_NO_PAD.decode(&text).ok(), "{byte}");
        }
    }

    proptest! {
        #[test]
        fn encodes_as_the_crate_base64(before in "[a-z]{0,3}", bytes in vec(any::<u8>(), 0..100)) {
            let mut out = Vec::from(before.as_bytes());
            encode(&bytes, &mut out);
            prop_assert_eq!(String::from_utf8(out).ok(), Some(before + &URL_SAFE_NO_PAD.encode(&bytes)));
            prop_assert_eq!(decode(&encode_text(&bytes)), Some(bytes));
        }

        #[test]
        fn decodes_as_the_crate_base64(
            text in prop_oneof![string_regex("[A-Za-z0-9_-]{0,40}").unwrap(), string_regex("[A-Za-z0-9_+/= -]{0,9}|\\PC{0,9}").unwrap()],
        ) {
            prop_assert_eq!(decode(&text), URL_SAFE_NO_PAD.decode(&text).ok());
        }
    }
}
