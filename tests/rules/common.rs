//! Helpers of the tests: a literal HMAC, tokens built by hand, and a configured service.
#![allow(dead_code, reason = "each test file uses some of them")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use livekit_edge::{
    ApiCredentials, Bounds, Claims, CreateToken, DisplayName, Identity, LivekitConfig, LivekitError, LivekitService,
    Permission, RawAccessToken, RoomName, Secret, TokenVerifier, Ttl,
    config::DEFAULT_MAX_TTL,
    json::{Fields, Object, parse, parse_object},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const API_KEY: &str = "devkey";
pub const API_SECRET: &str = "a-LiveKit-secret-of-over-32-bytes";
pub const URL: &str = "wss://livekit.example";
pub const NOW: u64 = 1_700_000_000;
pub const MAX_TTL: u64 = 86_400;

/// HMAC-SHA256, a literal implementation of RFC 2104 section 2.
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

/// Signs two encoded parts, valid or not.
pub fn sign_parts(header: &str, payload: &str, secret: &str) -> String {
    let signed = format!("{header}.{payload}");
    let tag = encode(slow_hmac(secret.as_bytes(), signed.as_bytes()));
    format!("{signed}.{tag}")
}

/// A correctly signed token with any header and payload.
pub fn forge(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, secret: &str) -> String {
    sign_parts(&encode(header), &encode(payload), secret)
}

/// A correctly signed token with the usual header and any payload.
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
    LivekitConfig::from_settings(&|name| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

pub fn credentials() -> ApiCredentials {
    ApiCredentials::new(API_KEY, API_SECRET).unwrap()
}

/// The object that a JSON text contains.
pub fn object(text: &str) -> Object<'_> {
    parse_object(text.as_bytes()).unwrap()
}

/// Signs arbitrary claims, with an identity and a TTL of any type.
pub fn sign_json(claims: &Value, identity: Option<&Value>, ttl: Option<&Value>) -> Result<String, LivekitError> {
    let (claims, identity, ttl) = (claims.to_string(), identity.map(Value::to_string), ttl.map(Value::to_string));
    let identity = identity.as_ref().map(|text| parse(text.as_bytes()).unwrap());
    let ttl = ttl.as_ref().map(|text| parse(text.as_bytes()).unwrap());
    let token = RawAccessToken { claims: object(&claims), identity, ttl, allow_sensitive_credentials: false };
    token.to_jwt(&credentials(), NOW)
}

pub fn room_name(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

pub fn identity(identity: &str) -> Identity {
    Identity::new(identity).unwrap()
}

pub fn display_name(name: &str) -> DisplayName {
    DisplayName::new(name).unwrap()
}

pub fn ttl(seconds: u64) -> Ttl {
    Ttl::try_from(seconds).unwrap()
}

pub fn create_token(room_id: &str, identity: &str) -> CreateToken {
    CreateToken::new(room_id, identity).unwrap()
}

/// The token of a permission for `room` that a function of the application returned.
pub fn permitted(permission: &Value, room: &str, allowed_grants: &[String]) -> Result<String, LivekitError> {
    let text = permission.to_string();
    let object = object(&text);
    let bounds = Bounds { room, max_ttl: DEFAULT_MAX_TTL, server: None, allowed_grants };
    let permission = Permission::from_fields(&Fields::new(&object), bounds)?;
    service().generate_permitted(permission, NOW, None).map(|response| response.token)
}
