//! Permission: the application's decision and the resulting token.

use crate::common::{MAX_TTL, permitted, verify};
use livekit_edge::{LivekitError, PRIVILEGED_GRANTS};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "lobby";

/// A permission with one field replaced. `null` does not remove it.
fn with(field: &str, value: Value) -> Value {
    let mut permission = json!({"room": ROOM, "identity": "guest-1", "grants": {"canPublish": false}});
    permission[field] = value;
    permission
}

fn token(permission: &Value) -> Result<String, LivekitError> {
    permitted(permission, ROOM, &[])
}

#[test]
fn every_field_of_a_permission_is_in_the_token() {
    let permission = json!({
        "room": ROOM, "identity": "guest-1", "name": "Guest", "ttl": 60, "metadata": "m", "attributes": {"__proto__": "a"},
        "grants": {"canPublish": false, "canSubscribe": true},
        "roomConfig": {"agents": [{"agent_name": "assistant"}]},
    });
    let claims = verify(&token(&permission).unwrap()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.name.as_str(), claims.metadata.as_str()), ("guest-1", "Guest", "m"));
    assert_eq!(claims.exp.unwrap() - claims.nbf.unwrap(), 60);
    assert_eq!(claims.attributes.get("__proto__").map(String::as_str), Some("a"));
    assert_eq!(claims.room_config.unwrap().as_json(), r#"{"agents":[{"agentName":"assistant"}]}"#);
    let video = claims.video.unwrap();
    assert_eq!(
        (video.room.as_str(), video.room_join, video.can_publish, video.can_subscribe),
        (ROOM, true, Some(false), Some(true))
    );
}

#[test]
fn a_ttl_is_seconds_or_a_duration_up_to_the_maximum() {
    for (ttl, seconds) in [(json!(60), 60), (json!("10m"), 600), (json!(MAX_TTL), MAX_TTL), (json!(null), 3600)] {
        let claims = verify(&token(&with("ttl", ttl)).unwrap()).unwrap();
        assert_eq!(claims.exp.unwrap() - claims.nbf.unwrap(), seconds);
    }
}

#[test]
fn an_invalid_field_is_named_and_no_token_is_issued() {
    for (field, value) in [
        ("room", json!("other")),
        ("room", json!(null)),
        ("room", json!(["lobby"])),
        ("room", json!("LOBBY")),
        ("identity", json!(null)),
        ("identity", json!("")),
        ("identity", json!("a\n")),
        ("identity", json!(7)),
        ("identity", json!("x".repeat(257))),
        ("name", json!("x".repeat(257))),
        ("name", json!({})),
        ("grants", json!(null)),
        ("grants", json!([])),
        ("grants", json!("all")),
        ("metadata", json!({})),
        ("attributes", json!([])),
        ("attributes", json!({"a": 1})),
        ("roomConfig", json!("x")),
        ("ttl", json!(0)),
        ("ttl", json!(-1)),
        ("ttl", json!("soon")),
        ("ttl", json!(MAX_TTL + 1)),
        ("ttl", json!(31_536_000)),
        ("ttl", json!("1y")),
    ] {
        assert_eq!(token(&with(field, value.clone())), Err(LivekitError::GrantRefused(field)), "{field}: {value}");
    }
    for unknown in ["kind", "sub", "video", "exp", "Room", "__proto__"] {
        assert_eq!(token(&with(unknown, json!(true))), Err(LivekitError::GrantRefused("unknown_field")), "{unknown}");
    }
}

#[test]
fn claims_that_a_livekit_server_would_reject_are_errors_with_their_path() {
    for (field, value, path) in [
        ("metadata", json!("x".repeat(512 * 1024 + 1)), "metadata"),
        ("attributes", json!({"a": "x".repeat(64 * 1024)}), "attributes"),
        ("roomConfig", json!({"agents": [{"agent_name": 1}]}), "roomConfig.agents.agentName"),
        ("roomConfig", json!({"name": "x".repeat(1024 * 1024)}), "roomConfig"),
    ] {
        let error = token(&with(field, value)).unwrap_err();
        assert_eq!((error.code(), error.path()), ("grant_refused", Some(path)));
        assert_eq!(error.message(), "Failed to generate token");
    }
}

#[test]
fn a_privileged_grant_must_be_allowed_by_name() {
    for name in PRIVILEGED_GRANTS {
        let value = if name == "destinationRoom" { json!("other") } else { json!(true) };
        let permission = with("grants", json!({name: value}));
        let others: Vec<String> =
            PRIVILEGED_GRANTS.iter().filter(|other| **other != name).map(|it| (*it).into()).collect();
        assert_eq!(permitted(&permission, ROOM, &others), Err(LivekitError::GrantRefused(name)));
        assert!(permitted(&permission, ROOM, &[name.into()]).is_ok(), "{name}");
        // Even an allowed privileged grant does not change the room.
        let elsewhere = with("grants", json!({name: value, "room": "other"}));
        assert_eq!(permitted(&elsewhere, ROOM, &[name.into()]), Err(LivekitError::GrantRefused("room")));
    }
}
