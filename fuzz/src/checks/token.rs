//! LiveKit tokens are compared with a second implementation: it accepts every token that the crate accepts, and each
//! additional rejection has a valid reason.

use super::{API_KEY, Checks, NOW, OtherVerifier, jws};
use livekit_edge::{Claims, LivekitError, TokenError, json, validate_token_claims};
use serde_json::Value;

/// The first byte selects what the rest is: claims, a header and claims in two lines, or a token.
pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else { return };
    let (header, payload) = match kind % 3 {
        0 => (&br#"{"alg":"HS256","typ":"JWT"}"#[..], rest),
        1 => {
            rest.iter().position(|byte| *byte == b'\n').map_or((rest, &b"{}"[..]), |at| (&rest[..at], &rest[at + 1..]))
        }
        _ => return check_raw(checks, rest),
    };
    let token = jws::with_tag(&format!("{}.{}", jws::encode(header), jws::encode(payload)), &checks.keyed.key);
    let ours = checks.keyed.verifier.verify(&token, NOW);
    let bytes = checks.keyed.verifier.verify_payload(&token, NOW);
    match (&ours, bytes) {
        (Ok(_), Ok(bytes)) => assert_eq!(bytes.as_bytes(), payload),
        (ours, bytes) => assert_eq!(ours.as_ref().err(), bytes.as_ref().err()),
    }
    match (&ours, (checks.other)(&token, Some(API_KEY))) {
        (Ok(ours), theirs) => {
            let theirs = theirs.or_else(|| with_usual_header(payload, checks)).expect("they accept the claims too");
            check_claims(ours, &theirs);
        }
        (Err(error), Some(theirs)) => check_reason(error, header, payload, &theirs),
        (Err(_), None) => {}
    }
    checks.result("token", ours);
}

/// Checks an unsigned token, such as one with `alg: none`.
fn check_raw(checks: &mut Checks, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let other: OtherVerifier = checks.other;
    assert!(other(&text, None).is_none(), "{text}");
    let result = checks.keyed.verifier.verify(&text, NOW);
    assert!(checks.result("raw token", result).is_none(), "{text}");
}

/// Verifies the payload with the usual header: jsonwebtoken rejects further header fields (`kid`, `x5c`, …) of the
/// wrong type, which the crate ignores.
fn with_usual_header(payload: &[u8], checks: &Checks) -> Option<Value> {
    (checks.other)(&livekit_edge::jws::sign(payload, &checks.keyed.key), Some(API_KEY))
}

/// Checks that the typed claims equal those of the second implementation.
fn check_claims(ours: &Claims, theirs: &Value) {
    let string = |name: &str| theirs.get(name).and_then(Value::as_str).unwrap_or_default();
    let strings = [
        (&ours.iss, "iss"),
        (&ours.sub, "sub"),
        (&ours.name, "name"),
        (&ours.jti, "jti"),
        (&ours.metadata, "metadata"),
    ];
    for (ours, name) in strings {
        assert_eq!(ours, string(name), "{name}");
    }
    let times = [(ours.exp, "exp"), (ours.nbf, "nbf"), (ours.iat, "iat")];
    for (ours, name) in times {
        assert_eq!(ours, claim(theirs, name).and_then(seconds), "{name}");
    }
    assert!(ours.exp.is_some_and(|exp| exp > NOW) && ours.nbf.is_none_or(|nbf| nbf <= NOW), "{ours:?}");
    let video = ours.video.clone().unwrap_or_default();
    let grant = |name: &str| theirs.get("video").and_then(|video| claim(video, name));
    let flag = |name: &str| grant(name).and_then(Value::as_bool);
    let flags = [
        (video.room_join, "roomJoin"),
        (video.room_admin, "roomAdmin"),
        (video.room_create, "roomCreate"),
        (video.hidden, "hidden"),
    ];
    for (ours, name) in flags {
        assert_eq!(ours, flag(name).unwrap_or_default(), "{name}");
    }
    assert_eq!((video.can_publish, video.can_subscribe), (flag("canPublish"), flag("canSubscribe")));
    assert_eq!(video.room, grant("room").and_then(Value::as_str).unwrap_or_default());
    let attributes = claim(theirs, "attributes").and_then(Value::as_object);
    assert_eq!(ours.attributes.len(), attributes.map_or(0, serde_json::Map::len));
    for (name, value) in &ours.attributes {
        assert_eq!(Some(value.as_str()), attributes.and_then(|all| all.get(name)?.as_str()), "{name}");
    }
}

/// Checks the reason for which only the crate rejects a signed token, on the value that the second implementation
/// parsed.
fn check_reason(error: &LivekitError, header: &[u8], payload: &[u8], theirs: &Value) {
    let strict = json::parse_object(payload);
    let time = |name| claim(theirs, name).map(seconds);
    match error {
        LivekitError::InvalidToken(TokenError::Header) => assert!(!jws::is_plain(header), "a plain header"),
        LivekitError::InvalidToken(TokenError::Claims) => assert!(strict.is_err(), "{theirs}"),
        LivekitError::InvalidToken(TokenError::Claim(name)) => {
            assert!(["exp", "nbf"].contains(name) && time(name).flatten().is_none(), "{name} of {theirs}");
        }
        LivekitError::InvalidToken(TokenError::Expired) => {
            assert!(time("exp").flatten().is_some_and(|exp| exp <= NOW), "{theirs}");
        }
        LivekitError::InvalidToken(TokenError::NotYetValid) => {
            assert!(time("nbf").flatten().is_some_and(|nbf| nbf > NOW), "{theirs}");
        }
        LivekitError::InvalidTokenClaim(error) => {
            let listed = validate_token_claims(&strict.expect("strict JSON"), NOW, 0);
            assert!(
                listed.iter().any(|listed| listed.kind().code() == error.kind().code()),
                "{error} is not in {listed:?}"
            );
        }
        error => panic!("{error:?} for a token that is valid elsewhere: {theirs}"),
    }
}

/// Gets a claim; `null` counts as missing.
pub(super) fn claim<'v>(claims: &'v Value, name: &str) -> Option<&'v Value> {
    claims.get(name).filter(|value| !value.is_null())
}

/// Parses a NumericDate, rounded down to seconds; `None` for any other value.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    const MAX: f64 = 9_007_199_254_740_991.0;
    let in_range = |seconds: &f64| (0.0..=MAX).contains(seconds);
    value.as_u64().or_else(|| value.as_f64().filter(in_range).map(|seconds| seconds as u64))
}
