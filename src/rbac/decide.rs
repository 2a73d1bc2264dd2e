//! The decision.

use super::{ChannelFacts, Facts, RbacAction, UserFacts, facts::CommunityBan};
use crate::error::{Denial, LivekitError};

/// Decides whether an admitted user may do `action` in the channel of `facts` at `now` (Unix seconds).
///
/// An owner may do anything in a channel that exists. Everyone else must not be banned or timed out in the
/// channel's community, must be a member if the channel is private, and needs a role there with the action.
///
/// # Errors
/// [`LivekitError::Forbidden`] with the first reason that applies.
pub fn decide(user: &UserFacts, facts: &Facts, action: RbacAction, now: u64) -> Result<(), LivekitError> {
    decide_with(user, facts, action, Timeouts::Deny, now).map(|_| ())
}

/// What a timeout in the channel's community does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeouts {
    /// Whoever is timed out may not.
    Deny,
    /// Whoever is timed out may: it only takes away the voice.
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
    let channel = facts.channel.as_ref().ok_or(LivekitError::Forbidden(Denial::UnknownChannel))?;
    match denial(user, channel, action, timeouts, now) {
        None => Ok(channel),
        Some(denial) => Err(LivekitError::Forbidden(denial)),
    }
}

fn denial(
    user: &UserFacts,
    channel: &ChannelFacts,
    action: RbacAction,
    timeouts: Timeouts,
    now: u64,
) -> Option<Denial> {
    if user.owner {
        return None;
    }
    if channel.ban.is_some_and(|ban| is_in_force(ban, now)) {
        return Some(Denial::CommunityBan);
    }
    if timeouts == Timeouts::Deny && channel.is_timed_out(now) {
        return Some(Denial::CommunityTimeout);
    }
    if channel.private && !channel.member {
        return Some(Denial::NotAMember);
    }
    if !channel.allows(action) {
        return Some(Denial::MissingAction);
    }
    None
}

fn is_in_force(ban: CommunityBan, now: u64) -> bool {
    ban.active && ban.ends.is_none_or(|ends| ends > now)
}
