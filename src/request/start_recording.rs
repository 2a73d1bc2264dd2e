//! A request about a recording.

use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
};

/// A request to start a recording before it is checked. Other fields are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawStartRecording {
    /// `None` for another type.
    audio_only: Option<bool>,
}

impl RawStartRecording {
    /// Reads `audioOnly` of an object; the default is false.
    #[must_use]
    pub fn from_object(object: &Object<'_>) -> Self {
        let audio_only = match object.get("audioOnly") {
            None => Some(false),
            Some(Value::Bool(audio_only)) => Some(*audio_only),
            Some(_) => None,
        };
        Self { audio_only }
    }

    /// Whether the recording has no video.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] for another type.
    pub fn validate(&self) -> Result<bool, LivekitError> {
        self.audio_only.ok_or_else(|| FieldError::NotBoolean(RequestField::AudioOnly).into())
    }
}
