//! Who is in a room by LiveKit's own list, and by the store → what the store has to change.

use crate::{
    json::{Fields, Value, WrongType, parse},
    participant::{is_active, is_disconnected, is_unseen},
    presence::{PresentParticipant, past},
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// A connection that is stored as present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConnection {
    /// Id of the start of the room.
    pub room_sid: String,
    /// Id of the connection.
    pub participant_sid: String,
    /// Unix second of its latest event.
    pub changed_at: u64,
}

/// A participant whom LiveKit lists, and whom the store does not have as present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedParticipant {
    /// The participant.
    pub participant: PresentParticipant,
    /// Unix second at which it joined, by LiveKit's clock.
    pub joined_at: u64,
}

/// What webhooks that were lost or are late would have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Connections that are stored as present, and that LiveKit does not list.
    pub missing: Vec<StoredConnection>,
    /// Participants who are in the room, and are not stored as present.
    pub joined: Vec<ListedParticipant>,
}

impl Reconciliation {
    /// Compares `listed`, the JSON array of the participants that LiveKit lists in the start `room_sid` of a room, with `stored`,
    /// the JSON array `[{ roomSid, participantSid, changedAt }]` of the connections that were stored as present before LiveKit
    /// was asked. A participant who joined or left in between is in neither list or in both, so that no clocks are compared. `room_sid` is
    /// `None` for a room that is not running.
    ///
    /// As with webhooks, recorders and hidden participants are not present, and others once they are active.
    ///
    /// # Errors
    /// [`WrongType`] for lists of another shape. Nothing may be changed then.
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

/// The participants of a list of `livekit.ParticipantInfo` by sid, except recorders, hidden participants and those who have
/// disconnected; `None` for one that is not active yet.
fn listed_participants(list: &Value<'_>, now: u64) -> Result<BTreeMap<String, Option<ListedParticipant>>, WrongType> {
    let mut listed = BTreeMap::new();
    for item in items(list)? {
        let fields = fields(item)?;
        if is_unseen(&fields)? || is_disconnected(&fields)? {
            continue;
        }
        let participant = PresentParticipant::from_fields(&fields)?;
        let sid = participant.sid.clone();
        // Twirp's JSON has the names of the protocol, other writers those of JSON.
        let joined_at = fields.value("joined_at").or_else(|| fields.value("joinedAt"));
        let joined = match is_active(&fields)? {
            true => Some(ListedParticipant { participant, joined_at: past(joined_at, now).ok_or(WrongType)? }),
            false => None,
        };
        listed.insert(sid, joined);
    }
    Ok(listed)
}
