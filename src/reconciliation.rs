//! Who is in a room by LiveKit's own list, and by the store → what the store has to change.

use crate::{
    json::{Fields, Value, WrongType, parse},
    presence::{PresentParticipant, is_unseen, past},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

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
    /// was asked. Who joined or left in between is in neither list or in both, so that no clocks are compared. `room_sid` is
    /// `None` for a room that is not running.
    ///
    /// As with webhooks, recorders and hidden participants are not present, and others once they are active.
    ///
    /// # Errors
    /// [`WrongType`] for lists of another shape. Nothing may be changed then.
    pub fn from_json(room_sid: Option<&str>, listed: &[u8], stored: &[u8], now: u64) -> Result<Self, WrongType> {
        let (listed, stored) = (parse(listed).map_err(|_| WrongType)?, parse(stored).map_err(|_| WrongType)?);
        let stored = items(&stored)?.map(stored_connection).collect::<Result<Vec<_>, _>>()?;
        let listed = items(&listed)?.filter_map(|item| listed_participant(item, now).transpose());
        let listed = listed.collect::<Result<BTreeMap<_, _>, _>>()?;
        let Some(room_sid) = room_sid else {
            return if listed.is_empty() { Ok(Self { missing: stored, joined: Vec::new() }) } else { Err(WrongType) };
        };
        let is_listed = |it: &StoredConnection| it.room_sid == room_sid && listed.contains_key(&it.participant_sid);
        let (known, missing): (Vec<_>, Vec<_>) = stored.into_iter().partition(is_listed);
        let known: BTreeSet<_> = known.into_iter().map(|connection| connection.participant_sid).collect();
        let joined = listed.into_iter().filter(|(sid, _)| !known.contains(sid)).filter_map(|(_, joined)| joined);
        Ok(Self { missing, joined: joined.collect() })
    }
}

fn items<'v>(list: &'v Value<'v>) -> Result<impl Iterator<Item = Result<Fields<'v>, WrongType>>, WrongType> {
    let Value::Array(items) = list else { return Err(WrongType) };
    Ok(items.iter().map(|item| if let Value::Object(object) = item { Ok(Fields::new(object)) } else { Err(WrongType) }))
}

fn stored_connection(fields: Result<Fields<'_>, WrongType>) -> Result<StoredConnection, WrongType> {
    let fields = fields?;
    Ok(StoredConnection {
        room_sid: fields.string("roomSid")?.ok_or(WrongType)?.into(),
        participant_sid: fields.string("participantSid")?.ok_or(WrongType)?.into(),
        changed_at: fields.integer("changedAt")?.ok_or(WrongType)?,
    })
}

/// The sid of a `livekit.ParticipantInfo`, and the participant once it is active. `None` for who is not to be seen, or has
/// disconnected.
fn listed_participant(
    fields: Result<Fields<'_>, WrongType>,
    now: u64,
) -> Result<Option<(String, Option<ListedParticipant>)>, WrongType> {
    let fields = fields?;
    let state = fields.string("state")?;
    if is_unseen(&fields)? || state == Some("DISCONNECTED") {
        return Ok(None);
    }
    let participant = PresentParticipant::from_fields(&fields)?;
    let sid = participant.sid.clone();
    if state != Some("ACTIVE") {
        return Ok(Some((sid, None)));
    }
    // Twirp's JSON has the names of the protocol, other writers those of JSON.
    let joined_at = fields.value("joined_at").or_else(|| fields.value("joinedAt"));
    let joined_at = past(joined_at, now).ok_or(WrongType)?;
    Ok(Some((sid, Some(ListedParticipant { participant, joined_at }))))
}
