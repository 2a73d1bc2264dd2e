//! The API keys of a LiveKit server.

use crate::{
    error::{SettingError, SettingErrorKind},
    jws::Secret,
    token::ApiCredentials,
};
use alloc::vec::Vec;

/// The API keys of one LiveKit server: at least one, none repeated. The first signs and all verify, so that a key can
/// be replaced without rejecting tokens that it signed.
///
/// ```
/// # use livekit_edge::{AccessToken, ApiKeys, TokenVerifier};
/// # let now = 1_700_000_000;
/// let keys = ApiKeys::parse("LIVEKIT_KEYS", "new: a-new-secret\nold: an-old-secret")?;
/// assert_eq!(keys.signer().api_key(), "new");
///
/// let old = AccessToken::new("old", "an-old-secret")?.identity("alice").to_jwt(now)?;
/// assert!(TokenVerifier::with_keys(keys).verify(&old, now).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ApiKeys {
    first: ApiCredentials,
    others: Vec<ApiCredentials>,
}

impl ApiKeys {
    /// A list of one key.
    #[must_use]
    pub const fn new(credentials: ApiCredentials) -> Self {
        Self { first: credentials, others: Vec::new() }
    }

    /// Parses keys in the format of LiveKit's server (its option `--keys`, its file `key_file`): one `key: secret` in
    /// each line. Blank lines and comments (`#`) are skipped; a key or secret may be quoted. `setting` is the name of
    /// the setting for errors.
    ///
    /// # Errors
    /// [`SettingError`] with the line.
    pub fn parse(setting: &str, text: &str) -> Result<Self, SettingError> {
        let mut keys: Option<Self> = None;
        for (line, number) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().zip(1..) {
            let error = |kind| SettingError::new(setting, kind).at_line(number);
            let Some(credentials) = parse_line(line).map_err(error)? else { continue };
            match &mut keys {
                None => keys = Some(Self::new(credentials)),
                Some(keys) => keys.push(credentials).map_err(error)?,
            }
        }
        keys.ok_or_else(|| SettingError::new(setting, SettingErrorKind::NoKeys))
    }

    /// Creates the list from credentials; the first signs. `setting` is the name of the setting for errors.
    ///
    /// # Errors
    /// [`SettingErrorKind::NoKeys`] without a key, [`SettingErrorKind::RepeatedKey`] for one that is repeated.
    pub fn from_credentials(
        setting: &str,
        all: impl IntoIterator<Item = ApiCredentials>,
    ) -> Result<Self, SettingError> {
        let error = |kind| SettingError::new(setting, kind);
        let mut all = all.into_iter();
        let mut keys = Self::new(all.next().ok_or_else(|| error(SettingErrorKind::NoKeys))?);
        for credentials in all {
            keys.push(credentials).map_err(error)?;
        }
        Ok(keys)
    }

    fn push(&mut self, credentials: ApiCredentials) -> Result<(), SettingErrorKind> {
        if self.find(credentials.api_key()).is_some() {
            return Err(SettingErrorKind::RepeatedKey);
        }
        self.others.push(credentials);
        Ok(())
    }

    /// The key that signs.
    #[must_use]
    pub const fn signer(&self) -> &ApiCredentials {
        &self.first
    }

    /// The key of an issuer (`iss`).
    #[must_use]
    pub fn find(&self, issuer: &str) -> Option<&ApiCredentials> {
        self.iter().find(|credentials| credentials.api_key() == issuer)
    }

    /// Number of keys, at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always a key")]
    pub const fn len(&self) -> usize {
        self.others.len().saturating_add(1)
    }

    /// All keys, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &ApiCredentials> {
        core::iter::once(&self.first).chain(&self.others)
    }

    /// Adds the keys of `more` that are not in the list yet. All keys verify; the first still signs.
    ///
    /// # Errors
    /// [`SettingErrorKind::OtherSecret`] for a key that has different secrets in the two lists.
    pub(crate) fn with_verifiers(mut self, more: &Self) -> Result<Self, SettingErrorKind> {
        for credentials in more.iter() {
            match self.find(credentials.api_key()) {
                None => self.others.push(credentials.clone()),
                Some(known) if known.has_same_secret(credentials) => {}
                Some(_) => return Err(SettingErrorKind::OtherSecret),
            }
        }
        Ok(self)
    }
}

impl From<ApiCredentials> for ApiKeys {
    fn from(credentials: ApiCredentials) -> Self {
        Self::new(credentials)
    }
}

/// Parses a line; `None` for a blank line or a comment.
fn parse_line(line: &str) -> Result<Option<ApiCredentials>, SettingErrorKind> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (key, secret) = split_key(line).ok_or(SettingErrorKind::NotKeyAndSecret)?;
    let secret = without_comment(secret).trim();
    if secret.is_empty() {
        return Err(SettingErrorKind::BlankSecret);
    }
    let (key, secret) =
        scalar(key).zip(scalar(secret)).filter(|(key, _)| !key.is_empty()).ok_or(SettingErrorKind::NotKeyAndSecret)?;
    let secret = Secret::new(secret).ok_or(SettingErrorKind::BlankSecret)?;
    ApiCredentials::with_secret(key, &secret).map(Some).map_err(|_| SettingErrorKind::NotKeyAndSecret)
}

/// Splits a line at its first colon that is followed by white space or the end of the line, as YAML does.
fn split_key(line: &str) -> Option<(&str, &str)> {
    line.match_indices(':')
        .filter_map(|(at, _)| line.split_at_checked(at).zip(line.get(at.checked_add(1)?..)))
        .map(|((key, _), rest)| (key, rest))
        .find(|(_, rest)| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Removes a YAML comment: `#` after white space. It also cuts a quoted `#` after white space, because no secret
/// contains white space.
fn without_comment(text: &str) -> &str {
    let is_comment = |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace));
    let comment = text.match_indices('#').map(|(at, _)| at).find(is_comment);
    comment.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Parses a YAML string that is plain, or quoted without an escape.
fn scalar(text: &str) -> Option<&str> {
    let text = text.trim();
    let value = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let value = text.strip_prefix(quote)?.strip_suffix(quote)?;
            (!value.contains([quote, '\\'])).then_some(value)?
        }
        _ => (!text.starts_with(INDICATORS) && !text.ends_with(':')).then_some(text)?,
    };
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    // A quoted blank value is reported as a blank secret, not as a malformed line.
    (!value.contains(is_odd) || value.trim().is_empty()).then_some(value)
}

/// Characters that a plain (unquoted) string of YAML cannot start with (YAML 1.2 section 5.3).
const INDICATORS: [char; 15] = ['{', '}', '[', ']', ',', '&', '*', '!', '|', '>', '%', '@', '`', '#', '?'];
