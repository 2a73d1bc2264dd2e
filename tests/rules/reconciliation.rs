//! Reconciliation: comparison of LiveKit's list of a room with the stored connections.

use crate::common::NOW;
use livekit_edge::{
    json::WrongType,
    presence::{MAX_CLOCK_SKEW, PresentParticipant},
    reconciliation::{ListedParticipant, Reconciliation, StoredConnection},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "RM_now";

/// A participant in a response of LiveKit's server: Twirp's JSON has snake_case names.
fn participant(sid: &str) -> Value {
    json!({
        "sid": sid,
        "identity": format!("{sid} identity"),
        "state": "ACTIVE",
        "tracks": [],
        "metadata": "",
        "joined_at": "1699999000",
        "name": "Alice",
        "permission": {"can_subscribe": true, "hidden": false},
        "kind": "STANDARD",
    })
}

fn with(sid: &str, name: &str, value: Value) -> Value {
    let mut participant = participant(sid);
    participant[name] = value;
    participant
}

fn stored(room_sid: &str, participant_sid: &str) -> Value {
    json!({"roomSid": room_sid, "participantSid": participant_sid, "changedAt": 7})
}

fn compare(room_sid: Option<&str>, listed: &Value, stored: &Value) -> Result<Reconciliation, WrongType> {
    Reconciliation::from_json(room_sid, listed.to_string().as_bytes(), stored.to_string().as_bytes(), NOW)
}

fn missing(room_sid: &str, participant_sid: &str) -> StoredConnection {
    StoredConnection { room_sid: room_sid.into(), participant_sid: participant_sid.into(), changed_at: 7 }
}

fn joined(sid: &str) -> ListedParticipant {
    let identity = format!("{sid} identity");
    let participant =
        PresentParticipant { sid: sid.into(), identity, name: "Alice".into(), is_agent: false, is_person: true };
    ListedParticipant { participant, joined_at: 1_699_999_000 }
}

#[test]
fn stored_but_unlisted_is_missing_and_listed_but_unstored_has_joined() {
    let listed = json!([participant("PA_known"), participant("PA_new")]);
    let stored = json!([stored(ROOM, "PA_known"), stored(ROOM, "PA_gone"), stored("RM_before", "PA_new")]);
    let expected = Reconciliation {
        missing: vec![missing(ROOM, "PA_gone"), missing("RM_before", "PA_new")],
        joined: vec![joined("PA_new")],
    };
    assert_eq!(compare(Some(ROOM), &listed, &stored), Ok(expected));
    assert_eq!(compare(Some(ROOM), &json!([]), &json!([])), Ok(Reconciliation::default()));
}

#[test]
fn no_participant_is_in_a_room_that_is_not_running() {
    let all = json!([stored(ROOM, "PA_1"), stored("RM_before", "PA_2")]);
    let expected =
        Reconciliation { missing: vec![missing(ROOM, "PA_1"), missing("RM_before", "PA_2")], joined: vec![] };
    assert_eq!(compare(None, &json!([]), &all), Ok(expected));
    assert_eq!(compare(None, &json!([participant("PA_1")]), &all), Err(WrongType), "participants without a room");
}

#[test]
fn recorders_hidden_participants_and_those_who_are_disconnected_are_not_present() {
    for unseen in [
        with("PA_1", "kind", json!("EGRESS")),
        with("PA_1", "kind", json!(2)),
        with("PA_1", "state", json!(3)),
        with("PA_1", "permission", json!({"hidden": true})),
        with("PA_1", "state", json!("DISCONNECTED")),
    ] {
        let expected = Reconciliation { missing: vec![missing(ROOM, "PA_1")], joined: vec![] };
        assert_eq!(compare(Some(ROOM), &json!([unseen]), &json!([stored(ROOM, "PA_1")])), Ok(expected));
        assert_eq!(compare(Some(ROOM), &json!([unseen]), &json!([])), Ok(Reconciliation::default()));
    }
}

/// LiveKit also sends `participant_joined` only after a participant is active.
#[test]
fn a_participant_who_is_not_active_yet_neither_joins_nor_leaves() {
    for state in [json!("JOINING"), json!("JOINED"), json!(null), json!("SOME_DAY")] {
        let listed = json!([with("PA_1", "state", state)]);
        assert_eq!(compare(Some(ROOM), &listed, &json!([])), Ok(Reconciliation::default()));
        assert_eq!(compare(Some(ROOM), &listed, &json!([stored(ROOM, "PA_1")])), Ok(Reconciliation::default()));
    }
}

#[test]
fn agents_and_persons_are_marked() {
    for (kind, is_agent, is_person) in [
        (json!("STANDARD"), false, true),
        (json!(0), false, true),
        (json!(null), false, true),
        (json!("AGENT"), true, false),
        (json!(4), true, false),
        (json!("SIP"), false, false),
        (json!("INGRESS"), false, false),
        (json!(1), false, false),
        (json!("agent"), false, true),
        (json!(7), false, false),
        (json!("BRIDGE"), false, false),
        (json!("OF_A_NEWER_LIVEKIT"), false, true),
        (json!(9), false, true),
    ] {
        let compared = compare(Some(ROOM), &json!([with("PA_1", "kind", kind.clone())]), &json!([])).unwrap();
        let marked = &compared.joined[0].participant;
        assert_eq!((marked.is_agent, marked.is_person), (is_agent, is_person), "{kind}");
    }
}

#[test]
fn the_time_of_joining_is_livekits_and_at_most_a_minute_ahead() {
    for (value, joined_at) in [
        (json!("1699999000"), 1_699_999_000),
        (json!(1_699_999_000), 1_699_999_000),
        (json!(NOW + MAX_CLOCK_SKEW), NOW + MAX_CLOCK_SKEW),
        (json!(NOW + MAX_CLOCK_SKEW + 1), NOW),
    ] {
        let compared = compare(Some(ROOM), &json!([with("PA_1", "joined_at", value)]), &json!([])).unwrap();
        assert_eq!(compared.joined[0].joined_at, joined_at);
    }
    let mut camel_case = with("PA_1", "joinedAt", json!("1699999000"));
    camel_case.as_object_mut().unwrap().remove("joined_at");
    assert_eq!(compare(Some(ROOM), &json!([camel_case]), &json!([])).unwrap().joined, [joined("PA_1")]);
}

#[test]
fn malformed_lists_change_nothing() {
    let wrong = [json!(null), json!({}), json!("x"), json!(1), json!([1]), json!([null]), json!([[]]), json!([{}])];
    for list in &wrong {
        assert_eq!(compare(Some(ROOM), list, &json!([stored(ROOM, "PA_1")])), Err(WrongType), "{list}");
        assert_eq!(compare(Some(ROOM), &json!([participant("PA_1")]), list), Err(WrongType), "{list}");
        assert_eq!(compare(None, &json!([]), list), Err(WrongType), "{list}");
    }
    for (name, values) in [
        ("sid", vec![json!(null), json!(""), json!("a\0"), json!(1)]),
        ("identity", vec![json!(null), json!(""), json!("a\0"), json!([])]),
        ("name", vec![json!(1), json!({})]),
        ("kind", vec![json!([]), json!(true)]),
        ("state", vec![json!({}), json!(false)]),
        ("permission", vec![json!([]), json!({"hidden": 1})]),
        ("joined_at", vec![json!(null), json!(""), json!(-1), json!("x"), json!(u64::MAX)]),
    ] {
        for value in values {
            let listed = json!([participant("PA_2"), with("PA_1", name, value.clone())]);
            assert_eq!(compare(Some(ROOM), &listed, &json!([])), Err(WrongType), "{name} {value}");
        }
    }
    for (name, value) in [("roomSid", json!(1)), ("participantSid", json!(null)), ("changedAt", json!("7"))] {
        let mut connection = stored(ROOM, "PA_1");
        connection[name] = value;
        assert_eq!(compare(Some(ROOM), &json!([]), &json!([connection])), Err(WrongType), "{name}");
    }
    for text in ["", "[", "[]]", r#"[{"sid":"a","sid":"b"}]"#, "\u{feff}[]"] {
        assert_eq!(Reconciliation::from_json(Some(ROOM), text.as_bytes(), b"[]", NOW), Err(WrongType), "{text}");
        assert_eq!(Reconciliation::from_json(Some(ROOM), b"[]", text.as_bytes(), NOW), Err(WrongType), "{text}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::btree_set, prelude::*};
    use std::collections::BTreeSet;

    proptest! {
        /// For any stored and listed participants: after the changes, exactly the listed ones are stored.
        #[test]
        fn the_result_makes_stored_and_listed_equal(
            listed in btree_set(0..12_u8, 0..12),
            now in btree_set(0..12_u8, 0..12),
            before in btree_set(0..12_u8, 0..12),
        ) {
            let sid = |number: &u8| format!("PA_{number}");
            let in_start = |start: &str, sids: &BTreeSet<u8>| {
                sids.iter().map(|number| (start.to_owned(), sid(number))).collect::<BTreeSet<_>>()
            };
            let mut rows = in_start(ROOM, &now);
            rows.extend(in_start("RM_before", &before));
            let list: Value = listed.iter().map(|number| participant(&sid(number))).collect();
            let connections: Value = rows.iter().map(|(room, sid)| stored(room, sid)).collect();
            let compared = compare(Some(ROOM), &list, &connections).unwrap();
            for it in &compared.missing {
                prop_assert!(rows.remove(&(it.room_sid.clone(), it.participant_sid.clone())));
            }
            for it in &compared.joined {
                prop_assert!(rows.insert((ROOM.into(), it.participant.sid.clone())));
            }
            prop_assert_eq!(rows, in_start(ROOM, &listed));
        }
    }
}
