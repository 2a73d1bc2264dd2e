//! Claims → token.

use super::{
    ApiKey, Claims, Ttl,
    members::{Member, Members, Origin},
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
        let identity = String::read(identity, Origin::Application);
        Ok(self.identity(identity.map_err(|fault| LivekitError::InvalidClaim(fault.within("identity")))?))
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
        let exp = end_of_life(now, self.ttl.seconds()).ok_or(LivekitError::InvalidTtl)?;
        let claims = Claims { iss: self.key.0.api_key.clone(), nbf: Some(now), exp: Some(exp), ..self.claims.clone() };
        claims.check().map_err(LivekitError::InvalidClaim)?;
        if let Some(configuration) = claims.room_config.as_ref().filter(|_| !self.allow_credentials) {
            let refused = configuration.refuse_credentials().map_err(|fault| fault.within("roomConfig"));
            refused.map_err(LivekitError::InvalidClaim)?;
        }
        Ok(jws::sign(claims.to_json().as_bytes(), &self.key.0.key))
    }
}
