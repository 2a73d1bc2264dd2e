//! Actions of an authorized caller → grants in the room.

use super::{ChannelFacts, RbacAction, UserFacts};
use crate::{
    config::GrantPolicy,
    error::LivekitError,
    json::{Object, Value},
    token::{Checker, ClaimObject, Origin, Path, TrackSource, VideoGrant},
};
use alloc::vec::Vec;

impl GrantPolicy {
    /// The grants of a caller who may join `channel`, at `now` (Unix seconds).
    pub(super) fn in_channel(self, user: &UserFacts, channel: &ChannelFacts, now: u64) -> VideoGrant {
        let may = |action| user.owner || channel.allows(action);
        let sources: Vec<TrackSource> =
            SOURCES.into_iter().filter_map(|(action, source)| may(action).then_some(source)).collect();
        match self {
            Self::Full if sources.len() == SOURCES.len() => VideoGrant::full(&*channel.id),
            Self::Full => publisher(&channel.id, sources),
            Self::Role if channel.is_timed_out(now) && !user.owner => listener(&channel.id),
            Self::Role => {
                VideoGrant { room_admin: may(RbacAction::MuteParticipant), ..publisher(&channel.id, sources) }
            }
        }
    }

    /// The grants of a member of a group of direct messages, which has no roles.
    pub(super) fn in_group(self, room: &str) -> VideoGrant {
        match self {
            Self::Full => VideoGrant::full(room),
            Self::Role => publisher(room, SOURCES.map(|(_, source)| source).into()),
        }
    }
}

/// Microphone, camera and screen share, and the action that each needs.
const SOURCES: [(RbacAction, TrackSource); 4] = [
    (RbacAction::Video, TrackSource::Camera),
    (RbacAction::Speak, TrackSource::Microphone),
    (RbacAction::ScreenShare, TrackSource::ScreenShare),
    (RbacAction::ScreenShare, TrackSource::ScreenShareAudio),
];

/// Without a source the caller may not publish: LiveKit takes an empty list for all of them.
fn publisher(room: &str, can_publish_sources: Vec<TrackSource>) -> VideoGrant {
    VideoGrant { can_publish: Some(!can_publish_sources.is_empty()), can_publish_sources, ..VideoGrant::full(room) }
}

fn listener(room: &str) -> VideoGrant {
    VideoGrant { can_publish: Some(false), can_publish_data: Some(false), ..VideoGrant::full(room) }
}

/// Completes the grants that an application's own table returns for `room`: adds the room and `roomJoin`.
///
/// # Errors
/// [`LivekitError::GrantRefused`] for grants that LiveKit does not know, and as [`check_client_grant`].
pub fn complete_client_grant<'g>(grant: &Object<'g>, room: &'g str) -> Result<Object<'g>, LivekitError> {
    if grant.get("roomJoin").is_some_and(|join| *join != Value::Bool(true)) {
        return Err(LivekitError::GrantRefused("roomJoin"));
    }
    let mut grant = grant.clone();
    if grant.get("room").is_none_or(|room| room.as_str() == Some("")) {
        grant.set("room", Value::from(room));
    }
    grant.set("roomJoin", Value::Bool(true));
    check_client_grant(&grant, room)?;
    Ok(grant)
}

/// Grants that reach beyond the room or hide the participant.
const REFUSED: [&str; 8] =
    ["roomCreate", "roomList", "roomRecord", "ingressAdmin", "hidden", "recorder", "agent", "destinationRoom"];

/// Checks that a grant is for joining `room`, does not reach beyond it and does not hide the participant.
///
/// # Errors
/// [`LivekitError::GrantRefused`] with the name of the grant.
pub(crate) fn check_client_grant(grant: &Object<'_>, room: &str) -> Result<(), LivekitError> {
    let mut checker = Checker::new(Origin::Application);
    checker.object(grant, VideoGrant::SCHEMA, &Path::ROOT);
    if !checker.into_errors(false).is_empty() {
        return Err(LivekitError::GrantRefused("type"));
    }
    if grant.str("room") != room {
        return Err(LivekitError::GrantRefused("room"));
    }
    if grant.get("roomJoin") != Some(&Value::Bool(true)) {
        return Err(LivekitError::GrantRefused("roomJoin"));
    }
    let is_set = |name: &&&str| grant.get(name).is_some_and(|value| !value.is_empty());
    REFUSED.iter().find(is_set).map_or(Ok(()), |name| Err(LivekitError::GrantRefused(name)))
}
