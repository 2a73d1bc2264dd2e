//! What can be wrong with a create-token request.

use crate::text::{MAX_IDENTITY_BYTES, MAX_NAME_BYTES, MAX_ROOM_BYTES};
use core::fmt;

/// One broken rule of the create-token request; `Display` gives the text of the response body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// The field is missing, empty or white space only.
    Empty(RequestField),
    /// The field is not a string.
    NotText(RequestField),
    /// The field is longer than the LiveKit server takes.
    TooLong(RequestField),
    /// The field holds a control character, or an id an invisible one.
    ControlCharacter(RequestField),
    /// The field holds half of a UTF-16 surrogate pair.
    LoneSurrogate(RequestField),
    /// `ttl` is below one second.
    TtlTooSmall,
    /// `ttl` is above the configured maximum, in seconds.
    TtlTooLarge(u64),
    /// `ttl` is not a finite number.
    TtlNotNumber,
}

/// A text field of the create-token request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestField {
    /// `identity`
    Identity,
    /// `roomId`
    RoomId,
    /// `name`
    Name,
}

impl RequestField {
    /// Longest value in bytes.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Identity => MAX_IDENTITY_BYTES,
            Self::RoomId => MAX_ROOM_BYTES,
            Self::Name => MAX_NAME_BYTES,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::RoomId => "roomId",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(field) => write!(f, "{} should not be empty", field.name()),
            Self::NotText(field) => write!(f, "{} must be a string", field.name()),
            Self::TooLong(field) => write!(f, "{} must not be longer than {} bytes", field.name(), field.max_bytes()),
            Self::ControlCharacter(field) => write!(f, "{} must not contain control characters", field.name()),
            Self::LoneSurrogate(field) => write!(f, "{} must be well-formed Unicode", field.name()),
            Self::TtlTooSmall => f.write_str("ttl must not be less than 1"),
            Self::TtlTooLarge(max) => write!(f, "ttl must not be greater than {max}"),
            Self::TtlNotNumber => f.write_str("ttl must be a number conforming to the specified constraints"),
        }
    }
}
