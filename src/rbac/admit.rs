//! Checks that every route makes first: the store knows the caller, and its facts are about the requested channel.

use super::{Facts, UserFacts};
use crate::{
    error::{ForbiddenReason, LivekitError, TokenError},
    user_token::Caller,
};

/// Returns the caller's user. The user's id must equal the token's exactly.
///
/// # Errors
/// [`LivekitError::Unauthorized`] for an unknown user. [`LivekitError::TokenRevoked`] for a revoked token or session,
/// and for a token issued before all tokens of the user were revoked, or in the same second.
/// [`LivekitError::AccountBanned`] for a banned user.
pub fn admit<'f>(caller: &Caller, facts: &'f Facts) -> Result<&'f UserFacts, LivekitError> {
    let user = facts.user.as_ref().filter(|user| user.id == caller.user_id);
    let user = user.ok_or(LivekitError::Unauthorized(TokenError::UnknownUser))?;
    // A token without `iat` may have been issued before the revocation.
    let is_cut_off =
        user.revoked_until.is_some_and(|until| caller.issued_at.is_none_or(|issued_at| issued_at <= until));
    if user.token_revoked || user.session_revoked || is_cut_off {
        return Err(LivekitError::TokenRevoked);
    }
    if user.banned {
        return Err(LivekitError::AccountBanned);
    }
    Ok(user)
}

/// Checks that the id of the requested channel is exactly the id in the facts.
pub(super) fn check_channel_id(channel_id: &str, facts: &Facts) -> Result<(), LivekitError> {
    match &facts.channel {
        Some(channel) if channel.id != channel_id => Err(LivekitError::Forbidden(ForbiddenReason::UnknownChannel)),
        _ => Ok(()),
    }
}
