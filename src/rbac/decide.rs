//! Decides whether a user may do an action in a channel.

use super::{ChannelFacts, Facts, RbacAction, UserFacts, facts::CommunityBan};
use crate::error::{ForbiddenReason, LivekitError};

/// Decides whether an admitted user may do `action` in the channel of `facts` at `now` (Unix seconds).
///
/// An owner may do anything in an existing channel. Any other user must not be banned or timed out in the channel's
/// community, must be a member if the channel is private, and needs a role there with the action.
///
/// # Errors
/// [`LivekitError::Forbidden`] with the first reason that applies.
pub fn decide(user: &UserFacts, facts: &Facts, action: RbacAction, now: u64) -> Result<(), LivekitError> {
    decide_with(user, facts, action, Timeouts::Deny, now).map(|_| ())
}

/// Effect of the caller's timeout in the channel's community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeouts {
    /// A timed-out user is rejected.
    Deny,
    /// A timed-out user may join, but not publish.
    Allow,
}

/// As [`decide`]; returns the channel.
pub(super) fn decide_with<'f>(
    user: &UserFacts,
    facts: &'f Facts,
    action: RbacAction,
    timeouts: Timeouts,
    now: u64,
) -> Result<&'f ChannelFacts, LivekitError> {
    let channel = facts.channel.as_ref().ok_or(LivekitError::Forbidden(ForbiddenReason::UnknownChannel))?;
    match reason(user, channel, action, timeouts, now) {
        None => Ok(channel),
        Some(reason) => Err(LivekitError::Forbidden(reason)),
    }
}

fn reason(
    user: &UserFacts,
    channel: &ChannelFacts,
    action: RbacAction,
    timeouts: Timeouts,
    now: u64,
) -> Option<ForbiddenReason> {
    if user.owner {
        return None;
    }
    if channel.ban.is_some_and(|ban| is_in_force(ban, now)) {
        return Some(ForbiddenReason::CommunityBan);
    }
    if timeouts == Timeouts::Deny && channel.is_timed_out(now) {
        return Some(ForbiddenReason::CommunityTimeout);
    }
    if channel.private && !channel.member {
        return Some(ForbiddenReason::NotAMember);
    }
    if !channel.allows(action) {
        return Some(ForbiddenReason::MissingAction);
    }
    None
}

fn is_in_force(ban: CommunityBan, now: u64) -> bool {
    ban.active && ban.ends.is_none_or(|ends| ends > now)
}
