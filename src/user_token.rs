//! Verifies user tokens and returns the caller.
//!
//! The application or its identity provider signs user tokens, not LiveKit. Claims: `sub`, `exp` and optionally `jti`,
//! `sid`, `iat`, `nbf`, `iss`, `aud`, `azp`, `client_id`. Other claims are ignored, in particular roles.

use crate::{
    algorithm::Algorithm,
    config::LivekitConfig,
    error::{LivekitError, TokenError},
    json::{self, Fields, Object, Value},
    jws::{self, Secret, SigningKey},
    keys::ApiKeys,
    names::Identity,
    setting::{Settings, entries, list, parse_integer, text},
    time::LAST_DATE,
    token::{check_times, time},
};
use alloc::{string::String, vec::Vec};

/// Default of `JWT_LEEWAY`, in seconds.
pub const DEFAULT_LEEWAY: u64 = 10;

/// Maximum of `JWT_LEEWAY`, in seconds. A longer one would accept expired tokens whose revocation has already been
/// deleted.
pub const MAX_LEEWAY: u64 = 300;

/// Maximum number of secrets in `JWT_SECRETS`. An invalid token is checked against each of them.
pub const MAX_SECRETS: usize = 16;

/// Requirements for user tokens. Without a key and an identity provider every token is invalid.
#[derive(Debug)]
pub struct UserTokenRules {
    /// Keys of the application (`JWT_SECRET`, `JWT_SECRETS`). A token may be signed with any of them.
    pub keys: Vec<SigningKey>,
    /// URL of the identity provider's JWK Set (`JWT_JWKS_URL`).
    pub jwks_url: Option<String>,
    /// Required `iss` (`JWT_ISSUER`). If unset, `iss` is not checked, and tokens of an identity provider are rejected.
    pub issuer: Option<String>,
    /// Accepted audiences (`JWT_AUDIENCE`): `aud` must contain one of them. If unset, `aud` is not checked.
    pub audiences: Option<Vec<String>>,
    /// Accepted clients (`JWT_CLIENT_ID`): `azp` or `client_id` must be one of them. If unset, neither is checked.
    pub clients: Option<Vec<String>>,
    /// Values of `iss` that are rejected: the API keys. The issuer of a LiveKit token is an API key, and a LiveKit
    /// token must not count as a user token, even if one secret signs both.
    pub refused_issuers: Vec<String>,
    /// True to reject every `iss` but the required one, because an error in the settings hides some of the API keys.
    pub refuses_other_issuers: bool,
    /// Algorithms of the identity provider's tokens (`JWT_ALGORITHMS`).
    pub algorithms: Vec<Algorithm>,
    /// Seconds by which the clocks of issuer and endpoint may differ (`JWT_LEEWAY`), for `exp` and `nbf`.
    pub leeway: u64,
}

impl Default for UserTokenRules {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            jwks_url: None,
            issuer: None,
            audiences: None,
            clients: None,
            refused_issuers: Vec::new(),
            refuses_other_issuers: false,
            algorithms: Algorithm::from_settings(&|_| None),
            leeway: DEFAULT_LEEWAY,
        }
    }
}

impl UserTokenRules {
    /// Parses the settings, which `setting` returns by name. A blank setting counts as unset. Of the API keys it
    /// rejects only `LIVEKIT_API_KEY` as an issuer: see [`Self::refuse_livekit_tokens`].
    pub fn from_settings(setting: Settings<'_>) -> Self {
        Self {
            keys: secrets(setting).into_iter().map(|secret| SigningKey::new(&secret)).collect(),
            jwks_url: text(setting, "JWT_JWKS_URL"),
            issuer: text(setting, "JWT_ISSUER"),
            audiences: list(setting, "JWT_AUDIENCE"),
            clients: list(setting, "JWT_CLIENT_ID"),
            refused_issuers: text(setting, "LIVEKIT_API_KEY").into_iter().collect(),
            refuses_other_issuers: false,
            algorithms: Algorithm::from_settings(setting),
            leeway: text(setting, "JWT_LEEWAY").and_then(|text| parse_leeway(&text)).unwrap_or(DEFAULT_LEEWAY),
        }
    }

    /// Rejects tokens whose issuer is an API key of the configuration or of its servers. With an error in those
    /// settings some keys are unknown, so that every issuer but the required one is rejected.
    #[must_use]
    pub fn refuse_livekit_tokens(mut self, config: &LivekitConfig) -> Self {
        let servers = config.servers.as_slice().iter().map(|server| &server.keys);
        let keys = servers.chain(&config.keys).flat_map(ApiKeys::iter);
        self.refused_issuers.extend(keys.map(|credentials| credentials.api_key().into()));
        self.refuses_other_issuers = !config.errors.is_empty();
        self
    }
}

/// The secrets of `JWT_SECRET` and of `JWT_SECRETS`, which has one secret in each line.
///
/// An application may use the value of `JWT_SECRET` without trimming it, for example with a line feed at its end. So
/// the untrimmed value is accepted as a secret too.
fn secrets(setting: Settings<'_>) -> Vec<Secret> {
    let raw = setting("JWT_SECRET");
    let trimmed = raw.as_deref().map(str::trim).filter(|trimmed| raw.as_deref() != Some(trimmed)).map(String::from);
    let lines = setting("JWT_SECRETS").unwrap_or_default();
    let lines = entries(&lines, '\n').take(MAX_SECRETS).map(String::from);
    raw.into_iter().chain(trimmed).chain(lines).filter_map(Secret::new).collect()
}

/// Parses `JWT_LEEWAY`.
pub(crate) fn parse_leeway(text: &str) -> Option<u64> {
    parse_integer(text, 0..=MAX_LEEWAY)
}

/// The caller that a user token names. The store has not been asked yet: the user may be unknown or banned, and the
/// token revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// `sub`: the user's id, a valid identity.
    pub user_id: String,
    /// `jti`: id of the token, for revocation.
    pub token_id: Option<String>,
    /// `sid`: id of the session of the token, for revocation.
    pub session_id: Option<String>,
    /// `iat`: Unix second at which the token was issued; `None` if missing or invalid.
    pub issued_at: Option<u64>,
}

/// Verifies a user token at `now` (Unix seconds).
///
/// # Errors
/// [`LivekitError::Unauthorized`]; the reason in it is for logs.
pub fn authenticate(token: &str, rules: &UserTokenRules, now: u64) -> Result<Caller, LivekitError> {
    verify(token, rules, now).map_err(LivekitError::Unauthorized)
}

/// Checks the claims of a user token at `now` (Unix seconds), after the identity provider's signature was verified.
///
/// An issuer is required: a provider signs tokens for many services, often with the same keys for all its customers.
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
    if rules.keys.is_empty() {
        return Err(TokenError::NotConfigured);
    }
    if token.is_empty() {
        return Err(TokenError::Missing);
    }
    let mut verified = Err(TokenError::Signature);
    for key in &rules.keys {
        verified = jws::verify(token, key);
        if !matches!(verified, Err(TokenError::Signature)) {
            break;
        }
    }
    check_payload(verified?.as_bytes(), rules, now)
}

fn check_payload(payload: &[u8], rules: &UserTokenRules, now: u64) -> Result<Caller, TokenError> {
    let claims = json::parse_object(payload).map_err(|_| TokenError::Claims)?;
    check_times(&claims, now, rules.leeway)?;
    check_claims(&claims, rules)
}

fn check_claims(object: &Object<'_>, rules: &UserTokenRules) -> Result<Caller, TokenError> {
    let claims = Fields::new(object);
    let string = |name| claims.string(name).map_err(|_| TokenError::Claim(name));
    let issuer = string("iss")?;
    if rules.issuer.is_some() && rules.issuer.as_deref() != issuer {
        return Err(TokenError::Issuer);
    }
    if rules.audiences.as_deref().is_some_and(|audiences| !is_for(&claims, audiences)) {
        return Err(TokenError::Audience);
    }
    if let Some(clients) = &rules.clients {
        // Some providers set both claims. Then both must be accepted.
        let named = [string("azp")?, string("client_id")?];
        let mut named = named.into_iter().flatten().peekable();
        if named.peek().is_none() || !named.all(|client| clients.iter().any(|known| known == client)) {
            return Err(TokenError::Client);
        }
    }
    if object.has("video") {
        return Err(TokenError::Claim("video"));
    }
    let is_hidden_key = rules.refuses_other_issuers && issuer.is_some() && rules.issuer.is_none();
    if is_hidden_key || rules.refused_issuers.iter().any(|refused| issuer == Some(refused)) {
        return Err(TokenError::Claim("iss"));
    }
    let user_id = string("sub")?.and_then(|subject| Identity::new(subject).ok()).ok_or(TokenError::Claim("sub"))?;
    // PostgreSQL cannot store U+0000, so that a revocation of such an id could not be stored.
    let id = |name| match string(name)? {
        Some(id) if id.contains('\0') => Err(TokenError::Claim(name)),
        id => Ok(id),
    };
    let (token_id, session_id) = (id("jti")?, id("sid")?);
    Ok(Caller {
        user_id: user_id.into_string(),
        token_id: token_id.map(Into::into),
        session_id: session_id.map(Into::into),
        issued_at: time(object, "iat").ok().flatten().filter(|seconds| *seconds <= LAST_DATE),
    })
}

/// True if `aud`, a string or an array of strings (RFC 7519 section 4.1.3), contains one of `audiences`.
fn is_for(claims: &Fields<'_>, audiences: &[String]) -> bool {
    let is_ours = |name: &str| audiences.iter().any(|audience| audience == name);
    match claims.value("aud") {
        Some(Value::String(name)) => is_ours(name),
        Some(Value::Array(names)) => names.iter().any(|name| name.as_str().is_some_and(is_ours)),
        _ => false,
    }
}
