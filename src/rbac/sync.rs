//! A participant in a room, compared with what the rules say now.

use super::ParticipantRights;
use crate::{
    error::LivekitError,
    json::{Fields, Object, WrongType},
    participant::{is_disconnected, is_hidden, is_person},
    token::complete_client_grant,
};
use alloc::string::String;

/// True for a participant whom the rules are about: a person, whom the others see. Agents, recorders, participants of
/// telephony, hidden ones and those who have left are not.
///
/// # Errors
/// [`WrongType`] for fields that are not those of LiveKit's `ParticipantInfo`.
pub fn is_followed(participant: &Fields<'_>) -> Result<bool, WrongType> {
    participant.object("permission")?.ok_or(WrongType)?;
    Ok(is_person(participant)? && !is_disconnected(participant)? && !is_hidden(participant)?)
}

/// What the rules say about one user who may be the participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The user may not be in the room.
    Refused,
    /// The user may be in the room.
    Granted(ParticipantRights),
}

impl Wanted {
    /// Reads grants for `room`, as [`Permission::from_fields`](crate::Permission::from_fields) checks them.
    ///
    /// # Errors
    /// [`LivekitError::GrantRefused`] and [`LivekitError::PermissionRefused`].
    pub fn from_grants(grants: &Object<'_>, room: &str, allowed_grants: &[String]) -> Result<Self, LivekitError> {
        let grants = complete_client_grant(grants, room, allowed_grants)?;
        Ok(Self::Granted(ParticipantRights::from_grants(&grants)))
    }
}

/// What is to be done about a participant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SyncAction<'p> {
    /// Nothing: the permission is what the rules say.
    None,
    /// Nothing: it is unknown who the participant is.
    Unknown,
    /// The permission is replaced by this `ParticipantPermission`.
    Update(Object<'p>),
    /// The participant is removed.
    Remove,
}

/// Compares a followed participant with what the rules say about each user who may be the participant. Of several users the
/// strictest counts: it is not known which of them is in the room.
///
/// # Errors
/// [`WrongType`] for a permission that is not LiveKit's.
pub fn compare<'p>(participant: &Fields<'p>, wanted: &[Wanted]) -> Result<SyncAction<'p>, WrongType> {
    let permission = participant.object("permission")?.ok_or(WrongType)?;
    let mut strictest: Option<ParticipantRights> = None;
    for wanted in wanted {
        match *wanted {
            Wanted::Refused => return Ok(SyncAction::Remove),
            Wanted::Granted(rights) => strictest = Some(strictest.map_or(rights, |others| others.and(rights))),
        }
    }
    let Some(rights) = strictest else { return Ok(SyncAction::Unknown) };
    let current = ParticipantRights::from_permission(permission)?;
    Ok(if current.is(rights) { SyncAction::None } else { SyncAction::Update(rights.write(permission)) })
}
