//! LiveKit's webhooks: body and `Authorization` header → whether LiveKit sent them.

use crate::{
    error::{LivekitError, TokenFault},
    token::TokenVerifier,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ctutils::CtEq;
use sha2::{Digest, Sha256};

/// Checks webhooks of one API key: the header is a token whose claim `sha256` is the digest of the body.
///
/// A webhook that was checked may still be a repetition of an old one within the life of its token (five minutes):
/// remember the `id` of each event.
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

impl WebhookVerifier {
    /// Checks tokens as `verifier` does.
    #[must_use]
    pub const fn new(verifier: TokenVerifier) -> Self {
        Self(verifier)
    }

    /// Checks the bytes of a body, exactly as they were received, against the `Authorization` header, with or without
    /// `Bearer`, at `now` (Unix seconds).
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`]; [`TokenFault::Digest`] if the body is not the one that was signed.
    pub fn verify(&self, body: &[u8], authorization: &str, now: u64) -> Result<(), LivekitError> {
        let token = match authorization.split_at_checked("Bearer ".len()) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer ") => token,
            _ => authorization,
        };
        let claims = self.0.verify(token, now)?;
        let signed = STANDARD.decode(&claims.sha256).map_err(|_| TokenFault::Digest)?;
        let digest = Sha256::digest(body);
        if signed.as_slice().ct_eq(digest.as_slice()).to_bool() { Ok(()) } else { Err(TokenFault::Digest.into()) }
    }
}
