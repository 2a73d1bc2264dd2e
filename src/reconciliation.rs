//! Compares LiveKit's list of a room's participants with the presence in the store.

use crate::{
    json::{Fields, Value, WrongType, parse},
    participant::{is_active, is_disconnected, is_unseen},
    presence::{PresentParticipant, not_in_future},
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// A connection that the store has as present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConnection {
    /// Id of the room session (LiveKit's room `sid`).
    pub room_sid: String,
    /// Id of the connection (LiveKit's participant `sid`).
    pub participant_sid: String,
    /// Unix second of its latest event.
    pub changed_at: u64,
}

/// A participant that LiveKit lists and the store does not have as present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedParticipant {
    /// The participant.
    pub participant: PresentParticipant,
    /// Unix second at which the participant joined, by LiveKit's clock.
    pub joined_at: u64,
}

/// The changes that lost or delayed webhooks would have made to the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Connections that the store has as present and LiveKit does not list.
    pub missing: Vec<StoredConnection>,
    /// Participants that LiveKit lists and the store does not have as present.
    pub joined: Vec<ListedParticipant>,
}

impl Reconciliation {
    /// Compares two JSON arrays: `listed`, the participants that LiveKit lists in the session `room_sid` of a room, and
    /// `stored`, the connections `[{ roomSid, participantSid, changedAt }]` that the store had as present before
    /// LiveKit was asked. A participant who joined or left in between is in neither list or in both, so that clocks
    /// need not be compared. `room_sid` is `None` if the room is not running.
    ///
    /// As with webhooks, recorders and hidden participants do not count, and other participants count once they are
    /// active.
    ///
    /// # Errors
    /// [`WrongType`] for a malformed list. The store must then not be changed.
    pub fn from_json(room_sid: Option<&str>, listed: &[u8], stored: &[u8], now: u64) -> Result<Self, WrongType> {
        let (listed, stored) = (parse(listed).map_err(|_| WrongType)?, parse(stored).map_err(|_| WrongType)?);
        let mut listed = listed_participants(&listed, now)?;
        if room_sid.is_none() && !listed.is_empty() {
            return Err(WrongType);
        }
        let mut missing = Vec::new();
        for item in items(&stored)? {
            let connection = StoredConnection::from_fields(&fields(item)?)?;
            match listed.get_mut(&connection.participant_sid) {
                Some(participant) if room_sid == Some(&connection.room_sid) => *participant = None,
                _ => missing.push(connection),
            }
        }
        Ok(Self { missing, joined: listed.into_values().flatten().collect() })
    }
}

impl StoredConnection {
    fn from_fields(fields: &Fields<'_>) -> Result<Self, WrongType> {
        Ok(Self {
            room_sid: fields.string("roomSid")?.ok_or(WrongType)?.into(),
            participant_sid: fields.string("participantSid")?.ok_or(WrongType)?.into(),
            changed_at: fields.integer("changedAt")?.ok_or(WrongType)?,
        })
    }
}

fn items<'v>(list: &'v Value<'v>) -> Result<&'v [Value<'v>], WrongType> {
    if let Value::Array(items) = list { Ok(items) } else { Err(WrongType) }
}

const fn fields<'v>(item: &'v Value<'v>) -> Result<Fields<'v>, WrongType> {
    if let Value::Object(object) = item { Ok(Fields::new(object)) } else { Err(WrongType) }
}

/// Parses a list of `livekit.ParticipantInfo` into a map by sid, without recorders, hidden participants and
/// disconnected ones. The value is `None` for a participant who is not active yet.
fn listed_participants(list: &Value<'_>, now: u64) -> Result<BTreeMap<String, Option<ListedParticipant>>, WrongType> {
    let mut listed = BTreeMap::new();
    for item in items(list)? {
        let fields = fields(item)?;
        if is_unseen(&fields)? || is_disconnected(&fields)? {
            continue;
        }
        let participant = PresentParticipant::from_fields(&fields)?;
        let sid = participant.sid.clone();
        // LiveKit's Twirp responses use snake_case names; other serializers of proto3 JSON use camelCase.
        let joined_at = fields.value("joined_at").or_else(|| fields.value("joinedAt"));
        let joined = match is_active(&fields)? {
            true => Some(ListedParticipant { participant, joined_at: not_in_future(joined_at, now).ok_or(WrongType)? }),
            false => None,
        };
        listed.insert(sid, joined);
    }
    Ok(listed)
}
