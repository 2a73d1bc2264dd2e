//! Actions of an authorized caller → grants in the room.

use super::{ChannelFacts, RbacAction, UserFacts};
use crate::{
    config::GrantPolicy,
    token::{TrackSource, VideoGrant},
};
use alloc::vec::Vec;

impl GrantPolicy {
    /// The grants of a caller who may join `channel`, at `now` (Unix seconds).
    pub(super) fn in_channel(self, user: &UserFacts, channel: &ChannelFacts, now: u64) -> VideoGrant {
        let may = |action| user.owner || channel.allows(action);
        match self {
            Self::Full => VideoGrant::full(&*channel.id),
            Self::Role if channel.is_timed_out(now) && !user.owner => listener(&channel.id),
            Self::Role => VideoGrant { room_admin: may(RbacAction::MuteParticipant), ..participant(&channel.id) },
        }
    }

    /// The grants of a member of a group of direct messages, which has no roles.
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
