//! The token service: issues a token for a request.

use crate::{
    config::LivekitConfig,
    error::{FieldError, LivekitError, RequestField},
    json::{self, Value},
    jws::{self, SharedPrefix, base64url},
    permission::Permission,
    rbac::Granted,
    request::{CreateToken, RawCreateToken},
    servers::{Server, Servers},
    service_access::ServiceAction,
    time::expiry,
    token::{ApiCredentials, ClaimObject, RoomConfiguration, Ttl, VideoGrant, sign_claims},
};
use alloc::string::String;
use core::fmt;

/// Enough bytes for the claims of nearly every token.
const CLAIMS_BYTES: usize = 512;

/// Issues LiveKit access tokens with one configuration. Its keys are prepared once.
#[derive(Debug)]
pub struct LivekitService {
    config: LivekitConfig,
    /// JSON of the full grant up to the value of its last field, the room.
    grant_prefix: String,
}

/// The start of all tokens that a service issues with the full grant in one second, encoded and hashed once.
#[derive(Debug)]
pub struct TokenPrefix {
    now: u64,
    /// The claims up to the value of `video.room`.
    shared: SharedPrefix,
}

impl TokenPrefix {
    /// Unix second that the prefix is for.
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
    /// The `jti` of the token, if the service sets one.
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

/// A token, and the data that its holder needs. The token is redacted in `Debug`.
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
    /// The `jti` of the token, if the service sets one.
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
    /// Creates a service. A configuration without credentials, or with errors, is accepted; such a service issues no
    /// token.
    #[must_use]
    pub fn new(mut config: LivekitConfig) -> Self {
        if config.errors.is_empty() && config.servers.as_slice().is_empty() {
            match config.single_server() {
                Ok(servers) => config.servers = servers,
                Err(error) => config.errors.push(error),
            }
        }
        if !config.errors.is_empty() {
            config.servers = Servers::default();
        }
        let can_update_own_metadata = config.can_update_own_metadata.then_some(true);
        let grant = VideoGrant { can_update_own_metadata, ..VideoGrant::full("") }.to_json();
        let grant_prefix = grant.strip_suffix('}').unwrap_or(&grant).into();
        Self { config, grant_prefix }
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &LivekitConfig {
        &self.config
    }

    /// True if key, secret and URL are configured.
    #[must_use]
    pub fn validate_configuration(&self) -> bool {
        self.config.errors.is_empty() && self.config.missing().is_empty()
    }

    /// The LiveKit servers; none without credentials.
    #[must_use]
    pub const fn servers(&self) -> &Servers {
        &self.config.servers
    }

    /// URL that clients connect to; `None` if it is not configured, or depends on the room.
    #[must_use]
    pub fn connection_url(&self) -> Option<&str> {
        self.config.connection_url()
    }

    /// Issues a token with the full grant at `now` (Unix seconds). `random` becomes its `jti`.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::InvalidRequest`] for a TTL above the
    /// maximum, [`LivekitError::TokenGeneration`] if the configuration requires a `jti` and `random` is `None`.
    pub fn generate_token(
        &self,
        request: CreateToken,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        let server = self.server(&request)?;
        let credentials = server.keys.signer();
        let (expires_at, jti) = self.lifetime(self.ttl(request.ttl)?, now, random)?;
        let mut claims = String::with_capacity(CLAIMS_BYTES);
        self.push_shared(credentials, now, &mut claims);
        push_own(&request, expires_at, jti.as_deref(), &mut claims);
        let token = jws::sign(claims.as_bytes(), credentials.signing_key());
        Ok(response(server, IssuedToken { token, expires_at, jti }, request))
    }

    /// Prepares the shared start of all tokens that are issued in the Unix second `now` for rooms on the server of
    /// `room`. A caller that issues many tokens caches it for that second.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials.
    pub fn prefix(&self, room: &str, now: u64) -> Result<TokenPrefix, LivekitError> {
        let credentials = self.servers().for_room(room, None)?.keys.signer();
        let mut claims = String::with_capacity(CLAIMS_BYTES);
        self.push_shared(credentials, now, &mut claims);
        Ok(TokenPrefix { now, shared: SharedPrefix::new(&claims, credentials.signing_key()) })
    }

    /// As [`Self::generate_token`] at [`TokenPrefix::now`], with a prefix from [`Self::prefix`] of the same service.
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
        let mut rest = String::with_capacity(CLAIMS_BYTES);
        rest.push_str(prefix.shared.unencoded());
        push_own(request, expires_at, jti.as_deref(), &mut rest);
        Ok(IssuedToken { token: prefix.shared.sign(rest.as_bytes()), expires_at, jti })
    }

    /// Appends the claims that all tokens of one second share, in the order of `Claims`, up to the room.
    fn push_shared(&self, credentials: &ApiCredentials, now: u64, out: &mut String) {
        out.push_str(r#"{"iss":"#);
        json::push_string(credentials.api_key(), out);
        out.push_str(r#","nbf":"#);
        json::push_integer(now, out);
        out.push_str(r#","video":"#);
        out.push_str(&self.grant_prefix);
        out.push_str(r#","room":"#);
    }

    /// Issues the token of an authorized request.
    ///
    /// # Errors
    /// As [`Self::generate_permitted`]; [`LivekitError::GrantRefused`] for grants beyond the room.
    pub fn generate_granted(
        &self,
        granted: Granted,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        self.check_configured()?;
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
        let Permission { request, grants, metadata, attributes, room_config } = permission;
        let server = self.server(&request)?;
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
            sign_claims(claims.into_iter().collect(), server.keys.signer(), ttl, false, now).map_err(|error| {
                match error {
                    LivekitError::InvalidClaim(error) => LivekitError::PermissionRefused(error),
                    other => other,
                }
            })?;
        Ok(response(server, IssuedToken { token, expires_at, jti }, request))
    }

    /// Issues a token that lets this service administer `room` for one minute. Clients must not receive it.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials, [`LivekitError::TokenGeneration`] for an invalid room name.
    pub fn generate_admin_token(&self, room: &str, now: u64) -> Result<String, LivekitError> {
        self.servers().for_room(room, None)?.generate_service_token(ServiceAction::Administer, room, now)
    }

    /// As [`Self::generate_token`], for a request that is not validated yet.
    ///
    /// # Errors
    /// As [`Self::generate_token`].
    pub fn generate_token_raw(
        &self,
        request: RawCreateToken,
        now: u64,
        random: Option<[u8; 16]>,
    ) -> Result<TokenResponse, LivekitError> {
        self.check_configured()?;
        self.generate_token(request.validate_complete(self.config.max_ttl)?, now, random)
    }

    /// The server of a room, for its URL.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] for an invalid room, else as [`Servers::for_room`].
    pub fn connection_info(&self, room: &str, named: Option<&str>) -> Result<&Server, LivekitError> {
        let room = RequestField::RoomId.room_name(room.into())?;
        self.servers().for_room(room.as_str(), named)
    }

    /// Checks that tokens can be issued.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without credentials.
    pub fn check_configured(&self) -> Result<(), LivekitError> {
        if self.servers().as_slice().is_empty() { Err(LivekitError::NotConfigured) } else { Ok(()) }
    }

    fn server(&self, request: &CreateToken) -> Result<&Server, LivekitError> {
        self.servers().for_room(request.room_id.as_str(), request.server.as_deref())
    }

    fn ttl(&self, requested: Option<Ttl>) -> Result<Ttl, LivekitError> {
        let max = self.config.max_ttl;
        match requested {
            None => Ok(self.config.token_ttl.min(max)),
            Some(ttl) if ttl <= max => Ok(ttl),
            Some(_) => Err(FieldError::TtlTooLarge(max.seconds()).into()),
        }
    }

    /// `exp` and `jti` of a new token.
    fn lifetime(&self, ttl: Ttl, now: u64, random: Option<[u8; 16]>) -> Result<(u64, Option<String>), LivekitError> {
        if self.config.jti && random.is_none() {
            return Err(LivekitError::TokenGeneration);
        }
        let expires_at = expiry(now, ttl.seconds()).ok_or(LivekitError::TokenGeneration)?;
        Ok((expires_at, random.map(|bytes| base64url(&bytes))))
    }
}

/// Appends the claims of one token that follow those of `push_shared`.
fn push_own(request: &CreateToken, expires_at: u64, jti: Option<&str>, out: &mut String) {
    json::push_string(request.room_id.as_str(), out);
    out.push_str(r#"},"exp":"#);
    json::push_integer(expires_at, out);
    if let Some(jti) = jti {
        out.push_str(r#","jti":"#);
        json::push_string(jti, out);
    }
    out.push_str(r#","sub":"#);
    json::push_string(request.identity.as_str(), out);
    out.push_str(r#","name":"#);
    json::push_string(request.display_name(), out);
    out.push('}');
}

fn response(server: &Server, issued: IssuedToken, request: CreateToken) -> TokenResponse {
    let IssuedToken { token, expires_at, jti } = issued;
    TokenResponse {
        token,
        identity: request.identity.into_string(),
        room_id: request.room_id.into_string(),
        url: server.url.clone(),
        expires_at,
        jti,
    }
}
