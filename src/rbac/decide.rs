//! The decision.

use super::{Facts, RbacAction, UserFacts, facts::CommunityBan};
use crate::error::{Denial, LivekitError};

/// Decides whether an admitted user may do `action` in the channel of `facts` at `now` (Unix seconds).
///
/// An owner may do anything in a channel that exists. Everyone else must not be banned or timed out in the
/// channel's community, must be a member if the channel is private, and needs a role there with the action.
///
/// # Errors
/// [`LivekitError::Forbidden`] with the first reason that applies.
pub fn decide(user: &UserFacts, facts: &Facts, action: RbacAction, now: u64) -> Result<(), LivekitError> {
    denial(user, facts, action, now).map_or(Ok(()), |denial| Err(LivekitError::Forbidden(denial)))
}

fn denial(user: &UserFacts, facts: &Facts, action: RbacAction, now: u64) -> Option<Denial> {
    let Some(channel) = &facts.channel else {
        return Some(Denial::UnknownChannel);
    };
    if user.owner {
        return None;
    }
    if channel.ban.is_some_and(|ban| is_in_force(ban, now)) {
        return Some(Denial::CommunityBan);
    }
    if channel.timeout_ends.is_some_and(|ends| ends > now) {
        return Some(Denial::CommunityTimeout);
    }
    if channel.private && !channel.member {
        return Some(Denial::NotAMember);
    }
    if !channel.actions.iter().any(|name| name == action.name()) {
        return Some(Denial::MissingAction);
    }
    None
}

fn is_in_force(ban: CommunityBan, now: u64) -> bool {
    ban.active && ban.ends.is_none_or(|ends| ends > now)
}
