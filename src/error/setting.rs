//! Why a setting is invalid.

use alloc::string::{String, ToString};
use core::fmt;

/// An error of a setting. `Display` writes one sentence for the operator: it names the setting and the place in it, never its
/// value.
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
    /// It is required and unset; the effect of that.
    Missing(&'static str),
    /// The value is invalid; a description of a valid one, and what applies instead.
    Invalid(&'static str, &'static str),
    /// The value has quotes around it, which are part of it.
    Quoted,
    /// The value has white space around it, which is ignored.
    WhiteSpace,
    /// The secret is shorter than [`Secret::RECOMMENDED_BYTES`](crate::Secret::RECOMMENDED_BYTES).
    Short,
    /// There is no such setting, and the name is almost that of this one, which is unset.
    NotASetting(&'static str),
    /// User name or password of the URL has an unescaped `#` or `/`.
    Unescaped,
    /// The parameter of the URL at this position, from 1, is unknown.
    UnknownParameter(usize),
    /// The parameter of the URL at this position, from 1, has an invalid value.
    InvalidParameter(usize),
    /// A line of keys is not `key: secret`.
    NotKeyAndSecret,
    /// A secret is blank.
    BlankSecret,
    /// An API key is repeated.
    RepeatedKey,
    /// An API key has one secret here and another one elsewhere.
    OtherSecret,
    /// There is no key.
    NoKeys,
    /// Not JSON, or a field is repeated.
    NotJson,
    /// Not an array with at least one server.
    NotServers,
    /// A server is not an object of the fields that servers have, each a string.
    NotServer,
    /// The name of a server is missing, too long, or has white space or control characters.
    InvalidName,
    /// Another server has the same name.
    RepeatedName,
    /// Not a URL of a LiveKit server.
    NotServerUrl,
    /// `LIVEKIT_SERVERS` is set too, which describes every server.
    BesideServers,
}

/// Severity of an error of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The setting works, but should be changed.
    Advice,
    /// Something else applies than the value: the endpoint is unhealthy.
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
    pub(crate) fn new(setting: impl Into<String>, kind: SettingErrorKind) -> Self {
        Self { setting: setting.into(), line: None, kind }
    }

    /// At a line, counted from 1.
    pub(crate) const fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// Name of the setting, with the path in it: `LIVEKIT_KEYS`, `LIVEKIT_SERVERS[0].url`.
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
            SettingErrorKind::OtherSecret | SettingErrorKind::BesideServers => "conflict",
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
        // Without `format!`, which would link the formatting of everything into the module.
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

    /// The sentence of an error in keys and servers, for which no token is issued.
    const fn sentence(self) -> Option<&'static str> {
        Some(match self {
            Self::NotKeyAndSecret => "is not \"key: secret\" (a colon and a space, no white space in either)",
            Self::BlankSecret => "has a blank secret",
            Self::RepeatedKey => "repeats an API key",
            Self::OtherSecret => "gives an API key another secret than another setting or server does",
            Self::NoKeys => "has no API key and secret",
            Self::NotJson => "is not JSON, or repeats a field",
            Self::NotServers => "is not an array of one or more servers",
            Self::NotServer => "is not an object of name, url, internalUrl and keys",
            Self::InvalidName => "is not a name: 1 to 64 characters without white space and control characters",
            Self::RepeatedName => "is the name of another server too",
            Self::NotServerUrl => {
                "is not a URL of a LiveKit server: wss, ws, https or http, a host, no user name, query or white space"
            }
            Self::BesideServers => "is set beside LIVEKIT_SERVERS, which describes every server: unset one of them",
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
