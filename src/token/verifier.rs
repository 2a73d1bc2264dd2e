//! Token → claims.

use super::{
    ApiCredentials, Claims,
    claims::check_verified,
    numeric_date::{check_times, time},
    schema::{ClaimObject, to_json},
};
use crate::{
    error::{LivekitError, TokenError},
    json::{self, Object},
    jws::{self, VerifiedPayload},
    time::MAX_CLOCK_TOLERANCE,
};
use alloc::string::String;

/// Verifies LiveKit access tokens of one API key like a LiveKit server, but strictly: HS256 only, `exp` and `iss` required,
/// every claim of its type, no field repeated or in another case.
///
/// ```
/// # use livekit_edge::{AccessToken, TokenVerifier};
/// # let now = 1_700_000_000;
/// # let jwt = AccessToken::new("devkey", "secret")?.identity("alice").to_jwt(now)?;
/// let claims = TokenVerifier::new("devkey", "secret")?.clock_tolerance(10).verify(&jwt, now)?;
/// assert_eq!(claims.sub, "alice");
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    credentials: ApiCredentials,
    tolerance: u64,
    refuse_future_iat: bool,
}

impl TokenVerifier {
    /// A verifier of an API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        ApiCredentials::new(api_key, api_secret).map(|credentials| Self::with_credentials(&credentials))
    }

    /// A verifier of prepared credentials.
    #[must_use]
    pub fn with_credentials(credentials: &ApiCredentials) -> Self {
        Self { credentials: credentials.clone(), tolerance: 0, refuse_future_iat: false }
    }

    /// Sets by how many seconds clocks may differ, at most [`MAX_CLOCK_TOLERANCE`]; the default is 0. LiveKit's server allows 60.
    #[must_use]
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = if seconds < MAX_CLOCK_TOLERANCE { seconds } else { MAX_CLOCK_TOLERANCE };
        self
    }

    /// Rejects tokens whose `iat` is in the future, which LiveKit's server ignores.
    #[must_use]
    pub const fn refuse_future_iat(mut self) -> Self {
        self.refuse_future_iat = true;
        self
    }

    /// Verifies signature, issuer, times and types at `now` (Unix seconds), and returns the claims.
    ///
    /// # Errors
    /// [`LivekitError::InvalidToken`] or [`LivekitError::InvalidTokenClaim`].
    #[expect(clippy::expect_used, reason = "an invariant of the schema, which tests/rules/claims.rs checks")]
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, LivekitError> {
        self.verify_claims(token, now, |claims| {
            serde_json::from_str(&to_json(claims, Claims::SCHEMA))
                .expect("claims in canonical JSON have the types of the schema")
        })
    }

    /// As [`Self::verify`], and returns the payload as it was signed, including claims that this crate does not know.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_payload(&self, token: &str, now: u64) -> Result<VerifiedPayload, LivekitError> {
        let payload = jws::verify(token, self.credentials.signing_key())?;
        self.check_payload(&payload, now, |_| ())?;
        Ok(payload)
    }

    /// As [`Self::verify`], and returns the claim `sha256`, empty if it is missing.
    pub(crate) fn verify_digest(&self, token: &str, now: u64) -> Result<String, LivekitError> {
        self.verify_claims(token, now, |claims| claims.str("sha256").into())
    }

    fn verify_claims<T>(
        &self,
        token: &str,
        now: u64,
        convert: impl FnOnce(&Object<'_>) -> T,
    ) -> Result<T, LivekitError> {
        self.check_payload(&jws::verify(token, self.credentials.signing_key())?, now, convert)
    }

    fn check_payload<T>(
        &self,
        payload: &VerifiedPayload,
        now: u64,
        convert: impl FnOnce(&Object<'_>) -> T,
    ) -> Result<T, LivekitError> {
        let claims = json::parse_object(payload.as_bytes()).map_err(|_| TokenError::Claims)?;
        self.check_claims(&claims, now)?;
        Ok(convert(&claims))
    }

    fn check_claims(&self, claims: &Object<'_>, now: u64) -> Result<(), LivekitError> {
        check_verified(claims).map_err(|error| LivekitError::InvalidTokenClaim(error.into()))?;
        if claims.str("iss") != self.credentials.api_key() {
            let is_missing = claims.get("iss").is_none();
            return Err(if is_missing { TokenError::Claims } else { TokenError::Issuer }.into());
        }
        check_times(claims, now, self.tolerance)?;
        let latest = now.saturating_add(self.tolerance);
        if self.refuse_future_iat && time(claims, "iat")?.is_some_and(|iat| iat > latest) {
            return Err(TokenError::NotYetValid.into());
        }
        Ok(())
    }
}
