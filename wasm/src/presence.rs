//! Presence: changes from webhooks, and the comparison with LiveKit's list.

use crate::{
    convert::{seconds, to_js},
    error::error_to_js,
    host,
};
use livekit_edge::{
    json::{Object, Value},
    presence::{PresenceChange, PresenceKind, PresentParticipant},
    reconciliation::{ListedParticipant, Reconciliation, StoredConnection},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A connection that the store has as present; `changedAt` is in Unix seconds. */
export interface StoredConnection { roomSid: string; participantSid: string; changedAt: number }
/** A participant that LiveKit lists and the store does not have as present; `joinedAt` is in Unix seconds. */
export interface ListedParticipant {
    sid: string; identity: string; name: string; isAgent: boolean; isPerson: boolean; joinedAt: number
}
/** The changes that lost or delayed webhooks would have made to the store. */
export interface Reconciliation { missing: StoredConnection[]; joined: ListedParticipant[] }
"#;

/// Compares the participants that LiveKit lists with the connections that the store has as present. Both are the JSON
/// text of an array. Returns `null` if either is malformed.
#[wasm_bindgen(js_name = reconcilePresence, unchecked_return_type = "Reconciliation | null")]
pub fn reconcile_presence(room_sid: Option<String>, listed: &str, stored: &str) -> Result<JsValue, JsValue> {
    let now = host::now().map_err(error_to_js)?;
    let compared = Reconciliation::from_json(room_sid.as_deref(), listed.as_bytes(), stored.as_bytes(), now);
    let Ok(Reconciliation { missing, joined }) = compared else { return Ok(JsValue::NULL) };
    Ok(to_js(
        &Object::default()
            .with("missing", missing.iter().map(stored_object).collect::<Value<'_>>())
            .with("joined", joined.iter().map(listed_object).collect::<Value<'_>>()),
    ))
}

fn stored_object(connection: &StoredConnection) -> Object<'_> {
    Object::default()
        .with("roomSid", connection.room_sid.as_str())
        .with("participantSid", connection.participant_sid.as_str())
        .with("changedAt", seconds(connection.changed_at))
}

fn listed_object(ListedParticipant { participant, joined_at }: &ListedParticipant) -> Object<'_> {
    participant_object(participant).with("joinedAt", seconds(*joined_at))
}

/// Converts a change of presence into an object.
pub(crate) fn presence_object(change: &PresenceChange) -> Object<'_> {
    let (kind, participant) = match &change.kind {
        PresenceKind::Joined(participant) => ("joined", Some(participant)),
        PresenceKind::Left(participant) => ("left", Some(participant)),
        PresenceKind::Ended => ("ended", None),
    };
    Object::default()
        .with("eventId", change.event_id.as_str())
        .with("createdAt", seconds(change.created_at))
        .with("change", kind)
        .with("room", change.room.as_str())
        .with("roomSid", change.room_sid.as_str())
        .with("participant", participant.map(participant_object))
}

fn participant_object(participant: &PresentParticipant) -> Object<'_> {
    Object::default()
        .with("sid", participant.sid.as_str())
        .with("identity", participant.identity.as_str())
        .with("name", participant.name.as_str())
        .with("isAgent", participant.is_agent)
        .with("isPerson", participant.is_person)
}
