//! A request in the form of LiveKit's clients (`TokenSourceRequest` of livekit `protobufs/livekit_token_source.proto`).

use super::{
    LivekitConfig,
    create_token::{check_display_name, check_text, none_or_invalid},
    raw_create_token::{Field, JoinRequest, optional, required},
};
use crate::{
    error::{LivekitError, RequestField, Violation},
    json::{Object, Value},
    rbac::IdentityPolicy,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// Every field: in snake_case, which is what clients send, and in camelCase, which protobuf's JSON reads as well.
const FIELDS: [(&str, &str); 6] = [
    ("room_name", "roomName"),
    ("participant_name", "participantName"),
    ("participant_identity", "participantIdentity"),
    ("participant_metadata", "participantMetadata"),
    ("participant_attributes", "participantAttributes"),
    ("room_config", "roomConfig"),
];

/// A request before it is checked. Every other field is dropped.
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
    /// `participant_attributes`; `None` for what is no object of texts.
    pub attributes: Option<BTreeMap<String, String>>,
    /// True if `room_config` asks for anything.
    pub has_room_config: bool,
}

impl RawTokenSource {
    /// Takes the fields of an object. As in protobuf's JSON, an empty one counts as none.
    ///
    /// # Errors
    /// [`LivekitError::BodyRepeatsField`] for a field in both spellings.
    pub fn from_object(object: &Object) -> Result<Self, LivekitError> {
        let is_twice = |(snake, camel): (&str, &str)| object.get(snake).is_some() && object.get(camel).is_some();
        if FIELDS.into_iter().any(is_twice) {
            return Err(LivekitError::BodyRepeatsField);
        }
        let [room, name, identity, metadata, attributes, room_config] =
            FIELDS.map(|(snake, camel)| object.get(snake).or_else(|| object.get(camel)));
        Ok(Self {
            room: Field::of(room),
            name: Field::of(name),
            identity: unless_empty(Field::of(identity)),
            metadata: unless_empty(Field::of(metadata)),
            attributes: attributes.map_or_else(|| Some(BTreeMap::new()), texts),
            has_room_config: room_config.is_some_and(|config| *config != Value::Object(Object::default())),
        })
    }

    /// The room and the identity, each if it is there and valid: what is worth asking the store about.
    #[must_use]
    pub fn lookup(&self) -> (Option<&str>, Option<&str>) {
        (self.room.valid_id(RequestField::SourceRoom), self.identity.valid_id(RequestField::SourceIdentity))
    }

    /// Checks every field of a request of the user `user_id`. Metadata and attributes are the client's to set where
    /// participants may change them anyway, a room configuration never, and another identity than the user's id only
    /// if the policy leaves the choice.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every broken rule, by field.
    pub fn validate(self, config: &LivekitConfig, user_id: &str) -> Result<JoinRequest, LivekitError> {
        let mut found = Vec::new();
        let room_id = required(RequestField::SourceRoom, self.room, &mut found);
        let name = optional(RequestField::SourceName, self.name, check_display_name, &mut found);
        let identity = optional(RequestField::SourceIdentity, self.identity, check_text, &mut found);
        if config.identity_policy == IdentityPolicy::Own && identity.as_deref().is_some_and(|asked| asked != user_id) {
            found.push(Violation::NotForClients(RequestField::SourceIdentity));
        }
        let metadata = match self.metadata {
            Field::Absent => None,
            _ if !config.can_update_own_metadata => refused(RequestField::SourceMetadata, &mut found),
            given => optional(RequestField::SourceMetadata, given, too_long, &mut found),
        };
        let attributes = match self.attributes {
            None => {
                found.push(Violation::NotTexts(RequestField::SourceAttributes));
                None
            }
            Some(attributes) if attributes.is_empty() => None,
            Some(_) if !config.can_update_own_metadata => refused(RequestField::SourceAttributes, &mut found),
            Some(attributes) => {
                let bytes = attributes.iter().map(|(key, value)| key.len().saturating_add(value.len()));
                found.extend(longer(RequestField::SourceAttributes, bytes.fold(0, usize::saturating_add)));
                Some(attributes)
            }
        };
        if self.has_room_config {
            found.push(Violation::NotForClients(RequestField::SourceRoomConfig));
        }
        none_or_invalid(found)?;
        Ok(JoinRequest {
            identity,
            name,
            metadata: metadata.unwrap_or_default(),
            attributes: attributes.unwrap_or_default(),
            ..JoinRequest::to(room_id)
        })
    }
}

fn unless_empty(field: Field) -> Field {
    if field == Field::Text(String::new()) { Field::Absent } else { field }
}

fn texts(value: &Value) -> Option<BTreeMap<String, String>> {
    if let Value::Object(object) = value { object.texts() } else { None }
}

fn refused<T>(field: RequestField, found: &mut Vec<Violation>) -> Option<T> {
    found.push(Violation::NotForClients(field));
    None
}

fn too_long(field: RequestField, text: &str) -> Option<Violation> {
    longer(field, text.len())
}

fn longer(field: RequestField, bytes: usize) -> Option<Violation> {
    (bytes > field.max_bytes()).then_some(Violation::TooLong(field))
}
