//! Checks settings. The list of errors is used for the log at startup, `/health` and `checkSettings`.

use crate::{
    algorithm::Algorithm,
    config::{DEFAULT_MAX_TTL, GrantPolicy, INVALID, LivekitConfig, parse_ttl},
    database_url::{DatabaseUrl, DatabaseUrlError},
    error::{SettingError, SettingErrorKind},
    jws::Secret,
    keys::ApiKeys,
    operator_key::{NO_OPERATOR, OPERATOR_KEY, OperatorKey},
    recording::{RecordingStorage, is_filepath, is_preset},
    servers::is_server_url,
    setting::{Settings, entries, list, parse_boolean, parse_integer, text},
    similar_name::distance,
    token::{ApiCredentials, Ttl},
    url::is_host_or_address,
    user_token::{MAX_SECRETS, parse_leeway},
};
use alloc::vec::Vec;

/// Rule for the value of a setting.
enum Rule {
    /// Any string.
    Text,
    /// A shared secret.
    Secret,
    /// Shared secrets, one in each line.
    Secrets,
    /// A value for which the function returns true; a description of valid values; what applies instead of an invalid
    /// one.
    Value(fn(&str) -> bool, &'static str, &'static str),
    /// Comma-separated names, each valid as for [`Rule::Value`].
    List(fn(&str) -> bool, &'static str, &'static str),
    /// URL of a PostgreSQL database.
    DatabaseUrl,
}

/// Description of a LiveKit URL.
const SERVER_URL: &str = "a ws, wss, http or https URL such as wss://livekit.example.com";

fn is_ttl(text: &str) -> bool {
    parse_ttl(text).is_some()
}

fn is_boolean(text: &str) -> bool {
    parse_boolean(text).is_some()
}

fn is_any(_: &str) -> bool {
    true
}

const TTL: &str = "an integer of seconds from 1";
const MAXIMUM: &str = "the maximum applies";
const DEFAULT: &str = "the default applies";
const REFUSED: &str = "user tokens are refused";
const RECORDING_OFF: &str = "recording is off";

/// The rule of each setting. HTTP settings (`CORS_ORIGINS`, `RATE_LIMIT_PER_USER`, …) have their rules in TypeScript,
/// and are only checked for quotes here.
const RULES: &[(&str, Rule)] = &[
    ("LIVEKIT_API_KEY", Rule::Text),
    ("LIVEKIT_API_SECRET", Rule::Secret),
    ("LIVEKIT_URL", Rule::Value(is_server_url, SERVER_URL, "clients cannot connect")),
    ("LIVEKIT_TOKEN_TTL", Rule::Value(is_ttl, TTL, DEFAULT)),
    ("LIVEKIT_MAX_TTL", Rule::Value(is_ttl, TTL, DEFAULT)),
    (
        "LIVEKIT_IDENTITY_POLICY",
        Rule::Value(|text| matches!(text, "preserve" | "own"), "preserve or own", "own applies"),
    ),
    ("LIVEKIT_GRANTS", Rule::Value(|text| GrantPolicy::from_name(text).is_some(), "full or role", "full applies")),
    ("LIVEKIT_CREATE_ROOMS", Rule::Value(is_boolean, "true or false", "false applies")),
    ("LIVEKIT_CAN_UPDATE_OWN_METADATA", Rule::Value(is_boolean, "true or false", "false applies")),
    ("LIVEKIT_TOKEN_JTI", Rule::Value(is_boolean, "true or false", "false applies")),
    ("LIVEKIT_AGENTS", Rule::List(is_any, "a list of names", "no agent is dispatched")),
    (
        "RECORDING_STORAGE",
        Rule::Value(
            RecordingStorage::is_valid,
            "a JSON object with one of s3, gcp, azure and aliOSS, with the fields that LiveKit knows",
            RECORDING_OFF,
        ),
    ),
    (
        "RECORDING_FILEPATH",
        Rule::Value(is_filepath, "a path of at most 1024 bytes without control characters", RECORDING_OFF),
    ),
    ("RECORDING_LAYOUT", Rule::Text),
    ("RECORDING_PRESET", Rule::Value(is_preset, "a preset of LiveKit such as H264_1080P_30", DEFAULT)),
    ("JWT_SECRET", Rule::Secret),
    ("JWT_SECRETS", Rule::Secrets),
    ("JWT_JWKS_URL", Rule::Text),
    ("JWT_ISSUER", Rule::Text),
    ("JWT_AUDIENCE", Rule::List(is_any, "a list of names", REFUSED)),
    ("JWT_CLIENT_ID", Rule::List(is_any, "a list of names", REFUSED)),
    (
        "JWT_ALGORITHMS",
        Rule::List(
            |name| Algorithm::from_name(name).is_some(),
            "a list of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA",
            "tokens with another algorithm are refused",
        ),
    ),
    (
        "JWT_LEEWAY",
        Rule::Value(|text| parse_leeway(text).is_some(), "an integer of seconds from 0 to 300", "10 applies"),
    ),
    (
        "LOG_LEVEL",
        Rule::Value(
            |text| matches!(text, "debug" | "info" | "warn" | "error"),
            "debug, info, warn or error",
            "info applies",
        ),
    ),
    // Only for quotes: `OperatorKey` checks the rest, by comparing it with all other keys.
    (OPERATOR_KEY, Rule::Value(is_any, "a key", NO_OPERATOR)),
    ("CORS_ORIGINS", Rule::Text),
    ("RATE_LIMIT_PER_USER", Rule::Text),
    ("RATE_LIMIT_PER_ADDRESS", Rule::Text),
    ("CLIENT_ADDRESS_HEADER", Rule::Text),
    ("DATABASE_URL", Rule::DatabaseUrl),
    ("SQLITE_PATH", Rule::Text),
    (
        "HOST",
        Rule::Value(is_host_or_address, "a host name or an IP address, without a port", "nothing can listen there"),
    ),
    (
        "PORT",
        Rule::Value(
            |text| parse_integer(text, 0..=65_535).is_some(),
            "a number from 0 to 65535",
            "nothing can listen there",
        ),
    ),
];

/// Lists the errors of an endpoint's settings, missing settings first. Each setting has at most one error, except keys
/// and servers. A setting for which `setting` returns `None` counts as unset. `names` are all names in the environment;
/// a misspelled name of an unset setting is an error.
#[must_use]
pub fn check_settings<'n>(setting: Settings<'_>, names: impl IntoIterator<Item = &'n str>) -> Vec<SettingError> {
    let config = LivekitConfig::from_settings(setting);
    let missing = missing(&config, setting).into_iter();
    let invalid = RULES.iter().filter_map(|(name, rule)| {
        let value = setting(name).filter(|value| !value.trim().is_empty())?;
        check(name, rule, &value).map(|kind| SettingError::new(*name, kind))
    });
    let short = short_keys(&config, setting).into_iter().map(|name| SettingError::new(name, SettingErrorKind::Short));
    let above = above_maximum(setting).into_iter();
    let operator = OperatorKey::from_settings(setting, &config).err();
    let operator = operator.filter(|_| !text(setting, OPERATOR_KEY).is_some_and(|key| is_quoted(&key)));
    let operator = operator.map(|kind| SettingError::new(OPERATOR_KEY, kind));
    let misspelt = names.into_iter().filter_map(|name| {
        mistaken_for(name, setting).map(|known| SettingError::new(name, SettingErrorKind::NotASetting(known)))
    });
    let invalid = invalid.chain(operator).chain(above).chain(short);
    missing.chain(config.errors.iter().cloned()).chain(invalid).chain(misspelt).collect()
}

/// Errors for TTLs above their maximum. The maximum applies instead.
fn above_maximum(setting: Settings<'_>) -> Vec<SettingError> {
    let seconds = |name| text(setting, name).and_then(|text| parse_integer(&text, 1..=u64::MAX));
    let is_above = |name, maximum| seconds(name).is_some_and(|seconds| seconds > maximum);
    let maximum = seconds("LIVEKIT_MAX_TTL").unwrap_or(DEFAULT_MAX_TTL.seconds()).min(Ttl::MAX_SECONDS);
    let checks = [
        ("LIVEKIT_MAX_TTL", Ttl::MAX_SECONDS, "at most 4294967295 seconds"),
        ("LIVEKIT_TOKEN_TTL", maximum, "at most LIVEKIT_MAX_TTL, by default a day"),
    ];
    let above = checks.into_iter().filter(|(name, maximum, _)| is_above(name, *maximum));
    above.map(|(name, _, expected)| SettingError::new(name, SettingErrorKind::Invalid(expected, MAXIMUM))).collect()
}

/// Settings without a rule in [`RULES`].
const KEYS_AND_SERVERS: [&str; 3] = ["LIVEKIT_INTERNAL_URL", "LIVEKIT_KEYS", "LIVEKIT_SERVERS"];

/// Maximum number of edits between a misspelled name and the setting.
const MAX_EDITS: u8 = 2;

/// The setting that a name is a misspelling of; `None` if that setting is set, or if the name is a setting itself. Only
/// names with a prefix of this project's settings are compared, because an application may have other settings such as
/// `HOSTS` or `CORS_ORIGIN`.
fn mistaken_for(name: &str, setting: Settings<'_>) -> Option<&'static str> {
    let known = || RULES.iter().map(|(name, _)| *name).chain(KEYS_AND_SERVERS);
    if known().any(|known| known == name) {
        return None;
    }
    let ours =
        known().filter(|known| ["LIVEKIT_", "JWT_", "RECORDING_"].iter().any(|prefix| known.starts_with(prefix)));
    let similar: Vec<_> =
        ours.filter_map(|known| distance(name, known, MAX_EDITS).map(|distance| (distance, known))).collect();
    let is_free = similar.iter().all(|(_, known)| text(setting, known).is_none());
    similar.into_iter().filter(|_| is_free).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// The settings whose API keys have a short secret.
fn short_keys(config: &LivekitConfig, setting: Settings<'_>) -> Vec<&'static str> {
    let has_short = |keys: &ApiKeys| keys.iter().any(ApiCredentials::has_short_secret);
    let has_short_server = || config.servers.as_slice().iter().any(|server| has_short(&server.keys));
    let settings = [
        ("LIVEKIT_KEYS", config.keys.as_ref().is_some_and(has_short)),
        ("LIVEKIT_SERVERS", text(setting, "LIVEKIT_SERVERS").is_some() && has_short_server()),
    ];
    settings.into_iter().filter_map(|(name, is_short)| is_short.then_some(name)).collect()
}

fn missing(config: &LivekitConfig, setting: Settings<'_>) -> Vec<SettingError> {
    let is_set = |name| text(setting, name).is_some();
    let effect = |name: &str| match name {
        "LIVEKIT_URL" => "responses contain no URL to connect to",
        _ => "no token is issued",
    };
    let livekit = config.missing().into_iter();
    let mut errors: Vec<_> =
        livekit.map(|name| SettingError::new(name, SettingErrorKind::Missing(effect(name)))).collect();
    let mut add = |name, effect| errors.push(SettingError::new(name, SettingErrorKind::Missing(effect)));
    let has_provider = is_set("JWT_JWKS_URL");
    if !has_provider && !is_set("JWT_SECRET") && !is_set("JWT_SECRETS") {
        add("JWT_SECRET", "every request is answered 401");
    }
    if has_provider && !is_set("JWT_ISSUER") {
        add("JWT_ISSUER", "tokens of the identity provider are refused");
    }
    if has_provider && !is_set("JWT_AUDIENCE") && !is_set("JWT_CLIENT_ID") {
        add("JWT_AUDIENCE", "tokens for other services are accepted too");
    }
    errors
}

/// The most severe error of a value, which is not blank.
fn check(name: &str, rule: &Rule, value: &str) -> Option<SettingErrorKind> {
    let trimmed = value.trim();
    if is_quoted(trimmed) {
        return Some(SettingErrorKind::Quoted);
    }
    let invalid = |is_valid: bool, expected, effect| (!is_valid).then_some(SettingErrorKind::Invalid(expected, effect));
    let has_white_space = trimmed.len() < value.len();
    match rule {
        Rule::Value(is_valid, expected, effect) => invalid(is_valid(trimmed), expected, effect),
        _ if trimmed == INVALID => Some(SettingErrorKind::Invalid("a string", "it matches nothing")),
        Rule::List(is_valid, expected, effect) => {
            let names = list(&|_| Some(trimmed.into()), name).unwrap_or_default();
            invalid(!names.is_empty() && names.iter().all(|name| is_valid(name)), expected, effect)
        }
        Rule::DatabaseUrl => DatabaseUrl::parse(trimmed).err().map(SettingErrorKind::from),
        Rule::Secret if is_short(trimmed) => Some(SettingErrorKind::Short),
        Rule::Secrets => check_secrets(trimmed),
        Rule::Text | Rule::Secret => has_white_space.then_some(SettingErrorKind::WhiteSpace),
    }
}

fn check_secrets(text: &str) -> Option<SettingErrorKind> {
    let secrets = || entries(text, '\n');
    if secrets().count() > MAX_SECRETS {
        return Some(SettingErrorKind::Invalid("a list of at most 16 secrets", "the first 16 apply"));
    }
    if secrets().any(is_quoted) {
        return Some(SettingErrorKind::Quoted);
    }
    secrets().any(is_short).then_some(SettingErrorKind::Short)
}

/// True if the value is in quotes. Docker's `--env-file` and some dashboards do not remove them, as a shell would.
fn is_quoted(text: &str) -> bool {
    ['"', '\''].iter().any(|quote| text.len() > 1 && text.starts_with(*quote) && text.ends_with(*quote))
}

fn is_short(secret: &str) -> bool {
    Secret::new(secret).is_some_and(|secret| secret.is_short())
}

impl From<DatabaseUrlError> for SettingErrorKind {
    fn from(error: DatabaseUrlError) -> Self {
        match error {
            DatabaseUrlError::NotPostgres => {
                Self::Invalid("a URL of a PostgreSQL database", "use one such as postgres://user@host/database")
            }
            DatabaseUrlError::Unescaped => Self::Unescaped,
            DatabaseUrlError::UnknownParameter(at) => Self::UnknownParameter(at),
            DatabaseUrlError::InvalidParameter(at) => Self::InvalidParameter(at),
        }
    }
}

/// Parses the setting `DATABASE_URL`.
///
/// # Errors
/// A [`SettingError`] of `DATABASE_URL`.
pub fn parse_database_url(text: &str) -> Result<DatabaseUrl, SettingError> {
    DatabaseUrl::parse(text).map_err(|error| SettingError::new("DATABASE_URL", error.into()))
}
