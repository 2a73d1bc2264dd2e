//! A create-token request before validation.

use super::{
    create_token::CreateToken,
    raw_fields::{Field, FieldChecker, parse_body},
};
use crate::{
    error::{LivekitError, RequestField},
    json::Object,
    names::{DisplayName, Identity, RoomName},
    token::{RoomConfiguration, Ttl},
};
use alloc::{string::String, vec::Vec};

/// The four fields of a create-token request before validation. Other fields are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawCreateToken {
    /// `roomId`
    pub room_id: Field,
    /// `identity`
    pub identity: Field,
    /// `name`
    pub name: Field,
    /// `ttl`, in seconds
    pub ttl: Field,
}

/// A valid request to join a room. Without an identity, the caller's own id is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// Room to join.
    pub room_id: RoomName,
    /// Requested identity.
    pub identity: Option<Identity>,
    /// Requested display name.
    pub name: Option<DisplayName>,
    /// Requested TTL.
    pub ttl: Option<Ttl>,
    /// Requested metadata; empty for none.
    pub metadata: String,
    /// Requested attributes.
    pub attributes: Vec<(String, String)>,
    /// Requested room configuration.
    pub room_config: Option<RoomConfiguration>,
}

impl RawCreateToken {
    /// Parses a request body.
    ///
    /// # Errors
    /// As [`parse_body`].
    pub fn from_body(body: &[u8]) -> Result<Self, LivekitError> {
        parse_body(body).map(|object| Self::from_object(&object))
    }

    /// Takes the four fields from an object.
    #[must_use]
    pub fn from_object(object: &Object<'_>) -> Self {
        let field = |name| Field::from(object.get(name));
        Self { room_id: field("roomId"), identity: field("identity"), name: field("name"), ttl: field("ttl") }
    }

    /// The room and the identity to look up in the store, each if it is valid.
    #[must_use]
    pub fn lookup(&self) -> (Option<&str>, Option<&str>) {
        (self.room_id.identifier(), self.identity.identifier())
    }

    /// Checks every field; the identity may be missing.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error in the order identity, roomId, name, ttl.
    pub fn validate(self, max_ttl: Ttl) -> Result<JoinRequest, LivekitError> {
        self.check(max_ttl, |checker, identity| {
            // The outer `Some` means valid: a request without an identity is valid too.
            Some(checker.optional(RequestField::Identity, identity, RequestField::identity))
        })
        .map(|(identity, room_id, name, ttl)| JoinRequest {
            room_id,
            identity,
            name,
            ttl,
            metadata: String::new(),
            attributes: Vec::new(),
            room_config: None,
        })
    }

    /// Checks every field; the identity is required.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn validate_complete(self, max_ttl: Ttl) -> Result<CreateToken, LivekitError> {
        self.check(max_ttl, |checker, identity| {
            checker.required(RequestField::Identity, identity, RequestField::identity)
        })
        .map(|(identity, room_id, name, ttl)| CreateToken { room_id, identity, name, ttl, server: None })
    }

    fn check<I>(
        self,
        max_ttl: Ttl,
        check_identity: impl FnOnce(&mut FieldChecker, Field) -> Option<I>,
    ) -> Result<(I, RoomName, Option<DisplayName>, Option<Ttl>), LivekitError> {
        let mut checker = FieldChecker::default();
        let identity = check_identity(&mut checker, self.identity);
        let room_id = checker.required(RequestField::RoomId, self.room_id, RequestField::room_name);
        let name = checker.optional(RequestField::Name, self.name, RequestField::display_name);
        let ttl = checker.ttl(&self.ttl, max_ttl);
        let (identity, room_id) = checker.finish_with(identity.zip(room_id))?;
        Ok((identity, room_id, name, ttl))
    }
}
