//! Token → claims.

use super::{
    ApiKey, Claims,
    claims::{check_signed, text},
    members::Members,
    time_span,
};
use crate::{
    error::{LivekitError, TokenFault},
    json::{self, Object, Value},
    jws::{self, VerifiedPayload},
    number::whole_seconds,
};
use alloc::string::String;

/// Checks LiveKit access tokens of one API key, as a LiveKit server does, but strictly: only HS256 counts, `exp` and
/// `iss` are required, times are whole numbers, every claim has its type, and no key is given twice or in another case.
///
/// ```
/// # use livekit_edge::{AccessToken, TokenVerifier};
/// # let now = 1_700_000_000;
/// # let jwt = AccessToken::new("devkey", "secret")?.identity("alice").to_jwt(now)?;
/// let claims = TokenVerifier::new("devkey", "secret")?.clock_tolerance(10).verify(&jwt, now)?;
/// assert_eq!(claims.sub, "alice");
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Debug)]
pub struct TokenVerifier {
    key: ApiKey,
    tolerance: u64,
    refuse_future_iat: bool,
}

impl TokenVerifier {
    /// Takes the API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        ApiKey::new(api_key, api_secret).map(|key| Self::of(&key))
    }

    /// Takes a key that is prepared already.
    #[must_use]
    pub fn of(key: &ApiKey) -> Self {
        Self { key: key.clone(), tolerance: 0, refuse_future_iat: false }
    }

    /// Allows for clocks that differ by so many seconds; 0 unless set. LiveKit's server allows 60.
    #[must_use]
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = seconds;
        self
    }

    /// As [`Self::clock_tolerance`], of a JSON value: seconds, or a span as [`time_span`] reads it.
    ///
    /// # Errors
    /// [`LivekitError::InvalidClockTolerance`] for any other value.
    pub fn clock_tolerance_from_json(self, tolerance: &Value) -> Result<Self, LivekitError> {
        let seconds = match tolerance {
            Value::Number(seconds) => whole_seconds(seconds.whole_part()),
            Value::Text(span) => time_span(span),
            _ => None,
        };
        seconds.map(|seconds| self.clock_tolerance(seconds)).ok_or(LivekitError::InvalidClockTolerance)
    }

    /// Refuses tokens that say they were issued in the future, which LiveKit's server does not look at.
    #[must_use]
    pub const fn refuse_future_iat(mut self) -> Self {
        self.refuse_future_iat = true;
        self
    }

    /// Checks signature, issuer, times and types at `now` (Unix seconds), and returns the claims.
    ///
    /// # Errors
    /// [`LivekitError::InvalidToken`] or [`LivekitError::InvalidTokenClaim`] with what is wrong.
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, LivekitError> {
        self.check(&jws::verify(token, &self.key.0.key)?, now, Claims::take)
    }

    /// As [`Self::verify`], and returns the payload as it was signed, with claims that this crate does not know.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_payload(&self, token: &str, now: u64) -> Result<VerifiedPayload, LivekitError> {
        let payload = jws::verify(token, &self.key.0.key)?;
        self.check(&payload, now, |_| ())?;
        Ok(payload)
    }

    /// As [`Self::verify`], and returns one claim, empty if it is not there.
    pub(crate) fn verify_text(&self, token: &str, claim: &str, now: u64) -> Result<String, LivekitError> {
        self.check(&jws::verify(token, &self.key.0.key)?, now, |claims| text(claims, claim).into())
    }

    fn check<T>(
        &self,
        payload: &VerifiedPayload,
        now: u64,
        take: impl FnOnce(&Object<'_>) -> T,
    ) -> Result<T, LivekitError> {
        let Ok(Value::Object(claims)) = json::read(payload.as_bytes()) else { return Err(TokenFault::Claims.into()) };
        self.check_claims(&claims, now)?;
        Ok(take(&claims))
    }

    fn check_claims(&self, claims: &Object<'_>, now: u64) -> Result<(), LivekitError> {
        check_signed(claims).map_err(LivekitError::InvalidTokenClaim)?;
        if text(claims, "iss") != self.key.0.api_key {
            let is_missing = claims.get("iss").is_none();
            return Err(if is_missing { TokenFault::Claims } else { TokenFault::Issuer }.into());
        }
        let time = |name| match claims.get(name) {
            Some(Value::Number(time)) => time.as_u64(),
            _ => None,
        };
        check_times(time("exp").ok_or(TokenFault::Claims)?, time("nbf"), now, self.tolerance)?;
        if self.refuse_future_iat && time("iat").is_some_and(|iat| iat > now.saturating_add(self.tolerance)) {
            return Err(TokenFault::NotYetValid.into());
        }
        Ok(())
    }
}

/// The rule of time for every kind of token: `exp` is in the future, `nbf` is optional and not.
pub(crate) fn check_times(exp: u64, nbf: Option<u64>, now: u64, tolerance: u64) -> Result<(), TokenFault> {
    if exp.saturating_add(tolerance) <= now {
        return Err(TokenFault::Expired);
    }
    if nbf.is_some_and(|nbf| nbf > now.saturating_add(tolerance)) {
        return Err(TokenFault::NotYetValid);
    }
    Ok(())
}
