//! Builds and signs access tokens.

use super::{
    ApiCredentials, Claims, Ttl,
    claims::check_for_signing,
    schema::{ClaimObject, to_json},
};
use crate::{
    error::{ClaimError, ClaimErrorKind, LivekitError},
    json::{Object, Value},
    jws,
    time::expiry,
};
use alloc::{borrow::ToOwned, string::String};

/// Builds and signs a LiveKit access token.
///
/// ```
/// use livekit_edge::{AccessToken, Claims, Ttl, VideoGrant};
///
/// let token = AccessToken::new("devkey", "secret")?
///     .identity("alice")
///     .ttl(Ttl::parse("10m")?)
///     .claims(Claims {
///         name: "Alice".into(),
///         video: Some(VideoGrant { room_join: true, room: "lobby".into(), ..VideoGrant::default() }),
///         ..Claims::default()
///     });
/// let jwt = token.to_jwt(1_700_000_000)?;
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Debug)]
pub struct AccessToken {
    credentials: ApiCredentials,
    claims: Claims,
    ttl: Ttl,
    allow_credentials: bool,
}

impl AccessToken {
    /// A builder for tokens of an API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        ApiCredentials::new(api_key, api_secret).map(|credentials| Self::with_credentials(&credentials))
    }

    /// A builder for tokens of prepared credentials.
    #[must_use]
    pub fn with_credentials(credentials: &ApiCredentials) -> Self {
        Self {
            credentials: credentials.clone(),
            claims: Claims::default(),
            ttl: Ttl::default(),
            allow_credentials: false,
        }
    }

    /// Sets the identity of the participant: the claim `sub`.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.claims.sub = identity.into();
        self
    }

    /// Sets the TTL; the default is six hours.
    #[must_use]
    pub const fn ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = ttl;
        self
    }

    /// Sets every other claim. Signing sets issuer, `nbf` and `exp`; an identity that was set before stays.
    #[must_use]
    pub fn claims(mut self, claims: Claims) -> Self {
        let sub = core::mem::take(&mut self.claims.sub);
        self.claims = claims;
        if !sub.is_empty() {
            self.claims.sub = sub;
        }
        self
    }

    /// Allows credentials of storage and streams in the room configuration, although the holder of the token can read
    /// them.
    #[must_use]
    pub const fn allow_sensitive_credentials(mut self) -> Self {
        self.allow_credentials = true;
        self
    }

    /// Signs the token at `now` (Unix seconds), valid from then.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClaim`] for a claim that a LiveKit server would reject, and for credentials in the room
    /// configuration unless they are allowed.
    pub fn to_jwt(&self, now: u64) -> Result<String, LivekitError> {
        sign_claims(self.claims.to_object(), &self.credentials, self.ttl, self.allow_credentials, now)
    }
}

/// Signs arbitrary claims. Issuer, `nbf` and `exp` are replaced, but their types are checked first.
pub(crate) fn sign_claims(
    mut claims: Object<'_>,
    credentials: &ApiCredentials,
    ttl: Ttl,
    allow_credentials: bool,
    now: u64,
) -> Result<String, LivekitError> {
    let exp = expiry(now, ttl.seconds()).ok_or(LivekitError::InvalidTtl)?;
    if let Some(error) = check_for_signing(&claims, allow_credentials).into_iter().next() {
        return Err(LivekitError::InvalidClaim(error.into()));
    }
    claims.set("iss", Value::String(credentials.api_key().to_owned().into()));
    claims.set("nbf", Value::from(now));
    claims.set("exp", Value::from(exp));
    Ok(jws::sign(to_json(&claims, Claims::SCHEMA).as_bytes(), credentials.signing_key()))
}

fn string<'v>(value: &'v Value<'_>, path: &str) -> Result<&'v str, LivekitError> {
    let error = || ClaimError::new(path.into(), ClaimErrorKind::WrongType("a well-formed string"));
    value.as_str().ok_or_else(|| LivekitError::InvalidClaim(error().into()))
}

/// An access token to sign, from unchecked JSON values.
#[derive(Clone, Debug)]
pub struct RawAccessToken<'t> {
    /// The claims. Signing sets issuer, `nbf` and `exp`.
    pub claims: Object<'t>,
    /// Identity of the participant. It replaces the claim `sub`, even with an empty string.
    pub identity: Option<Value<'t>>,
    /// TTL: seconds or a duration; the default is six hours.
    pub ttl: Option<Value<'t>>,
    /// Allows credentials of storage and streams in the room configuration.
    pub allow_sensitive_credentials: bool,
}

impl RawAccessToken<'_> {
    /// Signs the token at `now` (Unix seconds), valid from then.
    ///
    /// # Errors
    /// [`LivekitError::InvalidTtl`]; [`LivekitError::InvalidClaim`] as [`AccessToken::to_jwt`], and for a field of the
    /// wrong type or an unknown one.
    pub fn to_jwt(self, credentials: &ApiCredentials, now: u64) -> Result<String, LivekitError> {
        let mut claims = self.claims;
        if let Some(identity) = self.identity {
            string(&identity, "identity")?;
            // The claim that is replaced must have the right type too.
            claims.get("sub").map_or(Ok(""), |sub| string(sub, "sub"))?;
            claims.set("sub", identity);
        }
        let ttl = self.ttl.as_ref().map_or(Ok(Ttl::default()), Ttl::from_json)?;
        sign_claims(claims, credentials, ttl, self.allow_sensitive_credentials, now)
    }
}
