//! Grants of an authorized caller in a room.

use super::{ChannelFacts, RbacAction, UserFacts};
use crate::{
    config::{GrantPolicy, LivekitConfig},
    token::{TrackSource, VideoGrant},
};
use alloc::vec::Vec;

impl GrantPolicy {
    /// Grants of a caller who may join `channel`, at `now` (Unix seconds).
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

    /// Grants of a member of a group of direct messages, which has no roles.
    pub(super) fn in_group(self, room: &str) -> VideoGrant {
        match self {
            Self::Full => VideoGrant::full(room),
            Self::Role => publisher(room, SOURCES.map(|(_, source)| source).into()),
        }
    }
}

impl LivekitConfig {
    /// Adds the grant to update one's own metadata, which only a participant who may publish gets.
    pub(super) fn with_own_metadata(&self, grant: VideoGrant) -> VideoGrant {
        let may_update = self.can_update_own_metadata && grant.can_publish == Some(true);
        VideoGrant { can_update_own_metadata: may_update.then_some(true), ..grant }
    }
}

/// Track sources and the action that each requires.
const SOURCES: [(RbacAction, TrackSource); 4] = [
    (RbacAction::Video, TrackSource::Camera),
    (RbacAction::Speak, TrackSource::Microphone),
    (RbacAction::ScreenShare, TrackSource::ScreenShare),
    (RbacAction::ScreenShare, TrackSource::ScreenShareAudio),
];

/// Grants of a caller who may publish these sources. Without a source the caller may not publish, because LiveKit takes
/// an empty list as all sources.
fn publisher(room: &str, can_publish_sources: Vec<TrackSource>) -> VideoGrant {
    VideoGrant { can_publish: Some(!can_publish_sources.is_empty()), can_publish_sources, ..VideoGrant::full(room) }
}

fn listener(room: &str) -> VideoGrant {
    VideoGrant { can_publish: Some(false), can_publish_data: Some(false), ..VideoGrant::full(room) }
}
