//! TokenVerifier: verification of LiveKit tokens, stricter than a LiveKit server (row 30; W11).

use crate::common::{API_KEY, API_SECRET, NOW, forge, jwt};
use livekit_edge::{
    Claims, LivekitError, MAX_CLOCK_TOLERANCE, ParticipantKind, TokenError, TokenVerifier, TrackSource, VideoGrant,
    clock_tolerance,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn verifier() -> TokenVerifier {
    TokenVerifier::new(API_KEY, API_SECRET).unwrap()
}

fn token(changes: &Value) -> String {
    let mut claims = json!({"iss": API_KEY, "sub": "user-456", "exp": NOW + 60, "nbf": NOW});
    for (name, value) in changes.as_object().unwrap() {
        claims.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    jwt(claims.to_string(), API_SECRET)
}

fn error(changes: &Value) -> Option<LivekitError> {
    match verifier().verify(&token(changes), NOW) {
        Err(LivekitError::InvalidTokenClaim(_)) => Some(TokenError::Claims.into()),
        other => other.err(),
    }
}

fn message(changes: &Value) -> String {
    verifier().verify(&token(changes), NOW).unwrap_err().to_string()
}

#[test]
fn a_blank_key_or_secret_is_an_error() {
    for blank in ["", " ", "\t\n", "\u{a0}"] {
        for (key, secret) in [(blank, "s"), ("k", blank), (blank, blank)] {
            assert_eq!(TokenVerifier::new(key, secret).err(), Some(LivekitError::NotConfigured), "{key:?} {secret:?}");
        }
    }
}

#[test]
fn every_claim_and_grant_is_returned() {
    let token = token(&json!({
        "iat": 5, "jti": "j", "name": "Alice", "metadata": "{}", "attributes": {"b": "2", "a": ""}, "kind": "standard",
        "video": {
            "roomJoin": true, "room": "r", "canPublish": false, "canSubscribe": true, "canPublishData": false,
            "canPublishSources": ["camera", "microphone", "screen_share", "screen_share_audio"],
            "canUpdateOwnMetadata": true, "canSubscribeMetrics": false, "canManageAgentSession": true,
            "roomCreate": true, "roomList": true, "roomRecord": true, "roomAdmin": true, "ingressAdmin": true,
            "hidden": true, "recorder": true, "agent": true, "destinationRoom": "d"
        }
    }));
    let expected = Claims {
        iss: API_KEY.into(),
        sub: "user-456".into(),
        exp: Some(NOW + 60),
        nbf: Some(NOW),
        iat: Some(5),
        jti: "j".into(),
        name: "Alice".into(),
        metadata: "{}".into(),
        attributes: [("a", ""), ("b", "2")].map(|(key, value)| (key.into(), value.into())).into(),
        video: Some(VideoGrant {
            room_join: true,
            room: "r".into(),
            can_publish: Some(false),
            can_subscribe: Some(true),
            can_publish_data: Some(false),
            can_publish_sources: vec![
                TrackSource::Camera,
                TrackSource::Microphone,
                TrackSource::ScreenShare,
                TrackSource::ScreenShareAudio,
            ],
            can_update_own_metadata: Some(true),
            can_subscribe_metrics: Some(false),
            can_manage_agent_session: Some(true),
            room_create: true,
            room_list: true,
            room_record: true,
            room_admin: true,
            ingress_admin: true,
            hidden: true,
            recorder: true,
            agent: true,
            destination_room: "d".into(),
            ..VideoGrant::default()
        }),
        kind: Some(ParticipantKind::Standard),
        ..Claims::default()
    };
    assert_eq!(verifier().verify(&token, NOW), Ok(expected));
}

#[test]
fn the_issuer_is_the_api_key() {
    for iss in ["other", "", "Devkey", "devkey "] {
        assert_eq!(error(&json!({"iss": iss})), Some(TokenError::Issuer.into()), "{iss:?}");
    }
    assert_eq!(error(&json!({"iss": null})), Some(TokenError::Claims.into()));
}

#[test]
fn exp_is_required_and_times_are_checked() {
    assert_eq!(error(&json!({"nbf": null})), None);
    for (claim, value, expected) in [
        ("exp", json!(null), TokenError::Claim("exp")),
        ("exp", json!("9999999999"), TokenError::Claims),
        ("exp", json!("9999999999.5"), TokenError::Claims),
        ("exp", json!(-1), TokenError::Claims),
        ("exp", json!(-0.5), TokenError::Claims),
        ("exp", json!(1e300), TokenError::Claims),
        ("exp", json!([NOW + 1]), TokenError::Claims),
        ("exp", json!(NOW), TokenError::Expired),
        ("exp", json!(0), TokenError::Expired),
        ("nbf", json!(NOW + 1), TokenError::NotYetValid),
        ("nbf", json!("0"), TokenError::Claims),
    ] {
        assert_eq!(error(&json!({claim: value})), Some(expected.into()), "{claim} {value}");
    }
}

/// RFC 7519 section 2: a NumericDate may have a fraction.
#[test]
fn fractions_of_times_are_rounded_down() {
    let claims = verifier().verify(&token(&json!({"exp": 9_999_999_999.5, "nbf": 0.5, "iat": 2.0})), NOW).unwrap();
    assert_eq!((claims.exp, claims.nbf, claims.iat), (Some(9_999_999_999), Some(0), Some(2)));
    for (claim, value, expected) in [
        ("exp", json!(1_700_000_001.0), None),
        ("exp", json!(1_700_000_001.9), None),
        ("exp", json!(1_700_000_000.9), Some(TokenError::Expired)),
        ("exp", json!(1.5), Some(TokenError::Expired)),
        ("nbf", json!(1_700_000_000.9), None),
        ("nbf", json!(1_700_000_001.0), Some(TokenError::NotYetValid)),
    ] {
        assert_eq!(error(&json!({claim: value})), expected.map(Into::into), "{claim} {value}");
    }
    let future = token(&json!({"iat": 1_700_000_001.5}));
    assert_eq!(verifier().refuse_future_iat().verify(&future, NOW).err(), Some(TokenError::NotYetValid.into()));
    assert!(verifier().refuse_future_iat().verify(&future, NOW + 1).is_ok());
}

#[test]
fn a_tolerance_moves_both_bounds_and_never_overflows() {
    let at = |tolerance, now| verifier().clock_tolerance(tolerance).verify(&token(&json!({})), now).err();
    assert_eq!(at(10, NOW + 69), None);
    assert_eq!(at(10, NOW + 70), Some(TokenError::Expired.into()));
    assert_eq!(at(10, NOW - 10), None);
    assert_eq!(at(10, NOW - 11), Some(TokenError::NotYetValid.into()));
    assert_eq!((at(0, NOW + 59), at(0, NOW)), (None, None));
    for day in [MAX_CLOCK_TOLERANCE, MAX_CLOCK_TOLERANCE + 1, u64::MAX] {
        assert_eq!((at(day, NOW + 59 + MAX_CLOCK_TOLERANCE), at(day, NOW - MAX_CLOCK_TOLERANCE)), (None, None));
        assert_eq!(at(day, NOW + 60 + MAX_CLOCK_TOLERANCE), Some(TokenError::Expired.into()));
        assert_eq!(at(day, NOW - 1 - MAX_CLOCK_TOLERANCE), Some(TokenError::NotYetValid.into()));
        assert_eq!(at(day, u64::MAX), Some(TokenError::Expired.into()));
    }
    for (seconds, whole) in [(0.0, 0), (10.9, 10), (86_400.0, 86_400), (86_400.9, 86_400)] {
        assert_eq!(clock_tolerance(seconds).unwrap(), whole);
    }
    for wrong in [-1.0, -0.1, 86_401.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(matches!(clock_tolerance(wrong), Err(LivekitError::InvalidClockTolerance)), "{wrong}");
    }
}

#[test]
fn claims_of_another_type_are_rejected() {
    for wrong in [
        json!({"sub": 456}),
        json!({"name": 1}),
        json!({"metadata": {}}),
        json!({"jti": 1}),
        json!({"attributes": {"a": 1}}),
        json!({"attributes": []}),
        json!({"video": true}),
        json!({"video": {"roomJoin": "true"}}),
        json!({"video": {"room": 1}}),
        json!({"video": {"canPublish": 1}}),
        json!({"video": {"canPublishSources": [1]}}),
        json!({"video": {"canPublishSources": ["CAMERA"]}}),
        json!({"video": {"canPublishSources": "camera"}}),
    ] {
        assert_eq!(error(&wrong), Some(TokenError::Claims.into()), "{wrong}");
    }
}

/// A LiveKit server (Go) rejects an array where it requires an object.
#[test]
fn a_video_grant_is_an_object() {
    for video in [json!([]), json!([true]), json!([true, "channel-abc123"])] {
        assert_eq!(error(&json!({"video": video})), Some(TokenError::Claims.into()), "{video}");
    }
}

#[test]
fn w11_the_signature_is_hs256_of_the_api_secret() {
    let payload = json!({"iss": API_KEY, "exp": NOW + 60}).to_string();
    for (token, expected) in [
        (String::new(), TokenError::Malformed),
        (jwt(&payload, "another"), TokenError::Signature),
        (forge(r#"{"alg":"HS512"}"#, &payload, API_SECRET), TokenError::Algorithm),
        (forge(r#"{"alg":"HS512"}"#, &payload, "another"), TokenError::Algorithm),
        (forge(r#"{"alg":"HS256","crit":["exp"]}"#, &payload, API_SECRET), TokenError::Header),
        (jwt(r#"["devkey","",9999999999]"#, API_SECRET), TokenError::Claims),
        (jwt(r#"{"iss":"devkey","exp":9999999999,"exp":9999999999}"#, API_SECRET), TokenError::Claims),
        (jwt("", API_SECRET), TokenError::Claims),
    ] {
        assert_eq!(verifier().verify(&token, NOW), Err(expected.into()), "{token}");
    }
    assert!(verifier().verify(&forge(r#"{"alg":"HS256"}"#, &payload, API_SECRET), NOW).is_ok());
    assert!(!format!("{:?}", verifier()).contains(API_SECRET));
}

/// Go ignores the case of claim names, so that two parsers could see different claims.
#[test]
fn a_claim_in_another_case_is_rejected() {
    for changes in [
        json!({"Sub": "evil"}),
        json!({"KIND": "agent"}),
        json!({"VIDEO": {}}),
        json!({"Exp": 9_999_999_999_u64}),
        json!({"roomconfig": {}}),
    ] {
        assert_eq!(message(&changes), "claims has a field that LiveKit does not know", "{changes}");
    }
    for changes in [json!({"video": {"ROOMADMIN": true}}), json!({"video": {"RoomJoin": true, "roomJoin": true}})] {
        assert_eq!(message(&changes), "video has a field that LiveKit does not know", "{changes}");
    }
    assert_eq!(error(&json!({"a_newer_claim": {"Sub": 1}, "video": {"aNewerGrant": true}})), None);
}

#[test]
fn a_claim_of_another_type_is_named_in_the_message() {
    for (changes, text) in [
        (json!({"video": {"roomJoin": "true"}}), "video.roomJoin must be a boolean"),
        (
            json!({"video": {"canPublishSources": ["CAMERA"]}}),
            "video.canPublishSources is not a name that LiveKit knows",
        ),
        (json!({"attributes": {"secret-key": 1}}), "attributes must be an object of strings"),
        (json!({"exp": -1}), "exp must be whole seconds"),
        (json!({"exp": "1"}), "exp must be whole seconds"),
        (json!({"kind": 4}), "kind must be a well-formed string"),
        (json!({"sip": {"admin": 1}}), "sip.admin must be a boolean"),
        (
            json!({"roomConfig": {"agents": [{"agentName": 1}]}}),
            "roomConfig.agents.agentName must be a well-formed string",
        ),
    ] {
        assert_eq!(message(&changes), text);
    }
}

/// LiveKit's server uses `jti` as the identity if `sub` is missing.
#[test]
fn a_jti_without_sub_is_rejected() {
    for changes in [json!({"sub": null, "jti": "admin"}), json!({"sub": "", "jti": "admin"})] {
        assert_eq!(message(&changes), "sub is required", "{changes}");
    }
    assert_eq!(error(&json!({"sub": null})), None);
}

#[test]
fn claims_that_only_the_server_parses_have_their_type_and_case() {
    for aud in [json!(5), json!({}), json!([5]), json!([null]), json!(true)] {
        assert_eq!(error(&json!({"aud": aud})), Some(TokenError::Claims.into()), "{aud}");
    }
    for changes in [json!({"identity": 5}), json!({"AUD": "x"}), json!({"Identity": "x"}), json!({"\u{17f}ub": "x"})] {
        assert_eq!(error(&changes), Some(TokenError::Claims.into()), "{changes}");
    }
    for changes in [json!({"aud": "x"}), json!({"aud": ["x", "y"]}), json!({"identity": "x"})] {
        assert_eq!(error(&changes), None, "{changes}");
    }
    for time in ["exp", "nbf", "iat"] {
        assert_eq!(message(&json!({time: 1_u64 << 53})), format!("{time} must be whole seconds"));
    }
}

#[test]
fn an_iat_in_the_future_is_rejected_if_so_configured() {
    let future = token(&json!({"iat": NOW + 11}));
    assert!(verifier().verify(&future, NOW).is_ok());
    let strict = || verifier().refuse_future_iat();
    assert_eq!(strict().verify(&future, NOW).err(), Some(TokenError::NotYetValid.into()));
    assert!(strict().clock_tolerance(11).verify(&future, NOW).is_ok());
    assert!(strict().verify(&token(&json!({"iat": NOW})), NOW).is_ok());
}
