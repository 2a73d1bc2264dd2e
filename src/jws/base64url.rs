//! base64url without padding (RFC 4648 section 5, RFC 7515 section 2).

use alloc::{string::String, vec::Vec};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Appends the encoding of `bytes` to `out`.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// Decodes; `None` for padding, white space, the `+/` alphabet and non-zero trailing bits, so that every byte
/// string has exactly one encoding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4648_section_10() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")]
        {
            let mut out = String::new();
            encode(plain.as_bytes(), &mut out);
            assert_eq!(out, encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn refuses_every_second_spelling() {
        for text in ["Zg==", "Zg=", "Zg ", " Zg", "Zh", "Zm9", "Z", "+/", "Zm9v\n", "Zm9v.", "ä"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
