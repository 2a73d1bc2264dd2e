//! Verifies tokens with the crate jsonwebtoken, as a second implementation.

use crate::checks::{API_KEY, API_SECRET};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

thread_local! {
    static KEY: DecodingKey = DecodingKey::from_secret(API_SECRET.as_bytes());
    static ANY_ISSUER: Validation = validation(&[]);
    static OUR_ISSUER: Validation = validation(&[API_KEY]);
}

/// Rules for jsonwebtoken. They ignore times, which jsonwebtoken would compare with the clock; the checks compare them.
fn validation(issuers: &[&str]) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    if !issuers.is_empty() {
        validation.set_issuer(issuers);
        validation.set_required_spec_claims(&["iss"]);
    }
    validation
}

pub(crate) fn verify(token: &str, issuer: Option<&str>) -> Option<Value> {
    let rules = if issuer.is_some() { &OUR_ISSUER } else { &ANY_ISSUER };
    KEY.with(|key| rules.with(|rules| decode::<Value>(token, key, rules)).ok()).map(|data| data.claims)
}
