//! Claims → token.

use super::{
    ApiKey, Claims, Ttl,
    claims::{self, check_limits},
    members::Members,
    table::{Origin, check, not_a},
};
use crate::{
    error::LivekitError,
    json::{Object, Value},
    jws,
    number::end_of_life,
};
use alloc::string::String;

/// Builds and signs a LiveKit access token.
///
/// ```
/// use livekit_edge::{AccessToken, Claims, Ttl, VideoGrant};
///
/// let token = AccessToken::new("devkey", "secret")?
///     .identity("alice")
///     .ttl(Ttl::from_text("10m")?)
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
    key: ApiKey,
    claims: Claims,
    ttl: Ttl,
    allow_credentials: bool,
}

impl AccessToken {
    /// Takes the API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        ApiKey::new(api_key, api_secret).map(|key| Self::of(&key))
    }

    /// Takes a key that is prepared already.
    #[must_use]
    pub fn of(key: &ApiKey) -> Self {
        Self { key: key.clone(), claims: Claims::default(), ttl: Ttl::default(), allow_credentials: false }
    }

    /// Sets the identity of the participant: the claim `sub`.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.claims.sub = identity.into();
        self
    }

    /// Sets the identity of the participant from a JSON value of any kind.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClaim`] for anything but a text.
    pub fn identity_from_json(self, identity: &Value) -> Result<Self, LivekitError> {
        Ok(self.identity(identity_of(identity)?))
    }

    /// Sets how long the token lives; six hours unless set.
    #[must_use]
    pub const fn ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = ttl;
        self
    }

    /// Sets every other claim. Issuer, `nbf` and `exp` are set when signing; an identity that was set stays.
    #[must_use]
    pub fn claims(mut self, claims: Claims) -> Self {
        let sub = core::mem::take(&mut self.claims.sub);
        self.claims = claims;
        if !sub.is_empty() {
            self.claims.sub = sub;
        }
        self
    }

    /// Sets every other claim from a JSON object of any content.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClaim`], by name, for a member of a wrong type and for one that LiveKit does not know.
    pub fn claims_from_json(self, claims: &Object) -> Result<Self, LivekitError> {
        let claims = Claims::read(claims, Origin::Application).map_err(LivekitError::InvalidClaim)?;
        Ok(self.claims(claims))
    }

    /// Lets the room configuration hold credentials of storage and streams. Whoever holds the token can read them.
    #[must_use]
    pub const fn allow_sensitive_credentials(mut self) -> Self {
        self.allow_credentials = true;
        self
    }

    /// Signs the token at `now` (Unix seconds): valid from now on.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClaim`] for what a LiveKit server would refuse, and for credentials in the room
    /// configuration.
    pub fn to_jwt(&self, now: u64) -> Result<String, LivekitError> {
        sign(self.claims.give(), &self.key, self.ttl, self.allow_credentials, now)
    }
}

/// Signs claims of the right types.
fn sign<'c>(
    mut claims: Object<'c>,
    key: &'c ApiKey,
    ttl: Ttl,
    allow_credentials: bool,
    now: u64,
) -> Result<String, LivekitError> {
    let exp = end_of_life(now, ttl.seconds()).ok_or(LivekitError::InvalidTtl)?;
    claims.set("iss", Value::text(&key.0.api_key));
    claims.set("nbf", Value::whole_number(now));
    claims.set("exp", Value::whole_number(exp));
    check_limits(&claims, allow_credentials).map_err(LivekitError::InvalidClaim)?;
    Ok(jws::sign(claims::write(&claims).as_bytes(), &key.0.key))
}

/// An access token to be signed, whose parts may be anything.
#[derive(Clone, Copy, Debug)]
pub struct RawAccessToken<'t> {
    /// The claims. Issuer, `nbf` and `exp` are set when signing.
    pub claims: &'t Object<'t>,
    /// The identity of the participant, in place of the claim `sub`, even if it is empty.
    pub identity: Option<&'t Value<'t>>,
    /// How long the token lives; six hours unless set.
    pub ttl: Option<&'t Value<'t>>,
    /// Whether the room configuration may hold credentials of storage and streams.
    pub allow_sensitive_credentials: bool,
}

impl RawAccessToken<'_> {
    /// Signs the token at `now` (Unix seconds): valid from now on.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClaim`], by name, for a member of a wrong type, for one that LiveKit does not know, and as
    /// [`AccessToken::to_jwt`]; [`LivekitError::InvalidTtl`].
    pub fn to_jwt(&self, key: &ApiKey, now: u64) -> Result<String, LivekitError> {
        check(self.claims, &[Claims::ROWS], Origin::Application).map_err(LivekitError::InvalidClaim)?;
        let mut claims = self.claims.clone();
        if let Some(identity) = self.identity {
            claims.set("sub", Value::text(identity_of(identity)?));
        }
        let ttl = self.ttl.map_or(Ok(Ttl::default()), Ttl::from_json)?;
        sign(claims, key, ttl, self.allow_sensitive_credentials, now)
    }
}

fn identity_of<'v>(value: &'v Value<'_>) -> Result<&'v str, LivekitError> {
    value
        .as_text()
        .map_or_else(|| not_a("a well-formed string"), Ok)
        .map_err(|fault| LivekitError::InvalidClaim(fault.within("identity")))
}
