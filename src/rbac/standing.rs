//! Standing: what a user who is already in a room may do there now.

use super::{Facts, RbacAction, UserFacts, authorize::timeouts, decide::decide_with, moderation::check_kick};
use crate::{
    config::LivekitConfig,
    error::{ForbiddenReason, LivekitError},
    token::VideoGrant,
};

/// Kind of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// The room of a channel.
    Channel,
    /// The room of a group of direct messages.
    Group,
}

/// Current rights of a user in a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// The store has no such user.
    UnknownUser,
    /// The store has no room of this kind with this id, so that nothing is known about its participants.
    UnknownRoom,
    /// The user may not be in the room: [`LivekitError::AccountBanned`] or [`LivekitError::Forbidden`].
    Refused(LivekitError),
    /// The user may be in the room.
    Granted {
        /// Grant that a new token would contain.
        grant: VideoGrant,
        /// True if the user is timed out in the channel's community.
        timed_out: bool,
    },
}

impl Standing {
    /// The standing of the user `user_id`, who has the identity `identity` in `room`, at `now` (Unix seconds). It is
    /// the result of a new token request, with two exceptions: revocations are not checked, because there is no user
    /// token, and a lock of the channel is ignored, because it only keeps out participants who join.
    #[must_use]
    pub fn new(
        user_id: &str,
        identity: &str,
        room: &str,
        kind: RoomKind,
        facts: &Facts,
        config: &LivekitConfig,
        now: u64,
    ) -> Self {
        let is_known = match kind {
            RoomKind::Channel => facts.channel.as_ref().is_some_and(|channel| channel.id == room),
            RoomKind::Group => !facts.group_is_channel && facts.group_id.as_ref().is_none_or(|group| group == room),
        };
        if !is_known {
            return Self::UnknownRoom;
        }
        let Some(user) = facts.user.as_ref().filter(|user| user.id == user_id) else {
            // Groups have no kicks.
            let channel = facts.channel.as_ref().filter(|_| kind == RoomKind::Channel);
            let is_kicked = channel.is_some_and(|channel| channel.is_identity_kicked(now));
            let kicked = || Self::Refused(LivekitError::Forbidden(ForbiddenReason::Kicked));
            return if is_kicked { kicked() } else { Self::UnknownUser };
        };
        let granted = match user.banned {
            true => Err(LivekitError::AccountBanned),
            false => grant(user, identity, kind, facts, config, now),
        };
        granted.map_or_else(Self::Refused, |(grant, timed_out)| Self::Granted { grant, timed_out })
    }
}

fn grant(
    user: &UserFacts,
    identity: &str,
    kind: RoomKind,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<(VideoGrant, bool), LivekitError> {
    let (grant, timed_out) = match kind {
        RoomKind::Channel => {
            let channel = decide_with(user, facts, RbacAction::JoinChannel, timeouts(config), now)?;
            check_kick(user, channel, identity, now)?;
            (config.grants.in_channel(user, channel, now), channel.is_timed_out(now))
        }
        RoomKind::Group => {
            let group = facts.group_id.as_ref().ok_or(LivekitError::Forbidden(ForbiddenReason::NotAMember))?;
            (config.grants.in_group(group), false)
        }
    };
    Ok((config.with_own_metadata(grant), timed_out))
}
