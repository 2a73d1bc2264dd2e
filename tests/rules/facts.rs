//! Facts: a malformed row of the store is an error (W5, W19).

use livekit_edge::{
    Facts, LivekitError,
    rbac::{ChannelFacts, CommunityBan, UserFacts},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FIELDS: [&str; 13] = [
    "userId",
    "role",
    "banned",
    "tokenRevoked",
    "channelId",
    "isPrivate",
    "isMember",
    "groupId",
    "actions",
    "banActive",
    "banEnds",
    "timeoutEnds",
    "identityIsUser",
];

fn row() -> Value {
    json!({
        "userId": "user-456", "role": "USER", "banned": 0, "tokenRevoked": 0,
        "channelId": "channel-abc123", "isPrivate": 1, "isMember": 1, "groupId": null, "actions": ["JOIN_CHANNEL"],
        "banActive": null, "banEnds": null, "timeoutEnds": null, "identityIsUser": 0,
    })
}

fn read(row: &Value) -> Option<Facts> {
    read_text(&row.to_string())
}

fn read_text(text: &str) -> Option<Facts> {
    let result = Facts::from_json(text.as_bytes());
    if let Err(error) = &result {
        assert_eq!(error, &LivekitError::StoreUnavailable);
    }
    result.ok()
}

fn with(field: &str, value: Value) -> Option<Facts> {
    let mut row = row();
    row[field] = value;
    read(&row)
}

fn user(field: &str, value: Value) -> UserFacts {
    with(field, value).unwrap().user.unwrap()
}

fn channel(field: &str, value: Value) -> ChannelFacts {
    with(field, value).unwrap().channel.unwrap()
}

#[test]
fn every_field_of_a_row_is_read() {
    let expected = Facts {
        user: Some(UserFacts {
            id: "user-456".into(),
            owner: false,
            banned: false,
            token_revoked: false,
            ..UserFacts::default()
        }),
        channel: Some(ChannelFacts {
            id: "channel-abc123".into(),
            private: true,
            member: true,
            actions: vec!["JOIN_CHANNEL".into()],
            ban: None,
            timeout_ends: None,
            ..ChannelFacts::default()
        }),
        identity_is_user: false,
        ..Facts::default()
    };
    assert_eq!(read(&row()), Some(expected));
    assert_eq!(with("userId", Value::Null).unwrap().user, None);
    assert_eq!(with("channelId", Value::Null).unwrap().channel, None);
    assert_eq!(with("groupId", json!("dm-1")).unwrap().group_id.as_deref(), Some("dm-1"));
    assert_eq!(channel("actions", json!([])).actions, [""; 0]);
    assert_eq!(channel("timeoutEnds", json!(1_700_000_000)).timeout_ends, Some(1_700_000_000));
    assert_eq!(channel("kickedUntil", json!(5)).kicked_until, Some(5));
    assert_eq!(channel("identityKickedUntil", json!(5)).identity_kicked_until, Some(5));
    assert_eq!(channel("lockedAt", json!(5)).locked_at, Some(5));
    for field in ["kickedUntil", "identityKickedUntil", "lockedAt"] {
        assert_eq!(with(field, Value::Null), read(&row()), "{field} null, as if left out");
    }
}

#[test]
fn w5_a_ban_is_active_or_lifted_and_ends_or_not() {
    for (active, ends, expected) in [
        (json!(1), json!(null), Some(CommunityBan { active: true, ends: None })),
        (json!(true), json!(5), Some(CommunityBan { active: true, ends: Some(5) })),
        (json!(0), json!(null), Some(CommunityBan { active: false, ends: None })),
        (json!(false), json!(5), Some(CommunityBan { active: false, ends: Some(5) })),
        (json!(null), json!(null), None),
    ] {
        let mut row = row();
        row["banActive"] = active;
        row["banEnds"] = ends;
        assert_eq!(read(&row).unwrap().channel.unwrap().ban, expected, "{row}");
    }
}

#[test]
fn booleans_are_true_false_1_or_0() {
    for (value, expected) in [(json!(0), false), (json!(1), true), (json!(false), false), (json!(true), true)] {
        assert_eq!(user("banned", value.clone()).banned, expected);
        assert_eq!(user("tokenRevoked", value.clone()).token_revoked, expected);
        assert_eq!(channel("isPrivate", value.clone()).private, expected);
        assert_eq!(channel("isMember", value.clone()).member, expected);
        assert_eq!(channel("banActive", value.clone()).ban.unwrap().active, expected);
        assert_eq!(with("identityIsUser", value).unwrap().identity_is_user, expected);
    }
}

#[test]
fn no_other_value_is_a_boolean() {
    let wrong = [
        json!(2),
        json!(-1),
        json!(1.0),
        json!(0.0),
        json!(0.5),
        json!("1"),
        json!("0"),
        json!("true"),
        json!("t"),
        json!(""),
        json!([]),
        json!([1]),
        json!({}),
        json!(u64::MAX),
    ];
    for field in ["banned", "tokenRevoked", "isPrivate", "isMember", "banActive", "identityIsUser"] {
        for value in &wrong {
            assert_eq!(with(field, value.clone()), None, "{field} {value}");
        }
        if field != "banActive" {
            assert_eq!(with(field, Value::Null), None, "{field} null");
        }
    }
}

#[test]
fn only_the_role_owner_is_the_owner() {
    for (role, owner) in
        [("OWNER", true), ("USER", false), ("owner", false), ("OWNER ", false), ("", false), ("ADMIN", false)]
    {
        assert_eq!(user("role", json!(role)).owner, owner, "{role:?}");
    }
}

#[test]
fn a_value_of_another_type_is_an_error() {
    let texts = [json!(1), json!(true), json!([]), json!(["a"]), json!({})];
    let times = [
        json!(-1),
        json!(1.5),
        json!(1e3),
        json!("5"),
        json!("2099-01-01T00:00:00Z"),
        json!(true),
        json!([]),
        json!({}),
    ];
    let lists = [
        json!(null),
        json!("JOIN_CHANNEL"),
        json!("[\"JOIN_CHANNEL\"]"),
        json!(1),
        json!({}),
        json!([1]),
        json!([null]),
        json!([["JOIN_CHANNEL"]]),
        json!({"0": "JOIN_CHANNEL"}),
    ];
    for (fields, values) in [
        (["userId", "role", "channelId", "groupId"].as_slice(), texts.as_slice()),
        (&["banEnds", "timeoutEnds", "kickedUntil", "identityKickedUntil", "lockedAt"], &times),
        (&["actions"], &lists),
    ] {
        for field in fields {
            for value in values {
                let mut row = row();
                row["banActive"] = json!(1);
                row[*field] = value.clone();
                assert_eq!(read(&row), None, "{row}");
            }
        }
    }
    assert_eq!(with("role", Value::Null), None, "a user has a role");
}

/// W19: a missing column (in JavaScript, `undefined`) does not mean that there is no such row.
#[test]
fn w19_a_missing_field_is_an_error() {
    for field in FIELDS {
        let mut row = row();
        row.as_object_mut().unwrap().remove(field).unwrap();
        assert_eq!(read(&row), None, "without {field}");
    }
    assert_eq!(read(&json!({})), None);
}

/// W19: a column with another name would be ignored.
#[test]
fn w19_an_unknown_field_is_an_error() {
    for field in ["x", "", "userid", "user_id", "USERID", "userId ", "ban_active", "__proto__"] {
        assert_eq!(with(field, json!(1)), None, "{field:?}");
    }
}

/// W5, W19: a ban under another name would be ignored, and the row would have the right number of fields.
#[test]
fn w19_a_renamed_field_is_an_error() {
    for field in FIELDS {
        let mut row = row();
        let fields = row.as_object_mut().unwrap();
        let value = fields.remove(field).unwrap();
        fields.insert(format!("{field}_"), value);
        assert_eq!(fields.len(), FIELDS.len());
        assert_eq!(read(&row), None, "{field}");
    }
}

#[test]
fn w19_a_repeated_field_is_an_error() {
    let text = row().to_string();
    for field in FIELDS {
        let twice = format!("{},\"{field}\":{}}}", text.strip_suffix('}').unwrap(), row()[field]);
        assert_eq!(read_text(&twice), None, "{field}");
    }
}

/// A row as an array would depend on the order of the columns.
#[test]
fn w19_anything_but_an_object_is_an_error() {
    let by_position = FIELDS.map(|field| row()[field].clone());
    for value in [
        json!(by_position),
        json!([row()]),
        json!([]),
        json!(null),
        json!(true),
        json!(1),
        json!("row"),
        json!(row().to_string()),
    ] {
        assert_eq!(read(&value), None, "{value}");
    }
}
