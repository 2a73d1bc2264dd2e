//! API key and secret.

use crate::{
    error::LivekitError,
    jws::{Secret, SigningKey},
};
use alloc::{string::String, sync::Arc};

/// An API key and the signing key of its secret, prepared once for any number of tokens and verifiers. A clone shares them.
///
/// ```
/// use livekit_edge::{AccessToken, ApiCredentials, TokenVerifier};
///
/// let credentials = ApiCredentials::new("devkey", "secret")?;
/// let jwt = AccessToken::with_credentials(&credentials).identity("alice").to_jwt(1_700_000_000)?;
/// assert_eq!(TokenVerifier::with_credentials(&credentials).verify(&jwt, 1_700_000_000)?.sub, "alice");
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ApiCredentials(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    api_key: String,
    signing_key: SigningKey,
    has_short_secret: bool,
}

impl ApiCredentials {
    /// Prepares an API key (`LIVEKIT_API_KEY`) and its secret (`LIVEKIT_API_SECRET`).
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        let secret = Secret::new(api_secret).ok_or(LivekitError::NotConfigured)?;
        Self::with_secret(api_key, &secret)
    }

    /// As [`Self::new`], with a secret that is known not to be blank.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if the API key is blank.
    pub fn with_secret(api_key: impl Into<String>, secret: &Secret) -> Result<Self, LivekitError> {
        let api_key = api_key.into();
        if api_key.trim().is_empty() {
            return Err(LivekitError::NotConfigured);
        }
        Ok(Self(Arc::new(Inner { api_key, signing_key: SigningKey::new(secret), has_short_secret: secret.is_short() })))
    }

    /// The API key: the `iss` of every token.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.0.api_key
    }

    /// True if the secret is short ([`Secret::is_short`]).
    #[must_use]
    pub fn has_short_secret(&self) -> bool {
        self.0.has_short_secret
    }

    /// True if both have the same secret. It compares HMAC tags, in constant time.
    pub(crate) fn has_same_secret(&self, other: &Self) -> bool {
        // Two keys with the same tag are as improbable as guessing a key.
        self.0.signing_key.verify(b"", &other.0.signing_key.tag(b""))
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0.signing_key
    }
}
