//! A request to start a recording.

use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
};

/// A request to start a recording, before validation. Other fields are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawStartRecording {
    /// `None` for a value that is not a boolean.
    audio_only: Option<bool>,
}

impl RawStartRecording {
    /// Takes the field `audioOnly` from an object; the default is false.
    #[must_use]
    pub fn from_object(object: &Object<'_>) -> Self {
        let audio_only = match object.get("audioOnly") {
            None => Some(false),
            Some(Value::Bool(audio_only)) => Some(*audio_only),
            Some(_) => None,
        };
        Self { audio_only }
    }

    /// Returns true for a recording without video.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] for a value that is not a boolean.
    pub fn validate(&self) -> Result<bool, LivekitError> {
        self.audio_only.ok_or_else(|| FieldError::NotBoolean(RequestField::AudioOnly).into())
    }
}
