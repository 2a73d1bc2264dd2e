//! Chooses the identity of a participant.

use super::{Facts, UserFacts};
use crate::{
    config::IdentityPolicy,
    error::{ForbiddenReason, LivekitError, TokenError},
    names::Identity,
};

impl IdentityPolicy {
    /// The identity of the token.
    ///
    /// # Errors
    /// [`LivekitError::Forbidden`] for the id of another user. The holder would impersonate that user, and LiveKit
    /// would disconnect that user from the room.
    pub(super) fn choose(
        self,
        requested: Option<Identity>,
        user: &UserFacts,
        facts: &Facts,
    ) -> Result<Identity, LivekitError> {
        match (self, requested) {
            (Self::Preserve, Some(requested)) if requested.as_str() != user.id && facts.identity_is_user => {
                Err(LivekitError::Forbidden(ForbiddenReason::IdentityTaken))
            }
            (Self::Preserve, Some(requested)) => Ok(requested),
            (Self::Own, _) | (_, None) => {
                Identity::new(user.id.as_str()).map_err(|_| LivekitError::Unauthorized(TokenError::Claims))
            }
        }
    }
}
