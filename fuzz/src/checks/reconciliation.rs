//! The comparison of LiveKit's list with stored connections is compared with a literal implementation.

use super::{Checks, NOW, sync::SERVICES};
use livekit_edge::{
    json,
    presence::{MAX_CLOCK_SKEW, PresentParticipant},
    reconciliation::{ListedParticipant, Reconciliation, StoredConnection},
};
use serde_json::Value;

/// The last Unix second of JavaScript's `Date`.
const LAST_SECOND: u64 = 8_640_000_000_000;

/// The input is `{ room, listed, stored }`: the arguments of the comparison.
pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    // The rules reject a repeated field, while serde_json returns the last one.
    if checks.option("input", json::parse_object(input).ok()).is_none() {
        return;
    }
    let input: Value = serde_json::from_slice(input).expect("strict JSON is JSON");
    let of = |name| input.get(name).unwrap_or(&Value::Null);
    let (room, listed, stored) = (of("room").as_str(), of("listed"), of("stored"));
    let text = |value: &Value| value.to_string().into_bytes();
    let compared = Reconciliation::from_json(room, &text(listed), &text(stored), NOW).ok();
    assert_eq!(compared, compare(room, listed, stored), "{input}");
    checks.option("reconciled", compared);
}

/// A literal implementation: listed and visible participants are in the room; stored connections that are not are
/// missing.
fn compare(room: Option<&str>, listed: &Value, stored: &Value) -> Option<Reconciliation> {
    let mut present: Vec<(String, Option<ListedParticipant>)> = Vec::new();
    for participant in listed.as_array()? {
        let Some((sid, joined)) = read(participant)? else { continue };
        // Of two entries with the same id the last one is used.
        present.retain(|(other, _)| *other != sid);
        present.push((sid, joined));
    }
    if room.is_none() && !present.is_empty() {
        return None;
    }
    let stored: Vec<_> = stored.as_array()?.iter().map(connection).collect::<Option<_>>()?;
    let is_in = |connection: &StoredConnection| {
        room == Some(&connection.room_sid) && present.iter().any(|(sid, _)| *sid == connection.participant_sid)
    };
    let is_stored = |sid: &str| stored.iter().any(|it| room == Some(&it.room_sid) && it.participant_sid == sid);
    let mut joined: Vec<_> =
        present.iter().filter(|(sid, _)| !is_stored(sid)).filter_map(|(_, joined)| joined.clone()).collect();
    joined.sort_by(|one, other| one.participant.sid.cmp(&other.participant.sid));
    Some(Reconciliation { missing: stored.iter().filter(|it| !is_in(it)).cloned().collect(), joined })
}

/// Parses a listed participant. The inner value is `None` for a participant that presence does not show.
fn read(participant: &Value) -> Option<Option<(String, Option<ListedParticipant>)>> {
    let fields = participant.as_object()?;
    let of = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let is_hidden = match of("permission") {
        None => false,
        Some(permission) => match permission.as_object()?.get("hidden").filter(|value| !value.is_null()) {
            None => false,
            Some(hidden) => hidden.as_bool()?,
        },
    };
    let is = |field: &str, name: &str, number: u64| match of(field) {
        None => Some(number == 0),
        Some(Value::String(text)) => Some(text == name),
        Some(Value::Number(value)) => Some(value.as_u64() == Some(number)),
        Some(_) => None,
    };
    if is_hidden || is("kind", "EGRESS", 2)? || is("state", "DISCONNECTED", 3)? {
        return Some(None);
    }
    let id = |name| of(name)?.as_str().filter(|text| !text.is_empty() && !text.contains('\0')).map(String::from);
    let services = SERVICES.iter().map(|(name, number)| is("kind", name, *number)).collect::<Option<Vec<_>>>()?;
    let name = of("name").map_or(Some(""), Value::as_str)?.replace('\0', "");
    let sid = id("sid")?;
    let participant = PresentParticipant {
        sid: sid.clone(),
        identity: id("identity")?,
        name,
        is_agent: is("kind", "AGENT", 4)?,
        is_person: !services.contains(&true),
    };
    if !is("state", "ACTIVE", 2)? {
        return Some(Some((sid, None)));
    }
    let joined_at = of("joined_at").or_else(|| of("joinedAt"))?;
    let joined_at = match joined_at.as_str() {
        Some(text) => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??,
        None => joined_at.as_u64()?,
    };
    let joined_at = Some(joined_at).filter(|seconds| *seconds <= LAST_SECOND)?;
    let joined_at = if joined_at > NOW + MAX_CLOCK_SKEW { NOW } else { joined_at };
    Some(Some((sid, Some(ListedParticipant { participant, joined_at }))))
}

fn connection(row: &Value) -> Option<StoredConnection> {
    let text = |name| row.get(name)?.as_str().map(String::from);
    Some(StoredConnection {
        room_sid: text("roomSid")?,
        participant_sid: text("participantSid")?,
        changed_at: row.get("changedAt")?.as_u64()?,
    })
}
