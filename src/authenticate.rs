//! Who asks: user token → caller.
//!
//! User tokens are the application's own (HS256, claims `sub`, `exp` and optionally `jti`, `nbf`, `iss`, `aud`),
//! not LiveKit's. Nothing else in them counts, least of all a role.

use crate::{
    error::{LivekitError, TokenFault},
    json,
    jws::{self, HmacKey, Secret},
    limits::MAX_IDENTITY_BYTES,
    token::check_times,
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize, de::IgnoredAny};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// `sub`: the user's id. It also is a valid participant identity.
    pub user_id: String,
    /// `jti`: the token's id, to look up a revocation by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
}

#[derive(Deserialize)]
struct UserClaims {
    sub: String,
    exp: u64,
    #[serde(default)]
    nbf: Option<u64>,
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    aud: Option<Audience>,
    /// A LiveKit token is no user token, even where one secret signs both.
    #[serde(default)]
    video: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, service: &str) -> bool {
        match self {
            Self::One(name) => name == service,
            Self::Many(names) => names.iter().any(|name| name == service),
        }
    }
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
    let claims: UserClaims = json::read_object(payload.as_bytes()).ok_or(TokenFault::Claims)?;
    check_times(claims.exp, claims.nbf, now, 0)?;
    if rules.issuer.is_some() && rules.issuer != claims.iss {
        return Err(TokenFault::Issuer);
    }
    if let Some(service) = &rules.audience
        && !claims.aud.is_some_and(|audience| audience.names(service))
    {
        return Err(TokenFault::Audience);
    }
    if claims.video.is_some() || !is_identity(&claims.sub) {
        return Err(TokenFault::Claims);
    }
    Ok(Caller { user_id: claims.sub, token_id: claims.jti })
}

fn is_identity(subject: &str) -> bool {
    !subject.trim().is_empty() && subject.len() <= MAX_IDENTITY_BYTES && !subject.chars().any(char::is_control)
}
