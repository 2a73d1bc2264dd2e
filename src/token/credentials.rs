//! An API key and its secret.

use crate::{
    error::LivekitError,
    jws::{HmacKey, Secret},
};
use alloc::{string::String, sync::Arc};

/// An API key and the prepared key of its secret. Neither is blank.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) api_key: String,
    pub(crate) key: HmacKey,
}

impl Credentials {
    pub(crate) fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        Secret::new(api_secret)
            .and_then(|secret| Self::prepare(api_key.into(), &secret))
            .ok_or(LivekitError::NotConfigured)
    }

    pub(crate) fn prepare(api_key: String, secret: &Secret) -> Option<Self> {
        (!api_key.trim().is_empty()).then(|| Self { api_key, key: HmacKey::new(secret) })
    }
}

/// An API key and its secret, prepared once for any number of tokens and verifiers. A clone is the same key.
///
/// ```
/// use livekit_edge::{AccessToken, ApiKey, TokenVerifier};
///
/// let key = ApiKey::new("devkey", "secret")?;
/// let jwt = AccessToken::of(&key).identity("alice").to_jwt(1_700_000_000)?;
/// assert_eq!(TokenVerifier::of(&key).verify(&jwt, 1_700_000_000)?.sub, "alice");
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ApiKey(pub(super) Arc<Credentials>);

impl ApiKey {
    /// Takes the API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        Credentials::new(api_key, api_secret).map(|credentials| Self(Arc::new(credentials)))
    }
}
