//! Token → claims.

use super::{
    ApiKey, ClaimFault, Claims, Problem,
    members::{Members, Origin, check_names, read_member},
    time_span,
};
use crate::{
    error::{LivekitError, TokenFault},
    json::{self, Object, Value},
    jws::{self, VerifiedPayload},
    number::whole_seconds,
};
use alloc::{string::String, vec::Vec};

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
        self.verify_payload(token, now).map(|(_, claims)| claims)
    }

    /// As [`Self::verify`], and the payload as it was signed, with claims that this crate does not know.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_payload(&self, token: &str, now: u64) -> Result<(VerifiedPayload, Claims), LivekitError> {
        let payload = jws::verify(token, &self.key.0.key)?;
        let Ok(Value::Object(object)) = json::read(payload.as_bytes()) else { return Err(TokenFault::Claims.into()) };
        let claims = Claims::read(&object, Origin::Token).map_err(LivekitError::InvalidTokenClaim)?;
        check_other_names(&object).map_err(LivekitError::InvalidTokenClaim)?;
        // LiveKit's server takes `jti` for the identity where there is no `sub`.
        if claims.sub.is_empty() && !claims.jti.is_empty() {
            return Err(LivekitError::InvalidTokenClaim(ClaimFault::new(Problem::Missing).within("sub")));
        }
        if object.get("iss").is_none() {
            return Err(TokenFault::Claims.into());
        }
        if claims.iss != self.key.0.api_key {
            return Err(TokenFault::Issuer.into());
        }
        check_times(claims.exp.ok_or(TokenFault::Claims)?, claims.nbf, now, self.tolerance)?;
        if self.refuse_future_iat && claims.iat.is_some_and(|iat| iat > now.saturating_add(self.tolerance)) {
            return Err(TokenFault::NotYetValid.into());
        }
        Ok((payload, claims))
    }
}

/// Claims that LiveKit's server reads and that mean nothing here: of the right type, and in no other case.
fn check_other_names(claims: &Object) -> Result<(), ClaimFault> {
    check_names(claims, &["aud", "identity"], Origin::Token)?;
    read_member(&mut String::new(), claims, "identity", Origin::Token)?;
    match claims.get("aud") {
        None | Some(Value::Text(_)) => Ok(()),
        Some(_) => read_member::<Vec<String>>(&mut Vec::new(), claims, "aud", Origin::Token),
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
