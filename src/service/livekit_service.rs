//! Request → grant → claims → token.

use super::{CreateToken, LivekitConfig, RawCreateToken, config::is_blank};
use crate::{
    error::{LivekitError, RequestField},
    jws::{self, base64url},
    number::end_of_life,
    rbac::{Granted, check_client_grant},
    token::{Claims, Credentials, VideoGrant},
};
use alloc::{collections::BTreeMap, string::String};
use core::fmt;

/// Seconds that a token lives with which the service calls LiveKit.
const ADMIN_TOKEN_TTL: u64 = 60;

/// Mints LiveKit access tokens with one configuration, whose key is prepared once.
#[derive(Debug)]
pub struct LivekitService {
    config: LivekitConfig,
    credentials: Option<Credentials>,
}

/// A token and what its holder needs to know of it. The token is redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The LiveKit access token (compact JWS).
    pub token: String,
    /// Identity of the participant.
    pub identity: String,
    /// Room that the token is for.
    pub room_id: String,
    /// Where to connect to, if configured.
    pub url: Option<String>,
    /// Unix second from which on the token is refused: its `exp`.
    pub expires_at: u64,
    /// The token's `jti`, if one was asked for.
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
    /// Prepares the key. A configuration without credentials is taken too; it mints nothing.
    #[must_use]
    pub fn new(config: LivekitConfig) -> Self {
        let credentials = match (&config.api_key, &config.api_secret) {
            (Some(api_key), Some(secret)) => Credentials::prepare(api_key.clone(), secret),
            _ => None,
        };
        Self { config, credentials }
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &LivekitConfig {
        &self.config
    }

    /// True if nothing is missing: tokens can be minted and clients told where to connect.
    #[must_use]
    pub fn validate_configuration(&self) -> bool {
        self.config.missing().is_empty()
    }

    /// Where clients connect to, if configured.
    #[must_use]
    pub fn connection_url(&self) -> Option<&str> {
        self.config.url.as_deref().filter(|url| !is_blank(Some(url)))
    }

    /// Mints a token at `now` (Unix seconds). Sixteen random bytes, if given, become its `jti`.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::InvalidRequest`] for a request that
    /// a LiveKit server or this crate's limits would refuse, [`LivekitError::TokenGeneration`] if the configuration
    /// wants a `jti` and there are no bytes for it, or gives tokens no life.
    pub fn generate_token(
        &self,
        request: &CreateToken,
        now: u64,
        jti: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let credentials = self.credentials.as_ref().ok_or(LivekitError::NotConfigured)?;
        request.check(self.config.max_ttl)?;
        self.mint(credentials, &self.in_full(request.clone()), now, jti)
    }

    /// Mints the token of a request that was authorised, with its own grants.
    ///
    /// # Errors
    /// As [`Self::generate_token`]; [`LivekitError::GrantRefused`] for grants that reach beyond the room;
    /// [`LivekitError::InvalidClaim`] for metadata and attributes that a LiveKit server would refuse.
    pub fn generate_granted(
        &self,
        granted: &Granted,
        now: u64,
        jti: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let credentials = self.credentials.as_ref().ok_or(LivekitError::NotConfigured)?;
        granted.request.check(self.config.max_ttl)?;
        self.mint(credentials, granted, now, jti)
    }

    /// Mints a token with which this service itself may administer `room`, for a minute. Never for a client.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::TokenGeneration`] for a text that is no
    /// room's name and for a time beyond every reader's.
    pub fn generate_admin_token(&self, room: &str, now: u64) -> Result<String, LivekitError> {
        let credentials = self.credentials.as_ref().ok_or(LivekitError::NotConfigured)?;
        if !RequestField::RoomId.is_valid_id(room) {
            return Err(LivekitError::TokenGeneration);
        }
        let claims = Claims {
            iss: credentials.api_key.clone(),
            exp: Some(end_of_life(now, ADMIN_TOKEN_TTL).ok_or(LivekitError::TokenGeneration)?),
            nbf: Some(now),
            video: Some(VideoGrant { room: room.into(), room_admin: true, ..VideoGrant::default() }),
            ..Claims::default()
        };
        Ok(jws::sign(claims.to_json().as_bytes(), &credentials.key))
    }

    /// As [`Self::generate_token`], of a request whose fields may be anything.
    ///
    /// # Errors
    /// As [`Self::generate_token`].
    pub fn generate_token_raw(
        &self,
        request: RawCreateToken,
        now: u64,
        jti: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let credentials = self.credentials.as_ref().ok_or(LivekitError::NotConfigured)?;
        let request = request.validate_complete(self.config.max_ttl)?;
        self.mint(credentials, &self.in_full(request), now, jti)
    }

    /// A request with the specification's five grants.
    fn in_full(&self, request: CreateToken) -> Granted {
        let grant = VideoGrant {
            can_update_own_metadata: self.config.can_update_own_metadata.then_some(true),
            ..VideoGrant::full(&*request.room_id)
        };
        Granted { request, grant, metadata: String::new(), attributes: BTreeMap::new(), timed_out: false }
    }

    fn mint(
        &self,
        credentials: &Credentials,
        granted: &Granted,
        now: u64,
        jti: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let Granted { request, grant, metadata, attributes, .. } = granted;
        check_client_grant(grant, &request.room_id)?;
        let ttl = request.ttl.unwrap_or(self.config.token_ttl).min(self.config.max_ttl);
        if ttl == 0 {
            return Err(LivekitError::TokenGeneration);
        }
        let expires_at = end_of_life(now, ttl).ok_or(LivekitError::TokenGeneration)?;
        if self.config.jti && jti.is_none() {
            return Err(LivekitError::TokenGeneration);
        }
        let jti = jti.map(|bytes| {
            let mut text = String::new();
            base64url::encode(&bytes, &mut text);
            text
        });
        let claims = Claims {
            iss: credentials.api_key.clone(),
            sub: request.identity.clone(),
            exp: Some(expires_at),
            nbf: Some(now),
            jti: jti.clone().unwrap_or_default(),
            name: display_name(request).into(),
            video: Some(grant.clone()),
            metadata: metadata.clone(),
            attributes: attributes.clone(),
            ..Claims::default()
        };
        claims.check().map_err(LivekitError::InvalidClaim)?;
        Ok(TokenResponse {
            token: jws::sign(claims.to_json().as_bytes(), &credentials.key),
            identity: request.identity.clone(),
            room_id: request.room_id.clone(),
            url: self.connection_url().map(Into::into),
            expires_at,
            jti,
        })
    }
}

fn display_name(request: &CreateToken) -> &str {
    request.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&request.identity)
}
