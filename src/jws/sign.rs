//! Payload → compact JWS.

use super::{HmacKey, base64url};
use alloc::string::String;

/// base64url of `{"alg":"HS256","typ":"JWT"}`: the only header this crate writes.
pub(crate) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Signs a payload with HS256: `header.payload.tag`, each part in base64url (RFC 7515 section 7.1).
#[must_use]
pub fn sign(payload: &[u8], key: &HmacKey) -> String {
    let encoded = payload.len().saturating_mul(4).saturating_div(3);
    let mut token = String::with_capacity(encoded.saturating_add(HEADER.len()).saturating_add(48));
    token.push_str(HEADER);
    token.push('.');
    base64url::encode(payload, &mut token);
    let tag = key.tag(token.as_bytes());
    token.push('.');
    base64url::encode(&tag, &mut token);
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_what_it_should() {
        assert_eq!(base64url::decode(HEADER).as_deref(), Some(br#"{"alg":"HS256","typ":"JWT"}"#.as_slice()));
    }
}
