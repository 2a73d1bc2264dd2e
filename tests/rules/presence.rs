//! PresenceChange: parsing of webhook events (proto3 JSON of livekit_webhook.proto).

use crate::common::NOW;
use livekit_edge::{
    LivekitError,
    presence::{MAX_CLOCK_SKEW, PresenceChange, PresenceCursor, PresenceKind, PresentParticipant},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// An event as LiveKit's server serializes it (`protojson`): 64-bit integers as strings, enums by name, no defaults.
fn joined() -> Value {
    json!({
        "event": "participant_joined",
        "room": {
            "sid": "RM_hycBMAjmt6Ub",
            "name": "channel-abc123",
            "emptyTimeout": 300,
            "departureTimeout": 20,
            "creationTime": "1700000000",
            "creationTimeMs": "1700000000123",
            "turnPassword": "x",
            "enabledCodecs": [{"mime": "audio/opus"}, {"mime": "video/VP8"}],
        },
        "participant": {
            "sid": "PA_D5RZwBwGwKSX",
            "identity": "user-456",
            "state": "ACTIVE",
            "joinedAt": "1700000001",
            "name": "Alice",
            "version": 3,
            "permission": {"canSubscribe": true, "canPublish": true, "canPublishData": true, "canPublishSources": ["CAMERA"]},
            "joinedAtMs": "1700000001234",
            "clientProtocol": 1,
        },
        "id": "EV_tJzDaVzyQ8gA",
        "createdAt": "1700000002",
    })
}

fn parse(event: &Value) -> Result<Option<PresenceChange>, LivekitError> {
    PresenceChange::from_body(event.to_string().as_bytes(), NOW)
}

/// The event with one field changed. `null` removes the field; a name may be a path.
fn with(path: &str, value: Value) -> Value {
    let mut event = joined();
    let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = if parents.is_empty() { &mut event } else { event.pointer_mut(&format!("/{parents}")).unwrap() };
    match value {
        Value::Null => drop(parent.as_object_mut().unwrap().remove(name)),
        value => parent[name] = value,
    }
    event
}

fn expected(kind: impl FnOnce(PresentParticipant) -> PresenceKind) -> PresenceChange {
    let participant = PresentParticipant {
        sid: "PA_D5RZwBwGwKSX".into(),
        identity: "user-456".into(),
        name: "Alice".into(),
        is_agent: false,
        is_person: true,
    };
    PresenceChange {
        event_id: "EV_tJzDaVzyQ8gA".into(),
        created_at: 1_700_000_002,
        kind: kind(participant),
        room: "channel-abc123".into(),
        room_sid: "RM_hycBMAjmt6Ub".into(),
    }
}

#[test]
fn joined_left_aborted_and_finished_change_presence() {
    assert_eq!(parse(&joined()), Ok(Some(expected(PresenceKind::Joined))));
    for event in ["participant_left", "participant_connection_aborted"] {
        assert_eq!(parse(&with("event", json!(event))), Ok(Some(expected(PresenceKind::Left))), "{event}");
    }
    let finished = with("event", json!("room_finished"));
    assert_eq!(parse(&finished), Ok(Some(expected(|_| PresenceKind::Ended))));
    let mut without_participant = finished;
    without_participant.as_object_mut().unwrap().remove("participant");
    assert_eq!(parse(&without_participant), Ok(Some(expected(|_| PresenceKind::Ended))));
}

#[test]
fn other_events_change_nothing() {
    for event in [
        "room_started",
        "track_published",
        "track_unpublished",
        "egress_started",
        "egress_updated",
        "egress_ended",
        "ingress_started",
        "ingress_ended",
        "participant_renamed_some_day",
        "Participant_Joined",
        " participant_joined",
        "",
    ] {
        assert_eq!(parse(&with("event", json!(event))), Ok(None), "{event}");
        assert_eq!(parse(&json!({"event": event})), Ok(None), "{event}");
    }
}

/// SIP participants and agents are present, and agents are marked.
#[test]
fn recorders_and_hidden_participants_are_not_present() {
    for event in ["participant_joined", "participant_left", "participant_connection_aborted"] {
        for (path, value) in [
            ("participant/permission", json!({"hidden": true})),
            ("participant/permission/hidden", json!(true)),
            ("participant/kind", json!("EGRESS")),
            ("participant/kind", json!(2)),
        ] {
            let mut body = with(path, value);
            body["event"] = json!(event);
            assert_eq!(parse(&body), Ok(None), "{body}");
        }
    }
    for (path, value) in [
        ("participant/permission", json!(null)),
        ("participant/permission/hidden", json!(false)),
        ("participant/permission/recorder", json!(true)),
        ("participant/kind", json!("STANDARD")),
        ("participant/kind", json!(0)),
    ] {
        assert_eq!(parse(&with(path, value.clone())), Ok(Some(expected(PresenceKind::Joined))), "{path} {value}");
    }
    for (kind, is_agent, is_person) in
        [("AGENT", true, false), ("SIP", false, false), ("INGRESS", false, false), ("egress", false, true)]
    {
        let other = |participant| PresenceKind::Joined(PresentParticipant { is_agent, is_person, ..participant });
        assert_eq!(parse(&with("participant/kind", json!(kind))), Ok(Some(expected(other))), "{kind}");
    }
    let mut hidden = with("participant/kind", json!("AGENT"));
    hidden["participant"]["permission"]["hidden"] = json!(true);
    assert_eq!(parse(&hidden), Ok(None));
}

#[test]
fn a_field_that_is_missing_or_of_another_type_is_an_error() {
    let strings = ["event", "id", "room/name", "room/sid", "participant/sid", "participant/identity"];
    for path in strings {
        for value in [json!(null), json!(1), json!(true), json!([]), json!({})] {
            assert_eq!(parse(&with(path, value.clone())), Err(LivekitError::BodyNotEvent), "{path} {value}");
        }
    }
    // An empty `event` counts as another event.
    for path in strings.into_iter().skip(1) {
        for value in [json!(""), json!("\0"), json!("a\0b")] {
            assert_eq!(parse(&with(path, value.clone())), Err(LivekitError::BodyNotEvent), "{path} {value}");
        }
    }
    for path in ["room", "participant"] {
        for value in [json!(null), json!(1), json!("x"), json!([]), json!({}), json!([{"sid": "x"}])] {
            assert_eq!(parse(&with(path, value.clone())), Err(LivekitError::BodyNotEvent), "{path} {value}");
        }
    }
    for (path, value) in [
        ("participant/name", json!(1)),
        ("participant/kind", json!([])),
        ("participant/kind", json!(true)),
        ("participant/permission", json!([])),
        ("participant/permission", json!(true)),
        ("participant/permission/hidden", json!("true")),
        ("participant/permission/hidden", json!(1)),
    ] {
        assert_eq!(parse(&with(path, value.clone())), Err(LivekitError::BodyNotEvent), "{path} {value}");
    }
    for body in [json!({}), json!({"Event": "participant_joined"}), json!({"event": {}})] {
        assert_eq!(parse(&body), Err(LivekitError::BodyNotEvent), "{body}");
    }
    assert_eq!(parse(&json!({})).unwrap_err().code(), "body_not_event");
}

/// PostgreSQL cannot store U+0000. It is removed from a name, which is only for display, but not from an identity,
/// which would become another one.
#[test]
fn nul_characters_are_removed_from_names() {
    for (given, name) in [(json!("A\0lice\0"), "Alice"), (json!("\0"), ""), (json!(""), ""), (json!(null), "")] {
        let change = parse(&with("participant/name", given.clone())).unwrap().unwrap();
        let PresenceKind::Joined(participant) = change.kind else { unreachable!("{given}") };
        assert_eq!(participant.name, name, "{given}");
    }
    let name = format!("{}\n\u{202e}🎤", "x".repeat(100_000));
    let change = parse(&with("participant/name", json!(name))).unwrap().unwrap();
    assert!(matches!(change.kind, PresenceKind::Joined(participant) if participant.name == name));
}

#[test]
fn the_time_is_an_integer_of_seconds() {
    for (value, seconds) in [
        (json!("1700000002"), 1_700_000_002),
        (json!(1_700_000_002), 1_700_000_002),
        (json!("0"), 0),
        (json!(0), 0),
        (json!("1700000060"), NOW + MAX_CLOCK_SKEW),
        (json!("1700000061"), NOW),
        (json!(NOW + 3600), NOW),
        (json!("8640000000000"), NOW),
        (json!(8_640_000_000_000_u64), NOW),
    ] {
        assert_eq!(parse(&with("createdAt", value.clone())).unwrap().unwrap().created_at, seconds, "{value}");
    }
    let strings = ["", " 1", "1 ", "-1", "+1", "1.0", "1e3", "0x1", "١", "x", "8640000000001", "99999999999999999999"];
    let others =
        [json!(null), json!(true), json!([]), json!({}), json!(-1), json!(1.5), json!(1_700_000_002.0), json!(1e300)];
    let large = [json!(8_640_000_000_001_u64), json!(u64::MAX)];
    for value in strings.iter().map(|text| json!(text)).chain(others).chain(large) {
        assert_eq!(parse(&with("createdAt", value.clone())), Err(LivekitError::BodyNotEvent), "{value}");
    }
}

/// An end or leave in the far future would also hide every later participant.
#[test]
fn a_time_far_in_the_future_counts_as_now() {
    for event in ["participant_joined", "participant_left", "participant_connection_aborted", "room_finished"] {
        for (arrived, ahead, created_at) in [(0, 60, 60), (0, 61, 0), (5, 1_700_000_002, 5), (u64::MAX, 61, 61)] {
            let mut body = with("event", json!(event));
            body["createdAt"] = json!(ahead);
            let change = PresenceChange::from_body(body.to_string().as_bytes(), arrived).unwrap().unwrap();
            assert_eq!(change.created_at, created_at, "{event} {arrived} {ahead}");
        }
    }
}

#[test]
fn a_cursor_is_a_time_a_dot_and_an_identity() {
    for (text, joined_at, identity) in [
        ("1700000000.user-456", NOW, "user-456"),
        ("0.a", 0, "a"),
        ("8640000000000.1.2", 8_640_000_000_000, "1.2"),
        ("1. ", 1, " "),
        ("1.\u{1f980}", 1, "\u{1f980}"),
    ] {
        assert_eq!(PresenceCursor::parse(text), Ok(PresenceCursor { joined_at, identity }), "{text}");
    }
    for text in
        ["", ".", "1", "1.", ".a", "-1.a", "+1.a", "1e3.a", " 1.a", "1 .a", "8640000000001.a", "x.a", "1.a\0", "١.a"]
    {
        let error = PresenceCursor::parse(text).unwrap_err();
        assert_eq!(error.field_messages(), ["after must be the next of an earlier page"], "{text}");
    }
}

#[test]
fn a_body_is_one_json_object_without_a_repeated_field() {
    let event = joined().to_string();
    let again = |member: &str| format!("{},{member}}}", event.strip_suffix('}').unwrap());
    for (body, error) in [
        (String::new(), LivekitError::BodyNotEvent),
        ("x".into(), LivekitError::BodyNotJson),
        (event.replacen('{', "{{", 1), LivekitError::BodyNotJson),
        (format!("{event}{event}"), LivekitError::BodyNotJson),
        ("null".into(), LivekitError::BodyNotObject),
        (format!("[{event}]"), LivekitError::BodyNotObject),
        ("\"participant_joined\"".into(), LivekitError::BodyNotObject),
        (again(r#""event":"room_finished""#), LivekitError::BodyRepeatsField),
        (again(r#""\u0065vent":"participant_joined""#), LivekitError::BodyRepeatsField),
        (again(r#""room":{}"#), LivekitError::BodyRepeatsField),
        (again(r#""x":{"a":1,"a":1}"#), LivekitError::BodyRepeatsField),
        (again(&format!(r#""x":{}{}"#, "[".repeat(40), "]".repeat(40))), LivekitError::BodyTooComplex),
    ] {
        assert_eq!(PresenceChange::from_body(body.as_bytes(), NOW), Err(error), "{body}");
    }
    assert!(PresenceChange::from_body(again(r#""x":[{"a":null}]"#).as_bytes(), NOW).unwrap().is_some());
    assert_eq!(PresenceChange::from_body(b"{\"event\":\"\xff\"}", NOW), Err(LivekitError::BodyNotJson));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

    /// Events that are nearly valid.
    fn any_body() -> impl Strategy<Value = Vec<u8>> {
        let paths = vec![
            "event",
            "id",
            "createdAt",
            "room",
            "room/name",
            "room/sid",
            "participant",
            "participant/sid",
            "participant/identity",
            "participant/name",
            "participant/kind",
            "participant/permission",
            "x",
        ];
        let values = select(vec![
            json!(null),
            json!(""),
            json!("participant_left"),
            json!("room_finished"),
            json!("\0"),
            json!("EGRESS"),
            json!({}),
            json!({"hidden": true}),
            json!({"sid": "a", "name": "b"}),
            json!([]),
            json!(1),
            json!(-1),
            json!("7"),
        ]);
        let changed = (select(paths), values).prop_map(|(path, value)| with(path, value).to_string().into_bytes());
        let spliced = (changed.clone(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..3)).prop_map(
            |(mut body, at, bytes)| {
                let at = at.index(body.len());
                body.splice(at..at.saturating_add(1).min(body.len()), bytes);
                body
            },
        );
        prop_oneof![changed, spliced, vec(any::<u8>(), 0..60)]
    }

    proptest! {
        #![proptest_config(Config { cases: 10_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn any_bytes_are_an_event_or_an_error(body in any_body()) {
            match PresenceChange::from_body(&body, NOW) {
                Err(error) => prop_assert!(error.code().starts_with("body_"), "{error:?}"),
                Ok(None) => {}
                Ok(Some(PresenceChange { event_id, created_at, kind, room, room_sid })) => {
                    prop_assert!(created_at < 1 << 53);
                    let participant = match kind {
                        PresenceKind::Joined(participant) | PresenceKind::Left(participant) => Some(participant),
                        PresenceKind::Ended => None,
                    };
                    let name_has_nul = participant.as_ref().is_some_and(|participant| participant.name.contains('\0'));
                    let ids = participant.into_iter().flat_map(|participant| [participant.sid, participant.identity]);
                    prop_assert!(!name_has_nul);
                    for id in ids.chain([event_id, room, room_sid]) {
                        prop_assert!(!id.is_empty() && !id.contains('\0'));
                    }
                }
            }
        }
    }
}
