//! User tokens: those of the application are compared with a second implementation, those of an identity provider with
//! the former.

use super::{
    API_KEY, Checks, NOW,
    token::{claim, seconds},
};
use livekit_edge::{
    Algorithm, Caller, Identity, LivekitError, TokenError, json,
    user_token::{DEFAULT_LEEWAY, authenticate, authenticate_claims},
};
use serde_json::Value;

/// Checks the input as the payload of a token that the second of two keys signed, and as the claims of a provider.
pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let token = livekit_edge::jws::sign(input, &checks.keyed.key);
    let ours = authenticate(&token, &checks.keyed.users, NOW);
    match (&ours, (checks.other)(&token, None)) {
        (Ok(caller), Some(theirs)) => check_caller(caller, &theirs),
        (Ok(caller), None) => panic!("{caller:?} is refused elsewhere"),
        (Err(LivekitError::Unauthorized(reason)), Some(theirs)) => check_reason(*reason, input, &theirs),
        (Err(LivekitError::Unauthorized(_)), None) => {}
        (Err(error), _) => panic!("{error:?}"),
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    assert!(authenticate(text, &checks.keyed.users, NOW).is_err(), "{text}");
    check_provider(checks, text, &ours);
    check_algorithms(checks, text);
    checks.result("user token", ours);
}

fn check_caller(caller: &Caller, theirs: &Value) {
    let string = |name: &str| claim(theirs, name).and_then(Value::as_str);
    assert_eq!(Some(caller.user_id.as_str()), string("sub"));
    assert_eq!((caller.token_id.as_deref(), caller.session_id.as_deref()), (string("jti"), string("sid")));
    let [exp, nbf] = ["exp", "nbf"].map(|name| claim(theirs, name).and_then(seconds));
    assert!(exp.is_some_and(|exp| exp.saturating_add(DEFAULT_LEEWAY) > NOW), "{theirs}");
    assert!(nbf.is_none_or(|nbf| nbf <= NOW + DEFAULT_LEEWAY), "{theirs}");
    assert!(theirs.get("video").is_none() && string("iss") != Some(API_KEY), "a LiveKit token: {theirs}");
}

fn check_reason(reason: TokenError, payload: &[u8], theirs: &Value) {
    let time = |name| claim(theirs, name).and_then(seconds);
    match reason {
        TokenError::Claims => assert!(json::parse_object(payload).is_err(), "{theirs}"),
        TokenError::Expired => {
            assert!(time("exp").is_some_and(|exp| exp.saturating_add(DEFAULT_LEEWAY) <= NOW), "{theirs}")
        }
        TokenError::NotYetValid => assert!(time("nbf").is_some_and(|nbf| nbf > NOW + DEFAULT_LEEWAY), "{theirs}"),
        TokenError::Claim("video") => assert!(theirs.get("video").is_some(), "{theirs}"),
        TokenError::Claim(name @ ("exp" | "nbf")) => assert!(time(name).is_none(), "{name} of {theirs}"),
        TokenError::Claim(name) => {
            let value = claim(theirs, name).and_then(Value::as_str);
            let is_valid = match name {
                "sub" => value.is_some_and(Identity::is_valid),
                "iss" => value.is_some_and(|issuer| issuer != API_KEY),
                "jti" | "sid" => value.is_some_and(|id| !id.contains('\0')),
                _ => panic!("{name} is not checked"),
            };
            assert!(!is_valid, "{name} of {theirs}");
        }
        reason => panic!("{reason:?} for {theirs}"),
    }
}

/// A provider's claims are valid if they would be valid for the application, and the issuer is the required one.
fn check_provider(checks: &mut Checks, payload: &str, own: &Result<Caller, LivekitError>) {
    assert!(authenticate_claims(payload, &checks.keyed.users, NOW).is_err(), "no issuer is required");
    let caller = authenticate_claims(payload, &checks.keyed.provider, NOW);
    if let Ok(caller) = &caller {
        assert_eq!(own.as_ref().ok(), Some(caller), "{payload}");
        let claims: Value = serde_json::from_str(payload).expect("strict JSON is JSON");
        let is = |name: &str, value: &str| claims.get(name).and_then(Value::as_str) == Some(value);
        let has = |name: &str, value: &str| {
            claims.get(name).and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == value))
        };
        assert!(is("iss", "idp") && (is("aud", "kraken") || has("aud", "kraken")), "{claims}");
        assert!(is("azp", "web") || is("client_id", "web"), "{claims}");
    }
    checks.result("provider", caller);
}

/// No setting allows a symmetric algorithm, or `none`, for a provider.
fn check_algorithms(checks: &mut Checks, text: &str) {
    let listed = Algorithm::from_settings(&|_| Some(text.into()));
    assert!(listed.iter().all(|algorithm| ["RSA", "EC", "OKP"].contains(&algorithm.key_type)), "{listed:?}");
    let algorithm = Algorithm::from_name(text);
    if let Some(algorithm) = algorithm {
        assert!(algorithm.name == text || (text, algorithm.name) == ("Ed25519", "EdDSA"), "{text}");
        assert!(listed == [algorithm] || text.contains(','), "{text}");
    }
    checks.option("algorithms", (!listed.is_empty()).then_some(()));
}
