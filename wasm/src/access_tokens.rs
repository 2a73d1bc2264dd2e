//! Convert, call, convert back: the surface of LiveKit's own SDK.

use crate::operations::{JsonResult, now};
use livekit_edge::{
    AccessToken, LivekitError, TokenVerifier, Ttl, WebhookVerifier,
    json::{Fields, Value, WrongType},
};

pub(crate) fn sign(arguments: &Fields<'_>) -> JsonResult {
    let (api_key, api_secret) = credentials(arguments)?;
    let Some(Value::Object(claims)) = arguments.value("claims") else { return Err(WrongType) };
    let now = now(arguments)?;
    let sign_claims = || {
        let mut token = AccessToken::new(api_key, api_secret)?.claims_from_json(claims)?;
        if let Some(identity) = arguments.value("identity") {
            token = token.identity_from_json(identity)?;
        }
        if let Some(ttl) = arguments.value("ttl") {
            token = token.ttl(Ttl::from_json(ttl)?);
        }
        if arguments.value("allowSensitiveCredentials") == Some(&Value::Bool(true)) {
            token = token.allow_sensitive_credentials();
        }
        token.to_jwt(now)
    };
    Ok(sign_claims())
}

pub(crate) fn verify(arguments: &Fields<'_>) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let payload = verifier(arguments)?.and_then(|verifier| verifier.verify_payload(token, now));
    Ok(payload.map(|(payload, _)| String::from_utf8(payload.as_bytes().into()).unwrap_or_default()))
}

pub(crate) fn verify_webhook(arguments: &Fields<'_>, body: &[u8]) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let checked = verifier(arguments)?.and_then(|verifier| WebhookVerifier::new(verifier).verify(body, token, now));
    Ok(checked.map(|()| "null".into()))
}

fn verifier(arguments: &Fields<'_>) -> Result<Result<TokenVerifier, LivekitError>, WrongType> {
    let (api_key, api_secret) = credentials(arguments)?;
    let refuse_future_iat = arguments.flag("refuseFutureIat")?.unwrap_or(false);
    let verifier = || {
        let mut verifier = TokenVerifier::new(api_key, api_secret)?;
        if let Some(tolerance) = arguments.value("clockTolerance") {
            verifier = verifier.clock_tolerance_from_json(tolerance)?;
        }
        Ok(if refuse_future_iat { verifier.refuse_future_iat() } else { verifier })
    };
    Ok(verifier())
}

fn credentials<'v>(arguments: &Fields<'v>) -> Result<(&'v str, &'v str), WrongType> {
    Ok((arguments.text("apiKey")?.ok_or(WrongType)?, arguments.text("apiSecret")?.ok_or(WrongType)?))
}
