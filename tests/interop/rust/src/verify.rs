//! Tokens → what LiveKit's verifier read in them.

use crate::Outcome;
use livekit_api::access_token::TokenVerifier;
use serde_json::json;
use std::io::BufRead;

/// Prints one JSON object a token: `claims`, written by the SDK's own types, or `refused`.
pub fn verify(key: &str, secret: &str, tokens: impl BufRead) -> Outcome {
    let verifier = TokenVerifier::with_api_key(key, secret);
    for token in tokens.lines() {
        let answer = match verifier.verify(&token?) {
            Ok(claims) => json!({ "claims": claims }),
            Err(error) => json!({ "refused": error.to_string() }),
        };
        println!("{answer}");
    }
    Ok(())
}
