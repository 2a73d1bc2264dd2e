//! Kicks and locks: who may moderate a room, and whom they keep out of it.

use super::{
    ChannelFacts, Facts, RbacAction, UserFacts,
    admit::{admit, must_be},
    decide::{Timeouts, decide_with},
};
use crate::{
    config::LivekitConfig,
    error::{ForbiddenReason, LivekitError},
    request::{Moderation, RawModeration},
    user_token::Caller,
};

/// Decides whether the caller may moderate the channel `channel_id`, at `now` (Unix seconds).
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then as [`decide`](super::decide), for the action of the request. A
/// moderator who was kicked from the channel lifts no kick, which could be their own.
pub fn authorize_moderation(
    caller: &Caller,
    channel_id: &str,
    request: RawModeration,
    facts: &Facts,
    now: u64,
) -> Result<Moderation, LivekitError> {
    let user = admit(caller, facts)?;
    let request = request.validate()?;
    must_be(channel_id, facts)?;
    let channel = decide_with(user, facts, request.action(), Timeouts::Deny, now)?;
    if matches!(request, Moderation::LiftKick { .. }) && channel.is_kicked(now) && !user.owner {
        return Err(LivekitError::Forbidden(ForbiddenReason::Kicked));
    }
    Ok(request)
}

/// Rejects a user who was kicked from the channel, or wants a kicked identity, and one who may not enter a locked channel.
/// An owner passes both, and a user with `UPDATE_CHANNEL` passes the lock.
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

/// As [`check_kick_and_lock`], for a participant whom a lock is not about.
pub(super) fn check_kick(
    user: &UserFacts,
    channel: &ChannelFacts,
    identity: &str,
    now: u64,
) -> Result<(), LivekitError> {
    let is_kicked = channel.is_kicked(now) || (identity != user.id && channel.is_identity_kicked(now));
    if is_kicked && !user.owner { Err(LivekitError::Forbidden(ForbiddenReason::Kicked)) } else { Ok(()) }
}

/// What becomes of a participant who joined, perhaps with a token from before a kick or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Join {
    /// The participant stays.
    Allowed,
    /// The participant is to be removed.
    Refused(ForbiddenReason),
    /// The identity is no user's id: the users who got a token for it decide.
    OfHolders,
}

/// Judges that `identity` joined the room `room` at `joined_at`, by `facts` about the user of this id, or about a holder of the
/// identity, at `now` (Unix seconds). A kick counts while it lasts, a lock for those who joined in its second or later.
/// `knows_holders` is false for the first question: an identity that is no user's id is then judged by its holders.
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
        None => Join::OfHolders,
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

    /// The same for the requested identity.
    #[must_use]
    pub fn is_identity_kicked(&self, now: u64) -> bool {
        self.identity_kicked_until.is_some_and(|until| until > now)
    }
}

impl LivekitConfig {
    /// Unix second since which a user who got a token for an identity counts as its holder, at `now`: such a token may still be
    /// valid.
    #[must_use]
    pub const fn held_since(&self, now: u64) -> u64 {
        now.saturating_sub(self.max_ttl.seconds())
    }
}
