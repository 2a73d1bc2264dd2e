//! The specified module: request → claims → token.

use crate::{
    config::LivekitConfig,
    error::{FieldError, LivekitError},
    json::{self, Value},
    jws::{SharedPrefix, base64url},
    names::RoomName,
    permission::Permission,
    rbac::Granted,
    request::{CreateToken, RawCreateToken},
    time::expiry,
    token::{ApiCredentials, ClaimObject, RoomConfiguration, Ttl, VideoGrant, sign_claims},
};
use alloc::string::{String, ToString};
use core::fmt;

/// TTL of a token with which the service calls LiveKit: one minute.
const ADMIN_TOKEN_TTL: Ttl = Ttl::clamped(60);

/// Issues LiveKit access tokens with one configuration, whose key is prepared once.
#[derive(Debug)]
pub struct LivekitService {
    config: LivekitConfig,
    credentials: Option<ApiCredentials>,
}

/// What the tokens of a service with the full grant share in one second, encoded and hashed once.
#[derive(Debug)]
pub struct TokenPrefix {
    now: u64,
    /// The claims up to the value of `video.room`.
    shared: SharedPrefix,
}

impl TokenPrefix {
    /// The second (Unix time) that the prefix is for.
    #[must_use]
    pub const fn now(&self) -> u64 {
        self.now
    }
}

/// An issued token. Redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// The LiveKit access token (compact JWS).
    pub token: String,
    /// Unix second at which the token expires: its `exp`.
    pub expires_at: u64,
    /// The token's `jti`, if random bytes were given.
    pub jti: Option<String>,
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("expires_at", &self.expires_at)
            .field("jti", &self.jti)
            .finish_non_exhaustive()
    }
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
        let credentials = match (&config.api_key, &config.api_secret) {
            (Some(api_key), Some(secret)) => ApiCredentials::with_secret(api_key.as_str(), secret).ok(),
            _ => None,
        };
        Self { config, credentials }
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
        let issued = self.issue(&self.prefix(now)?, &request, random)?;
        Ok(self.response(issued, request))
    }

    /// What the tokens of the second `now` (Unix time) share. A caller that issues many tokens keeps it for that second.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials.
    pub fn prefix(&self, now: u64) -> Result<TokenPrefix, LivekitError> {
        let credentials = self.credentials()?;
        let can_update_own_metadata = self.config.can_update_own_metadata.then_some(true);
        let grant = VideoGrant { can_update_own_metadata, ..VideoGrant::full("") }.to_json();
        // The room is the last field of the full grant.
        let open_grant = grant.strip_suffix('}').unwrap_or(&grant);
        let mut prefix = String::from(r#"{"iss":"#);
        json::push_string(credentials.api_key(), &mut prefix);
        for part in [r#","nbf":"#, &now.to_string(), r#","video":"#, open_grant, r#","room":"#] {
            prefix.push_str(part);
        }
        Ok(TokenPrefix { now, shared: SharedPrefix::new(&prefix, credentials.signing_key()) })
    }

    /// As [`Self::generate_token`] at [`TokenPrefix::now`], of a prefix of this service.
    ///
    /// # Errors
    /// As [`Self::generate_token`].
    pub fn issue(
        &self,
        prefix: &TokenPrefix,
        request: &CreateToken,
        random: Option<[u8; 16]>,
    ) -> Result<IssuedToken, LivekitError> {
        let (expires_at, jti) = self.lifetime(self.ttl(request.ttl)?, prefix.now, random)?;
        // The rest of the claims, in the order of `Claims`.
        let mut rest = String::with_capacity(512);
        rest.push_str(prefix.shared.open());
        json::push_string(request.room_id.as_str(), &mut rest);
        rest.push_str(r#"},"exp":"#);
        rest.push_str(&expires_at.to_string());
        if let Some(jti) = &jti {
            rest.push_str(r#","jti":"#);
            json::push_string(jti, &mut rest);
        }
        rest.push_str(r#","sub":"#);
        json::push_string(request.identity.as_str(), &mut rest);
        rest.push_str(r#","name":"#);
        json::push_string(request.display_name(), &mut rest);
        rest.push('}');
        Ok(IssuedToken { token: prefix.shared.sign(rest.as_bytes()), expires_at, jti })
    }

    /// Issues the token of an authorized request.
    ///
    /// # Errors
    /// As [`Self::generate_permitted`]; [`LivekitError::GrantRefused`] for grants that reach beyond the room.
    pub fn generate_granted(
        &self,
        granted: Granted,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        self.credentials()?;
        let Granted { request, grant, metadata, attributes, room_config, .. } = granted;
        let permission = Permission::new(request, grant.to_object())?
            .describe(metadata, attributes)
            .room_config(room_config.as_ref().map(RoomConfiguration::to_object));
        self.generate_permitted(permission, now, random)
    }

    /// Issues the token of a permission.
    ///
    /// # Errors
    /// As [`Self::generate_token`]; [`LivekitError::PermissionRefused`] for metadata, attributes and a room configuration that
    /// a LiveKit server would reject.
    pub fn generate_permitted(
        &self,
        permission: Permission<'_>,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let credentials = self.credentials()?;
        let Permission { request, grants, metadata, attributes, room_config } = permission;
        let ttl = self.ttl(request.ttl)?;
        let (expires_at, jti) = self.lifetime(ttl, now, random)?;
        let attributes = attributes.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str())));
        let claims = [
            ("video", Value::Object(grants)),
            ("jti", Value::from(jti.as_deref().unwrap_or_default())),
            ("sub", Value::from(request.identity.as_str())),
            ("name", Value::from(request.display_name())),
            ("metadata", Value::from(metadata.as_str())),
            ("attributes", Value::Object(attributes.collect())),
            ("roomConfig", room_config.map_or(Value::Null, Value::Object)),
        ];
        let token =
            sign_claims(claims.into_iter().collect(), credentials, ttl, false, now).map_err(|error| match error {
                LivekitError::InvalidClaim(error) => LivekitError::PermissionRefused(error),
                other => other,
            })?;
        Ok(self.response(IssuedToken { token, expires_at, jti }, request))
    }

    /// Issues a token with which this service itself may administer `room` for a minute. Never for a client.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::TokenGeneration`] for an invalid room name.
    pub fn generate_admin_token(&self, room: &str, now: u64) -> Result<String, LivekitError> {
        let credentials = self.credentials()?;
        let room = RoomName::new(room).map_err(|_| LivekitError::TokenGeneration)?;
        let grant = VideoGrant { room: room.into_string(), room_admin: true, ..VideoGrant::default() };
        let claims = [("video", Value::Object(grant.to_object()))].into_iter().collect();
        sign_claims(claims, credentials, ADMIN_TOKEN_TTL, false, now).map_err(|_| LivekitError::TokenGeneration)
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
        self.credentials()?;
        self.generate_token(request.validate_complete(self.config.max_ttl)?, now, random)
    }

    fn credentials(&self) -> Result<&ApiCredentials, LivekitError> {
        self.credentials.as_ref().ok_or(LivekitError::NotConfigured)
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
    fn lifetime(&self, ttl: Ttl, now: u64, random: Option<[u8; 16]>) -> Result<(u64, Option<String>), LivekitError> {
        if self.config.jti && random.is_none() {
            return Err(LivekitError::TokenGeneration);
        }
        let expires_at = expiry(now, ttl.seconds()).ok_or(LivekitError::TokenGeneration)?;
        Ok((expires_at, random.map(|bytes| base64url(&bytes))))
    }

    fn response(&self, issued: IssuedToken, request: CreateToken) -> TokenResponse {
        let IssuedToken { token, expires_at, jti } = issued;
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
