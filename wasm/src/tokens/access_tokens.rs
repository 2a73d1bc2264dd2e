//! Convert, call, convert back: the surface of LiveKit's own SDK.

use crate::convert::{JsonResult, now};
use alloc::{string::String, vec::Vec};
use livekit_edge::{
    ApiKey, LivekitError, RawAccessToken, TokenFault, TokenVerifier, WebhookVerifier,
    json::{Fields, Value, WrongType},
    whole_seconds,
};

pub(crate) fn sign(arguments: &Fields<'_>, key: &ApiKey) -> JsonResult {
    let Some(Value::Object(claims)) = arguments.value("claims") else { return Err(WrongType) };
    let token = RawAccessToken {
        claims,
        identity: arguments.value("identity"),
        ttl: arguments.value("ttl"),
        allow_sensitive_credentials: arguments.value("allowSensitiveCredentials") == Some(&Value::Bool(true)),
    };
    Ok(token.to_jwt(key, now(arguments)?))
}

pub(crate) fn verify(arguments: &Fields<'_>, key: &ApiKey) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let payload = verifier(arguments, key)?.and_then(|verifier| verifier.verify_payload(token, now));
    Ok(payload.map(|payload| String::from_utf8(payload.as_bytes().into()).unwrap_or_default()))
}

pub(crate) fn verify_webhook(arguments: &Fields<'_>, key: &ApiKey, body: &[u8]) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let checked =
        verifier(arguments, key)?.and_then(|verifier| WebhookVerifier::new(verifier).verify(body, token, now));
    Ok(checked.map(|()| "null".into()))
}

fn verifier(arguments: &Fields<'_>, key: &ApiKey) -> Result<Result<TokenVerifier, LivekitError>, WrongType> {
    let refuse_future_iat = arguments.flag("refuseFutureIat")?.unwrap_or(false);
    let verifier = match arguments.value("clockTolerance") {
        Some(tolerance) => TokenVerifier::of(key).clock_tolerance_from_json(tolerance),
        None => Ok(TokenVerifier::of(key)),
    };
    Ok(verifier.map(|verifier| if refuse_future_iat { verifier.refuse_future_iat() } else { verifier }))
}

/// As [`verify`], of arguments that are each of its type.
pub(crate) fn verify_plain(
    key: &ApiKey,
    token: &[u8],
    (tolerance, refuse_future_iat, now): (f64, bool, f64),
    output: &mut Vec<u8>,
) -> Result<(), LivekitError> {
    let token = core::str::from_utf8(token).map_err(|_| TokenFault::Malformed)?;
    let tolerance = whole_seconds(tolerance).ok_or(LivekitError::InvalidClockTolerance)?;
    let verifier = TokenVerifier::of(key).clock_tolerance(tolerance);
    let verifier = if refuse_future_iat { verifier.refuse_future_iat() } else { verifier };
    let payload = verifier.verify_payload(token, whole_seconds(now).ok_or(TokenFault::Malformed)?)?;
    output.extend_from_slice(payload.as_bytes());
    Ok(())
}
