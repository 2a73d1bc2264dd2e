//! compare: participants and the current rights of their users.

use crate::common::object;
use livekit_edge::{
    LivekitError, VideoGrant,
    json::{Fields, WrongType, object_to_string},
    rbac::{SyncAction, Wanted, compare, is_synced},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-1";

/// The permission of a participant with the full grant, as LiveKit's server serializes it.
fn full() -> Value {
    json!({
        "can_subscribe": true, "can_publish": true, "can_publish_data": true, "can_publish_sources": [],
        "hidden": false, "recorder": false, "can_update_metadata": false, "agent": false,
        "can_subscribe_metrics": false, "can_manage_agent_session": false
    })
}

fn full_with(changes: &Value) -> Value {
    let mut permission = full();
    permission.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    permission
}

fn wanted(grants: &Value) -> Wanted {
    let text = grants.to_string();
    Wanted::from_grants(&object(&text), ROOM, &[]).unwrap()
}

/// The action for a participant with a permission: `"none"`, `"remove"`, `"unknown"`, or the new permission.
fn decide(permission: &Value, wanted: &[Wanted]) -> Value {
    let text = json!({ "identity": "alice", "permission": permission }).to_string();
    let participant = object(&text);
    match compare(&Fields::new(&participant), wanted).unwrap() {
        SyncAction::None => json!("none"),
        SyncAction::Remove => json!("remove"),
        SyncAction::Unknown => json!("unknown"),
        SyncAction::Update(permission) => serde_json::from_str(&object_to_string(&permission)).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn synced(participant: &Value) -> Result<bool, WrongType> {
    let text = participant.to_string();
    is_synced(&Fields::new(&object(&text)))
}

#[test]
fn a_correct_permission_is_not_changed() {
    assert_eq!(decide(&full(), &[wanted(&json!({}))]), "none");
    assert_eq!(decide(&full(), &[wanted(&serde_json::to_value(VideoGrant::full(ROOM)).unwrap())]), "none");
    // Proto3 JSON omits false and empty values.
    let short = json!({"canSubscribe": true, "canPublish": true, "canPublishData": true});
    assert_eq!(decide(&short, &[wanted(&json!({}))]), "none");
    let named = full_with(&json!({"can_publish_sources": ["MICROPHONE", "CAMERA"]}));
    let numbered = full_with(&json!({"can_publish_sources": [1, 2, 2]}));
    let grants = json!({"canPublishSources": ["camera", "microphone"]});
    assert_eq!(decide(&named, &[wanted(&grants)]), "none");
    assert_eq!(decide(&numbered, &[wanted(&grants)]), "none");
}

#[test]
fn removed_or_restored_sources_are_an_update() {
    let grants = json!({"canPublishSources": ["camera", "screen_share_audio"]});
    let update = decide(&full(), &[wanted(&grants)]);
    assert_eq!(update, full_with(&json!({"can_publish_sources": ["CAMERA", "SCREEN_SHARE_AUDIO"]})));
    assert_eq!(decide(&update, &[wanted(&grants)]), "none");
    assert_eq!(decide(&update, &[wanted(&json!({}))]), full());
    for other in [json!(["UNKNOWN", "CAMERA"]), json!(["OF_A_NEWER_LIVEKIT", "CAMERA"]), json!([0, 1]), json!([9, 1])] {
        let permission = full_with(&json!({"can_publish_sources": other}));
        let update = decide(&permission, &[wanted(&json!({"canPublishSources": ["camera"]}))]);
        assert_eq!(update, full_with(&json!({"can_publish_sources": ["CAMERA"]})));
    }
}

#[test]
fn without_a_source_publishing_is_denied_and_no_empty_list_is_set() {
    let none = json!({"canPublish": false});
    let update = decide(&full_with(&json!({"can_publish_sources": ["CAMERA"]})), &[wanted(&none)]);
    assert_eq!(update, full_with(&json!({"can_publish": false, "can_publish_data": false})));
    let camera = wanted(&json!({"canPublishSources": ["camera"]}));
    let microphone = wanted(&json!({"canPublishSources": ["microphone"]}));
    let update = decide(&full(), &[camera, microphone]);
    assert_eq!(update, full_with(&json!({"can_publish": false})));
    assert_eq!(decide(&update, &[camera, microphone]), "none");
}

#[test]
fn other_fields_of_a_permission_do_not_change() {
    let own = json!({
        "recorder": true, "agent": true, "can_subscribe_metrics": true, "can_manage_agent_session": true,
        "of_a_newer_livekit": {"x": [1]}
    });
    let update = decide(&full_with(&own), &[wanted(&json!({"canSubscribe": false}))]);
    let mut expected = full_with(&own);
    expected["can_subscribe"] = json!(false);
    assert_eq!(update, expected);
    let table = json!({"canSubscribeMetrics": false, "canManageAgentSession": true});
    expected = full_with(&own);
    expected["can_subscribe_metrics"] = json!(false);
    assert_eq!(decide(&full_with(&own), &[wanted(&table)]), expected);
}

#[test]
fn names_in_camel_case_are_replaced() {
    let permission = json!({"canPublish": true, "canSubscribe": true, "hidden": false, "canPublishSources": [2]});
    let update = decide(&permission, &[wanted(&json!({"canPublishSources": ["camera"]}))]);
    assert_eq!(update["can_publish_sources"], json!(["CAMERA"]));
    for name in ["canPublish", "canSubscribe", "canPublishSources"] {
        assert!(update.get(name).is_none(), "{update}");
    }
}

#[test]
fn metadata_follow_too() {
    let permission = full_with(&json!({"can_update_metadata": true}));
    assert_eq!(decide(&permission, &[wanted(&json!({}))]), full());
    assert_eq!(decide(&full(), &[wanted(&json!({"canUpdateOwnMetadata": true}))]), permission);
}

#[test]
fn several_users_get_only_the_rights_that_all_of_them_have() {
    let all = wanted(&json!({}));
    let listener = wanted(&json!({"canPublish": false}));
    for both in [[all, listener], [listener, all]] {
        assert_eq!(decide(&full(), &both), full_with(&json!({"can_publish": false, "can_publish_data": false})));
    }
    assert_eq!(decide(&full(), &[all, Wanted::Refused]), "remove");
    assert_eq!(decide(&full(), &[Wanted::Refused, all]), "remove");
    assert_eq!(decide(&full(), &[]), "unknown");
}

#[test]
fn a_malformed_permission_is_an_error() {
    for permission in [
        Value::Null,
        json!([]),
        json!("all"),
        full_with(&json!({"can_publish": "true"})),
        full_with(&json!({"can_publish_sources": "CAMERA"})),
        full_with(&json!({"can_publish_sources": [true]})),
        full_with(&json!({"can_update_metadata": 1})),
    ] {
        let text = json!({ "permission": permission }).to_string();
        let participant = object(&text);
        assert_eq!(compare(&Fields::new(&participant), &[wanted(&json!({}))]), Err(WrongType), "{text}");
    }
}

#[test]
fn grants_beyond_the_room_are_refused() {
    for grants in [json!({"room": "other"}), json!({"roomCreate": true}), json!({"roomJoin": false})] {
        let text = grants.to_string();
        assert!(matches!(Wanted::from_grants(&object(&text), ROOM, &[]), Err(LivekitError::GrantRefused(_))), "{text}");
    }
    for grants in [json!({"canPublish": 1}), json!({"canPublishSources": ["CAMERA"]}), json!({"x": 1})] {
        let text = grants.to_string();
        let result = Wanted::from_grants(&object(&text), ROOM, &[]);
        assert!(matches!(result, Err(LivekitError::PermissionRefused(_))), "{text}");
    }
}

#[test]
fn only_visible_people_are_synchronized() {
    let participant = |changes: Value| {
        let mut participant = json!({"permission": full(), "kind": "STANDARD", "state": "ACTIVE"});
        participant.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        synced(&participant)
    };
    assert_eq!(participant(json!({})), Ok(true));
    for standard in [json!({"kind": null, "state": null}), json!({"kind": 0, "state": 1}), json!({"state": "JOINING"})]
    {
        assert_eq!(participant(standard), Ok(true));
    }
    for other in ["INGRESS", "EGRESS", "SIP", "AGENT", "CONNECTOR", "BRIDGE"] {
        assert_eq!(participant(json!({ "kind": other })), Ok(false), "{other}");
    }
    assert_eq!(participant(json!({"kind": 4})), Ok(false));
    for unknown in [json!("OF_A_NEWER_LIVEKIT"), json!(""), json!(5), json!(9)] {
        assert_eq!(participant(json!({ "kind": unknown })), Ok(true), "{unknown}");
    }
    assert_eq!(participant(json!({"permission": full_with(&json!({"hidden": true}))})), Ok(false));
    for gone in [json!("DISCONNECTED"), json!(3)] {
        assert_eq!(participant(json!({ "state": gone })), Ok(false));
    }
    for garbage in [
        json!({"kind": {}}),
        json!({"kind": true}),
        json!({"state": []}),
        json!({"permission": null}),
        json!({"permission": "x"}),
        json!({"permission": {"hidden": "no"}}),
    ] {
        assert_eq!(participant(garbage.clone()), Err(WrongType), "{garbage}");
    }
}

/// Native only, because proptest needs the randomness of an operating system.
#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::Config};

    fn cases(cases: u32) -> Config {
        Config { cases, failure_persistence: None, ..Config::default() }
    }

    prop_compose! {
        fn grants()(
            flags in any::<[Option<bool>; 6]>(),
            sources in option::of(vec(select(vec!["camera", "microphone", "screen_share", "screen_share_audio"]), 1..5)),
        ) -> Value {
            let names = ["canPublish", "canSubscribe", "canPublishData", "canUpdateOwnMetadata", "canSubscribeMetrics",
                "canManageAgentSession"];
            let flags = names.iter().zip(flags).filter_map(|(name, flag)| Some(((*name).to_owned(), json!(flag?))));
            let sources = sources.map(|sources| ("canPublishSources".to_owned(), json!(sources)));
            Value::Object(flags.chain(sources).collect())
        }
    }

    prop_compose! {
        fn permission()(
            flags in any::<[Option<bool>; 9]>(),
            sources in option::of(vec(select(vec!["UNKNOWN", "CAMERA", "MICROPHONE", "SCREEN_SHARE", "NEW"]), 0..5)),
        ) -> Value {
            let names = ["can_publish", "can_subscribe", "can_publish_data", "can_update_metadata", "can_subscribe_metrics",
                "can_manage_agent_session", "hidden", "recorder", "agent"];
            let flags = names.iter().zip(flags).filter_map(|(name, flag)| Some(((*name).to_owned(), json!(flag?))));
            let sources = sources.map(|sources| ("can_publish_sources".to_owned(), json!(sources)));
            Value::Object(flags.chain(sources).collect())
        }
    }

    /// True if a source may be published, by LiveKit's rule.
    fn may_publish(permission: &Value, source: &str) -> bool {
        let sources = permission["can_publish_sources"].as_array().cloned().unwrap_or_default();
        permission["can_publish"] == true && (sources.is_empty() || sources.contains(&json!(source)))
    }

    fn may_be_granted(grants: &Value, source: &str) -> bool {
        let sources = grants["canPublishSources"].as_array().cloned().unwrap_or_default();
        grants["canPublish"] != false && (sources.is_empty() || sources.contains(&json!(source.to_lowercase())))
    }

    proptest! {
        #![proptest_config(cases(2000))]

        #[test]
        fn after_an_update_the_permission_is_correct(permission in permission(), all in vec(grants(), 1..4)) {
            let wanted: Vec<_> = all.iter().map(wanted).collect();
            let update = decide(&permission, &wanted);
            if update != "none" {
                prop_assert_eq!(decide(&update, &wanted), "none");
                for name in ["hidden", "recorder", "agent"] {
                    prop_assert_eq!(&update[name], &permission[name]);
                }
            }
            let after = if update == "none" { &permission } else { &update };
            for source in ["CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"] {
                let expected = all.iter().all(|grants| may_be_granted(grants, source));
                prop_assert_eq!(may_publish(after, source), expected, "{} of {}", source, after);
            }
            let data = |grants: &Value| grants["canPublishData"].as_bool().unwrap_or(grants["canPublish"] != false);
            prop_assert_eq!(after["can_publish_data"] == true, all.iter().all(data));
            prop_assert_eq!(after["can_subscribe"] == true, all.iter().all(|grants| grants["canSubscribe"] != false));
        }

        #[test]
        fn a_refusal_is_never_an_update(permission in permission(), all in vec(grants(), 0..3), at in 0_usize..4) {
            let mut wanted: Vec<_> = all.iter().map(wanted).collect();
            wanted.insert(at.min(wanted.len()), Wanted::Refused);
            prop_assert_eq!(decide(&permission, &wanted), "remove");
        }

        #[test]
        fn only_a_refusal_removes_a_participant(participant in "\\PC{0,80}", all in vec(grants(), 0..3)) {
            let wanted: Vec<_> = all.iter().map(wanted).collect();
            if let Ok(participant) = livekit_edge::json::parse_object(participant.as_bytes()) {
                prop_assert_ne!(compare(&Fields::new(&participant), &wanted), Ok(SyncAction::Remove));
            }
        }
    }
}
