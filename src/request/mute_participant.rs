//! A request to mute a participant.

use super::raw_fields::{Field, FieldChecker};
use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
    names::Identity,
};

/// The participant to mute or to unmute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuteParticipant {
    /// Identity of the participant.
    pub identity: Identity,
    /// False to unmute.
    pub mute: bool,
}

/// A request to mute, before validation. Other fields are ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMuteParticipant {
    identity: Field,
    mute: Option<bool>,
}

impl RawMuteParticipant {
    /// Takes the fields `participantIdentity` and `mute` from an object.
    #[must_use]
    pub fn from_object(object: &Object<'_>) -> Self {
        let mute = if let Some(Value::Bool(mute)) = object.get("mute") { Some(*mute) } else { None };
        Self { identity: Field::from(object.get("participantIdentity")), mute }
    }

    /// Checks both fields.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error.
    pub fn validate(self) -> Result<MuteParticipant, LivekitError> {
        let mut checker = FieldChecker::default();
        let identity = checker.required(RequestField::ParticipantIdentity, self.identity, RequestField::identity);
        let mute = checker.check(self.mute.ok_or(FieldError::NotBoolean(RequestField::Mute)));
        let (identity, mute) = checker.finish_with(identity.zip(mute))?;
        Ok(MuteParticipant { identity, mute })
    }
}
