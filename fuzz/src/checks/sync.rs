//! The action for a participant is compared with a literal implementation, whose rights are sets.

use super::{Checks, kraken::ROOM};
use livekit_edge::{
    json::{self, Fields},
    rbac::{SyncAction, Wanted, compare, is_synced},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The sources of LiveKit's protocol with their names in a token, in the order of their numbers. `OTHER` is any source
/// of a newer LiveKit.
const SOURCES: [(&str, &str); 4] = [
    ("CAMERA", "camera"),
    ("MICROPHONE", "microphone"),
    ("SCREEN_SHARE", "screen_share"),
    ("SCREEN_SHARE_AUDIO", "screen_share_audio"),
];
const OTHER: &str = "OTHER";

/// The input is a `ParticipantInfo` with a field `wanted`: for each user the grants, or `null` for one who may not be in
/// the room.
pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let participant = checks.option("input", json::parse_object(input).ok());
    let Some(participant) = participant else { return };
    let value: Value = serde_json::from_slice(input).expect("strict JSON is JSON");
    let fields = Fields::new(&participant);
    let synced = is_synced(&fields).ok();
    assert_eq!(synced, is_visible_person(&value), "{value}");
    checks.option("followed", synced);

    let mut wanted = Vec::new();
    let users = value.get("wanted").and_then(Value::as_array).cloned().unwrap_or_default();
    for user in &users {
        let text = user.to_string();
        let Ok(grants) = json::parse_object(text.as_bytes()) else {
            wanted.push(Wanted::Refused);
            continue;
        };
        match checks.result("grants", Wanted::from_grants(&grants, ROOM, &[])) {
            Some(rights) => wanted.push(rights),
            None => return,
        }
    }
    let compared = compare(&fields, &wanted);
    let permission = value.get("permission").and_then(Value::as_object);
    // Serialized and parsed again, as the action is, because serde_json parses long numbers approximately.
    let expected = permission.and_then(|permission| decide(permission, &users)).map(|it| parsed(&it.to_string()));
    let action = compared.as_ref().ok().map(|action| match action {
        SyncAction::None => json!("none"),
        SyncAction::Unknown => json!("unknown"),
        SyncAction::Remove => json!("remove"),
        SyncAction::Update(permission) => parsed(&json::object_to_string(permission)),
        other => panic!("{other:?}"),
    });
    assert_eq!(action, expected, "{value}");
    if let Ok(SyncAction::Update(permission)) = compared {
        let text = json!({ "permission": parsed(&json::object_to_string(&permission)) }).to_string();
        let updated = json::parse_object(text.as_bytes()).expect("JSON");
        assert_eq!(
            compare(&Fields::new(&updated), &wanted),
            Ok(SyncAction::None),
            "a second sync changes nothing: {value}"
        );
    }
    checks.option("compared", action);
}

/// Kinds that are not people.
pub(super) const SERVICES: [(&str, u64); 6] =
    [("INGRESS", 1), ("EGRESS", 2), ("SIP", 3), ("AGENT", 4), ("CONNECTOR", 7), ("BRIDGE", 8)];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn is_visible_person(participant: &Value) -> Option<bool> {
    let of = |name: &str| participant.get(name).filter(|value| !value.is_null());
    let is = |field: &str, name: &str, number: u64| match of(field) {
        None => Some(number == 0),
        Some(Value::String(text)) => Some(text == name),
        Some(Value::Number(value)) => Some(value.as_u64() == Some(number)),
        Some(_) => None,
    };
    let permission = of("permission")?.as_object()?;
    let services = SERVICES.iter().map(|(name, number)| is("kind", name, *number)).collect::<Option<Vec<_>>>()?;
    Some(!services.contains(&true) && !is("state", "DISCONNECTED", 3)? && !flag(permission, ["hidden", "hidden"])?)
}

/// Gets a flag by either of its names; `None` for another type.
fn flag(permission: &Map<String, Value>, names: [&str; 2]) -> Option<bool> {
    let given = names.into_iter().find_map(|name| permission.get(name).filter(|value| !value.is_null()));
    given.map_or(Some(false), Value::as_bool)
}

/// Rights as a set of names: `publish CAMERA`, `subscribe`.
type Rights = BTreeSet<String>;

fn may_publish(sources: &BTreeSet<&str>) -> impl Iterator<Item = String> {
    sources.iter().map(|source| format!("publish {source}")).collect::<Vec<_>>().into_iter()
}

fn all_sources() -> BTreeSet<&'static str> {
    SOURCES.iter().map(|(name, _)| *name).chain([OTHER]).collect()
}

const FLAGS: [(&str, [&str; 2]); 3] = [
    ("subscribe", ["can_subscribe", "canSubscribe"]),
    ("data", ["can_publish_data", "canPublishData"]),
    ("metadata", ["can_update_metadata", "canUpdateMetadata"]),
];
/// Flags that do not change unless grants set them, and their names in grants.
const KEPT: [(&str, [&str; 2]); 2] = [
    ("canSubscribeMetrics", ["can_subscribe_metrics", "canSubscribeMetrics"]),
    ("canManageAgentSession", ["can_manage_agent_session", "canManageAgentSession"]),
];

fn decide(permission: &Map<String, Value>, users: &[Value]) -> Option<Value> {
    if users.iter().any(|user| !user.is_object()) {
        return Some(json!("remove"));
    }
    let Some((first, others)) = users.split_first() else { return Some(json!("unknown")) };
    let rights = others.iter().fold(granted(first), |rights, other| &rights & &granted(other));
    // False for any user denies; it is true only if it is true for every user.
    let unchanged = KEPT.map(|(name, _)| {
        let given: Vec<_> = users.iter().map(|user| user.get(name).and_then(Value::as_bool)).collect();
        match () {
            () if given.contains(&Some(false)) => Some(false),
            () => given.iter().all(|flag| *flag == Some(true)).then_some(true),
        }
    });
    let current = current_rights(permission)?;
    let are_kept = KEPT.iter().zip(unchanged).map(|((_, names), wanted)| {
        let flag = flag(permission, *names)?;
        Some(wanted.is_none_or(|wanted| wanted == flag))
    });
    let are_kept = are_kept.collect::<Option<Vec<_>>>()?.into_iter().all(|is_kept| is_kept);
    Some(if current == rights && are_kept { json!("none") } else { new_permission(permission, &rights, unchanged) })
}

fn granted(grants: &Value) -> Rights {
    let flag = |name| grants.get(name).and_then(Value::as_bool);
    let publish = flag("canPublish").unwrap_or(true);
    let given = grants.get("canPublishSources").and_then(Value::as_array).cloned().unwrap_or_default();
    let source = |value: &Value| match value {
        Value::String(name) => SOURCES.iter().find(|(_, in_token)| in_token == name).map(|(source, _)| *source),
        value => numbered(value),
    };
    let sources = match given.is_empty() {
        true => all_sources(),
        false => given.iter().map(|value| source(value).unwrap_or(OTHER)).collect(),
    };
    let flags = [
        ("subscribe", flag("canSubscribe").unwrap_or(true)),
        ("data", flag("canPublishData").unwrap_or(publish)),
        ("metadata", flag("canUpdateOwnMetadata").unwrap_or(false)),
    ];
    let flags = flags.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name.into());
    flags.chain(publish.then(|| may_publish(&sources)).into_iter().flatten()).collect()
}

fn numbered(value: &Value) -> Option<&'static str> {
    let index = usize::try_from(value.as_u64()?.checked_sub(1)?).ok()?;
    SOURCES.get(index).map(|(source, _)| *source)
}

/// Rights of a `ParticipantPermission`; `None` if a field has another type.
fn current_rights(permission: &Map<String, Value>) -> Option<Rights> {
    let mut rights = Rights::new();
    for (name, names) in FLAGS {
        if flag(permission, names)? {
            rights.insert(name.into());
        }
    }
    let names = ["can_publish_sources", "canPublishSources"];
    let given = names.into_iter().find_map(|name| permission.get(name).filter(|value| !value.is_null()));
    let mut sources = BTreeSet::new();
    for value in given.map_or(Some([].as_slice()), |given| given.as_array().map(Vec::as_slice))? {
        sources.insert(match value {
            Value::String(name) => SOURCES.iter().find(|(known, _)| known == name).map_or(OTHER, |(known, _)| *known),
            Value::Number(_) => numbered(value).unwrap_or(OTHER),
            _ => return None,
        });
    }
    if sources.is_empty() {
        sources = all_sources();
    }
    if flag(permission, ["can_publish", "canPublish"])? {
        rights.extend(may_publish(&sources));
    }
    Some(rights)
}

/// Creates the permission with these rights.
fn new_permission(permission: &Map<String, Value>, rights: &Rights, unchanged: [Option<bool>; 2]) -> Value {
    let mut new_permission = permission.clone();
    let mut set = |[snake, camel]: [&str; 2], value: Value| {
        new_permission.remove(camel);
        new_permission.insert(snake.into(), value);
    };
    for (name, names) in FLAGS {
        set(names, json!(rights.contains(name)));
    }
    let is_all = all_sources().iter().all(|source| rights.contains(&format!("publish {source}")));
    let sources: Vec<_> = SOURCES.iter().map(|(source, _)| *source).collect();
    let sources: Vec<_> =
        sources.into_iter().filter(|source| !is_all && rights.contains(&format!("publish {source}"))).collect();
    set(["can_publish", "canPublish"], json!(rights.iter().any(|right| right.starts_with("publish "))));
    set(["can_publish_sources", "canPublishSources"], json!(sources));
    for ((_, names), flag) in KEPT.into_iter().zip(unchanged) {
        if let Some(flag) = flag {
            set(names, json!(flag));
        }
    }
    Value::Object(new_permission)
}
