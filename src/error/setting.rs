//! Why a setting is invalid.

use alloc::string::{String, ToString};
use core::fmt;

/// An error of a setting. `Display` writes one sentence for the operator. It contains the name of the setting and the
/// path in it, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    setting: String,
    line: Option<usize>,
    kind: SettingErrorKind,
}

/// Why a setting is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingErrorKind {
    /// The setting is required but unset; the effect.
    Missing(&'static str),
    /// The value is invalid; a description of a valid value, and what applies instead.
    Invalid(&'static str, &'static str),
    /// The value is quoted, and the quotes are part of it.
    Quoted,
    /// The value has leading or trailing white space, which is ignored.
    WhiteSpace,
    /// The secret is shorter than [`Secret::RECOMMENDED_BYTES`](crate::Secret::RECOMMENDED_BYTES).
    Short,
    /// The name is a misspelling of this setting, which is unset.
    NotASetting(&'static str),
    /// The user name or password in the URL contains an unescaped `#` or `/`.
    Unescaped,
    /// The URL parameter at this position, counted from 1, is unknown.
    UnknownParameter(usize),
    /// The URL parameter at this position, counted from 1, has an invalid value.
    InvalidParameter(usize),
    /// A line of keys is not `key: secret`.
    NotKeyAndSecret,
    /// A secret is blank.
    BlankSecret,
    /// An API key is repeated.
    RepeatedKey,
    /// An API key has different secrets in two settings.
    OtherSecret,
    /// There is no key.
    NoKeys,
    /// The value is not JSON, or repeats a field.
    NotJson,
    /// The value is not an array of at least one server.
    NotServers,
    /// A server is not an object, or has an unknown field or one of the wrong type.
    NotServer,
    /// The name of a server is missing, too long, or has white space or control characters.
    InvalidName,
    /// Another server has the same name.
    RepeatedName,
    /// The value is not a URL of a LiveKit server.
    NotServerUrl,
    /// `LIVEKIT_SERVERS` is set too. It describes every server, so that the two contradict each other.
    WithServers,
}

/// Severity of an error of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The value applies, but should be changed.
    Advice,
    /// Another value applies instead; `/health` reports the endpoint as unhealthy.
    Warning,
    /// User tokens or all requests are rejected; `/health` reports the endpoint as unhealthy.
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
    pub(crate) fn new(setting: impl Into<String>, kind: SettingErrorKind) -> Self {
        Self { setting: setting.into(), line: None, kind }
    }

    /// Sets the line, counted from 1.
    pub(crate) const fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// Name of the setting and the path in it: `LIVEKIT_KEYS`, `LIVEKIT_SERVERS[0].url`.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// The invalid line, counted from 1.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> SettingErrorKind {
        self.kind
    }

    /// Stable name of the kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            SettingErrorKind::Missing(_) => "missing",
            SettingErrorKind::Quoted => "quoted",
            SettingErrorKind::WhiteSpace => "white_space",
            SettingErrorKind::Short => "short",
            SettingErrorKind::NotASetting(_) => "unknown_setting",
            SettingErrorKind::Unescaped => "unescaped",
            SettingErrorKind::UnknownParameter(_) => "unknown_parameter",
            SettingErrorKind::InvalidParameter(_) => "invalid_parameter",
            SettingErrorKind::RepeatedKey | SettingErrorKind::RepeatedName => "repeated",
            SettingErrorKind::OtherSecret | SettingErrorKind::WithServers => "conflict",
            _ => "invalid",
        }
    }

    /// The severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match (&*self.setting, self.kind) {
            (_, SettingErrorKind::WhiteSpace | SettingErrorKind::Short) => Severity::Advice,
            ("JWT_AUDIENCE", SettingErrorKind::Missing(_)) | ("LOG_LEVEL", _) => Severity::Advice,
            ("LIVEKIT_API_KEY" | "LIVEKIT_API_SECRET" | "JWT_SECRET" | "JWT_ISSUER", SettingErrorKind::Missing(_))
            | ("DATABASE_URL" | "HOST" | "PORT", _) => Severity::Error,
            ("JWT_ALGORITHMS" | "JWT_AUDIENCE" | "JWT_CLIENT_ID", SettingErrorKind::Invalid(..)) => Severity::Error,
            (_, kind) if kind.sentence().is_some() => Severity::Error,
            _ => Severity::Warning,
        }
    }

    /// A sentence that starts with the name of the setting; `Display` writes the same.
    #[must_use]
    pub fn message(&self) -> String {
        // `format!` would add the code of all formatting to the module.
        let line = self.line.map(|line| [", line ", &line.to_string()].concat()).unwrap_or_default();
        [&self.setting, &*line, &self.kind.message()].concat()
    }
}

impl SettingErrorKind {
    fn message(self) -> String {
        let parameter =
            |what: &str, at: usize| [what, ", number ", &at.to_string(), " after the question mark"].concat();
        match self {
            Self::Missing(effect) => [" is not set: ", effect].concat(),
            Self::Invalid(expected, effect) => [" is not ", expected, ": ", effect].concat(),
            Self::Quoted => " has quotes around its value, which are part of it: remove them".into(),
            Self::WhiteSpace => " has white space around its value, which is ignored".into(),
            Self::Short => " is shorter than 32 bytes: it can be guessed".into(),
            Self::NotASetting(known) => [" is not a setting, and is ignored: the setting is ", known].concat(),
            Self::Unescaped => " has a # or / that is not escaped: write %23 or %2F in user name and password".into(),
            Self::UnknownParameter(at) => parameter(" has an unknown parameter", at),
            Self::InvalidParameter(at) => parameter(" has a parameter with an invalid value", at),
            _ => [" ", self.sentence().unwrap_or_default()].concat(),
        }
    }

    /// The message for an error in keys and servers. With such an error no token is issued.
    const fn sentence(self) -> Option<&'static str> {
        Some(match self {
            Self::NotKeyAndSecret => "is not \"key: secret\" (a colon and a space, no white space in either)",
            Self::BlankSecret => "has a blank secret",
            Self::RepeatedKey => "repeats an API key",
            Self::OtherSecret => "has another secret for an API key than another setting or server",
            Self::NoKeys => "has no API key and secret",
            Self::NotJson => "is not JSON, or repeats a field",
            Self::NotServers => "is not an array of one or more servers",
            Self::NotServer => "is not an object of name, url, internalUrl and keys",
            Self::InvalidName => "is not a name: 1 to 64 characters without white space and control characters",
            Self::RepeatedName => "is also the name of another server",
            Self::NotServerUrl => {
                "is not a URL of a LiveKit server: wss, ws, https or http, a host, no user name, query or white space"
            }
            Self::WithServers => {
                "is set together with LIVEKIT_SERVERS, which describes every server: unset one of them"
            }
            _ => return None,
        })
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for SettingError {}
