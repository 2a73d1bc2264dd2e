//! The API key of the operator (`OPERATOR_KEY`).

use crate::{
    config::LivekitConfig,
    error::SettingErrorKind,
    jws::{Secret, SigningKey},
    keys::ApiKeys,
    setting::{Settings, text},
    user_token::UserTokenRules,
};
use core::fmt;

/// Name of the setting of the operator's key.
pub(crate) const OPERATOR_KEY: &str = "OPERATOR_KEY";

/// Effect of an invalid key, for error messages.
pub(crate) const NO_OPERATOR: &str = "POST /sync is answered 404";

/// A key of at least [`OperatorKey::MIN_BYTES`], different from every other key in the settings. Redacted in `Debug`.
pub struct OperatorKey {
    key: SigningKey,
    /// HMAC tag of the key, computed with the key itself.
    tag: [u8; SigningKey::TAG_BYTES],
}

impl OperatorKey {
    /// Minimum length in bytes.
    pub const MIN_BYTES: usize = Secret::RECOMMENDED_BYTES;

    /// Parses `OPERATOR_KEY`; `None` if it is unset. Without a valid key there is no operator.
    ///
    /// # Errors
    /// [`SettingErrorKind::Invalid`] for a short key, and for a key that also signs LiveKit tokens or user tokens: its
    /// holder must not become an operator.
    pub fn from_settings(setting: Settings<'_>, config: &LivekitConfig) -> Result<Option<Self>, SettingErrorKind> {
        let Some(secret) = text(setting, OPERATOR_KEY).and_then(Secret::new) else { return Ok(None) };
        if secret.is_short() {
            return Err(SettingErrorKind::Invalid("a key of at least 32 bytes", NO_OPERATOR));
        }
        let key = SigningKey::new(&secret);
        let same = |other: &SigningKey| other.verify(b"", &key.tag(b""));
        let servers = config.servers.as_slice().iter().map(|server| &server.keys);
        let mut of_livekit = servers.chain(&config.keys).flat_map(ApiKeys::iter);
        let of_users = UserTokenRules::from_settings(setting).keys;
        let is_secret = config.api_secret.as_ref().is_some_and(|secret| same(&SigningKey::new(secret)));
        if is_secret || of_livekit.any(|credentials| same(credentials.signing_key())) || of_users.iter().any(same) {
            let expected = "different from the keys of LiveKit and of user tokens";
            return Err(SettingErrorKind::Invalid(expected, NO_OPERATOR));
        }
        let tag = key.tag(secret.as_bytes());
        Ok(Some(Self { key, tag }))
    }

    /// True if `presented` is the key. It compares HMAC tags, which takes constant time for keys of equal length.
    #[must_use]
    pub fn verify(&self, presented: &str) -> bool {
        self.key.verify(presented.as_bytes(), &self.tag)
    }
}

impl fmt::Debug for OperatorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorKey(redacted)")
    }
}
