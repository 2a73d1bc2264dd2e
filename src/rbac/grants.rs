//! What an authorised caller may do in the room: actions → grants.

use super::{ChannelFacts, RbacAction, UserFacts};
use crate::{
    error::LivekitError,
    json::{Object, Value},
    token::{Members, Origin, TrackSource, VideoGrant},
};
use alloc::vec::Vec;

/// How grants follow from what a caller may do (`LIVEKIT_GRANTS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantPolicy {
    /// `full`: the specification's five grants for everyone who may join; who is timed out may not join.
    #[default]
    Full,
    /// `role`: by the actions of the caller's roles; who is timed out may only listen.
    Role,
}

impl GrantPolicy {
    /// Reads the setting; `None` for a text that is neither.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim() {
            "full" => Some(Self::Full),
            "role" => Some(Self::Role),
            _ => None,
        }
    }

    /// The grants of someone who may join `channel`, at `now` (Unix seconds).
    pub(super) fn in_channel(self, user: &UserFacts, channel: &ChannelFacts, now: u64) -> VideoGrant {
        let may = |action| user.owner || channel.allows(action);
        match self {
            Self::Full => VideoGrant::full(&*channel.id),
            Self::Role if channel.is_timed_out(now) && !user.owner => listener(&channel.id),
            Self::Role => VideoGrant { room_admin: may(RbacAction::MuteParticipant), ..participant(&channel.id) },
        }
    }

    /// The grants of a member of a group of direct messages, where nobody has a role.
    pub(super) fn in_group(self, room: &str) -> VideoGrant {
        match self {
            Self::Full => VideoGrant::full(room),
            Self::Role => participant(room),
        }
    }
}

/// Microphone, camera and screen share.
const SOURCES: [TrackSource; 4] =
    [TrackSource::Camera, TrackSource::Microphone, TrackSource::ScreenShare, TrackSource::ScreenShareAudio];

fn participant(room: &str) -> VideoGrant {
    VideoGrant { can_publish_sources: Vec::from(SOURCES), ..VideoGrant::full(room) }
}

fn listener(room: &str) -> VideoGrant {
    VideoGrant { can_publish: Some(false), can_publish_data: Some(false), ..VideoGrant::full(room) }
}

/// The grants that an application's own table gives for `room`. Room and joining are added; nothing that reaches beyond
/// the room, or hides the participant, gets through.
///
/// # Errors
/// [`LivekitError::GrantRefused`] for any of those, for another room, and for what LiveKit does not know.
pub fn client_grant(grant: &Object, room: &str) -> Result<VideoGrant, LivekitError> {
    if grant.get("roomJoin").is_some_and(|join| *join != Value::Bool(true)) {
        return Err(LivekitError::GrantRefused("roomJoin"));
    }
    let grant = VideoGrant::read(grant, Origin::Application).map_err(|_| LivekitError::GrantRefused("type"))?;
    let room_of_grant = if grant.room.is_empty() { room.into() } else { grant.room };
    let grant = VideoGrant { room: room_of_grant, room_join: true, ..grant };
    check_client_grant(&grant, room)?;
    Ok(grant)
}

/// Refuses grants that are not for joining `room`, or reach beyond it, or hide the participant.
pub(crate) fn check_client_grant(grant: &VideoGrant, room: &str) -> Result<(), LivekitError> {
    let refused = [
        ("room", grant.room != room),
        ("roomJoin", !grant.room_join),
        ("roomCreate", grant.room_create),
        ("roomList", grant.room_list),
        ("roomRecord", grant.room_record),
        ("ingressAdmin", grant.ingress_admin),
        ("hidden", grant.hidden),
        ("recorder", grant.recorder),
        ("agent", grant.agent),
        ("destinationRoom", !grant.destination_room.is_empty()),
    ];
    match refused.into_iter().find(|(_, is_refused)| *is_refused) {
        Some((name, _)) => Err(LivekitError::GrantRefused(name)),
        None => Ok(()),
    }
}
