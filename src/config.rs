//! Configuration of the service.

use crate::{
    error::{LivekitError, SettingError, SettingErrorKind},
    json::{Fields, Value},
    jws::Secret,
    keys::ApiKeys,
    recording::RecordingSettings,
    servers::{Server, Servers, is_server_url},
    setting::{self, Settings, parse_boolean, parse_integer},
    token::{ApiCredentials, Ttl},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// Default TTL of a token: one hour.
pub const DEFAULT_TOKEN_TTL: Ttl = Ttl::clamped(3600);

/// Default maximum of the TTL that a client may request: one day.
pub const DEFAULT_MAX_TTL: Ttl = Ttl::clamped(86_400);

/// Configuration of [`LivekitService`](crate::LivekitService). A missing credential is not an error here: the service
/// is then unconfigured and issues no token.
#[derive(Debug)]
pub struct LivekitConfig {
    /// `LIVEKIT_API_KEY`
    pub api_key: Option<String>,
    /// `LIVEKIT_API_SECRET`
    pub api_secret: Option<Secret>,
    /// `LIVEKIT_URL`: URL that clients connect to. Issuing tokens does not require it.
    pub url: Option<String>,
    /// `LIVEKIT_INTERNAL_URL`: URL at which this service reaches the server's API; the default is `url`.
    pub internal_url: Option<String>,
    /// `LIVEKIT_KEYS`: further keys that verify. The first of them signs if `api_key` and `api_secret` are unset.
    pub keys: Option<ApiKeys>,
    /// The servers of `LIVEKIT_SERVERS`, or the single server that the fields above describe.
    pub servers: Servers,
    /// Errors of the settings of keys and servers. With an error there is no server, and the service issues no token.
    pub errors: Vec<SettingError>,
    /// `LIVEKIT_TOKEN_TTL`: default TTL of a token, limited by `max_ttl`.
    pub token_ttl: Ttl,
    /// `LIVEKIT_MAX_TTL`: maximum TTL that a client may request.
    pub max_ttl: Ttl,
    /// `LIVEKIT_IDENTITY_POLICY`: identities that callers of the endpoint may use.
    pub identity_policy: IdentityPolicy,
    /// `LIVEKIT_GRANTS`: how the grants of a caller are decided.
    pub grants: GrantPolicy,
    /// `LIVEKIT_CREATE_ROOMS`: whether the endpoint creates a room before it returns a token for it.
    pub create_rooms: bool,
    /// `LIVEKIT_CAN_UPDATE_OWN_METADATA`: whether participants may change their own name and metadata.
    pub can_update_own_metadata: bool,
    /// `LIVEKIT_AGENTS`: names of the agents that callers of the endpoint may dispatch, separated by commas.
    pub agents: Vec<String>,
    /// `RECORDING_…`: how channels are recorded; `None` if recording is off.
    pub recording: Option<RecordingSettings>,
    /// `LIVEKIT_TOKEN_JTI`: whether every token has a random `jti`. Issuing then requires random bytes.
    pub jti: bool,
}

impl Default for LivekitConfig {
    fn default() -> Self {
        Self {
            api_key: None,
            api_secret: None,
            url: None,
            internal_url: None,
            keys: None,
            servers: Servers::default(),
            errors: Vec::new(),
            token_ttl: DEFAULT_TOKEN_TTL,
            max_ttl: DEFAULT_MAX_TTL,
            identity_policy: IdentityPolicy::default(),
            grants: GrantPolicy::default(),
            create_rooms: false,
            can_update_own_metadata: false,
            agents: Vec::new(),
            recording: None,
            jti: false,
        }
    }
}

impl LivekitConfig {
    /// Parses the settings, which `setting` returns by name, for example from an environment. White space around a
    /// value is ignored. A blank setting counts as unset, and so does a TTL that is not a positive integer of seconds.
    /// [`check_settings`](crate::check_settings()) lists the errors.
    pub fn from_settings(setting: Settings<'_>) -> Self {
        let text = |name| setting::text(setting, name);
        let ttl = |name| text(name).and_then(|text| parse_ttl(&text));
        let boolean = |name| text(name).and_then(|text| parse_boolean(&text)).unwrap_or(false);
        let (internal_url, keys, servers, errors) = read_servers(setting);
        let mut config = Self {
            internal_url,
            keys,
            servers,
            errors,
            api_key: text("LIVEKIT_API_KEY"),
            api_secret: text("LIVEKIT_API_SECRET").and_then(Secret::new),
            url: text("LIVEKIT_URL"),
            token_ttl: ttl("LIVEKIT_TOKEN_TTL").unwrap_or(DEFAULT_TOKEN_TTL),
            max_ttl: ttl("LIVEKIT_MAX_TTL").unwrap_or(DEFAULT_MAX_TTL),
            identity_policy: IdentityPolicy::from_setting(text("LIVEKIT_IDENTITY_POLICY").as_deref()),
            grants: text("LIVEKIT_GRANTS").and_then(|name| GrantPolicy::from_name(&name)).unwrap_or_default(),
            create_rooms: boolean("LIVEKIT_CREATE_ROOMS"),
            can_update_own_metadata: boolean("LIVEKIT_CAN_UPDATE_OWN_METADATA"),
            agents: setting::list(setting, "LIVEKIT_AGENTS").unwrap_or_default(),
            recording: RecordingSettings::from_settings(setting),
            jti: boolean("LIVEKIT_TOKEN_JTI"),
        };
        match config.single_server() {
            Ok(single) if config.servers.as_slice().is_empty() => config.servers = single,
            Ok(_) => {}
            Err(error) => config.errors.push(error),
        }
        config
    }

    /// Gets a setting from a JavaScript object, by the name of the setting or of its property (`apiKey` for
    /// `LIVEKIT_API_KEY`). Credentials and URLs must be strings.
    pub fn setting_of(object: &Fields<'_>, setting: &str) -> Option<String> {
        let property = PROPERTIES.iter().find(|(_, name)| *name == setting).map(|(property, _)| *property);
        let value = object.value(setting).or_else(|| object.value(property?))?;
        match value {
            Value::String(text) => Some(text.clone().into_owned()),
            _ if STRINGS_ONLY.contains(&setting) => None,
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.as_u64().map_or_else(|| INVALID.into(), |number| number.to_string())),
            _ => Some(INVALID.into()),
        }
    }

    /// URL that clients connect to; `None` if it is not configured, or depends on the room.
    #[must_use]
    pub fn connection_url(&self) -> Option<&str> {
        match self.servers.as_slice() {
            [] => self.url.as_deref().filter(|url| !is_blank(Some(url))),
            [only] => only.url.as_deref(),
            _ => None,
        }
    }

    /// True if every room has a URL that clients can connect to.
    #[must_use]
    pub fn has_url(&self) -> bool {
        self.connection_url().is_some() || self.servers.as_slice().len() > 1
    }

    /// Checks that a URL is configured. LiveKit's client SDKs accept a response without one, and fail later.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without a URL.
    pub fn check_url(&self) -> Result<(), LivekitError> {
        if self.has_url() { Ok(()) } else { Err(LivekitError::NotConfigured) }
    }

    /// Names of the required settings that are missing or blank, in the order key, secret, URL. Empty if there are
    /// [`Self::errors`], which must be corrected first.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let (has_key, has_secret) = (!is_blank(self.api_key.as_deref()), self.api_secret.is_some());
        let has_others = !has_key && !has_secret && self.keys.is_some();
        let has_servers = self.servers.as_slice().iter().any(|server| !server.name.is_empty());
        if has_servers || !self.errors.is_empty() {
            return Vec::new();
        }
        [
            ("LIVEKIT_API_KEY", !has_key && !has_others),
            ("LIVEKIT_API_SECRET", !has_secret && !has_others),
            ("LIVEKIT_URL", !self.has_url()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect()
    }
}

impl LivekitConfig {
    /// The server that the fields for a single server describe; none if they have no keys.
    pub(crate) fn single_server(&self) -> Result<Servers, SettingError> {
        let pair = match (&self.api_key, &self.api_secret) {
            (Some(api_key), Some(secret)) => ApiCredentials::with_secret(api_key.as_str(), secret).ok(),
            _ => None,
        };
        let keys = match (pair, &self.keys) {
            (Some(pair), None) => pair.into(),
            (Some(pair), Some(keys)) => {
                let error = |kind| SettingError::new("LIVEKIT_KEYS", kind);
                ApiKeys::from(pair).with_verifiers(keys).map_err(error)?
            }
            (None, Some(keys)) if is_blank(self.api_key.as_deref()) && self.api_secret.is_none() => keys.clone(),
            (None, _) => return Ok(Servers::default()),
        };
        let url = self.connection_url().map(Into::into);
        Ok(Servers::one(Server { name: String::new(), url, internal_url: self.internal_url.clone(), keys }))
    }
}

/// Parses `internal_url`, `keys`, `servers` and `errors` of a configuration.
fn read_servers(setting: Settings<'_>) -> (Option<String>, Option<ApiKeys>, Servers, Vec<SettingError>) {
    let text = |name: &str| setting::text(setting, name);
    let mut errors = Vec::new();
    let servers = text("LIVEKIT_SERVERS");
    if servers.is_some() {
        let beside = SINGLE_SERVER.iter().filter(|name| text(name).is_some());
        errors.extend(beside.map(|name| SettingError::new(*name, SettingErrorKind::WithServers)));
    }
    let servers = servers.map_or(Ok(Servers::default()), |text| Servers::parse(&text));
    let servers = servers.map_err(|more| errors.extend(more)).unwrap_or_default();
    // Not trimmed, because errors contain line numbers.
    let keys = setting("LIVEKIT_KEYS").filter(|keys| !keys.trim().is_empty());
    let keys = keys.map(|keys| ApiKeys::parse("LIVEKIT_KEYS", &keys)).transpose();
    let keys = keys.map_err(|error| errors.push(error)).unwrap_or_default();
    let internal_url = text("LIVEKIT_INTERNAL_URL");
    if internal_url.as_deref().is_some_and(|url| !is_server_url(url)) {
        errors.push(SettingError::new("LIVEKIT_INTERNAL_URL", SettingErrorKind::NotServerUrl));
    }
    (internal_url, keys, servers, errors)
}

/// Settings of a single server.
const SINGLE_SERVER: [&str; 5] =
    ["LIVEKIT_URL", "LIVEKIT_INTERNAL_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_KEYS"];

/// How the grants of a caller are decided (`LIVEKIT_GRANTS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantPolicy {
    /// `full`: a caller who may join gets all grants of [`VideoGrant::full`](crate::VideoGrant::full). A timed-out
    /// caller may not join.
    #[default]
    Full,
    /// `role`: the caller's roles decide. A timed-out caller may only subscribe.
    Role,
}

impl GrantPolicy {
    /// Parses the setting; `None` for another value.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim() {
            "full" => Some(Self::Full),
            "role" => Some(Self::Role),
            _ => None,
        }
    }
}

/// Effect of an identity in the request (`LIVEKIT_IDENTITY_POLICY`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityPolicy {
    /// `preserve`: the requested identity is used, unless it is the id of another user.
    #[default]
    Preserve,
    /// `own`: the requested identity is ignored; the identity is always the caller's id.
    Own,
}

impl IdentityPolicy {
    /// Parses the setting. Unset or blank is [`Self::Preserve`]; an unknown value is [`Self::Own`], which is stricter.
    #[must_use]
    pub fn from_setting(value: Option<&str>) -> Self {
        match value.map(str::trim) {
            None | Some("" | "preserve") => Self::Preserve,
            Some(_) => Self::Own,
        }
    }
}

/// Properties of a configuration object in JavaScript, and the setting that each stands for.
const PROPERTIES: [(&str, &str); 7] = [
    ("apiKey", "LIVEKIT_API_KEY"),
    ("apiSecret", "LIVEKIT_API_SECRET"),
    ("url", "LIVEKIT_URL"),
    ("tokenTtl", "LIVEKIT_TOKEN_TTL"),
    ("maxTtl", "LIVEKIT_MAX_TTL"),
    ("canUpdateOwnMetadata", "LIVEKIT_CAN_UPDATE_OWN_METADATA"),
    ("jti", "LIVEKIT_TOKEN_JTI"),
];

/// Settings that must be strings in a configuration object.
const STRINGS_ONLY: [&str; 6] =
    ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_URL", "JWT_SECRET", "JWT_SECRETS", "JWT_JWKS_URL"];

/// Stands for a value of the wrong type. It is invalid for every setting, so that the error is reported and the setting
/// does not count as unset. `NOT_A_SETTING` in `pkg/src/config.ts`.
pub(crate) const INVALID: &str = "of another type";

/// Parses a positive integer of seconds, limited to the maximum TTL.
pub(crate) fn parse_ttl(text: &str) -> Option<Ttl> {
    parse_integer(text, 1..=u64::MAX).map(Ttl::clamped)
}

fn is_blank(setting: Option<&str>) -> bool {
    setting.is_none_or(|text| text.trim().is_empty())
}
