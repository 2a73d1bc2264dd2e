//! LiveKit's webhooks: body and `Authorization` header → whether LiveKit sent them.

use crate::{
    error::{LivekitError, TokenFault},
    jws::{base64url, sha256},
    token::TokenVerifier,
};
use alloc::string::String;
use ctutils::CtEq;

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

/// Seconds that LiveKit's clock may differ from ours when it signs a webhook; its own SDKs allow as much.
const CLOCK_TOLERANCE: u64 = 60;

impl WebhookVerifier {
    /// Reads `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET` from wherever they are; `None` if one is missing or blank.
    /// LiveKit's clock may differ by a minute.
    pub fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let verifier = TokenVerifier::new(setting("LIVEKIT_API_KEY")?, setting("LIVEKIT_API_SECRET")?).ok()?;
        Some(Self::new(verifier.clock_tolerance(CLOCK_TOLERANCE)))
    }

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
        let signed = self.signed_digest(authorization, now)?;
        if signed.as_bytes().ct_eq(base64(&sha256::digest(body)).as_bytes()).to_bool() {
            Ok(())
        } else {
            Err(TokenFault::Digest.into())
        }
    }

    /// Checks the `Authorization` header alone, before there is a body: a body of anybody else is not worth reading.
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`]; [`TokenFault::Digest`] for a token that is for no body.
    pub fn verify_sender(&self, authorization: &str, now: u64) -> Result<(), LivekitError> {
        self.signed_digest(authorization, now).map(|_| ())
    }

    fn signed_digest(&self, authorization: &str, now: u64) -> Result<String, LivekitError> {
        let token = match authorization.split_at_checked("Bearer ".len()) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer ") => token,
            _ => authorization,
        };
        let digest = self.0.verify_text(token, "sha256", now)?;
        if digest.is_empty() { Err(TokenFault::Digest.into()) } else { Ok(digest) }
    }
}

/// A digest in base64 (RFC 4648 section 4). It has one spelling, so a claim can be compared with it as it is.
fn base64(digest: &[u8; 32]) -> String {
    let in_base64 = |letter| match letter {
        '-' => '+',
        '_' => '/',
        same => same,
    };
    base64url::encode_text(digest).chars().map(in_base64).chain(['=']).collect()
}
