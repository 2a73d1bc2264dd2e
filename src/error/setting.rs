//! Why a setting is invalid.

use alloc::string::{String, ToString};
use core::fmt;

/// A setting that no server could accept. `Display` is one sentence for the operator: it names the setting and the place in
/// it, never its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    setting: String,
    line: Option<usize>,
    kind: SettingErrorKind,
}

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingErrorKind {
    /// A line of keys is not `key: secret`.
    NotKeyAndSecret,
    /// A secret is blank.
    BlankSecret,
    /// An API key is there twice.
    RepeatedKey,
    /// An API key has one secret here and another one elsewhere.
    OtherSecret,
    /// There is no key.
    NoKeys,
    /// Not JSON, or a field is there twice.
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

    /// The line that is wrong, counted from 1.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The sentence; `Display` writes the same.
    #[must_use]
    pub fn message(&self) -> String {
        // Without `format!`, which would link the formatting of everything into the module.
        let line = self.line.map(|line| [", line ", &line.to_string()].concat()).unwrap_or_default();
        [&self.setting, &line, " ", self.kind.message()].concat()
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> SettingErrorKind {
        self.kind
    }
}

impl SettingErrorKind {
    const fn message(self) -> &'static str {
        match self {
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
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for SettingError {}
