//! Claims: signed claims are verified and parsed back, and the lists of errors agree with signing and verifying.

use super::{API_KEY, Checks, NOW, json::is_equal};
use livekit_edge::{
    AccessToken, Bounds, ClaimError, ClaimErrorKind, LivekitError, Permission, RawAccessToken,
    config::DEFAULT_MAX_TTL,
    json::{self, Fields, Object, Value},
    jws, validate_claims, validate_token_claims,
};

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let Some(claims) = checks.option("object", json::parse_object(input).ok()) else { return };
    sign(checks, &claims);
    verify(checks, input, &claims);
    sign_with_grant(checks, &claims);
}

/// Signs claims of the application. Signing the result again changes nothing, and the Rust types lose nothing.
fn sign(checks: &mut Checks, claims: &Object<'_>) {
    let signed = to_jwt(checks, claims, false);
    let errors = validate_claims(claims);
    assert_eq!(errors.first(), signed.as_ref().err().and_then(claim_error));
    let is_credential = |error: &ClaimError| error.kind() == ClaimErrorKind::Credential;
    let allowed = to_jwt(checks, claims, true);
    assert_eq!(allowed.is_ok(), errors.iter().all(is_credential), "{errors:?}");
    if let Ok(token) = allowed {
        let payload = checks.keyed.verifier.verify_payload(&token, NOW).expect("what is signed is verified");
        let payload = payload.into_string().expect("JSON");
        let read = json::parse_object(payload.as_bytes()).expect("strict JSON");
        assert_eq!(validate_claims(&read).is_empty(), errors.is_empty(), "{payload}");
        assert_eq!(to_jwt(checks, &read, true).as_ref(), Ok(&token), "{payload}");
        let theirs = (checks.other)(&token, Some(API_KEY)).expect("it is valid elsewhere");
        assert!(is_equal(&Value::Object(read), &theirs), "{theirs}");
        // Again with Rust types, which sort attributes by name.
        let typed = checks.keyed.verifier.verify(&token, NOW).expect("what is signed is verified");
        let again = AccessToken::with_credentials(&checks.keyed.credentials).claims(typed.clone());
        let again = again.allow_sensitive_credentials().to_jwt(NOW).expect("what was signed can be signed");
        assert_eq!(checks.keyed.verifier.verify(&again, NOW), Ok(typed));
    }
    checks.result("sign", signed);
}

fn to_jwt(checks: &Checks, claims: &Object<'_>, allow_sensitive_credentials: bool) -> Result<String, LivekitError> {
    let raw = RawAccessToken { claims: claims.clone(), identity: None, ttl: None, allow_sensitive_credentials };
    raw.to_jwt(&checks.keyed.credentials, NOW)
}

fn claim_error(error: &LivekitError) -> Option<&ClaimError> {
    if let LivekitError::InvalidClaim(error) = error { Some(error) } else { None }
}

/// Verifies claims that another program signed. The verifier does not check limits and the requirements of joining,
/// which depend on the use of the token.
fn verify(checks: &mut Checks, payload: &[u8], claims: &Object<'_>) {
    let verified = checks.keyed.verifier.verify(&jws::sign(payload, &checks.keyed.key), NOW);
    let errors = validate_token_claims(claims, NOW, 0);
    let is_of_use = |error: &ClaimError| matches!(error.kind(), ClaimErrorKind::TooLong(_) | ClaimErrorKind::Missing);
    match &verified {
        Ok(_) => assert!(errors.iter().all(is_of_use), "{errors:?}"),
        Err(_) => {
            let is_ours = claims.get("iss").and_then(Value::as_str) == Some(API_KEY);
            assert!(!errors.is_empty() || !is_ours, "{verified:?} is not listed");
        }
    }
    checks.result("verify", verified);
}

/// Signs a client's token with any grant: it is valid only for its room.
fn sign_with_grant(checks: &mut Checks, grant: &Object<'_>) {
    let fields = [("room", "r".into()), ("identity", "u".into()), ("grants", Value::Object(grant.clone()))];
    let permission = fields.into_iter().collect();
    let bounds = Bounds { room: "r", max_ttl: DEFAULT_MAX_TTL, server: None, allowed_grants: &[] };
    let permission = Permission::from_fields(&Fields::new(&permission), bounds);
    let Some(permission) = checks.result("permission", permission) else { return };
    let response = checks.keyed.service.generate_permitted(permission, NOW, None).expect("it was checked");
    let claims = checks.keyed.verifier.verify(&response.token, NOW).expect("what is signed is verified");
    let video = claims.video.expect("it is for joining");
    assert_eq!((claims.sub.as_str(), video.room.as_str(), video.room_join), ("u", "r", true));
    let privileged = [
        video.room_create,
        video.room_list,
        video.room_record,
        video.ingress_admin,
        video.hidden,
        video.recorder,
        video.agent,
    ];
    assert!(!privileged.contains(&true) && video.destination_room.is_empty(), "{video:?}");
}
