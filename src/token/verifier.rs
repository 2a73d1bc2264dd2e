//! Verifies access tokens and returns their claims.

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
    keys::ApiKeys,
    time::MAX_CLOCK_TOLERANCE,
};
use alloc::string::String;

/// Verifies LiveKit access tokens of one or more API keys. It accepts tokens that a LiveKit server accepts, but is
/// stricter: HS256 only, `exp` and `iss` required, every claim of the right type, no field repeated or in another case.
/// The issuer of a token selects the key.
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
    keys: ApiKeys,
    tolerance: u64,
    refuse_future_iat: bool,
}

impl TokenVerifier {
    /// A verifier for one API key and its secret.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] if either is blank.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Result<Self, LivekitError> {
        ApiCredentials::new(api_key, api_secret).map(|credentials| Self::with_credentials(&credentials))
    }

    /// A verifier for prepared credentials.
    #[must_use]
    pub fn with_credentials(credentials: &ApiCredentials) -> Self {
        Self::with_keys(credentials.clone().into())
    }

    /// A verifier for several API keys, for example during a key rotation.
    #[must_use]
    pub const fn with_keys(keys: ApiKeys) -> Self {
        Self { keys, tolerance: 0, refuse_future_iat: false }
    }

    /// Sets the clock tolerance in seconds, at most [`MAX_CLOCK_TOLERANCE`]; the default is 0. LiveKit's server uses
    /// 60.
    #[must_use]
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = if seconds < MAX_CLOCK_TOLERANCE { seconds } else { MAX_CLOCK_TOLERANCE };
        self
    }

    /// Rejects tokens whose `iat` is in the future. LiveKit's server ignores `iat`.
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

    /// As [`Self::verify`], but returns the signed payload, including claims that this crate does not know.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_payload(&self, token: &str, now: u64) -> Result<VerifiedPayload, LivekitError> {
        self.verify_with(token, now, |_| ()).map(|(payload, ())| payload)
    }

    /// As [`Self::verify`], but returns the claim `sha256`; empty if it is missing.
    pub(crate) fn verify_digest(&self, token: &str, now: u64) -> Result<String, LivekitError> {
        self.verify_claims(token, now, |claims| claims.str("sha256").into())
    }

    fn verify_claims<T>(
        &self,
        token: &str,
        now: u64,
        convert: impl FnOnce(&Object<'_>) -> T,
    ) -> Result<T, LivekitError> {
        self.verify_with(token, now, convert).map(|(_, converted)| converted)
    }

    fn verify_with<T>(
        &self,
        token: &str,
        now: u64,
        convert: impl FnOnce(&Object<'_>) -> T,
    ) -> Result<(VerifiedPayload, T), LivekitError> {
        let credentials = self.credentials(token)?;
        let payload = jws::verify(token, credentials.signing_key())?;
        let claims = json::parse_object(payload.as_bytes()).map_err(|_| TokenError::Claims)?;
        self.check_claims(&claims, credentials, now)?;
        let converted = convert(&claims);
        drop(claims);
        Ok((payload, converted))
    }

    /// Selects the key to verify a token with. With several keys it is the key of the unverified issuer, which is
    /// checked again after verification.
    fn credentials(&self, token: &str) -> Result<&ApiCredentials, TokenError> {
        if self.keys.len() == 1 {
            return Ok(self.keys.signer());
        }
        let payload = jws::unverified_payload(token)?;
        let claims = json::parse_object(&payload).map_err(|_| TokenError::Claims)?;
        self.keys.find(claims.str("iss")).ok_or_else(|| issuer_error(&claims))
    }

    fn check_claims(&self, claims: &Object<'_>, credentials: &ApiCredentials, now: u64) -> Result<(), LivekitError> {
        check_verified(claims).map_err(|error| LivekitError::InvalidTokenClaim(error.into()))?;
        if claims.str("iss") != credentials.api_key() {
            return Err(issuer_error(claims).into());
        }
        check_times(claims, now, self.tolerance)?;
        let latest = now.saturating_add(self.tolerance);
        if self.refuse_future_iat && time(claims, "iat")?.is_some_and(|iat| iat > latest) {
            return Err(TokenError::NotYetValid.into());
        }
        Ok(())
    }
}

fn issuer_error(claims: &Object<'_>) -> TokenError {
    if claims.get("iss").is_none() { TokenError::Claims } else { TokenError::Issuer }
}
