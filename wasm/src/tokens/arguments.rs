//! The arguments of the hot path: texts by their length, everything else as a number.

use livekit_edge::{
    LivekitError, RawCreateToken,
    service::{CreateTokenRef, Field},
    whole_seconds,
};

/// Codes of fields that are no text; anything else below zero is another value.
const ABSENT: i32 = -1;
const ILL_FORMED: i32 = -2;
const NUMBER: i32 = -3;

/// The arguments as they come: see `generate_token` in `mod.rs`.
#[derive(Clone, Copy)]
pub(crate) struct Codes {
    pub(crate) room: i32,
    pub(crate) identity: i32,
    pub(crate) name: i32,
    pub(crate) ttl_kind: i32,
    pub(crate) ttl: f64,
    pub(crate) random: bool,
}

impl Codes {
    /// The request in the input and its random bytes, if every field is of its type.
    pub(crate) fn plain<'i>(&self, mut input: &'i [u8]) -> Option<(CreateTokenRef<'i>, Option<[u8; 16]>)> {
        let mut text = |length: i32| take_text(usize::try_from(length).ok()?, &mut input);
        let (room_id, identity) = (text(self.room)?, text(self.identity)?);
        let name = if self.name == ABSENT { None } else { Some(text(self.name)?) };
        let ttl = match self.ttl_kind {
            ABSENT => None,
            NUMBER => Some(whole_seconds(self.ttl)?),
            _ => return None,
        };
        let jti = if self.random { Some(*input.first_chunk()?) } else { None };
        Some((CreateTokenRef { room_id, identity, name, ttl }, jti))
    }

    /// The request in the input and its random bytes, whatever the fields are.
    pub(crate) fn raw(&self, mut input: &[u8]) -> Result<(RawCreateToken, Option<[u8; 16]>), LivekitError> {
        let mut field = |code| read(code, self.ttl, &mut input);
        let request = RawCreateToken {
            room_id: field(self.room)?,
            identity: field(self.identity)?,
            name: field(self.name)?,
            ttl: field(self.ttl_kind)?,
        };
        let jti = match self.random {
            true => Some(*input.first_chunk().ok_or(LivekitError::TokenGeneration)?),
            false => None,
        };
        Ok((request, jti))
    }
}

/// A field by its code: how many bytes of text it is, or what it is instead.
fn read(code: i32, number: f64, input: &mut &[u8]) -> Result<Field, LivekitError> {
    Ok(match code {
        ABSENT => Field::Absent,
        ILL_FORMED => Field::IllFormedText,
        NUMBER => Field::Number(number),
        _ => match usize::try_from(code) {
            Ok(length) => Field::Text(take_text(length, input).ok_or(LivekitError::TokenGeneration)?.into()),
            Err(_) => Field::Other,
        },
    })
}

fn take_text<'i>(length: usize, input: &mut &'i [u8]) -> Option<&'i str> {
    let (text, rest) = input.split_at_checked(length)?;
    *input = rest;
    core::str::from_utf8(text).ok()
}
