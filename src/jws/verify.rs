//! Verifies a compact JWS and returns its payload.

use super::{SigningKey, sign::HEADER};
use crate::{error::TokenError, json};
use alloc::{string::String, vec::Vec};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The payload of a JWS whose HS256 signature was verified. Only [`verify`] creates one.
#[derive(Debug)]
pub struct VerifiedPayload(Vec<u8>);

impl VerifiedPayload {
    /// The payload bytes: for a JWT, the JSON of its claims.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Converts the payload into a string without copying; `None` if it is not UTF-8.
    #[must_use]
    pub fn into_string(self) -> Option<String> {
        String::from_utf8(self.0).ok()
    }
}

/// Maximum length in bytes of an unverified header that is parsed to return a more exact error.
const MAX_HEADER_BYTES: usize = 512;

/// Accepts a header that names HS256 and requires no extension: no `crit` (RFC 7515 section 4.1.11), no unencoded payload
/// (`b64`, RFC 7797).
fn check_header(header: &[u8]) -> Result<(), TokenError> {
    let header = json::parse_object(header).map_err(|_| TokenError::Header)?;
    match header.get("alg") {
        Some(json::Value::String(alg)) if alg != "HS256" => Err(TokenError::Algorithm),
        Some(json::Value::String(_)) if !header.has("crit") && !header.has("b64") => Ok(()),
        _ => Err(TokenError::Header),
    }
}

/// Decodes canonical base64url: no padding, white space, `+/` alphabet or non-zero trailing bits, so that each byte string
/// has exactly one encoding.
fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)
}

/// Verifies an HS256 compact JWS and returns its payload (RFC 7515 section 5.2).
///
/// The signature is checked first: no part of a token without a valid signature is trusted. The algorithm is a
/// constant: a header that names another one is an error.
///
/// # Errors
/// [`TokenError::Malformed`] if the token is not three canonical base64url parts, [`TokenError::Signature`] if the tag
/// is wrong, [`TokenError::Algorithm`] if the header names another algorithm, [`TokenError::Header`] if the header is
/// malformed or requires an extension.
pub fn verify(token: &str, key: &SigningKey) -> Result<VerifiedPayload, TokenError> {
    let (signed, tag) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
    let tag = decode(tag)?;
    let payload = decode(payload)?;
    // Fast path: nearly every token has exactly this header, which needs no parsing.
    let header = if header == HEADER { None } else { Some(decode(header)?) };
    if !key.verify(signed.as_bytes(), &tag) {
        // The unverified header only selects the error.
        return match header {
            Some(header) if header.len() <= MAX_HEADER_BYTES => check_header(&header).and(Err(TokenError::Signature)),
            _ => Err(TokenError::Signature),
        }
        .map_err(|error| if error == TokenError::Algorithm { error } else { TokenError::Signature });
    }
    match header {
        None => Ok(VerifiedPayload(payload)),
        Some(header) => check_header(&header).map(|()| VerifiedPayload(payload)),
    }
}

/// Decodes the payload of an unverified token, only to select the key that [`verify`] then uses.
pub(crate) fn unverified_payload(token: &str) -> Result<Vec<u8>, TokenError> {
    let (signed, _) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (_, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
    decode(payload)
}
