//! A complete request for a token.

use crate::error::{LivekitError, RequestField, Violation};
use alloc::{string::String, vec::Vec};

/// Who is to join which room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateToken {
    /// Room to join; the channel's id, verbatim.
    pub room_id: String,
    /// Identity of the participant.
    pub identity: String,
    /// Display name; the identity if unset or blank.
    pub name: Option<String>,
    /// Seconds that the token lives; the configured default if unset.
    pub ttl: Option<u64>,
}

impl CreateToken {
    /// A request with the default name and life.
    #[must_use]
    pub fn new(room_id: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { room_id: room_id.into(), identity: identity.into(), name: None, ttl: None }
    }

    /// Checks every field.
    pub(super) fn check(&self, max_ttl: u64) -> Result<(), LivekitError> {
        let mut found = Vec::new();
        found.extend(check_text(RequestField::Identity, &self.identity));
        found.extend(check_text(RequestField::RoomId, &self.room_id));
        found.extend(self.name.as_deref().and_then(check_name));
        found.extend(self.ttl.and_then(|ttl| check_ttl(ttl, max_ttl)));
        none_or_invalid(found)
    }
}

pub(super) fn none_or_invalid(found: Vec<Violation>) -> Result<(), LivekitError> {
    if found.is_empty() { Ok(()) } else { Err(LivekitError::InvalidRequest(found)) }
}

/// The rule of a required text: not blank, not too long, no control characters. It is never trimmed: the room
/// that is authorised and the room that is granted are the same bytes.
pub(super) fn check_text(field: RequestField, text: &str) -> Option<Violation> {
    if text.trim().is_empty() { Some(Violation::Empty(field)) } else { check_length_and_characters(field, text) }
}

/// The rule of the display name, which may be blank.
pub(super) fn check_name(name: &str) -> Option<Violation> {
    check_length_and_characters(RequestField::Name, name)
}

fn check_length_and_characters(field: RequestField, text: &str) -> Option<Violation> {
    if text.len() > field.max_bytes() {
        Some(Violation::TooLong(field))
    } else if text.chars().any(char::is_control) {
        Some(Violation::ControlCharacter(field))
    } else {
        None
    }
}

/// The rule of a life in whole seconds.
pub(super) fn check_ttl(ttl: u64, max_ttl: u64) -> Option<Violation> {
    if ttl < 1 {
        Some(Violation::TtlTooSmall)
    } else if ttl > max_ttl {
        Some(Violation::TtlTooLarge(max_ttl))
    } else {
        None
    }
}
