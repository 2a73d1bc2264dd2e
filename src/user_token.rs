//! User token → caller.
//!
//! User tokens are the application's own (claims `sub`, `exp` and optionally `jti`, `sid`, `iat`, `nbf`, `iss`, `aud`), signed by it with
//! HS256 or by its identity provider, not LiveKit's. Other claims are ignored, roles above all.

use crate::{
    error::{LivekitError, TokenError},
    json::{self, Fields, Object, Value, WrongType},
    jws::{self, Secret, SigningKey},
    names::Identity,
    time::LAST_DATE,
    token::{check_times, time},
};
use alloc::string::String;

/// What is required of a user token. Without a key and an identity provider no token is valid.
#[derive(Debug, Default)]
pub struct UserTokenRules {
    /// Key that the application signs user tokens with (`JWT_SECRET`).
    pub key: Option<SigningKey>,
    /// URL of the identity provider's keys (`JWT_JWKS_URL`).
    pub jwks_url: Option<String>,
    /// Required `iss` (`JWT_ISSUER`). If unset, any or none is accepted, but no token of an identity provider.
    pub issuer: Option<String>,
    /// Required entry of `aud` (`JWT_AUDIENCE`). If unset, any or none is accepted.
    pub audience: Option<String>,
    /// An `iss` that is rejected: the API key (`LIVEKIT_API_KEY`). A LiveKit token names it and is no user token, even where
    /// one secret signs both.
    pub refused_issuer: Option<String>,
}

impl UserTokenRules {
    /// Reads the settings by name. A blank setting counts as unset.
    pub fn from_settings(setting: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = |name| setting(name).filter(|text| !text.trim().is_empty());
        Self {
            key: setting("JWT_SECRET").and_then(Secret::new).map(|secret| SigningKey::new(&secret)),
            jwks_url: text("JWT_JWKS_URL"),
            issuer: text("JWT_ISSUER"),
            audience: text("JWT_AUDIENCE"),
            refused_issuer: text("LIVEKIT_API_KEY"),
        }
    }
}

/// Who the user token names. Not yet looked up: the user may be unknown or banned, and the token revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// `sub`: the user's id, which is a valid identity.
    pub user_id: String,
    /// `jti`: the token's id, to look up a revocation.
    pub token_id: Option<String>,
    /// `sid`: the id of the session that the token is from, to look up a revocation.
    pub session_id: Option<String>,
    /// `iat`: Unix second at which the token was issued. A value that is no time counts as none.
    pub issued_at: Option<u64>,
}

/// Verifies a user token at `now` (Unix seconds).
///
/// # Errors
/// [`LivekitError::Unauthorized`]; the reason in it is for logs.
pub fn authenticate(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, LivekitError> {
    verify(token, rules, now).map_err(LivekitError::Unauthorized)
}

/// Checks the claims of a user token whose signature by the identity provider was verified, at `now` (Unix seconds).
///
/// A provider signs for many services, often with the same keys for all its customers: its signature proves nothing without a
/// required issuer.
///
/// # Errors
/// As [`authenticate`].
pub fn authenticate_claims(payload: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, LivekitError> {
    let checked = match (&rules.jwks_url, &rules.issuer) {
        (Some(_), Some(_)) => check_payload(payload.as_bytes(), rules, now),
        _ => Err(TokenError::NotConfigured),
    };
    checked.map_err(LivekitError::Unauthorized)
}

fn verify(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, TokenError> {
    let key = rules.key.as_ref().ok_or(TokenError::NotConfigured)?;
    if token.is_empty() {
        return Err(TokenError::Missing);
    }
    check_payload(jws::verify(token, key)?.as_bytes(), rules, now)
}

fn check_payload(payload: &[u8], rules: &UserTokenRules, now: u64) -> Result<Caller, TokenError> {
    let claims = json::parse_object(payload).map_err(|_| TokenError::Claims)?;
    check_times(&claims, now, 0)?;
    check_claims(&claims, rules)
}

fn check_claims(object: &Object<'_>, rules: &UserTokenRules) -> Result<Caller, TokenError> {
    let claims = Fields::new(object);
    let string = |name| claims.string(name).map_err(|WrongType| TokenError::Claims);
    let issuer = string("iss")?;
    if rules.issuer.is_some() && rules.issuer.as_deref() != issuer {
        return Err(TokenError::Issuer);
    }
    if rules.audience.as_deref().is_some_and(|service| !is_for(&claims, service)) {
        return Err(TokenError::Audience);
    }
    if object.has("video") || (issuer.is_some() && issuer == rules.refused_issuer.as_deref()) {
        return Err(TokenError::Claims);
    }
    let user_id = string("sub")?.and_then(|subject| Identity::new(subject).ok()).ok_or(TokenError::Claims)?;
    let (token_id, session_id) = (string("jti")?, string("sid")?);
    // PostgreSQL cannot store U+0000, so that such a token could not be looked up as revoked.
    if [token_id, session_id].into_iter().flatten().any(|id| id.contains('\0')) {
        return Err(TokenError::Claims);
    }
    Ok(Caller {
        user_id: user_id.into_string(),
        token_id: token_id.map(Into::into),
        session_id: session_id.map(Into::into),
        issued_at: time(object, "iat").ok().flatten().filter(|seconds| *seconds <= LAST_DATE),
    })
}

/// `aud` is one name or an array of names (RFC 7519 section 4.1.3).
fn is_for(claims: &Fields<'_>, service: &str) -> bool {
    match claims.value("aud") {
        Some(Value::String(name)) => name == service,
        Some(Value::Array(names)) => names.iter().any(|name| name.as_str() == Some(service)),
        _ => false,
    }
}
