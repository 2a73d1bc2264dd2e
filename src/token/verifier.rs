//! Token → claims.

use super::Claims;
use crate::{
    error::{LivekitError, TokenFault},
    json,
    jws::{self, HmacKey, Secret},
};
use alloc::string::String;

/// Checks LiveKit access tokens of one API key, as a LiveKit server does, but strictly: `exp` and `iss` are
/// required, times are whole numbers, and only HS256 counts.
#[derive(Debug)]
pub struct TokenVerifier {
    api_key: String,
    key: HmacKey,
    tolerance: u64,
}

impl TokenVerifier {
    /// Takes the API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        let api_key = api_key.into();
        match Secret::new(api_secret) {
            Some(secret) if !api_key.trim().is_empty() => {
                Ok(Self { api_key, key: HmacKey::new(&secret), tolerance: 0 })
            }
            _ => Err(LivekitError::NotConfigured),
        }
    }

    /// Allows for clocks that differ by so many seconds; 0 unless set. LiveKit's server allows 60.
    #[must_use]
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = seconds;
        self
    }

    /// Checks signature, issuer and times at `now` (Unix seconds), and returns the claims.
    ///
    /// # Errors
    /// [`LivekitError::InvalidToken`] with what is wrong.
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, LivekitError> {
        let payload = jws::verify(token, &self.key)?;
        let claims = json::read_object(payload.as_bytes(), Claims::read).ok_or(TokenFault::Claims)?;
        if claims.iss != self.api_key {
            return Err(TokenFault::Issuer.into());
        }
        check_times(claims.exp, claims.nbf, now, self.tolerance)?;
        Ok(claims)
    }
}

/// The rule of time for every kind of token: `exp` is required and in the future, `nbf` is optional and not.
pub(crate) fn check_times(exp: u64, nbf: Option<u64>, now: u64, tolerance: u64) -> Result<(), TokenFault> {
    if exp.saturating_add(tolerance) <= now {
        return Err(TokenFault::Expired);
    }
    if nbf.is_some_and(|nbf| nbf > now.saturating_add(tolerance)) {
        return Err(TokenFault::NotYetValid);
    }
    Ok(())
}
