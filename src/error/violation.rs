//! What can be wrong with the fields of a request.

use crate::{
    json::decimal,
    text::{MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_NAME_BYTES, MAX_ROOM_BYTES, check_id},
};
use alloc::string::String;
use core::fmt;

/// One broken rule of a request; `Display` gives the text of the response body.
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
    /// The field is not `true` or `false`.
    NotFlag(RequestField),
    /// The field is not an object whose values are strings.
    NotTexts(RequestField),
    /// The field decides what the operator has not left to clients.
    NotForClients(RequestField),
}

/// A field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestField {
    /// `identity`
    Identity,
    /// `roomId`
    RoomId,
    /// `name`
    Name,
    /// `participantIdentity`: whom to mute
    ParticipantIdentity,
    /// `mute`
    Mute,
    /// `room_name` of LiveKit's clients
    SourceRoom,
    /// `participant_identity` of LiveKit's clients
    SourceIdentity,
    /// `participant_name` of LiveKit's clients
    SourceName,
    /// `participant_metadata` of LiveKit's clients
    SourceMetadata,
    /// `participant_attributes` of LiveKit's clients
    SourceAttributes,
    /// `room_config` of LiveKit's clients
    SourceRoomConfig,
}

impl RequestField {
    /// Longest value in bytes; 0 for a field that is no text.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Identity | Self::ParticipantIdentity | Self::SourceIdentity => MAX_IDENTITY_BYTES,
            Self::RoomId | Self::SourceRoom => MAX_ROOM_BYTES,
            Self::Name | Self::SourceName => MAX_NAME_BYTES,
            Self::SourceMetadata => MAX_METADATA_BYTES,
            Self::SourceAttributes => MAX_ATTRIBUTES_BYTES,
            Self::Mute | Self::SourceRoomConfig => 0,
        }
    }

    /// True if `text` can be the id of a room or a participant.
    #[must_use]
    pub fn is_valid_id(self, text: &str) -> bool {
        check_id(text, self.max_bytes()).is_none()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::RoomId => "roomId",
            Self::Name => "name",
            Self::ParticipantIdentity => "participantIdentity",
            Self::Mute => "mute",
            Self::SourceRoom => "room_name",
            Self::SourceIdentity => "participant_identity",
            Self::SourceName => "participant_name",
            Self::SourceMetadata => "participant_metadata",
            Self::SourceAttributes => "participant_attributes",
            Self::SourceRoomConfig => "room_config",
        }
    }
}

impl Violation {
    /// The text of the response body.
    pub(super) fn message(&self) -> String {
        let of = |field: &RequestField, problem| [field.name(), problem].concat();
        match self {
            Self::Empty(field) => of(field, " should not be empty"),
            Self::NotText(field) => of(field, " must be a string"),
            Self::TooLong(field) => {
                let bytes = decimal(u64::try_from(field.max_bytes()).unwrap_or(u64::MAX));
                [field.name(), " must not be longer than ", &bytes, " bytes"].concat()
            }
            Self::ControlCharacter(field) => of(field, " must not contain control characters"),
            Self::LoneSurrogate(field) => of(field, " must be well-formed Unicode"),
            Self::NotFlag(field) => of(field, " must be a boolean value"),
            Self::NotTexts(field) => of(field, " must be an object of strings"),
            Self::NotForClients(field) => of(field, " must not be set by a client"),
            Self::TtlTooSmall => "ttl must not be less than 1".into(),
            Self::TtlTooLarge(max) => ["ttl must not be greater than ", &decimal(*max)].concat(),
            Self::TtlNotNumber => "ttl must be a number conforming to the specified constraints".into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
