//! Compact JWS → payload, once its signature was checked.

use super::{HmacKey, base64url, sign::HEADER};
use crate::{error::TokenFault, json};
use alloc::vec::Vec;

/// The payload of a JWS whose HS256 signature was right. Holding one is the proof.
#[derive(Debug)]
pub struct VerifiedPayload(Vec<u8>);

impl VerifiedPayload {
    /// The payload bytes, for a JWT the JSON text of its claims.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// True for a header that says HS256 and asks for nothing more: no extension that must be understood (`crit`, RFC 7515
/// section 4.1.11), no payload that is not encoded (`b64`, RFC 7797).
fn is_plain_hs256(header: &[u8]) -> bool {
    json::read_object(header, |header| {
        Ok(header.text("alg")? == Some("HS256") && !header.has("crit") && !header.has("b64"))
    })
    .unwrap_or(false)
}

/// What stands before and after the dot at this place.
fn around(text: &str, at: usize) -> Option<(&str, &str)> {
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

/// Checks an HS256 compact JWS and returns its payload (RFC 7515 section 5.2).
///
/// The signature comes first: nothing of an unsigned token is parsed. The algorithm is a constant: a header
/// that names another one is refused, not obeyed.
///
/// # Errors
/// [`TokenFault::Malformed`] if it is not three canonical base64url parts, [`TokenFault::Signature`] if the tag
/// is not the key's, [`TokenFault::Header`] if the signed header is not plain HS256.
pub fn verify(token: &str, key: &HmacKey) -> Result<VerifiedPayload, TokenFault> {
    let is_dot = |byte: &u8| *byte == b'.';
    let last = token.as_bytes().iter().rposition(is_dot).ok_or(TokenFault::Malformed)?;
    let (signed, tag) = around(token, last).ok_or(TokenFault::Malformed)?;
    let first = signed.as_bytes().iter().position(is_dot).ok_or(TokenFault::Malformed)?;
    let (header, payload) = around(signed, first).ok_or(TokenFault::Malformed)?;
    let tag = base64url::decode(tag).ok_or(TokenFault::Malformed)?;
    let payload = base64url::decode(payload).ok_or(TokenFault::Malformed)?;
    // The header that nearly every token has says nothing new.
    let header = match header {
        HEADER => None,
        header => Some(base64url::decode(header).ok_or(TokenFault::Malformed)?),
    };

    if !key.verify(signed.as_bytes(), &tag) {
        return Err(TokenFault::Signature);
    }
    if header.is_none_or(|header| is_plain_hs256(&header)) {
        Ok(VerifiedPayload(payload))
    } else {
        Err(TokenFault::Header)
    }
}
