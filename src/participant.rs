//! Kinds and states of participants in LiveKit's JSON.

use crate::json::{Fields, Value, WrongType};

/// True for a person. The operator starts agents, recorders, and participants of ingress, telephony and other services,
/// so that kicks, locks and sync do not apply to them.
pub(crate) fn is_person(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "STANDARD", 0)
}

pub(crate) fn is_agent(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "AGENT", 4)
}

/// True for recorders and hidden participants, which presence does not show.
pub(crate) fn is_unseen(participant: &Fields<'_>) -> Result<bool, WrongType> {
    Ok(is_hidden(participant)? || is_recorder(participant)?)
}

/// True for a recorder, which moderators and participants do not see.
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
