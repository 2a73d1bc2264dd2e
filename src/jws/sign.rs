//! Signs a payload as a compact JWS.

use super::{SigningKey, key::tag_after};
use alloc::{string::String, vec::Vec};
use base64::{Engine, encoded_len, engine::general_purpose::URL_SAFE_NO_PAD};
use core::fmt;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// base64url of `{"alg":"HS256","typ":"JWT"}`, the header of every token that this crate signs.
pub(crate) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Length of a tag in base64url and of the dot before it.
const TAG_CHARACTERS: usize = 44;

/// Signs a payload with HS256: `header.payload.tag`, each part in base64url (RFC 7515 section 7.1).
#[must_use]
pub fn sign(payload: &[u8], key: &SigningKey) -> String {
    complete(&[HEADER.as_bytes(), b"."], 0, payload, key.state())
}

/// Completes a token: appends the rest of its payload and the tag. `state` is the HMAC state after the first `hashed`
/// characters of the token.
fn complete(start: &[&[u8]], hashed: usize, rest: &[u8], state: &Hmac<Sha256>) -> String {
    let length = start.iter().map(|part| part.len()).fold(encoded_length(rest.len()), usize::saturating_add);
    let mut token = Vec::with_capacity(length.saturating_add(TAG_CHARACTERS));
    for part in start {
        token.extend_from_slice(part);
    }
    encode(rest, &mut token);
    let tag = tag_after(state, token.get(hashed..).unwrap_or_default());
    token.push(b'.');
    encode(&tag, &mut token);
    ascii(token)
}

/// The start of a payload that many tokens share, encoded and hashed once.
pub(crate) struct SharedPrefix {
    /// The start of the token: header and encoded prefix.
    encoded: Vec<u8>,
    /// The end of the prefix that is encoded with the rest of the payload, because base64url encodes groups of three
    /// bytes.
    unencoded: String,
    /// HMAC state after `encoded`.
    state: Hmac<Sha256>,
}

impl SharedPrefix {
    /// Prepares tokens that are signed with `key` and whose payload starts with `prefix`.
    pub(crate) fn new(prefix: &str, key: &SigningKey) -> Self {
        let is_cut = |at: &usize| at.is_multiple_of(3) && prefix.is_char_boundary(*at);
        let cut = (0..=prefix.len()).rev().find(is_cut).unwrap_or_default();
        let (whole, unencoded) = prefix.split_at_checked(cut).unwrap_or_default();
        let mut encoded = [HEADER.as_bytes(), b"."].concat();
        encode(whole.as_bytes(), &mut encoded);
        let state = key.state().clone().chain_update(&encoded);
        Self { encoded, unencoded: unencoded.into(), state }
    }

    /// The unencoded end of the prefix. `rest` in [`Self::sign`] must start with it.
    pub(crate) fn unencoded(&self) -> &str {
        &self.unencoded
    }

    /// Signs the token whose payload is the shared prefix and `rest`, which must start with [`Self::unencoded`].
    pub(crate) fn sign(&self, rest: &[u8]) -> String {
        complete(&[&self.encoded], self.encoded.len(), rest, &self.state)
    }
}

/// Encodes bytes in base64url without padding (RFC 4648 section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    let mut encoded = Vec::new();
    encode(bytes, &mut encoded);
    ascii(encoded)
}

fn encoded_length(bytes: usize) -> usize {
    encoded_len(bytes, false).unwrap_or_default()
}

/// Appends the base64url of `bytes`.
fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(encoded_length(bytes.len())), 0);
    let written = out.get_mut(start..).and_then(|space| URL_SAFE_NO_PAD.encode_slice(bytes, space).ok());
    out.truncate(start.saturating_add(written.unwrap_or_default()));
}

#[expect(clippy::panic, reason = "an invariant of base64; `expect` would link the formatting of errors")]
fn ascii(base64: Vec<u8>) -> String {
    match String::from_utf8(base64) {
        Ok(text) => text,
        Err(_) => panic!("base64 is ASCII"),
    }
}

impl fmt::Debug for SharedPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedPrefix(redacted)")
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    #[test]
    fn the_header_is_hs256() {
        let header = URL_SAFE_NO_PAD.decode(HEADER).unwrap();
        assert_eq!(header, br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    proptest! {
        #[test]
        fn a_shared_prefix_changes_no_token(prefix in "\\PC{0,200}", end in "\\PC{0,200}") {
            let key = SigningKey::from_bytes(b"key").unwrap();
            let shared = SharedPrefix::new(&prefix, &key);
            let token = shared.sign(format!("{}{end}", shared.unencoded()).as_bytes());
            let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(format!("{prefix}{end}")));
            let expected = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.tag(signed.as_bytes())));
            prop_assert_eq!(&token, &expected);
            prop_assert_eq!(sign(format!("{prefix}{end}").as_bytes(), &key), expected);
        }
    }
}
