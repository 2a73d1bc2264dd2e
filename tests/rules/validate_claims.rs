//! validate_claims: the errors of claims to sign, with their paths (row 34; W11).

use crate::common::{NOW, credentials, object, sign_json};
use livekit_edge::{
    ClaimErrorKind, LivekitError, MAX_ATTRIBUTES_BYTES, MAX_METADATA_BYTES, MAX_ROOM_CONFIG_BYTES, RawAccessToken,
    validate_claims,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Code and message of each error.
fn errors(claims: &Value) -> Vec<(&'static str, String)> {
    let errors = validate_claims(&object(&claims.to_string()));
    for error in &errors {
        // The message contains the path, and `Display` writes the message.
        let path = if error.path().is_empty() { "claims" } else { error.path() };
        assert!(error.message().starts_with(&format!("{path} ")), "{error}");
        assert_eq!(error.to_string(), error.message());
    }
    errors.iter().map(|error| (error.kind().code(), error.message())).collect()
}

fn paths(claims: &Value) -> Vec<String> {
    validate_claims(&object(&claims.to_string())).iter().map(|error| error.path().to_owned()).collect()
}

#[track_caller]
fn assert_error(claims: &Value, path: &str, code: &str, message: &str) {
    assert_eq!(paths(claims), [path], "{claims}");
    assert_eq!(errors(claims), [(code, message.to_owned())], "{claims}");
    // Signing fails with the same error.
    let error = sign_json(claims, None, None).unwrap_err();
    assert_eq!((error.code(), error.path(), error.to_string().as_str()), ("invalid_claim", Some(path), message));
}

#[test]
fn valid_claims_have_no_error() {
    let fixture: Value = serde_json::from_str(include_str!("../vectors/claims.json")).unwrap();
    let mut all = fixture["all"].clone();
    all["sub"] = json!("alice");
    // The fixture has credentials, which must be allowed.
    assert!(errors(&all).iter().all(|(code, _)| *code == "credential"));
    all["roomConfig"]["egress"] = json!(null);
    for claims in [
        all,
        json!({}),
        json!({"sub": ""}),
        json!({"sub": "alice", "video": {"roomJoin": true, "room": "lobby"}}),
        json!({"sub": "alice", "name": null, "video": null, "metadata": "", "attributes": {}}),
        json!({"iss": "other", "exp": 1, "nbf": 0, "iat": 9_007_199_254_740_991_u64}),
    ] {
        assert_eq!(errors(&claims), [], "{claims}");
        assert!(sign_json(&claims, None, None).is_ok(), "{claims}");
    }
}

#[test]
fn a_value_of_another_type_is_an_error_with_its_path() {
    for (claims, path, expected) in [
        (json!({"sub": 1}), "sub", "a well-formed string"),
        (json!({"name": ["Alice"]}), "name", "a well-formed string"),
        (json!({"exp": "1700000000"}), "exp", "whole seconds"),
        (json!({"nbf": -1}), "nbf", "whole seconds"),
        (json!({"iat": 0.5}), "iat", "whole seconds"),
        (json!({"iat": 9_007_199_254_740_992_u64}), "iat", "whole seconds"),
        (json!({"iss": 1}), "iss", "a well-formed string"),
        (json!({"attributes": {"a": 1}}), "attributes", "an object of strings"),
        (json!({"attributes": ["a"]}), "attributes", "an object of strings"),
        (json!({"video": true}), "video", "an object"),
        (json!({"video": {"hidden": 1}}), "video.hidden", "a boolean"),
        (json!({"video": {"canPublish": "true"}}), "video.canPublish", "a boolean"),
        (json!({"video": {"canPublishSources": "camera"}}), "video.canPublishSources", "a list of track sources"),
        (json!({"video": {"canPublishSources": [true]}}), "video.canPublishSources", "a list of track sources"),
        (json!({"agentThread": {"threadIds": "a"}}), "agentThread.threadIds", "a list of strings"),
        (json!({"agentThread": {"threadIds": [1]}}), "agentThread.threadIds", "a well-formed string"),
        (json!({"kind": 4}), "kind", "a well-formed string"),
        (json!({"kindDetails": "forwarded"}), "kindDetails", "a list of strings"),
        (json!({"roomConfig": []}), "roomConfig", "an object"),
        (json!({"roomConfig": {"emptyTimeout": 1.5}}), "roomConfig.emptyTimeout", "an integer from 0 to 4294967295"),
        (json!({"roomConfig": {"agents": [1]}}), "roomConfig.agents", "a list of objects"),
        (json!({"roomConfig": {"agents": {}}}), "roomConfig.agents", "a list of objects"),
        (
            json!({"roomConfig": {"agents": [{}, {"agent_name": 1}]}}),
            "roomConfig.agents.agentName",
            "a well-formed string",
        ),
        (
            json!({"roomConfig": {"agents": [{"restartPolicy": true}]}}),
            "roomConfig.agents.restartPolicy",
            "a name or its number",
        ),
        (
            json!({"roomConfig": {"egress": {"room": {"advanced": {"width": 0.5}}}}}),
            "roomConfig.egress.room.advanced.width",
            "an integer from -2147483648 to 2147483647",
        ),
        (
            json!({"roomConfig": {"egress": {"room": {"advanced": {"keyFrameInterval": "2"}}}}}),
            "roomConfig.egress.room.advanced.keyFrameInterval",
            "a number below 4294967296",
        ),
    ] {
        assert_error(&claims, path, "wrong_type", &format!("{path} must be {expected}"));
    }
}

#[test]
fn an_unknown_name_is_an_error_with_its_path() {
    for (claims, path) in [
        (json!({"kind": "robot"}), "kind"),
        (json!({"kindDetails": ["forwarded", "robot"]}), "kindDetails"),
        (json!({"video": {"canPublishSources": ["camera", "CAMERA"]}}), "video.canPublishSources"),
        (json!({"video": {"canPublishSources": [0]}}), "video.canPublishSources"),
        (json!({"roomConfig": {"agents": [{"restartPolicy": "x"}]}}), "roomConfig.agents.restartPolicy"),
    ] {
        assert_error(&claims, path, "unknown_name", &format!("{path} is not a name that LiveKit knows"));
    }
}

#[test]
fn an_unknown_field_is_an_error_with_the_path_of_its_object() {
    for (claims, path) in [
        (json!({"admin": true}), ""),
        (json!({"ttl": 600}), ""),
        (json!({"x": null}), ""),
        (json!({"video": {"x": 1}}), "video"),
        (json!({"video": {"room name": 1}}), "video"),
        (json!({"roomConfig": {"newer": 1}}), "roomConfig"),
        (json!({"roomConfig": {"agents": [{}, {"newer": 1}]}}), "roomConfig.agents"),
        (json!({"roomConfig": {"egress": {"tracks": {"s3": {"newer": 1}}}}}), "roomConfig.egress.tracks.s3"),
    ] {
        let object = if path.is_empty() { "claims" } else { path };
        assert_error(&claims, path, "unknown_field", &format!("{object} has a field that LiveKit does not know"));
    }
}

#[test]
fn a_misspelt_field_is_an_error_with_its_own_path_and_the_nearest_known_name() {
    for (claims, path, near) in [
        (json!({"video": {"roomName": "lobby"}}), "video.roomName", "room"),
        (json!({"video": {"room_join": true}}), "video.room_join", "roomJoin"),
        (json!({"video": {"RoomJoin": true}}), "video.RoomJoin", "roomJoin"),
        (json!({"video": {"canPublishSource": []}}), "video.canPublishSource", "canPublishSources"),
        (json!({"Video": {}}), "Video", "video"),
        (json!({"meta": "x"}), "meta", "metadata"),
        (json!({"roomconfig": {}}), "roomconfig", "roomConfig"),
        (json!({"roomConfig": {"emptyTimeoutSeconds": 1}}), "roomConfig.emptyTimeoutSeconds", "emptyTimeout"),
        (json!({"roomConfig": {"agents": [{"agent": "a"}]}}), "roomConfig.agents.agent", "agentName"),
        (
            json!({"roomConfig": {"egress": {"tracks": {"s3": {"accessKeyId": "a"}}}}}),
            "roomConfig.egress.tracks.s3.accessKeyId",
            "accessKey",
        ),
    ] {
        let message = format!("{path} is a field that LiveKit does not know; did you mean {near}?");
        assert_error(&claims, path, "unknown_field", &message);
        let kind = validate_claims(&object(&claims.to_string()))[0].kind();
        assert_eq!(kind, ClaimErrorKind::UnknownFieldNear(near));
    }
    // A message contains the name of an unknown field only if it could be a field of LiveKit.
    for name in ["ro", "room name", "room.name", "room\n", "roomé", &format!("room{}", "x".repeat(29))] {
        let message = "video has a field that LiveKit does not know";
        assert_error(&json!({"video": {name: 1}}), "video", "unknown_field", message);
    }
}

#[test]
fn a_required_claim_is_an_error_where_it_is_missing() {
    for (claims, path) in [
        (json!({"video": {"roomJoin": true, "room": "lobby"}}), "identity"),
        (json!({"sub": "", "jti": "j"}), "identity"),
        (json!({"sub": "alice", "video": {"roomJoin": true}}), "video.room"),
        (json!({"sub": "alice", "video": {"roomJoin": true, "room": null}}), "video.room"),
        (json!({"video": {"roomAdmin": true, "room": ""}}), "video.room"),
    ] {
        assert_error(&claims, path, "missing", &format!("{path} is required"));
    }
}

#[test]
fn ambiguous_and_empty_lists_are_errors() {
    let ambiguous = "is set twice, or together with a field that excludes it";
    for (claims, path) in [
        (json!({"roomConfig": {"emptyTimeout": 1, "empty_timeout": 1}}), "roomConfig.emptyTimeout"),
        (json!({"roomConfig": {"egress": {"tracks": {"s3": {}, "gcp": {}}}}}), "roomConfig.egress.tracks.gcp"),
    ] {
        assert_error(&claims, path, "ambiguous", &format!("{path} {ambiguous}"));
    }
    let path = "video.canPublishSources";
    assert_error(
        &json!({"video": {"canPublishSources": []}}),
        path,
        "empty_list",
        &format!("{path} must not be empty"),
    );
}

#[test]
fn sizes_are_limited_as_by_the_server() {
    let mut tags = serde_json::Map::new();
    tags.insert("t".into(), json!("x".repeat(MAX_ROOM_CONFIG_BYTES)));
    for (claims, path, max) in [
        (json!({"sub": "x".repeat(257)}), "identity", 256),
        (json!({"video": {"room": "x".repeat(257)}}), "video.room", 256),
        (json!({"video": {"destinationRoom": "é".repeat(129)}}), "video.destinationRoom", 256),
        (json!({"metadata": "x".repeat(MAX_METADATA_BYTES + 1)}), "metadata", MAX_METADATA_BYTES),
        (json!({"attributes": {"a": "x".repeat(MAX_ATTRIBUTES_BYTES)}}), "attributes", MAX_ATTRIBUTES_BYTES),
        (json!({"roomConfig": {"tags": tags}}), "roomConfig", MAX_ROOM_CONFIG_BYTES),
    ] {
        let errors = validate_claims(&object(&claims.to_string()));
        assert_eq!(errors.len(), 1, "{path}");
        assert_eq!((errors[0].path(), errors[0].kind()), (path, ClaimErrorKind::TooLong(max)));
        assert_eq!(errors[0].message(), format!("{path} must not be longer than {max} bytes"));
        assert!(sign_json(&claims, None, None).is_err());
    }
}

#[test]
fn a_credential_is_an_error_with_its_path() {
    let s3 = json!({"accessKey": "a", "secret": "hunter2", "proxy": {"url": "http://u:p@h", "password": "hunter2"}});
    let claims = json!({"roomConfig": {"egress": {
        "room": {"fileOutputs": [{"s3": s3}], "streamOutputs": [{"urls": ["rtmp://h/hunter2"]}], "customBaseUrl": "//u@h"},
    }}});
    // In the order of the claims, whose names serde_json sorts.
    let expected = [
        "roomConfig.egress.room.customBaseUrl",
        "roomConfig.egress.room.fileOutputs.s3.proxy.password",
        "roomConfig.egress.room.fileOutputs.s3.proxy.url",
        "roomConfig.egress.room.fileOutputs.s3.secret",
        "roomConfig.egress.room.streamOutputs",
    ];
    assert_eq!(paths(&claims), expected);
    for ((code, message), path) in errors(&claims).into_iter().zip(expected) {
        assert_eq!(
            (code, message),
            ("credential", format!("{path} contains a credential, which must not be in a token"))
        );
    }
    assert!(!format!("{:?}", validate_claims(&object(&claims.to_string()))).contains("hunter2"));
}

#[test]
fn every_error_is_reported_in_order_and_credentials_last() {
    let claims = r#"{
        "name": 1,
        "roomConfig": {"newer": 1, "egress": {"tracks": {"gcp": {"credentials": "x"}, "filepath": 1}}, "emptyTimeout": -1},
        "video": {"roomJoin": true, "hidden": "yes", "roomName": "r", "canPublishSources": [], "destinationRoom": "LONG"},
        "kindDetails": ["x", 1, "forwarded", "y"],
        "metadata": "METADATA",
        "admin": true
    }"#;
    let claims = claims.replace("LONG", &"x".repeat(257)).replace("METADATA", &"x".repeat(MAX_METADATA_BYTES + 1));
    let errors = validate_claims(&object(&claims));
    let found: Vec<_> = errors.iter().map(|error| (error.path(), error.kind().code())).collect();
    let expected = [
        ("name", "wrong_type"),
        ("roomConfig", "unknown_field"),
        ("roomConfig.egress.tracks.filepath", "wrong_type"),
        ("roomConfig.emptyTimeout", "wrong_type"),
        ("video.hidden", "wrong_type"),
        ("video.roomName", "unknown_field"),
        ("video.canPublishSources", "empty_list"),
        ("kindDetails", "unknown_name"),
        ("kindDetails", "wrong_type"),
        ("kindDetails", "unknown_name"),
        ("", "unknown_field"),
        ("identity", "missing"),
        ("video.room", "missing"),
        ("video.destinationRoom", "too_long"),
        ("metadata", "too_long"),
        ("roomConfig.egress.tracks.gcp.credentials", "credential"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn at_most_1000_errors_are_reported() {
    let wrong = vec!["nope"; 5000];
    let errors = validate_claims(&object(&json!({"kindDetails": wrong}).to_string()));
    assert_eq!(errors.len(), 1000);
    let s3 = json!({"s3": {"secret": "x"}});
    let outputs = vec![s3; 5000];
    let claims = json!({"kindDetails": wrong, "roomConfig": {"egress": {"room": {"fileOutputs": outputs}}}});
    let errors = validate_claims(&object(&claims.to_string()));
    assert_eq!(errors.len(), 1000);
    let claims = json!({"name": 1, "roomConfig": {"egress": {"room": {"fileOutputs": outputs}}}});
    let errors = validate_claims(&object(&claims.to_string()));
    assert_eq!(errors.len(), 1000);
    assert_eq!((errors[0].path(), errors[999].kind()), ("name", ClaimErrorKind::Credential));
}

/// An identity besides the claims replaces `sub`.
#[test]
fn signing_reports_the_first_error() {
    let claims = json!({"name": 1, "video": {"hidden": 1}});
    let error = sign_json(&claims, Some(&json!("alice")), None).unwrap_err();
    assert_eq!(error, LivekitError::InvalidClaim(validate_claims(&object(&claims.to_string())).remove(0).into()));
    let join = json!({"video": {"roomJoin": true, "room": "lobby"}});
    assert_eq!(paths(&join), ["identity"]);
    assert!(sign_json(&join, Some(&json!("alice")), None).is_ok());
    let credential = r#"{"roomConfig":{"egress":{"tracks":{"s3":{"secret":"x"}}}}}"#;
    let claims = object(credential);
    assert_eq!(validate_claims(&claims).len(), 1);
    let token = RawAccessToken { claims: claims.clone(), identity: None, ttl: None, allow_sensitive_credentials: true };
    assert!(token.to_jwt(&credentials(), NOW).is_ok());
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use crate::common::verify;
    use livekit_edge::json::Object;
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

    const CLAIMS: [&str; 24] = [
        "iss",
        "sub",
        "exp",
        "nbf",
        "iat",
        "jti",
        "name",
        "video",
        "sip",
        "agent",
        "agentEndpoint",
        "agentThread",
        "inference",
        "observability",
        "kind",
        "kindDetails",
        "metadata",
        "attributes",
        "sha256",
        "roomPreset",
        "roomConfig",
        "identity",
        "Video",
        "x",
    ];

    /// A value that is valid for some claims and invalid for others.
    fn any_value() -> impl Strategy<Value = Value> {
        let values = vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(NOW),
            json!(-1),
            json!(0.5),
            json!(1_u64 << 53),
            json!(""),
            json!("alice"),
            json!("agent"),
            json!("x".repeat(257)),
            json!([]),
            json!(["forwarded"]),
            json!(["camera", 2]),
            json!(["nope"]),
            json!([1]),
            json!({}),
            json!({"a": "b"}),
            json!({"a": 1}),
        ];
        let names = vec![
            "roomJoin",
            "roomAdmin",
            "roomCreate",
            "room",
            "canPublish",
            "canPublishSources",
            "destinationRoom",
            "admin",
            "call",
            "perform",
            "threadIds",
            "name",
            "emptyTimeout",
            "empty_timeout",
            "tags",
            "agents",
            "agentName",
            "egress",
            "tracks",
            "s3",
            "gcp",
            "secret",
            "filepath",
            "newer",
            "roomName",
        ];
        select(values).prop_recursive(4, 24, 4, move |inner| {
            let fields = vec((select(names.clone()), inner.clone()), 0..4);
            let object =
                fields.prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
            prop_oneof![3 => object, 1 => vec(inner, 0..3).prop_map(Value::Array)]
        })
    }

    fn any_claims() -> impl Strategy<Value = Value> {
        vec((select(CLAIMS.to_vec()), any_value()), 0..4)
            .prop_map(|claims| claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn sign(claims: &Object<'_>) -> Result<String, LivekitError> {
        RawAccessToken { claims: claims.clone(), identity: None, ttl: None, allow_sensitive_credentials: false }
            .to_jwt(&credentials(), NOW)
    }

    proptest! {
        #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn claims_are_signed_and_verified_exactly_if_they_have_no_error(claims in any_claims()) {
            let text = claims.to_string();
            let claims = object(&text);
            let errors = validate_claims(&claims);
            match sign(&claims) {
                Ok(token) => {
                    prop_assert!(errors.is_empty(), "{} {:?}", text, errors);
                    prop_assert!(verify(&token).is_ok(), "{} {:?}", text, verify(&token));
                }
                Err(error) => prop_assert_eq!(Some(error), errors.into_iter().next().map(|error| LivekitError::InvalidClaim(error.into())), "{}", text),
            }
        }
    }
}
