//! An API key and its secret.

use crate::{
    error::LivekitError,
    jws::{HmacKey, Secret},
};
use alloc::string::String;

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
