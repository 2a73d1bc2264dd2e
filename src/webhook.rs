//! Verifies LiveKit's webhooks.

use crate::{
    error::{LivekitError, TokenError},
    keys::ApiKeys,
    token::TokenVerifier,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::digest::{CtOutput, Output};
use sha2::{Digest, Sha256};

/// Verifies webhooks. The `Authorization` header of a webhook is a token whose claim `sha256` is the digest of the
/// body.
///
/// A verified webhook may still be a replay within the lifetime of its token (five minutes). To detect that, store the
/// `id` of each event.
///
/// ```
/// use livekit_edge::{AccessToken, Claims, TokenVerifier, WebhookVerifier};
///
/// let body = br#"{"event":"room_started"}"#;
/// let sha256: String = "w9NV0uLHjSON8P7eonnkKXDHY4ICORefbHDCviKIgX8=".into(); // base64 of the body's SHA-256
/// # let now = 1_700_000_000;
/// let authorization = AccessToken::new("devkey", "secret")?.claims(Claims { sha256, ..Claims::default() }).to_jwt(now)?;
///
/// let webhooks = WebhookVerifier::new(TokenVerifier::new("devkey", "secret")?.clock_tolerance(60));
/// webhooks.verify(body, &authorization, now)?;
/// # Ok::<(), livekit_edge::LivekitError>(())
/// ```
#[derive(Debug)]
pub struct WebhookVerifier(TokenVerifier);

/// Clock tolerance in seconds, as in LiveKit's SDKs.
const CLOCK_TOLERANCE: u64 = 60;

impl WebhookVerifier {
    /// Creates a verifier for webhooks that are signed with any of `keys`. The clock tolerance is one minute.
    #[must_use]
    pub const fn with_keys(keys: ApiKeys) -> Self {
        Self(TokenVerifier::with_keys(keys).clock_tolerance(CLOCK_TOLERANCE))
    }

    /// Creates a verifier that checks the tokens of webhooks with `verifier`.
    #[must_use]
    pub const fn new(verifier: TokenVerifier) -> Self {
        Self(verifier)
    }

    /// Verifies a body, exactly as received, against the `Authorization` header (with or without `Bearer`) at `now`
    /// (Unix seconds).
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`]; [`TokenError::Digest`] if the body is not the one that was signed.
    pub fn verify(&self, body: &[u8], authorization: &str, now: u64) -> Result<(), LivekitError> {
        let signed = CtOutput::<Sha256>::new(self.signed_digest(authorization, now)?);
        if signed == CtOutput::new(Sha256::digest(body)) { Ok(()) } else { Err(TokenError::Digest.into()) }
    }

    /// Verifies the `Authorization` header alone, so that unauthenticated bodies are not buffered.
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`]; [`TokenError::Digest`] for a token without the digest of a body.
    pub fn verify_sender(&self, authorization: &str, now: u64) -> Result<(), LivekitError> {
        self.signed_digest(authorization, now).map(|_| ())
    }

    fn signed_digest(&self, authorization: &str, now: u64) -> Result<Output<Sha256>, LivekitError> {
        let token = match authorization.split_at_checked("Bearer ".len()) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer ") => token,
            _ => authorization,
        };
        let digest = self.0.verify_digest(token, now)?;
        // RFC 4648 section 4, canonical.
        let digest: Option<[u8; 32]> = STANDARD.decode(digest).ok().and_then(|digest| digest.try_into().ok());
        digest.map(Into::into).ok_or_else(|| TokenError::Digest.into())
    }
}
