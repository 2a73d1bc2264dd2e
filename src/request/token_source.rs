//! A request in the form of LiveKit's clients (`TokenSourceRequest` of livekit `protobufs/livekit_token_source.proto`).

use super::{
    raw_create_token::JoinRequest,
    raw_fields::{Field, FieldChecker},
};
use crate::{
    config::{IdentityPolicy, LivekitConfig},
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
};
use alloc::{string::String, vec::Vec};

/// Every field: in snake_case, which clients send, and in camelCase, which proto3 JSON accepts too.
const FIELDS: [(&str, &str); 6] = [
    ("room_name", "roomName"),
    ("participant_name", "participantName"),
    ("participant_identity", "participantIdentity"),
    ("participant_metadata", "participantMetadata"),
    ("participant_attributes", "participantAttributes"),
    ("room_config", "roomConfig"),
];

/// A request before it is checked. Other fields are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawTokenSource {
    /// `room_name`
    pub room: Field,
    /// `participant_name`
    pub name: Field,
    /// `participant_identity`
    pub identity: Field,
    /// `participant_metadata`
    pub metadata: Field,
    /// `participant_attributes`; `None` for anything but an object of strings.
    pub attributes: Option<Vec<(String, String)>>,
    /// True if `room_config` is set and not empty.
    pub has_room_config: bool,
}

impl RawTokenSource {
    /// Takes the fields of an object. As in proto3 JSON, an empty field counts as unset.
    ///
    /// # Errors
    /// [`LivekitError::BodyRepeatsField`] for a field in both spellings.
    pub fn from_object(object: &Object<'_>) -> Result<Self, LivekitError> {
        let is_repeated = |(snake, camel): (&str, &str)| object.get(snake).is_some() && object.get(camel).is_some();
        if FIELDS.into_iter().any(is_repeated) {
            return Err(LivekitError::BodyRepeatsField);
        }
        let [room, name, identity, metadata, attributes, room_config] =
            FIELDS.map(|(snake, camel)| object.get(snake).or_else(|| object.get(camel)));
        Ok(Self {
            room: Field::from(room),
            name: Field::from(name),
            identity: unless_empty(Field::from(identity)),
            metadata: unless_empty(Field::from(metadata)),
            attributes: attributes.map_or_else(|| Some(Vec::new()), strings),
            has_room_config: room_config.is_some_and(|config| *config != Value::Object(Object::default())),
        })
    }

    /// The room and the identity to look up in the store, each if it is valid.
    #[must_use]
    pub fn lookup(&self) -> (Option<&str>, Option<&str>) {
        (self.room.identifier(), self.identity.identifier())
    }

    /// Checks every field of a request of the user `user_id`. Clients may set metadata and attributes only where
    /// participants may change them anyway, a room configuration never, and another identity than the user's id only if the
    /// policy allows it.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error, by field.
    pub fn validate(self, config: &LivekitConfig, user_id: &str) -> Result<JoinRequest, LivekitError> {
        let mut checker = FieldChecker::default();
        let room_id = checker.required(RequestField::SourceRoom, self.room, RequestField::room_name);
        let name = checker.optional(RequestField::SourceName, self.name, RequestField::display_name);
        let identity = checker.optional(RequestField::SourceIdentity, self.identity, RequestField::identity);
        let is_other = identity.as_ref().is_some_and(|identity| identity.as_str() != user_id);
        if config.identity_policy == IdentityPolicy::Own && is_other {
            checker.error(FieldError::NotForClients(RequestField::SourceIdentity));
        }
        let may_set = config.can_update_own_metadata;
        let metadata = if self.metadata != Field::Absent && !may_set {
            checker.error(FieldError::NotForClients(RequestField::SourceMetadata));
            None
        } else {
            checker.optional(RequestField::SourceMetadata, self.metadata, limited)
        };
        let attributes = self.attributes.unwrap_or_else(|| {
            checker.error(FieldError::NotStrings(RequestField::SourceAttributes));
            Vec::new()
        });
        if !attributes.is_empty() && !may_set {
            checker.error(FieldError::NotForClients(RequestField::SourceAttributes));
        } else if bytes_of(&attributes) > RequestField::SourceAttributes.max_bytes() {
            checker.error(FieldError::TooLong(RequestField::SourceAttributes));
        }
        if self.has_room_config {
            checker.error(FieldError::NotForClients(RequestField::SourceRoomConfig));
        }
        let room_id = checker.finish_with(room_id)?;
        Ok(JoinRequest { room_id, identity, name, ttl: None, metadata: metadata.unwrap_or_default(), attributes })
    }
}

fn unless_empty(field: Field) -> Field {
    if field == Field::String(String::new()) { Field::Absent } else { field }
}

fn strings(value: &Value<'_>) -> Option<Vec<(String, String)>> {
    if let Value::Object(object) = value { object.strings() } else { None }
}

fn limited(field: RequestField, value: String) -> Result<String, FieldError> {
    if value.len() > field.max_bytes() { Err(FieldError::TooLong(field)) } else { Ok(value) }
}

fn bytes_of(attributes: &[(String, String)]) -> usize {
    attributes.iter().map(|(name, value)| name.len().saturating_add(value.len())).fold(0, usize::saturating_add)
}
