//! Kinds of participants in LiveKit's JSON: whom the rules of a room are about, and who is shown.

use crate::json::{Fields, Value, WrongType};

/// True for a person. Agents, recorders, and participants of ingress, telephony and other services are started by the operator:
/// kicks, locks and sync leave them alone.
pub(crate) fn is_person(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "STANDARD", 0)
}

pub(crate) fn is_agent(participant: &Fields<'_>) -> Result<bool, WrongType> {
    is(participant, "kind", "AGENT", 4)
}

/// True for recorders and hidden participants, who are not shown.
pub(crate) fn is_unseen(participant: &Fields<'_>) -> Result<bool, WrongType> {
    Ok(is_hidden(participant)? || is_recorder(participant)?)
}

/// True for a recorder, of which moderators and participants know nothing.
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

/// Compares an enum, which JSON writes by name or number, and leaves out if it is 0.
fn is(participant: &Fields<'_>, field: &str, name: &str, number: u64) -> Result<bool, WrongType> {
    match participant.value(field) {
        None => Ok(number == 0),
        Some(Value::String(text)) => Ok(text == name),
        Some(Value::Number(value)) => Ok(value.as_u64() == Some(number)),
        Some(_) => Err(WrongType),
    }
}
