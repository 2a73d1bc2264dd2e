//! Webhook event → change of presence: who is in which room.

use crate::{
    error::{FieldError, LivekitError},
    json::{Fields, Object, Value, WrongType},
    participant::{is_agent, is_person, is_unseen},
    request::parse_body,
    time::{LAST_DATE, parse_digits},
};
use alloc::string::String;

/// Seconds that LiveKit's clock may be ahead of ours. An event that is further ahead would hide every later one, so that the
/// time of its arrival counts instead.
pub const MAX_CLOCK_SKEW: u64 = 60;

/// The change of an event (LiveKit `protobufs/livekit_webhook.proto`, `WebhookEvent`). Events are repeated and out of
/// order: the store applies each `event_id` once, and of two events about one participant the later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceChange {
    /// Id of the event.
    pub event_id: String,
    /// Unix second at which it happened, by LiveKit's clock; when it arrived if that is more than [`MAX_CLOCK_SKEW`] ahead.
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
    /// A participant is in the room.
    Joined(PresentParticipant),
    /// A participant is not in the room any more.
    Left(PresentParticipant),
    /// The room ended: no participant is in it.
    Ended,
}

/// The participant who joined or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentParticipant {
    /// Id of this stay of the participant.
    pub sid: String,
    /// Identity.
    pub identity: String,
    /// Display name, which may be empty.
    pub name: String,
    /// Whether it is an agent.
    pub is_agent: bool,
    /// Whether it is a person, whom kicks and locks are about.
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

/// A participant in the order of joining, then of identity: where a page of presence begins.
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
    let created_at = past(event.value("createdAt"), now).ok_or(WrongType)?;
    let room = Fields::new(event.object("room")?.ok_or(WrongType)?);
    Ok(Some(PresenceChange {
        event_id: storable(event, "id")?,
        created_at,
        kind,
        room: storable(&room, "name")?,
        room_sid: storable(&room, "sid")?,
    }))
}

/// A required string; PostgreSQL cannot store U+0000.
fn storable(object: &Fields<'_>, name: &str) -> Result<String, WrongType> {
    let text = object.string(name)?.filter(|text| !text.is_empty() && !text.contains('\0'));
    text.map(Into::into).ok_or(WrongType)
}

/// A time by LiveKit's clock in Unix seconds; `now` if it is more than [`MAX_CLOCK_SKEW`] ahead.
pub(crate) fn past(value: Option<&Value>, now: u64) -> Option<u64> {
    let time = seconds(value)?;
    Some(if time > now.saturating_add(MAX_CLOCK_SKEW) { now } else { time })
}

/// Proto3 JSON writes 64-bit integers as strings and accepts numbers too.
fn seconds(value: Option<&Value>) -> Option<u64> {
    let seconds = match value? {
        Value::String(text) => parse_digits(text)?,
        Value::Number(number) => number.as_u64()?,
        _ => return None,
    };
    // One event beyond it would make the whole room's presence unreadable.
    (seconds <= LAST_DATE).then_some(seconds)
}
