//! Signs and validates arbitrary claims.

use crate::{
    convert::seconds,
    error::{claim_errors_to_js, error_to_js},
    host,
};
use livekit_edge::{
    ApiCredentials, LivekitError, RawAccessToken, clock_tolerance,
    json::{self, Value},
    token::parse_duration,
    validate_claims, validate_token_claims,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An invalid claim: its path (names of fields, separated by dots), a stable code, and one sentence. */
export interface ClaimError { path: string; code: string; message: string }
"#;

/// Signs access tokens with one API key, which is prepared once.
#[wasm_bindgen]
pub struct AccessTokenSigner(ApiCredentials);

#[wasm_bindgen]
impl AccessTokenSigner {
    /// Throws if key or secret is blank.
    #[wasm_bindgen(constructor)]
    pub fn new(api_key: String, api_secret: String) -> Result<Self, JsValue> {
        ApiCredentials::new(api_key, api_secret).map(Self).map_err(error_to_js)
    }

    /// Signs an access token. `token` is the JSON text of `{ claims, identity?, ttl? }` in UTF-8, because wasm-bindgen
    /// copies a string character by character, which takes as long as verifying a token.
    pub fn sign(&self, token: &[u8], allow_sensitive_credentials: bool) -> Result<String, JsValue> {
        sign(&self.0, token, allow_sensitive_credentials).map_err(error_to_js)
    }
}

/// As `AccessTokenSigner.sign`, with prepared credentials.
pub(crate) fn sign(
    credentials: &ApiCredentials,
    token: &[u8],
    allow_sensitive_credentials: bool,
) -> Result<String, LivekitError> {
    let mut token = json::parse_object(token).map_err(|_| LivekitError::ClaimsTooComplex)?;
    let Some(Value::Object(claims)) = token.remove("claims") else { return Err(LivekitError::ClaimsTooComplex) };
    let (identity, ttl) = (token.remove("identity"), token.remove("ttl"));
    RawAccessToken { claims, identity, ttl, allow_sensitive_credentials }.to_jwt(credentials, host::now()?)
}

/// Lists the errors of claims to sign. `claims` is their JSON text.
#[wasm_bindgen(js_name = validateClaims, unchecked_return_type = "ClaimError[]")]
pub fn validate_claims_text(claims: &[u8]) -> Result<JsValue, JsValue> {
    let claims = json::parse_object(claims).map_err(|_| error_to_js(LivekitError::ClaimsTooComplex))?;
    Ok(claim_errors_to_js(&validate_claims(&claims)))
}

/// Lists the errors for which a LiveKit server would reject a token with these claims. `claims` is their JSON text;
/// `tolerance` is in seconds.
#[wasm_bindgen(js_name = validateTokenClaims, unchecked_return_type = "ClaimError[]")]
pub fn validate_token_claims_text(claims: &[u8], tolerance: f64) -> Result<JsValue, JsValue> {
    let validate = || {
        let claims = json::parse_object(claims).map_err(|_| LivekitError::ClaimsTooComplex)?;
        let tolerance = clock_tolerance(tolerance)?;
        Ok(validate_token_claims(&claims, host::now()?, tolerance))
    };
    validate().map(|errors| claim_errors_to_js(&errors)).map_err(error_to_js)
}

/// Parses a duration such as `1m` into seconds; `undefined` for any other string.
#[wasm_bindgen(js_name = parseDuration)]
pub fn duration_seconds(duration: &str) -> Option<f64> {
    parse_duration(duration).map(seconds)
}
