//! Webhook event → what it changes in who is in which room.

use crate::{
    error::LivekitError,
    json::{Fields, Object, Value, WrongType},
    number::{LAST_DATE, parse_whole},
    service::read_body,
};
use alloc::string::String;

/// What an event changes (LiveKit `protobufs/livekit_webhook.proto`, `WebhookEvent`). Events come again and out of
/// order: the store applies each `event_id` once, and of two events about one participant the later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceChange {
    /// Id of the event.
    pub event_id: String,
    /// Unix second at which it happened, by LiveKit's clock.
    pub created_at: u64,
    /// What happened.
    pub kind: PresenceKind,
    /// Name of the room.
    pub room: String,
    /// Id of this start of the room.
    pub room_sid: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceKind {
    /// Somebody is in the room.
    Joined(PresentParticipant),
    /// Somebody is not in the room any more.
    Left(PresentParticipant),
    /// Nobody is.
    Ended,
}

/// Who joined or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentParticipant {
    /// Id of this stay of the participant.
    pub sid: String,
    /// Identity.
    pub identity: String,
    /// Display name, which may be empty.
    pub name: String,
}

impl PresenceChange {
    /// Reads the body of a webhook that was checked; `None` for an event that changes nobody's presence, such as a
    /// published track or the arrival of someone whom participants do not see.
    ///
    /// # Errors
    /// As [`read_body`]; [`LivekitError::BodyNotEvent`] for an object that is no event of LiveKit's.
    pub fn from_body(body: &[u8]) -> Result<Option<Self>, LivekitError> {
        let event = read_body(body)?;
        Self::from_event(&event).map_err(|WrongType| LivekitError::BodyNotEvent)
    }

    fn from_event(event: &Object) -> Result<Option<Self>, WrongType> {
        let event = Fields::of_object(event);
        let kind = match event.text("event")?.ok_or(WrongType)? {
            "participant_joined" => PresenceKind::Joined,
            "participant_left" | "participant_connection_aborted" => PresenceKind::Left,
            "room_finished" => return change(&event, PresenceKind::Ended),
            _ => return Ok(None),
        };
        let Some(participant) = event.value("participant") else { return Err(WrongType) };
        let participant = Fields::of(participant)?;
        if is_unseen(&participant)? {
            return Ok(None);
        }
        let participant = PresentParticipant {
            sid: storable(&participant, "sid")?,
            identity: storable(&participant, "identity")?,
            name: participant.text("name")?.unwrap_or_default().chars().filter(|c| *c != '\0').collect(),
        };
        change(&event, kind(participant))
    }
}

fn change(event: &Fields<'_>, kind: PresenceKind) -> Result<Option<PresenceChange>, WrongType> {
    let room = Fields::of(event.value("room").ok_or(WrongType)?)?;
    Ok(Some(PresenceChange {
        event_id: storable(event, "id")?,
        created_at: seconds(event.value("createdAt")).ok_or(WrongType)?,
        kind,
        room: storable(&room, "name")?,
        room_sid: storable(&room, "sid")?,
    }))
}

/// Recorders and other hidden participants are nobody's company.
fn is_unseen(participant: &Fields<'_>) -> Result<bool, WrongType> {
    let hidden = match participant.value("permission") {
        None => false,
        Some(permission) => Fields::of(permission)?.flag("hidden")?.unwrap_or(false),
    };
    Ok(hidden || participant.text("kind")? == Some("EGRESS"))
}

/// A text that must be there; PostgreSQL stores none with U+0000 in it.
fn storable(object: &Fields<'_>, name: &str) -> Result<String, WrongType> {
    let text = object.text(name)?.filter(|text| !text.is_empty() && !text.contains('\0'));
    text.map(Into::into).ok_or(WrongType)
}

/// Protobuf's JSON writes 64-bit integers as texts and reads them as numbers too.
fn seconds(value: Option<&Value>) -> Option<u64> {
    let seconds = match value? {
        Value::Text(text) => parse_whole(text)?,
        Value::Number(number) => number.as_u64()?,
        _ => return None,
    };
    // One event beyond it would make the whole room's presence unreadable.
    (seconds <= LAST_DATE).then_some(seconds)
}
