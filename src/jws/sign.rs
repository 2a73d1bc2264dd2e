//! Payload → compact JWS.

use super::{HmacKey, base64url, sha256::Midstate};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// base64url of `{"alg":"HS256","typ":"JWT"}`: the only header this crate writes.
pub(crate) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Signs a payload with HS256: `header.payload.tag`, each part in base64url (RFC 7515 section 7.1).
#[must_use]
pub fn sign(payload: &[u8], key: &HmacKey) -> String {
    let mut token = Vec::with_capacity(token_length(HEADER.len(), payload));
    token.extend_from_slice(HEADER.as_bytes());
    token.push(b'.');
    base64url::encode(payload, &mut token);
    let tag = key.tag(&token);
    push_tag(&tag, &mut token);
    String::from_utf8(token).unwrap_or_default()
}

/// With the two dots and the tag's 43 characters.
const fn token_length(start: usize, payload: &[u8]) -> usize {
    start.saturating_add(base64url::encoded_length(payload.len())).saturating_add(45)
}

fn push_tag(tag: &[u8; 32], token: &mut Vec<u8>) {
    token.push(b'.');
    base64url::encode(tag, token);
}

/// A beginning that many payloads share, encoded and hashed once.
pub(crate) struct Opening {
    /// The token's first characters.
    encoded: Vec<u8>,
    /// The end of the beginning, which does not fill three bytes and is encoded with what follows.
    rest: String,
    /// Of as many whole blocks as `encoded` has.
    hashed: Midstate,
    /// How many characters that is.
    hashed_length: usize,
}

impl Opening {
    /// Prepares the tokens that `key` signs and whose payloads begin with `start`.
    pub(crate) fn new(start: &str, key: &HmacKey) -> Self {
        let is_cut = |at: &usize| at.is_multiple_of(3) && start.is_char_boundary(*at);
        let cut = (0..=start.len()).rev().find(is_cut).unwrap_or_default();
        let (whole, rest) = start.split_at_checked(cut).unwrap_or_default();
        let mut encoded = Vec::from(HEADER);
        encoded.push(b'.');
        base64url::encode(whole.as_bytes(), &mut encoded);
        let mut hashed = key.start();
        let unhashed = hashed.update(&encoded).len();
        let hashed_length = encoded.len().saturating_sub(unhashed);
        Self { encoded, rest: rest.into(), hashed, hashed_length }
    }

    /// What the payloads begin with, as far as it is still to be given to [`Self::sign`].
    pub(crate) fn rest(&self) -> &str {
        &self.rest
    }

    /// Appends the token whose payload begins as all do and ends with `payload`, which begins with [`Self::rest`].
    pub(crate) fn sign(&self, payload: &[u8], key: &HmacKey, out: &mut Vec<u8>) {
        let start = out.len();
        out.reserve(token_length(self.encoded.len(), payload));
        out.extend_from_slice(&self.encoded);
        base64url::encode(payload, out);
        let unhashed = start.saturating_add(self.hashed_length);
        let tag = key.tag_after(self.hashed.clone(), out.get(unhashed..).unwrap_or_default());
        push_tag(&tag, out);
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(redacted)")
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use proptest::prelude::*;

    #[test]
    fn the_header_says_what_it_should() {
        assert_eq!(base64url::decode(HEADER).as_deref(), Some(br#"{"alg":"HS256","typ":"JWT"}"#.as_slice()));
    }

    proptest! {
        /// However a payload is cut in two, and whatever stands before the token.
        #[test]
        fn an_opening_makes_the_same_token(before in ".{0,9}", start in "\\PC{0,200}", end in "\\PC{0,200}") {
            let key = HmacKey::from_bytes(b"key").unwrap();
            let opening = Opening::new(&start, &key);
            let mut token = Vec::from(before.as_bytes());
            opening.sign((opening.rest().to_string() + &end).as_bytes(), &key, &mut token);
            let payload = start + &end;
            prop_assert_eq!(String::from_utf8(token).unwrap(), before + &sign(payload.as_bytes(), &key));
            let signed = format!("{HEADER}.{}", base64url::encode_text(payload.as_bytes()));
            let expected = format!("{signed}.{}", base64url::encode_text(&key.tag(signed.as_bytes())));
            prop_assert_eq!(sign(payload.as_bytes(), &key), expected);
        }
    }
}
