//! The arguments of the hot path: texts by their length, everything else as a number.

use livekit_edge::{LivekitError, service};

/// A field of the request: how many bytes of text it is, or what it is instead.
pub(crate) enum Field {
    Text(usize),
    Other(service::Field),
}

impl Field {
    pub(crate) fn from_code(code: i32) -> Self {
        match code {
            -1 => Self::Other(service::Field::Absent),
            -2 => Self::Other(service::Field::IllFormedText),
            -3 => Self::Other(service::Field::Number(0.0)),
            _ => usize::try_from(code).map_or(Self::Other(service::Field::Other), Self::Text),
        }
    }

    pub(crate) fn or_number(self, number: f64) -> Self {
        match self {
            Self::Other(service::Field::Number(_)) => Self::Other(service::Field::Number(number)),
            other => other,
        }
    }

    pub(crate) fn read(self, input: &mut &[u8]) -> Result<service::Field, LivekitError> {
        match self {
            Self::Other(field) => Ok(field),
            Self::Text(length) => {
                let (text, rest) = input.split_at_checked(length).ok_or(LivekitError::TokenGeneration)?;
                *input = rest;
                let text = core::str::from_utf8(text).map_err(|_| LivekitError::TokenGeneration)?;
                Ok(service::Field::Text(text.into()))
            }
        }
    }
}

pub(crate) struct GenerateArguments {
    pub(crate) room: Field,
    pub(crate) identity: Field,
    pub(crate) name: Field,
    pub(crate) ttl: Field,
    pub(crate) random: bool,
    pub(crate) now: f64,
}
