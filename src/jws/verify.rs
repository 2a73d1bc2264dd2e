//! Compact JWS → payload, once its signature was checked.

use super::{HmacKey, base64url};
use crate::{error::TokenFault, json};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, de::IgnoredAny};

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

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that must be understood (RFC 7515 section 4.1.11); none is.
    #[serde(default, deserialize_with = "present")]
    crit: bool,
    /// Unencoded payload (RFC 7797): a second way to read the same bytes.
    #[serde(default, deserialize_with = "present")]
    b64: bool,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
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
    let (signed, tag) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
    let tag = base64url::decode(tag).ok_or(TokenFault::Malformed)?;
    let payload = base64url::decode(payload).ok_or(TokenFault::Malformed)?;
    let header = base64url::decode(header).ok_or(TokenFault::Malformed)?;

    if !key.verify(signed.as_bytes(), &tag) {
        return Err(TokenFault::Signature);
    }
    match json::read_object::<Header>(&header) {
        Some(header) if header.alg == "HS256" && !header.crit && !header.b64 => Ok(VerifiedPayload(payload)),
        _ => Err(TokenFault::Header),
    }
}
