//! A request to mute someone.

use super::{
    create_token::none_or_invalid,
    raw_create_token::{Field, required},
};
use crate::{
    error::{LivekitError, RequestField, Violation},
    json::{Object, Value},
};
use alloc::{string::String, vec::Vec};

/// Whom to mute, or to unmute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuteParticipant {
    /// Identity of the participant.
    pub identity: String,
    /// False to unmute.
    pub mute: bool,
}

/// A request to mute before it is checked. Every other field is dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMuteParticipant {
    identity: Field,
    mute: Option<bool>,
}

impl RawMuteParticipant {
    /// Takes `participantIdentity` and `mute` of an object.
    #[must_use]
    pub fn from_object(object: &Object) -> Self {
        let mute = match object.get("mute") {
            Some(Value::Bool(mute)) => Some(*mute),
            _ => None,
        };
        Self { identity: Field::of(object.get("participantIdentity")), mute }
    }

    /// Checks both fields.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every broken rule.
    pub fn validate(self) -> Result<MuteParticipant, LivekitError> {
        let mut found = Vec::new();
        let identity = required(RequestField::ParticipantIdentity, self.identity, &mut found);
        if self.mute.is_none() {
            found.push(Violation::NotFlag(RequestField::Mute));
        }
        none_or_invalid(found)?;
        Ok(MuteParticipant { identity: identity.unwrap_or_default(), mute: self.mute.unwrap_or_default() })
    }
}
