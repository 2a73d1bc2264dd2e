//! Under which identity a caller may join.

use super::{Facts, UserFacts};
use crate::{
    error::{ForbiddenReason, LivekitError, TokenError},
    names::Identity,
};

/// Effect of an identity in the request (`LIVEKIT_IDENTITY_POLICY`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityPolicy {
    /// `preserve`: it is kept, unless it is the id of another user.
    #[default]
    Preserve,
    /// `own`: it is ignored; the identity is always the caller's id.
    Own,
}

impl IdentityPolicy {
    /// Parses the setting. Unset or blank is [`Self::Preserve`]; an unknown value is [`Self::Own`], the stricter.
    #[must_use]
    pub fn from_setting(value: Option<&str>) -> Self {
        match value.map(str::trim) {
            None | Some("" | "preserve") => Self::Preserve,
            Some(_) => Self::Own,
        }
    }

    /// The identity to write into the token.
    ///
    /// # Errors
    /// [`LivekitError::Forbidden`] for the id of another user: the holder would impersonate them, and LiveKit
    /// would put the other out of the room.
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
