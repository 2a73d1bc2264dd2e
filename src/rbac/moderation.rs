//! Kicks and locks: which callers may moderate a room, and which participants a kick or lock keeps out.

use super::{
    ChannelFacts, Facts, RbacAction, UserFacts,
    admit::{admit, check_channel_id},
    decide::{Timeouts, decide_with},
};
use crate::{
    config::LivekitConfig,
    error::{ForbiddenReason, LivekitError},
    request::{Moderation, RawModeration},
    user_token::Caller,
};

/// Decides whether the caller may do the requested moderation in the channel `channel_id`, at `now` (Unix seconds).
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then as [`decide`](super::decide), for the action of the
/// request. A moderator who was kicked from the channel may not end a kick, which could be their own.
pub fn authorize_moderation(
    caller: &Caller,
    channel_id: &str,
    request: RawModeration,
    facts: &Facts,
    now: u64,
) -> Result<Moderation, LivekitError> {
    let user = admit(caller, facts)?;
    let request = request.validate()?;
    check_channel_id(channel_id, facts)?;
    let channel = decide_with(user, facts, request.action(), Timeouts::Deny, now)?;
    if matches!(request, Moderation::LiftKick { .. }) && channel.is_kicked(now) && !user.owner {
        return Err(LivekitError::Forbidden(ForbiddenReason::Kicked));
    }
    Ok(request)
}

/// Rejects a kicked user, a kicked identity, and a user who may not enter a locked channel. Kicks and locks do not
/// apply to an owner, and locks not to a user with `UPDATE_CHANNEL`.
///
/// # Errors
/// [`LivekitError::Forbidden`]
pub(super) fn check_kick_and_lock(
    user: &UserFacts,
    channel: &ChannelFacts,
    identity: &str,
    now: u64,
) -> Result<(), LivekitError> {
    if user.owner {
        return Ok(());
    }
    check_kick(user, channel, identity, now)?;
    if channel.locked_at.is_some() && !channel.allows(RbacAction::UpdateChannel) {
        return Err(LivekitError::Forbidden(ForbiddenReason::Locked));
    }
    Ok(())
}

/// As [`check_kick_and_lock`], without the lock.
pub(super) fn check_kick(
    user: &UserFacts,
    channel: &ChannelFacts,
    identity: &str,
    now: u64,
) -> Result<(), LivekitError> {
    let is_kicked = channel.is_kicked(now) || (identity != user.id && channel.is_identity_kicked(now));
    if is_kicked && !user.owner { Err(LivekitError::Forbidden(ForbiddenReason::Kicked)) } else { Ok(()) }
}

/// Decision about a participant who joined, possibly with a token from before a kick or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Join {
    /// The participant stays.
    Allowed,
    /// The participant must be removed.
    Refused(ForbiddenReason),
    /// The identity is not the id of a user. The users who got a token for it must be judged instead.
    JudgeHolders,
}

/// Decides whether `identity`, which joined the room `room` at `joined_at`, may stay, at `now` (Unix seconds). `facts`
/// are about the user with this id, or about a user who got a token for the identity (a holder).
///
/// A kick applies until it ends; a lock applies to participants who joined in the same second or later. `knows_holders`
/// is false in the first call: for an identity that is not the id of a user, the result is then [`Join::JudgeHolders`].
#[must_use]
pub fn judge_join(room: &str, identity: &str, joined_at: u64, knows_holders: bool, facts: &Facts, now: u64) -> Join {
    let Some(channel) = facts.channel.as_ref().filter(|channel| channel.id == room) else {
        return Join::Allowed;
    };
    let is_locked = channel.locked_at.is_some_and(|locked_at| locked_at <= joined_at);
    let channel = &ChannelFacts { locked_at: channel.locked_at.filter(|_| is_locked), ..channel.clone() };
    let unknown = UserFacts::default();
    match &facts.user {
        Some(user) => joined(check_kick_and_lock(user, channel, identity, now)),
        None if channel.is_identity_kicked(now) => Join::Refused(ForbiddenReason::Kicked),
        None if knows_holders => joined(check_kick_and_lock(&unknown, channel, identity, now)),
        None => Join::JudgeHolders,
    }
}

fn joined(checked: Result<(), LivekitError>) -> Join {
    match checked {
        Err(LivekitError::Forbidden(reason)) => Join::Refused(reason),
        _ => Join::Allowed,
    }
}

impl ChannelFacts {
    /// True if the caller was kicked from the channel and the kick lasts at `now` (Unix seconds).
    #[must_use]
    pub fn is_kicked(&self, now: u64) -> bool {
        self.kicked_until.is_some_and(|until| until > now)
    }

    /// True if the requested identity was kicked from the channel and the kick lasts at `now` (Unix seconds).
    #[must_use]
    pub fn is_identity_kicked(&self, now: u64) -> bool {
        self.identity_kicked_until.is_some_and(|until| until > now)
    }
}

impl LivekitConfig {
    /// Start of the period in which a user who got a token counts as a holder of its identity, as a Unix second. Older
    /// tokens have expired at `now`.
    #[must_use]
    pub const fn held_since(&self, now: u64) -> u64 {
        now.saturating_sub(self.max_ttl.seconds())
    }
}
