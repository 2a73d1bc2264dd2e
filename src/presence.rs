//! Parses a webhook event into a change of presence: who is in which room.

use crate::{
    error::{FieldError, LivekitError},
    json::{Fields, Object, Value, WrongType},
    participant::{is_agent, is_person, is_unseen},
    request::parse_body,
    time::{LAST_DATE, parse_digits},
};
use alloc::string::String;

/// Maximum number of seconds that LiveKit's clock may be ahead of this one. An event that is further ahead would
/// override every later one, so that its time of arrival is used instead.
pub const MAX_CLOCK_SKEW: u64 = 60;

/// A change of presence from an event (LiveKit `protobufs/livekit_webhook.proto`, `WebhookEvent`). LiveKit may send
/// events repeatedly and out of order: the store applies each `event_id` once, and of two events about one participant
/// the later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceChange {
    /// Id of the event.
    pub event_id: String,
    /// Unix second of the event by LiveKit's clock; the time of arrival if that is more than [`MAX_CLOCK_SKEW`] ahead.
    pub created_at: u64,
    /// Kind of the change.
    pub kind: PresenceKind,
    /// Name of the room.
    pub room: String,
    /// Id of the room session (LiveKit's room `sid`).
    pub room_sid: String,
}

/// Kind of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceKind {
    /// A participant joined the room.
    Joined(PresentParticipant),
    /// A participant left the room.
    Left(PresentParticipant),
    /// The room ended, so that no participant is in it.
    Ended,
}

/// The participant who joined or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentParticipant {
    /// Id of the connection (LiveKit's participant `sid`).
    pub sid: String,
    /// Identity.
    pub identity: String,
    /// Display name, which may be empty.
    pub name: String,
    /// True for an agent.
    pub is_agent: bool,
    /// True for a person, to whom kicks and locks apply.
    pub is_person: bool,
}

impl PresentParticipant {
    /// Parses a `livekit.ParticipantInfo`.
    pub(crate) fn from_fields(participant: &Fields<'_>) -> Result<Self, WrongType> {
        Ok(Self {
            sid: storable(participant, "sid")?,
            identity: storable(participant, "identity")?,
            name: participant.string("name")?.unwrap_or_default().chars().filter(|c| *c != '\0').collect(),
            is_agent: is_agent(participant)?,
            is_person: is_person(participant)?,
        })
    }
}

impl PresenceChange {
    /// Parses the body of a verified webhook that arrived at `now` (Unix seconds); `None` for an event that changes no
    /// presence, such as a published track or a hidden participant.
    ///
    /// # Errors
    /// As [`parse_body`]; [`LivekitError::BodyNotEvent`] for an object that is not a LiveKit event.
    pub fn from_body(body: &[u8], now: u64) -> Result<Option<Self>, LivekitError> {
        let event = parse_body(body)?;
        Self::from_event(&event, now).map_err(|WrongType| LivekitError::BodyNotEvent)
    }

    fn from_event(event: &Object, now: u64) -> Result<Option<Self>, WrongType> {
        let event = Fields::new(event);
        let kind = match event.string("event")?.ok_or(WrongType)? {
            "participant_joined" => PresenceKind::Joined,
            "participant_left" | "participant_connection_aborted" => PresenceKind::Left,
            "room_finished" => return change(&event, now, PresenceKind::Ended),
            _ => return Ok(None),
        };
        let participant = Fields::new(event.object("participant")?.ok_or(WrongType)?);
        if is_unseen(&participant)? {
            return Ok(None);
        }
        let participant = PresentParticipant::from_fields(&participant)?;
        change(&event, now, kind(participant))
    }
}

/// Position in a list of participants that is ordered by time of joining, then by identity. A page of presence starts
/// after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresenceCursor<'a> {
    /// Unix second at which the participant joined.
    pub joined_at: u64,
    /// Identity.
    pub identity: &'a str,
}

impl<'a> PresenceCursor<'a> {
    /// Parses `<joinedAt>.<identity>`, the `next` of a page.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] for anything else.
    pub fn parse(text: &'a str) -> Result<Self, LivekitError> {
        let parsed = text.split_once('.').and_then(|(joined_at, identity)| {
            let joined_at = parse_digits(joined_at).filter(|seconds| *seconds <= LAST_DATE)?;
            (!identity.is_empty() && !identity.contains('\0')).then_some(Self { joined_at, identity })
        });
        parsed.ok_or_else(|| FieldError::NotACursor.into())
    }
}

fn change(event: &Fields<'_>, now: u64, kind: PresenceKind) -> Result<Option<PresenceChange>, WrongType> {
    let created_at = not_in_future(event.value("createdAt"), now).ok_or(WrongType)?;
    let room = Fields::new(event.object("room")?.ok_or(WrongType)?);
    Ok(Some(PresenceChange {
        event_id: storable(event, "id")?,
        created_at,
        kind,
        room: storable(&room, "name")?,
        room_sid: storable(&room, "sid")?,
    }))
}

/// A required string without U+0000, which PostgreSQL cannot store.
fn storable(object: &Fields<'_>, name: &str) -> Result<String, WrongType> {
    let text = object.string(name)?.filter(|text| !text.is_empty() && !text.contains('\0'));
    text.map(Into::into).ok_or(WrongType)
}

/// Parses a time of LiveKit's clock in Unix seconds; `now` if it is more than [`MAX_CLOCK_SKEW`] ahead.
pub(crate) fn not_in_future(value: Option<&Value>, now: u64) -> Option<u64> {
    let time = seconds(value)?;
    Some(if time > now.saturating_add(MAX_CLOCK_SKEW) { now } else { time })
}

/// Parses a 64-bit integer of proto3 JSON: a string, or a number.
fn seconds(value: Option<&Value>) -> Option<u64> {
    let seconds = match value? {
        Value::String(text) => parse_digits(text)?,
        Value::Number(number) => number.as_u64()?,
        _ => return None,
    };
    // JavaScript could not represent a later time, which would break reading the whole room.
    (seconds <= LAST_DATE).then_some(seconds)
}
