//! Request → grant → claims → token.

use super::{
    CreateToken, CreateTokenRef, LivekitConfig, RawCreateToken,
    latest::{Latest, Times, full_grant},
};
use crate::{
    error::{LivekitError, RequestField},
    json::write_text,
    jws::{self, Opening, base64url},
    number::end_of_life,
    rbac::{Granted, check_client_grant},
    token::{Claims, Credentials, VideoGrant},
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Seconds that a token lives with which the service calls LiveKit.
const ADMIN_TOKEN_TTL: u64 = 60;

/// Mints LiveKit access tokens with one configuration, whose key is prepared once.
#[derive(Debug)]
pub struct LivekitService {
    config: LivekitConfig,
    credentials: Option<Credentials>,
    /// What the latest token shares with those that follow in the same second.
    latest: Latest,
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

/// What is to be known of a token that was appended to a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minted {
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
        Self { config, credentials, latest: Latest::default() }
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
        self.config.connection_url()
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
        let mut token = Vec::new();
        let minted = self.append_token(request.borrowed(), now, jti, &mut token)?;
        Ok(self.response(token, minted, request.borrowed()))
    }

    /// As [`Self::generate_token`], and appends the token to `out`.
    ///
    /// # Errors
    /// As [`Self::generate_token`]; `out` is then left as it was.
    pub fn append_token(
        &self,
        request: CreateTokenRef<'_>,
        now: u64,
        jti: Option<[u8; 16]>,
        out: &mut Vec<u8>,
    ) -> Result<Minted, LivekitError> {
        let credentials = self.credentials.as_ref().ok_or(LivekitError::NotConfigured)?;
        request.check(self.config.max_ttl)?;
        let minted = self.life(request.ttl, now, jti)?;
        let sign = |opening: &Opening| {
            // What the opening left open, as `Claims` would write it. The request's own rules are at least those of
            // `check_limits`.
            let mut payload = String::with_capacity(512);
            payload.push_str(opening.rest());
            write_text(request.room_id, &mut payload);
            payload.push('}');
            if let Some(jti) = &minted.jti {
                payload.push_str(r#","jti":"#);
                write_text(jti, &mut payload);
            }
            payload.push_str(r#","sub":"#);
            write_text(request.identity, &mut payload);
            payload.push_str(r#","name":"#);
            write_text(request.display_name(), &mut payload);
            payload.push('}');
            opening.sign(payload.as_bytes(), &credentials.key, out);
        };
        let times = Times { now, expires_at: minted.expires_at };
        self.latest.with(times, || times.opening(credentials, &self.config), sign);
        Ok(minted)
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
        let Granted { request, grant, metadata, attributes, .. } = granted;
        // What every token of this service has was hashed already.
        if *grant == full_grant(&request.room_id, &self.config) && metadata.is_empty() && attributes.is_empty() {
            return self.generate_token(request, now, jti);
        }
        request.borrowed().check(self.config.max_ttl)?;
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
        let payload = claims.to_json().map_err(|_| LivekitError::TokenGeneration)?;
        Ok(jws::sign(payload.as_bytes(), &credentials.key))
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
        if self.credentials.is_none() {
            return Err(LivekitError::NotConfigured);
        }
        self.generate_token(&request.validate_complete(self.config.max_ttl)?, now, jti)
    }

    /// The token's end and its id.
    fn life(&self, ttl: Option<u64>, now: u64, jti: Option<[u8; 16]>) -> Result<Minted, LivekitError> {
        let ttl = ttl.unwrap_or(self.config.token_ttl).min(self.config.max_ttl);
        if ttl == 0 || (self.config.jti && jti.is_none()) {
            return Err(LivekitError::TokenGeneration);
        }
        let expires_at = end_of_life(now, ttl).ok_or(LivekitError::TokenGeneration)?;
        Ok(Minted { expires_at, jti: jti.map(|bytes| base64url::encode_text(&bytes)) })
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
        let minted = self.life(request.ttl, now, jti)?;
        let claims = Claims {
            iss: credentials.api_key.clone(),
            video: Some(grant.clone()),
            exp: Some(minted.expires_at),
            nbf: Some(now),
            jti: minted.jti.clone().unwrap_or_default(),
            sub: request.identity.clone(),
            name: request.borrowed().display_name().into(),
            metadata: metadata.clone(),
            attributes: attributes.clone(),
            ..Claims::default()
        };
        let payload = claims.to_json().map_err(LivekitError::InvalidClaim)?;
        let token = jws::sign(payload.as_bytes(), &credentials.key);
        Ok(self.response(token.into_bytes(), minted, request.borrowed()))
    }

    fn response(&self, token: Vec<u8>, minted: Minted, request: CreateTokenRef<'_>) -> TokenResponse {
        TokenResponse {
            token: String::from_utf8(token).unwrap_or_default(),
            identity: request.identity.into(),
            room_id: request.room_id.into(),
            url: self.connection_url().map(Into::into),
            expires_at: minted.expires_at,
            jti: minted.jti,
        }
    }
}
