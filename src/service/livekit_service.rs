//! Request → claims → token.

use super::{CreateToken, LivekitConfig, RawCreateToken};
use crate::{
    error::{FieldError, LivekitError},
    json::{self, Object, Value},
    jws::{SharedPrefix, base64url},
    names::RoomName,
    rbac::{Granted, check_client_grant},
    time::expiry,
    token::{ApiCredentials, ClaimObject, Ttl, VideoGrant, sign_claims},
};
use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// TTL of a token with which the service calls LiveKit: one minute.
const ADMIN_TOKEN_TTL: Ttl = Ttl::clamped(60);

/// Issues LiveKit access tokens with one configuration, whose key is prepared once.
#[derive(Debug)]
pub struct LivekitService {
    config: LivekitConfig,
    signer: Option<Signer>,
}

/// What all tokens of a service share.
#[derive(Debug)]
struct Signer {
    credentials: ApiCredentials,
    /// The claims of every token with the full grant, up to the value of `video.room`.
    prefix: SharedPrefix,
}

/// A token and what its holder needs to know. The token is redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The LiveKit access token (compact JWS).
    pub token: String,
    /// Identity of the participant.
    pub identity: String,
    /// Room that the token is for.
    pub room_id: String,
    /// URL to connect to, if configured.
    pub url: Option<String>,
    /// Unix second at which the token expires: its `exp`.
    pub expires_at: u64,
    /// The token's `jti`, if random bytes were given.
    pub jti: Option<String>,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("identity", &self.identity)
            .field("room_id", &self.room_id)
            .field("url", &self.url)
            .field("expires_at", &self.expires_at)
            .field("jti", &self.jti)
            .finish_non_exhaustive()
    }
}

impl LivekitService {
    /// Prepares the key. A configuration without credentials is accepted; such a service issues no token.
    #[must_use]
    pub fn new(config: LivekitConfig) -> Self {
        let signer = match (&config.api_key, &config.api_secret) {
            (Some(api_key), Some(secret)) => ApiCredentials::with_secret(api_key.as_str(), secret).ok(),
            _ => None,
        };
        let signer = signer.map(|credentials| Signer { prefix: shared_prefix(&credentials, &config), credentials });
        Self { config, signer }
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &LivekitConfig {
        &self.config
    }

    /// True if nothing is missing: tokens can be issued and clients told where to connect.
    #[must_use]
    pub fn validate_configuration(&self) -> bool {
        self.config.missing().is_empty()
    }

    /// URL that clients connect to, if configured.
    #[must_use]
    pub fn connection_url(&self) -> Option<&str> {
        self.config.connection_url()
    }

    /// Issues a token at `now` (Unix seconds) with the full grant. Sixteen random bytes, if given, become its `jti`.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::InvalidRequest`] for a TTL above the maximum,
    /// [`LivekitError::TokenGeneration`] if the configuration requires a `jti` and there are no random bytes.
    pub fn generate_token(
        &self,
        request: CreateToken,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let signer = self.signer()?;
        let (expires_at, jti) = self.lifetime(request.ttl, now, random)?;
        let claims = ParticipantClaims {
            exp: expires_at,
            nbf: now,
            jti: jti.as_deref(),
            sub: request.identity.as_str(),
            name: request.display_name(),
        };
        let rest = claims.rest_of_payload(signer.prefix.open(), request.room_id.as_str());
        let token = signer.prefix.sign(rest.as_bytes());
        Ok(self.response(token, request, expires_at, jti))
    }

    /// Issues the token of an authorized request.
    ///
    /// # Errors
    /// As [`Self::generate_token`]; [`LivekitError::GrantRefused`] for grants that reach beyond the room;
    /// [`LivekitError::InvalidClaim`] for metadata and attributes that a LiveKit server would reject.
    pub fn generate_granted(
        &self,
        granted: Granted,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let Granted { request, grant, metadata, attributes, .. } = granted;
        self.generate_with_grant(request, &grant.to_object(), &metadata, &attributes, now, random)
    }

    /// As [`Self::generate_granted`], with a grant of any content.
    ///
    /// # Errors
    /// As [`Self::generate_granted`].
    pub fn generate_with_grant(
        &self,
        request: CreateToken,
        grant: &Object<'_>,
        metadata: &str,
        attributes: &[(String, String)],
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let signer = self.signer()?;
        check_client_grant(grant, request.room_id.as_str())?;
        let (expires_at, jti) = self.lifetime(request.ttl, now, random)?;
        let attributes = attributes.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str())));
        let claims = [
            ("video", Value::Object(grant.clone())),
            ("jti", Value::from(jti.as_deref().unwrap_or_default())),
            ("sub", Value::from(request.identity.as_str())),
            ("name", Value::from(request.display_name())),
            ("metadata", Value::from(metadata)),
            ("attributes", Value::Object(attributes.collect())),
        ];
        let ttl = self.ttl(request.ttl)?;
        let token = sign_claims(claims.into_iter().collect(), &signer.credentials, ttl, false, now)?;
        Ok(self.response(token, request, expires_at, jti))
    }

    /// Issues a token with which this service itself may administer `room` for a minute. Never for a client.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::TokenGeneration`] for an invalid room name.
    pub fn generate_admin_token(&self, room: &str, now: u64) -> Result<String, LivekitError> {
        let signer = self.signer()?;
        let room = RoomName::new(room).map_err(|_| LivekitError::TokenGeneration)?;
        let grant = VideoGrant { room: room.into_string(), room_admin: true, ..VideoGrant::default() };
        let claims = [("video", Value::Object(grant.to_object()))].into_iter().collect();
        sign_claims(claims, &signer.credentials, ADMIN_TOKEN_TTL, false, now).map_err(|_| LivekitError::TokenGeneration)
    }

    /// As [`Self::generate_token`], for a request whose fields may be anything.
    ///
    /// # Errors
    /// As [`Self::generate_token`].
    pub fn generate_token_raw(
        &self,
        request: RawCreateToken,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        self.signer()?;
        self.generate_token(request.validate_complete(self.config.max_ttl)?, now, random)
    }

    fn signer(&self) -> Result<&Signer, LivekitError> {
        self.signer.as_ref().ok_or(LivekitError::NotConfigured)
    }

    fn ttl(&self, requested: Option<Ttl>) -> Result<Ttl, LivekitError> {
        let max = self.config.max_ttl;
        match requested {
            None => Ok(self.config.token_ttl.min(max)),
            Some(ttl) if ttl <= max => Ok(ttl),
            Some(_) => Err(LivekitError::InvalidRequest([FieldError::TtlTooLarge(max.seconds())].into())),
        }
    }

    /// `exp` and `jti` of a token.
    fn lifetime(
        &self,
        requested: Option<Ttl>,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<(u64, Option<String>), LivekitError> {
        let ttl = self.ttl(requested)?;
        if self.config.jti && random.is_none() {
            return Err(LivekitError::TokenGeneration);
        }
        let expires_at = expiry(now, ttl.seconds()).ok_or(LivekitError::TokenGeneration)?;
        Ok((expires_at, random.map(|bytes| base64url(&bytes))))
    }

    fn response(&self, token: String, request: CreateToken, expires_at: u64, jti: Option<String>) -> TokenResponse {
        TokenResponse {
            token,
            identity: request.identity.into_string(),
            room_id: request.room_id.into_string(),
            url: self.connection_url().map(Into::into),
            expires_at,
            jti,
        }
    }
}

/// The claims that all tokens share, as JSON up to the value of `video.room`, which is the last field of the full grant.
fn shared_prefix(credentials: &ApiCredentials, config: &LivekitConfig) -> SharedPrefix {
    let grant =
        VideoGrant { can_update_own_metadata: config.can_update_own_metadata.then_some(true), ..VideoGrant::full("") };
    let (issuer, grant) = (json::to_string(credentials.api_key()), json::to_string(&grant));
    let open_grant = grant.strip_suffix('}').unwrap_or(&grant);
    let prefix = [r#"{"iss":"#, &issuer, r#","video":"#, open_grant, r#","room":"#].concat();
    SharedPrefix::new(&prefix, credentials.signing_key())
}

/// The claims that follow the grant, in the order of [`Claims`](crate::Claims).
#[derive(Serialize)]
struct ParticipantClaims<'a> {
    exp: u64,
    nbf: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    sub: &'a str,
    name: &'a str,
}

impl ParticipantClaims<'_> {
    /// The payload after [`shared_prefix`], which starts with `open`.
    fn rest_of_payload(&self, open: &str, room: &str) -> String {
        let claims = json::to_string(self);
        let fields = claims.strip_prefix('{').unwrap_or(&claims);
        [open, &json::to_string(room), "},", fields].concat()
    }
}
