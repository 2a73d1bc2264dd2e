//! A complete request for a token.

use crate::{
    error::{LivekitError, RequestField, Violation},
    text::{TextFault, check_id, check_name},
};
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

    /// The same request, of the texts that are here.
    #[must_use]
    pub fn borrowed(&self) -> CreateTokenRef<'_> {
        CreateTokenRef { room_id: &self.room_id, identity: &self.identity, name: self.name.as_deref(), ttl: self.ttl }
    }
}

/// A [`CreateToken`] of texts that are elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateTokenRef<'t> {
    /// Room to join; the channel's id, verbatim.
    pub room_id: &'t str,
    /// Identity of the participant.
    pub identity: &'t str,
    /// Display name; the identity if unset or blank.
    pub name: Option<&'t str>,
    /// Seconds that the token lives; the configured default if unset.
    pub ttl: Option<u64>,
}

impl CreateTokenRef<'_> {
    /// Checks every field.
    pub(super) fn check(&self, max_ttl: u64) -> Result<(), LivekitError> {
        let mut found = Vec::new();
        found.extend(check_text(RequestField::Identity, self.identity));
        found.extend(check_text(RequestField::RoomId, self.room_id));
        found.extend(self.name.and_then(|name| check_display_name(RequestField::Name, name)));
        found.extend(self.ttl.and_then(|ttl| check_ttl(ttl, max_ttl)));
        none_or_invalid(found)
    }

    /// The name that others see.
    pub(super) fn display_name(&self) -> &str {
        self.name.filter(|name| !name.trim().is_empty()).unwrap_or(self.identity)
    }
}

pub(super) fn none_or_invalid(found: Vec<Violation>) -> Result<(), LivekitError> {
    if found.is_empty() { Ok(()) } else { Err(LivekitError::InvalidRequest(found)) }
}

/// The rule of a required text.
pub(super) fn check_text(field: RequestField, text: &str) -> Option<Violation> {
    check_id(text, field.max_bytes()).map(|fault| violation(field, fault))
}

/// The rule of the display name.
pub(super) fn check_display_name(field: RequestField, name: &str) -> Option<Violation> {
    check_name(name, field.max_bytes()).map(|fault| violation(field, fault))
}

const fn violation(field: RequestField, fault: TextFault) -> Violation {
    match fault {
        TextFault::Blank => Violation::Empty(field),
        TextFault::TooLong => Violation::TooLong(field),
        TextFault::ControlCharacter => Violation::ControlCharacter(field),
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
