//! Kinds and states of participants in LiveKit's JSON.

use crate::json::{Fields, Value, WrongType};

/// Kinds of participants that are not people, by name and number.
const SERVICES: [(&str, u64); 6] =
    [("INGRESS", 1), ("EGRESS", 2), ("SIP", 3), ("AGENT", 4), ("CONNECTOR", 7), ("BRIDGE", 8)];

/// True for a person, to whom kicks, locks and sync apply. They do not apply to agents, recorders, and participants of
/// ingress, telephony (who may have dialled in) and other services. A participant of an unknown, newer kind counts as a
/// person, so that it cannot avoid a kick or lock.
pub(crate) fn is_person(participant: &Fields<'_>) -> Result<bool, WrongType> {
    for (name, number) in SERVICES {
        if is(participant, "kind", name, number)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn is_agent(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "AGENT", 4)
}

/// True for recorders and hidden participants, which presence does not show.
pub(crate) fn is_unseen(participant: &Fields<'_>) -> Result<bool, WrongType> {
    Ok(is_hidden(participant)? || is_recorder(participant)?)
}

/// True for a recorder (egress). Presence does not show it, and moderators cannot remove it.
///
/// # Errors
/// [`WrongType`] for a field that is not one of LiveKit's `ParticipantInfo`.
pub fn is_recorder(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "EGRESS", 2)
}

pub(crate) fn is_hidden(participant: &Fields<'_>) -> Result<bool, WrongType> {
    match participant.object("permission")? {
        None => Ok(false),
        Some(permission) => Ok(Fields::new(permission).boolean("hidden")?.unwrap_or(false)),
    }
}

pub(crate) fn is_active(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "state", "ACTIVE", 2)
}

pub(crate) fn is_disconnected(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "state", "DISCONNECTED", 3)
}

/// Compares an enum, which proto3 JSON serializes by name or number, and omits if it is 0.
fn is(participant: &Fields<'_>, field: &str, name: &str, number: u64) -> Result<bool, WrongType> {
    match participant.value(field) {
        None => Ok(number == 0),
        Some(Value::String(text)) => Ok(text == name),
        Some(Value::Number(value)) => Ok(value.as_u64() == Some(number)),
        Some(_) => Err(WrongType),
    }
}
