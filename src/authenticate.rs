//! Who asks: user token → caller.
//!
//! User tokens are the application's own (HS256, claims `sub`, `exp` and optionally `jti`, `nbf`, `iss`, `aud`),
//! not LiveKit's. Nothing else in them counts, least of all a role.

use crate::{
    error::{LivekitError, TokenFault},
    json::{self, Fields, Value},
    jws::{self, HmacKey, Secret},
    limits::MAX_IDENTITY_BYTES,
    token::check_times,
};
use alloc::string::String;

/// What a user token must be. Without a secret no token is right.
#[derive(Debug, Default)]
pub struct UserTokenRules {
    /// Secret that the application signs user tokens with (`JWT_SECRET`).
    pub secret: Option<Secret>,
    /// Required `iss` (`JWT_ISSUER`); any or none if unset.
    pub issuer: Option<String>,
    /// Required member of `aud` (`JWT_AUDIENCE`); any or none if unset.
    pub audience: Option<String>,
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

fn check(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, TokenFault> {
    let secret = rules.secret.as_ref().ok_or(TokenFault::NotConfigured)?;
    if token.is_empty() {
        return Err(TokenFault::Missing);
    }
    let payload = jws::verify(token, &HmacKey::new(secret))?;
    json::read_object(payload.as_bytes(), |claims| Ok(check_claims(claims, rules, now)))
        .unwrap_or(Err(TokenFault::Claims))
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
    // A LiveKit token is no user token, even where one secret signs both.
    if claims.value("video").is_some() {
        return Err(TokenFault::Claims);
    }
    let user_id = claims.text("sub")?.filter(|subject| is_identity(subject)).ok_or(TokenFault::Claims)?.into();
    Ok(Caller { user_id, token_id: claims.text("jti")?.map(Into::into) })
}

/// `aud` is one name or a list of them (RFC 7519 section 4.1.3).
fn is_for(claims: &Fields<'_>, service: &str) -> bool {
    match claims.value("aud") {
        Some(Value::Text(name)) => name == service,
        Some(Value::List(names)) => names.iter().any(|name| matches!(name, Value::Text(name) if name == service)),
        _ => false,
    }
}

fn is_identity(subject: &str) -> bool {
    !subject.trim().is_empty() && subject.len() <= MAX_IDENTITY_BYTES && !subject.chars().any(char::is_control)
}
