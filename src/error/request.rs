//! Why fields of a request are invalid.

use crate::{
    limits::{MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_NAME_BYTES, MAX_ROOM_BYTES},
    names::{DisplayName, Identity, NameError, RoomName},
};
use alloc::string::{String, ToString};
use core::fmt;

/// One invalid field of a request; `Display` writes the message of the response body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldError {
    /// The field is missing, empty or white space only.
    Empty(RequestField),
    /// The field is not a string.
    NotString(RequestField),
    /// The field is longer than LiveKit's maximum.
    TooLong(RequestField),
    /// The field contains a control character or, in an identifier, an invisible character.
    ControlCharacter(RequestField),
    /// The field contains an unpaired UTF-16 surrogate.
    LoneSurrogate(RequestField),
    /// `ttl` is below one second.
    TtlTooSmall,
    /// `ttl` is above the configured maximum, in seconds.
    TtlTooLarge(u64),
    /// `ttl` is not a finite number.
    TtlNotNumber,
    /// The field is not a boolean.
    NotBoolean(RequestField),
    /// The field is not an integer from 1 to this maximum.
    NotInteger(RequestField, u64),
    /// The field is not an object whose values are strings.
    NotStrings(RequestField),
    /// Only the operator may set the field.
    NotForClients(RequestField),
    /// The field is not a room configuration of LiveKit.
    NotRoomConfiguration(RequestField),
    /// The field has more elements than this maximum.
    TooMany(RequestField, usize),
    /// `after` is not a value of `next` from an earlier page.
    NotACursor,
    /// Both `roomId` and `userId` are set, or neither.
    NotRoomOrUser,
}

/// A field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestField {
    /// `identity`
    Identity,
    /// `roomId`
    RoomId,
    /// `userId`
    UserId,
    /// `name`
    Name,
    /// `participantIdentity`: the participant to mute, kick or remove
    ParticipantIdentity,
    /// `mute`
    Mute,
    /// `durationSeconds`: duration of a kick
    DurationSeconds,
    /// `locked`
    Locked,
    /// `audioOnly`: whether a recording has no video
    AudioOnly,
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
    /// `room_config.agents` of LiveKit's clients
    SourceAgents,
    /// `agent_name` of an element of `room_config.agents`
    SourceAgentName,
}

impl RequestField {
    /// Maximum length in bytes; 0 for a field that is not a string.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Identity | Self::UserId | Self::ParticipantIdentity | Self::SourceIdentity => MAX_IDENTITY_BYTES,
            Self::RoomId | Self::SourceRoom => MAX_ROOM_BYTES,
            Self::Name | Self::SourceName => MAX_NAME_BYTES,
            Self::SourceMetadata => MAX_METADATA_BYTES,
            Self::SourceAttributes => MAX_ATTRIBUTES_BYTES,
            Self::Mute
            | Self::AudioOnly
            | Self::DurationSeconds
            | Self::Locked
            | Self::SourceRoomConfig
            | Self::SourceAgents
            | Self::SourceAgentName => 0,
        }
    }

    /// Validates a room name.
    pub(crate) fn room_name(self, value: String) -> Result<RoomName, FieldError> {
        RoomName::new(value).map_err(|error| self.name_error(error))
    }

    /// Validates an identity.
    pub(crate) fn identity(self, value: String) -> Result<Identity, FieldError> {
        Identity::new(value).map_err(|error| self.name_error(error))
    }

    /// Validates a display name.
    pub(crate) fn display_name(self, value: String) -> Result<DisplayName, FieldError> {
        DisplayName::new(value).map_err(|error| self.name_error(error))
    }

    const fn name_error(self, error: NameError) -> FieldError {
        match error {
            NameError::Blank => FieldError::Empty(self),
            NameError::TooLong => FieldError::TooLong(self),
            NameError::ForbiddenCharacter => FieldError::ControlCharacter(self),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::RoomId => "roomId",
            Self::UserId => "userId",
            Self::Name => "name",
            Self::ParticipantIdentity => "participantIdentity",
            Self::Mute => "mute",
            Self::DurationSeconds => "durationSeconds",
            Self::Locked => "locked",
            Self::AudioOnly => "audioOnly",
            Self::SourceRoom => "room_name",
            Self::SourceIdentity => "participant_identity",
            Self::SourceName => "participant_name",
            Self::SourceMetadata => "participant_metadata",
            Self::SourceAttributes => "participant_attributes",
            Self::SourceRoomConfig => "room_config",
            Self::SourceAgents => "room_config.agents",
            Self::SourceAgentName => "room_config.agents.agent_name",
        }
    }
}

impl FieldError {
    pub(super) fn message(&self) -> String {
        let (field, rule) = match self {
            Self::Empty(field) => (field, " should not be empty"),
            Self::NotString(field) => (field, " must be a string"),
            Self::TooLong(field) => {
                return [field.name(), " must not be longer than ", &field.max_bytes().to_string(), " bytes"].concat();
            }
            Self::ControlCharacter(field) => (field, " must not contain control characters"),
            Self::LoneSurrogate(field) => (field, " must be well-formed Unicode"),
            Self::NotBoolean(field) => (field, " must be a boolean value"),
            Self::NotStrings(field) => (field, " must be an object of strings"),
            Self::NotForClients(field) => (field, " must not be set by a client"),
            Self::NotRoomConfiguration(field) => (field, " must be a room configuration of LiveKit"),
            Self::TooMany(field, max) => {
                return [field.name(), " must not have more than ", &max.to_string(), " elements"].concat();
            }
            Self::NotInteger(field, max) => {
                return [field.name(), " must be an integer from 1 to ", &max.to_string()].concat();
            }
            Self::NotACursor => return "after must be the next of an earlier page".into(),
            Self::NotRoomOrUser => return "exactly one of roomId and userId must be given".into(),
            Self::TtlTooSmall => return "ttl must not be less than 1".into(),
            Self::TtlTooLarge(max) => return ["ttl must not be greater than ", &max.to_string()].concat(),
            Self::TtlNotNumber => return "ttl must be a number conforming to the specified constraints".into(),
        };
        [field.name(), rule].concat()
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
