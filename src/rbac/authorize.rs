//! The order in which the endpoint refuses: 401, then 400, then 403.

use super::{Facts, RbacAction, UserFacts, decide};
use crate::{
    authenticate::Caller,
    error::{Denial, LivekitError, TokenFault},
    service::{CreateToken, LivekitConfig, RawCreateToken},
};

/// Lets in a caller whom the store knows, by exactly the id in the token.
///
/// # Errors
/// [`LivekitError::Unauthorized`] for an unknown user, [`LivekitError::TokenRevoked`],
/// [`LivekitError::AccountBanned`].
pub fn admit<'f>(caller: &Caller, facts: &'f Facts) -> Result<&'f UserFacts, LivekitError> {
    let user = facts.user.as_ref().filter(|user| user.id == caller.user_id);
    let user = user.ok_or(LivekitError::Unauthorized(TokenFault::UnknownUser))?;
    if user.token_revoked {
        return Err(LivekitError::TokenRevoked);
    }
    if user.banned {
        return Err(LivekitError::AccountBanned);
    }
    Ok(user)
}

/// Turns a request that has arrived into one that may be granted, at `now` (Unix seconds).
///
/// The room that is granted is exactly the channel that the facts are about, whatever the database's collation
/// takes for equal.
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then as [`decide`], and [`LivekitError::Forbidden`]
/// for the identity of another user.
pub fn authorize_join(
    caller: &Caller,
    request: RawCreateToken,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<CreateToken, LivekitError> {
    let user = admit(caller, facts)?;
    let request = request.validate(config.max_ttl)?;
    if facts.channel.as_ref().is_some_and(|channel| channel.id != request.room_id) {
        return Err(LivekitError::Forbidden(Denial::UnknownChannel));
    }
    decide(user, facts, RbacAction::JoinChannel, now)?;
    let identity = config.identity_policy.choose(request.identity, user, facts)?;
    Ok(CreateToken { room_id: request.room_id, identity, name: request.name, ttl: request.ttl })
}
