//! Cases → tokens, by the SDK's own builder. It takes the time from the system's clock and from nowhere else.

use crate::Outcome;
use livekit_api::access_token::{AccessToken, AccessTokenError, Claims};
use serde_json::{Value, json};
use std::io::Read;

pub fn make(key: &str, secret: &str, cases: impl Read) -> Outcome {
    let file: Value = serde_json::from_reader(cases)?;
    let mut tokens = Vec::new();
    for case in file["cases"].as_array().ok_or("no cases")? {
        // Members that the SDK's types do not have are dropped here.
        let mut claims = case["claims"].clone();
        claims["iss"] = json!(key);
        let token = sign(key, secret, serde_json::from_value(claims)?)?;
        tokens.push(json!({ "name": case["name"], "token": token }));
    }
    println!("{}", json!({ "version": locked_version(), "tokens": tokens }));
    Ok(())
}

fn sign(key: &str, secret: &str, claims: Claims) -> Result<String, AccessTokenError> {
    let mut token = AccessToken::with_api_key(key, secret)
        .with_identity(&claims.sub)
        .with_name(&claims.name)
        .with_kind(&claims.kind)
        .with_grants(claims.video)
        .with_sip_grants(claims.sip)
        .with_agent_grants(claims.agent)
        .with_agent_endpoint_grants(claims.agent_endpoint)
        .with_agent_thread_grants(claims.agent_thread)
        .with_inference_grants(claims.inference)
        .with_observability_grants(claims.observability)
        .with_metadata(&claims.metadata)
        .with_attributes(claims.attributes)
        .with_sha256(&claims.sha256);
    if let Some(room_config) = claims.room_config {
        token = token.with_room_config(room_config);
    }
    token.to_jwt()
}

/// Of `livekit-api`, which takes the token from `livekit-token`.
fn locked_version() -> String {
    let lock = include_str!("../Cargo.lock");
    let version = |name: &str| {
        let package = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
        package.and_then(|rest| rest.split('"').next()).unwrap_or("?").to_owned()
    };
    format!("{} (livekit-token {})", version("livekit-api"), version("livekit-token"))
}
