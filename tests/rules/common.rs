//! What the tests share: a slow and obvious HMAC, tokens made by hand, and one configured service.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use livekit_edge::{Claims, LivekitConfig, LivekitError, LivekitService, Secret, TokenVerifier};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const API_KEY: &str = "devkey";
pub const API_SECRET: &str = "a-LiveKit-secret-of-over-32-bytes";
pub const URL: &str = "wss://livekit.example";
pub const NOW: u64 = 1_700_000_000;
pub const MAX_TTL: u64 = 86_400;

/// HMAC-SHA256 word for word from RFC 2104 section 2.
pub fn slow_hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Signs two parts that are encoded already, well or badly.
pub fn sign_parts(header: &str, payload: &str, secret: &str) -> String {
    let signed = format!("{header}.{payload}");
    let tag = encode(slow_hmac(secret.as_bytes(), signed.as_bytes()));
    format!("{signed}.{tag}")
}

/// A token with any header and payload, rightly signed.
pub fn forge(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, secret: &str) -> String {
    sign_parts(&encode(header), &encode(payload), secret)
}

/// A token with the usual header and any payload, rightly signed.
pub fn jwt(payload: impl AsRef<[u8]>, secret: &str) -> String {
    forge(r#"{"alg":"HS256","typ":"JWT"}"#, payload, secret)
}

/// The header (0) or payload (1) of a token.
pub fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&decode(part)).unwrap()
}

pub fn config() -> LivekitConfig {
    LivekitConfig {
        api_key: Some(API_KEY.into()),
        api_secret: Secret::new(API_SECRET),
        url: Some(URL.into()),
        ..LivekitConfig::default()
    }
}

pub fn service() -> LivekitService {
    LivekitService::new(config())
}

pub fn verify(token: &str) -> Result<Claims, LivekitError> {
    TokenVerifier::new(API_KEY, API_SECRET)?.verify(token, NOW)
}

/// Settings by name, for `LivekitConfig::from_settings`.
pub fn from_settings(settings: &[(&str, &str)]) -> LivekitConfig {
    LivekitConfig::from_settings(|name| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}
