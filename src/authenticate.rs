//! Who asks: user token → caller.
//!
//! User tokens are the application's own (claims `sub`, `exp` and optionally `jti`, `nbf`, `iss`, `aud`), signed by it
//! with HS256 or by its identity provider, not LiveKit's. Nothing else in them counts, least of all a role.

use crate::{
    error::{LivekitError, TokenFault},
    json::{self, Fields, Value},
    jws::{self, HmacKey, Secret},
    text::{MAX_IDENTITY_BYTES, check_id},
    token::check_times,
};
use alloc::string::String;

/// What a user token must be. Without a key and an identity provider no token is right.
#[derive(Debug, Default)]
pub struct UserTokenRules {
    /// Key that the application signs user tokens with (`JWT_SECRET`), prepared.
    pub key: Option<HmacKey>,
    /// Where the identity provider publishes its keys (`JWT_JWKS_URL`).
    pub jwks_url: Option<String>,
    /// Required `iss` (`JWT_ISSUER`); any or none if unset, but then no token of an identity provider is right.
    pub issuer: Option<String>,
    /// Required member of `aud` (`JWT_AUDIENCE`); any or none if unset.
    pub audience: Option<String>,
    /// An `iss` that is refused: the API key (`LIVEKIT_API_KEY`). A LiveKit token names it, and is no user token, even
    /// where one secret signs both.
    pub refused_issuer: Option<String>,
}

impl UserTokenRules {
    /// Reads the settings by name from wherever they are. A blank setting counts as unset.
    pub fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| setting(name).filter(|text| !text.trim().is_empty());
        Self {
            key: setting("JWT_SECRET").and_then(Secret::new).map(|secret| HmacKey::new(&secret)),
            jwks_url: text("JWT_JWKS_URL"),
            issuer: text("JWT_ISSUER"),
            audience: text("JWT_AUDIENCE"),
            refused_issuer: text("LIVEKIT_API_KEY"),
        }
    }
}

/// Who the user token names. Not yet looked up: the user may be unknown, banned, or the token revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `sub`: the user's id. It also is a valid participant identity.
    pub user_id: String,
    /// `jti`: the token's id, to look up a revocation by.
    pub token_id: Option<String>,
}

/// Checks a user token at `now` (Unix seconds).
///
/// # Errors
/// [`LivekitError::Unauthorized`], whatever is wrong; the reason inside is for logs.
pub fn authenticate(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, LivekitError> {
    check(token, rules, now).map_err(LivekitError::Unauthorized)
}

/// Checks the claims of a user token whose signature by the identity provider was checked, at `now` (Unix seconds).
///
/// A provider signs for many services, often with the same keys for all its customers: without a required issuer its
/// signature says nothing.
///
/// # Errors
/// As [`authenticate`].
pub fn authenticate_claims(payload: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, LivekitError> {
    let checked = match (&rules.jwks_url, &rules.issuer) {
        (Some(_), Some(_)) => check_payload(payload.as_bytes(), rules, now),
        _ => Err(TokenFault::NotConfigured),
    };
    checked.map_err(LivekitError::Unauthorized)
}

fn check(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, TokenFault> {
    let key = rules.key.as_ref().ok_or(TokenFault::NotConfigured)?;
    if token.is_empty() {
        return Err(TokenFault::Missing);
    }
    check_payload(jws::verify(token, key)?.as_bytes(), rules, now)
}

fn check_payload(payload: &[u8], rules: &UserTokenRules, now: u64) -> Result<Caller, TokenFault> {
    json::read_object(payload, |claims| Ok(check_claims(claims, rules, now))).unwrap_or(Err(TokenFault::Claims))
}

fn check_claims(claims: &Fields<'_>, rules: &UserTokenRules, now: u64) -> Result<Caller, TokenFault> {
    let exp = claims.whole_number("exp")?.ok_or(TokenFault::Claims)?;
    check_times(exp, claims.whole_number("nbf")?, now, 0)?;
    if rules.issuer.is_some() && rules.issuer.as_deref() != claims.text("iss")? {
        return Err(TokenFault::Issuer);
    }
    if rules.audience.as_deref().is_some_and(|service| !is_for(claims, service)) {
        return Err(TokenFault::Audience);
    }
    let issuer = claims.text("iss")?;
    if claims.has("video") || (issuer.is_some() && issuer == rules.refused_issuer.as_deref()) {
        return Err(TokenFault::Claims);
    }
    let user_id = claims
        .text("sub")?
        .filter(|subject| check_id(subject, MAX_IDENTITY_BYTES).is_none())
        .ok_or(TokenFault::Claims)?
        .into();
    let token_id = claims.text("jti")?;
    // PostgreSQL holds no U+0000: it cannot be asked whether such a token was revoked.
    if token_id.is_some_and(|id| id.contains('\0')) {
        return Err(TokenFault::Claims);
    }
    Ok(Caller { user_id, token_id: token_id.map(Into::into) })
}

/// `aud` is one name or a list of them (RFC 7519 section 4.1.3).
fn is_for(claims: &Fields<'_>, service: &str) -> bool {
    match claims.value("aud") {
        Some(Value::Text(name)) => name == service,
        Some(Value::List(names)) => names.iter().any(|name| matches!(name, Value::Text(name) if name == service)),
        _ => false,
    }
}
