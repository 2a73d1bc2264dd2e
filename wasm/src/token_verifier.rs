//! Verifies access tokens and webhooks.

use crate::{error::error_to_js, host};
use livekit_edge::{ApiCredentials, ApiKeys, LivekitError, TokenError, WebhookVerifier, clock_tolerance};
use wasm_bindgen::prelude::*;

/// Verifies tokens of one or more API keys, which are prepared once.
#[wasm_bindgen]
pub struct TokenVerifier(livekit_edge::TokenVerifier);

#[wasm_bindgen]
impl TokenVerifier {
    /// `credentials` are API keys, each followed by its secret. Throws for a blank or repeated key and for a blank
    /// secret.
    #[wasm_bindgen(constructor)]
    pub fn new(credentials: Vec<String>, refuse_future_iat: bool) -> Result<Self, JsValue> {
        let verifier = livekit_edge::TokenVerifier::with_keys(parse_keys(credentials).map_err(error_to_js)?);
        Ok(Self(if refuse_future_iat { verifier.refuse_future_iat() } else { verifier }))
    }

    /// Verifies a token, as bytes, and returns its payload: the JSON text of its claims. `tolerance` is in seconds.
    pub fn verify(&self, token: &[u8], tolerance: f64) -> Result<String, JsValue> {
        self.payload(token, tolerance).map_err(error_to_js)
    }

    /// Verifies the token of a webhook, and that its digest is the digest of `body`. `tolerance` is in seconds.
    #[wasm_bindgen(js_name = verifyWebhook)]
    pub fn verify_webhook(&self, body: &[u8], token: &str, tolerance: f64) -> Result<(), JsValue> {
        self.webhook(body, token, tolerance).map_err(error_to_js)
    }
}

impl TokenVerifier {
    fn with_tolerance(&self, seconds: f64) -> Result<livekit_edge::TokenVerifier, LivekitError> {
        Ok(self.0.clone().clock_tolerance(clock_tolerance(seconds)?))
    }

    fn payload(&self, token: &[u8], tolerance: f64) -> Result<String, LivekitError> {
        let token = core::str::from_utf8(token).map_err(|_| TokenError::Malformed)?;
        self.with_tolerance(tolerance)?
            .verify_payload(token, host::now()?)?
            .into_string()
            .ok_or(LivekitError::InvalidToken(TokenError::Claims))
    }

    fn webhook(&self, body: &[u8], token: &str, tolerance: f64) -> Result<(), LivekitError> {
        WebhookVerifier::new(self.with_tolerance(tolerance)?).verify(body, token, host::now()?)
    }
}

fn parse_keys(credentials: Vec<String>) -> Result<ApiKeys, LivekitError> {
    let mut strings = credentials.into_iter();
    let mut pairs = Vec::new();
    while let Some(api_key) = strings.next() {
        pairs.push(ApiCredentials::new(api_key, strings.next().ok_or(LivekitError::NotConfigured)?)?);
    }
    ApiKeys::from_credentials("apiKeys", pairs).map_err(|error| LivekitError::InvalidSetting(error.into()))
}
