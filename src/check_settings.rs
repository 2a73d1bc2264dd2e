//! What is wrong with settings: one list for the log at the start, for `/health`, and for operators who ask.

use crate::{
    algorithm::Algorithm,
    config::{GrantPolicy, INVALID, LivekitConfig, parse_ttl},
    database_url::{DatabaseUrl, DatabaseUrlError},
    jws::Secret,
    setting::{Settings, entries, list, parse_boolean, parse_integer, text},
    url::is_server_url,
    user_token::{MAX_SECRETS, parse_leeway},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// A setting that is wrong. Nothing in it is from the setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingError {
    setting: &'static str,
    kind: SettingErrorKind,
}

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingErrorKind {
    /// It is required and unset; what follows from that.
    Missing(&'static str),
    /// The value is invalid; what it is not, and what applies.
    Invalid(&'static str, &'static str),
    /// The value has quotes around it, which are part of it.
    Quoted,
    /// The value has white space around it, which is ignored.
    WhiteSpace,
    /// The secret is shorter than [`Secret::RECOMMENDED_BYTES`].
    Short,
    /// The parameter of the URL at this position, from 1, is unknown.
    UnknownParameter(usize),
    /// The parameter of the URL at this position, from 1, has an invalid value.
    InvalidParameter(usize),
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It works.
    Advice,
    /// Something else applies than what the setting says: the endpoint is unhealthy.
    Warning,
    /// User tokens or all requests are refused: the endpoint is unhealthy.
    Error,
}

impl Severity {
    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl SettingError {
    const fn new(setting: &'static str, kind: SettingErrorKind) -> Self {
        Self { setting, kind }
    }

    /// Name of the setting.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> SettingErrorKind {
        self.kind
    }

    /// Stable name of the kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            SettingErrorKind::Missing(_) => "missing",
            SettingErrorKind::Invalid(..) => "invalid",
            SettingErrorKind::Quoted => "quoted",
            SettingErrorKind::WhiteSpace => "white_space",
            SettingErrorKind::Short => "short",
            SettingErrorKind::UnknownParameter(_) => "unknown_parameter",
            SettingErrorKind::InvalidParameter(_) => "invalid_parameter",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match (self.setting, self.kind) {
            (_, SettingErrorKind::WhiteSpace | SettingErrorKind::Short) => Severity::Advice,
            ("JWT_AUDIENCE", SettingErrorKind::Missing(_)) | ("LOG_LEVEL", _) => Severity::Advice,
            ("JWT_SECRET" | "JWT_ISSUER", SettingErrorKind::Missing(_)) | ("DATABASE_URL" | "PORT", _) => {
                Severity::Error
            }
            ("JWT_ALGORITHMS" | "JWT_AUDIENCE" | "JWT_CLIENT_ID", SettingErrorKind::Invalid(..)) => Severity::Error,
            _ => Severity::Warning,
        }
    }

    /// A sentence that starts with the name of the setting.
    #[must_use]
    pub fn message(&self) -> String {
        let name = self.setting;
        match self.kind {
            SettingErrorKind::Missing(effect) => [name, " is not set: ", effect].concat(),
            SettingErrorKind::Invalid(expected, effect) => [name, " is not ", expected, ": ", effect].concat(),
            SettingErrorKind::Quoted => {
                [name, " has quotes around its value, which are part of it: remove them"].concat()
            }
            SettingErrorKind::WhiteSpace => [name, " has white space around its value, which is ignored"].concat(),
            SettingErrorKind::Short => [name, " is shorter than 32 bytes: it can be guessed"].concat(),
            SettingErrorKind::UnknownParameter(at) => {
                [name, " has an unknown parameter, number ", &at.to_string(), " after the question mark"].concat()
            }
            SettingErrorKind::InvalidParameter(at) => {
                [name, " has a parameter with an invalid value, number ", &at.to_string(), " after the question mark"]
                    .concat()
            }
        }
    }
}

/// What a setting must be.
enum Rule {
    /// Any text.
    Text,
    /// A shared secret.
    Secret,
    /// Shared secrets, one a line.
    Secrets,
    /// A value for which the function is true; what that is, and what applies instead of another value.
    Value(fn(&str) -> bool, &'static str, &'static str),
    /// Names, separated by commas, for each of which the function is true; what that is, and what applies otherwise.
    List(fn(&str) -> bool, &'static str, &'static str),
    /// Address of a PostgreSQL database.
    DatabaseUrl,
}

/// Rules of LiveKit URLs.
const SERVER_URL: &str = "a ws, wss, http or https URL such as wss://livekit.example.com";

fn is_livekit_url(text: &str) -> bool {
    is_server_url(text, &["ws", "wss", "http", "https"])
}

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
const DEFAULT: &str = "the default applies";
const REFUSED: &str = "user tokens are refused";

/// The rule of each setting. Those of HTTP (`CORS_ORIGINS`, `RATE_LIMIT_PER_USER`, …) have their rules in TypeScript, and only
/// quotes are looked for here.
const RULES: [(&str, Rule); 27] = [
    ("LIVEKIT_API_KEY", Rule::Text),
    ("LIVEKIT_API_SECRET", Rule::Secret),
    ("LIVEKIT_URL", Rule::Value(is_livekit_url, SERVER_URL, "clients cannot connect")),
    ("LIVEKIT_TOKEN_TTL", Rule::Value(is_ttl, TTL, DEFAULT)),
    ("LIVEKIT_MAX_TTL", Rule::Value(is_ttl, TTL, DEFAULT)),
    (
        "LIVEKIT_IDENTITY_POLICY",
        Rule::Value(|text| matches!(text, "preserve" | "own"), "preserve or own", "own applies"),
    ),
    ("LIVEKIT_GRANTS", Rule::Value(|text| GrantPolicy::from_name(text).is_some(), "full or role", "full applies")),
    ("LIVEKIT_CAN_UPDATE_OWN_METADATA", Rule::Value(is_boolean, "true or false", "false applies")),
    ("LIVEKIT_TOKEN_JTI", Rule::Value(is_boolean, "true or false", "false applies")),
    ("LIVEKIT_AGENTS", Rule::List(is_any, "a list of names", "no agent is dispatched")),
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
    ("CORS_ORIGINS", Rule::Text),
    ("RATE_LIMIT_PER_USER", Rule::Text),
    ("RATE_LIMIT_PER_ADDRESS", Rule::Text),
    ("CLIENT_ADDRESS_HEADER", Rule::Text),
    ("DATABASE_URL", Rule::DatabaseUrl),
    ("SQLITE_PATH", Rule::Text),
    ("HOST", Rule::Text),
    (
        "PORT",
        Rule::Value(
            |text| parse_integer(text, 0..=65_535).is_some(),
            "a number from 0 to 65535",
            "nothing can listen there",
        ),
    ),
];

/// Lists what is wrong with the settings of an endpoint: of each setting one error, those that are required and missing first.
/// Settings that the caller does not look up are not checked.
#[must_use]
pub fn check_settings(setting: Settings<'_>) -> Vec<SettingError> {
    let missing = missing(setting).into_iter();
    let invalid = RULES.iter().filter_map(|(name, rule)| {
        let value = setting(name).filter(|value| !value.trim().is_empty())?;
        check(name, rule, &value).map(|kind| SettingError::new(name, kind))
    });
    missing.chain(invalid).collect()
}

fn missing(setting: Settings<'_>) -> Vec<SettingError> {
    let is_set = |name| text(setting, name).is_some();
    let livekit = LivekitConfig::from_settings(setting).missing().into_iter();
    let mut errors: Vec<_> =
        livekit.map(|name| SettingError::new(name, SettingErrorKind::Missing("tokens cannot be used"))).collect();
    let mut add = |name, effect| errors.push(SettingError::new(name, SettingErrorKind::Missing(effect)));
    let has_provider = is_set("JWT_JWKS_URL");
    if !has_provider && !is_set("JWT_SECRET") && !is_set("JWT_SECRETS") {
        add("JWT_SECRET", "every request is answered 401");
    }
    if has_provider && !is_set("JWT_ISSUER") {
        add("JWT_ISSUER", "tokens of the identity provider are refused");
    }
    if has_provider && !is_set("JWT_AUDIENCE") && !is_set("JWT_CLIENT_ID") {
        add("JWT_AUDIENCE", "tokens for other services are taken too");
    }
    errors
}

/// The worst that is wrong with a value that is not blank.
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

/// Docker's `--env-file`, and dashboards, keep quotes that a shell would remove.
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
                Self::Invalid("an address of a PostgreSQL database", "use one such as postgres://user@host/database")
            }
            DatabaseUrlError::UnknownParameter(at) => Self::UnknownParameter(at),
            DatabaseUrlError::InvalidParameter(at) => Self::InvalidParameter(at),
        }
    }
}

/// What is wrong with the address of a PostgreSQL database.
///
/// # Errors
/// A [`SettingError`] of `DATABASE_URL`.
pub fn parse_database_url(text: &str) -> Result<DatabaseUrl, SettingError> {
    DatabaseUrl::parse(text).map_err(|error| SettingError::new("DATABASE_URL", error.into()))
}
