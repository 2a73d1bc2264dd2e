//! Compares a participant in a room with the current rights of its user.

use super::ParticipantRights;
use crate::{
    error::LivekitError,
    json::{Fields, Object, WrongType},
    participant::{is_disconnected, is_hidden, is_person},
    token::complete_client_grant,
};
use alloc::string::String;

/// True for a participant that is synchronized: a person, visible to the others. False for agents, recorders, SIP
/// participants and other services, hidden participants and disconnected ones.
///
/// # Errors
/// [`WrongType`] if the fields are not those of LiveKit's `ParticipantInfo`.
pub fn is_synced(participant: &Fields<'_>) -> Result<bool, WrongType> {
    participant.object("permission")?.ok_or(WrongType)?;
    Ok(is_person(participant)? && !is_disconnected(participant)? && !is_hidden(participant)?)
}

/// Decision about one user who may be the participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The user may not be in the room.
    Refused,
    /// The user may be in the room.
    Granted(ParticipantRights),
}

impl Wanted {
    /// Parses grants for `room`, with the checks of [`Permission::from_fields`](crate::Permission::from_fields).
    ///
    /// # Errors
    /// [`LivekitError::GrantRefused`], [`LivekitError::PermissionRefused`].
    pub fn from_grants(grants: &Object<'_>, room: &str, allowed_grants: &[String]) -> Result<Self, LivekitError> {
        let grants = complete_client_grant(grants, room, allowed_grants)?;
        Ok(Self::Granted(ParticipantRights::from_grants(&grants)))
    }
}

/// Action that corrects a participant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SyncAction<'p> {
    /// No action: the permission is already right.
    None,
    /// No action: no user is known for the participant.
    Unknown,
    /// Replace the permission with this `ParticipantPermission`.
    Update(Object<'p>),
    /// Remove the participant.
    Remove,
}

/// Compares a participant with the decisions about each user who may be the participant. If there are several users,
/// only the rights that all of them have are granted, because it is not known which of them is in the room.
///
/// # Errors
/// [`WrongType`] if the permission is not a `ParticipantPermission` of LiveKit.
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
