//! A token request of LiveKit's client SDKs (`TokenSourceRequest` of livekit `protobufs/livekit_token_source.proto`).

use super::{
    raw_create_token::JoinRequest,
    raw_fields::{Field, FieldChecker},
};
use crate::{
    config::{IdentityPolicy, LivekitConfig},
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
    names::RoomName,
    token::RoomConfiguration,
};
use alloc::{string::String, vec::Vec};

/// Each field in snake_case, which client SDKs send, and in camelCase, which proto3 JSON also accepts.
const FIELDS: [(&str, &str); 6] = [
    ("room_name", "roomName"),
    ("participant_name", "participantName"),
    ("participant_identity", "participantIdentity"),
    ("participant_metadata", "participantMetadata"),
    ("participant_attributes", "participantAttributes"),
    ("room_config", "roomConfig"),
];

/// A request before validation. Other fields are ignored.
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
    /// `participant_attributes`; `None` for anything but an object of to_string_pairs.
    pub attributes: Option<Vec<(String, String)>>,
    /// `room_config`
    pub room_config: RawRoomConfig,
}

/// `room_config`, before it is compared with the operator's policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RawRoomConfig {
    /// Missing, `null`, or without a field that is set.
    #[default]
    Absent,
    /// A room configuration.
    Configuration(RoomConfiguration),
    /// Anything else.
    Other,
}

/// Maximum number of agents that a request may dispatch. Each dispatch uses the operator's resources.
const MAX_AGENTS: usize = 16;

impl RawTokenSource {
    /// Takes the fields from an object. As in proto3 JSON, an empty string counts as unset.
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
            identity: empty_to_absent(Field::from(identity)),
            metadata: empty_to_absent(Field::from(metadata)),
            attributes: attributes.map_or_else(|| Some(Vec::new()), to_string_pairs),
            room_config: room_config.map_or(RawRoomConfig::Absent, RawRoomConfig::from_value),
        })
    }

    /// The room and the identity to look up in the store, each if it is valid.
    #[must_use]
    pub fn lookup(&self) -> (Option<&str>, Option<&str>) {
        (self.room.identifier(), self.identity.identifier())
    }

    /// Checks every field of a request of the user `user_id`. A client may set:
    /// - metadata and attributes, if participants may update their own,
    /// - an identity that is not the user's id, if the identity policy allows it,
    /// - in the room configuration, only agents that the operator lists.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error, by field.
    pub fn validate(self, config: &LivekitConfig, user_id: &str) -> Result<JoinRequest, LivekitError> {
        let policy = ClientPolicy {
            own_identity: (config.identity_policy == IdentityPolicy::Own).then_some(user_id),
            may_set_metadata: config.can_update_own_metadata,
            agents: Some(&config.agents),
        };
        self.check(&policy, None)
    }

    /// Checks types and sizes of every field, for an application that decides itself what clients may set. A request
    /// without a room gets `generated_room`.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn validate_for_application(self, generated_room: RoomName) -> Result<JoinRequest, LivekitError> {
        self.check(&ClientPolicy { own_identity: None, may_set_metadata: true, agents: None }, Some(generated_room))
    }

    fn check(self, policy: &ClientPolicy<'_>, generated_room: Option<RoomName>) -> Result<JoinRequest, LivekitError> {
        let mut checker = FieldChecker::default();
        let room_id = match generated_room {
            Some(room) if empty_to_absent(self.room.clone()) == Field::Absent => Some(room),
            _ => checker.required(RequestField::SourceRoom, self.room, RequestField::room_name),
        };
        let name = checker.optional(RequestField::SourceName, self.name, RequestField::display_name);
        let identity = checker.optional(RequestField::SourceIdentity, self.identity, RequestField::identity);
        let is_other = |own| identity.as_ref().is_some_and(|identity| identity.as_str() != own);
        if policy.own_identity.is_some_and(is_other) {
            checker.error(FieldError::NotForClients(RequestField::SourceIdentity));
        }
        let metadata = if self.metadata != Field::Absent && !policy.may_set_metadata {
            checker.error(FieldError::NotForClients(RequestField::SourceMetadata));
            None
        } else {
            checker.optional(RequestField::SourceMetadata, self.metadata, check_size)
        };
        let attributes = self.attributes.unwrap_or_else(|| {
            checker.error(FieldError::NotStrings(RequestField::SourceAttributes));
            Vec::new()
        });
        if !attributes.is_empty() && !policy.may_set_metadata {
            checker.error(FieldError::NotForClients(RequestField::SourceAttributes));
        } else if total_bytes(&attributes) > RequestField::SourceAttributes.max_bytes() {
            checker.error(FieldError::TooLong(RequestField::SourceAttributes));
        }
        let room_config = checker.check(self.room_config.check(policy.agents)).flatten();
        let room_id = checker.finish_with(room_id)?;
        let metadata = metadata.unwrap_or_default();
        Ok(JoinRequest { room_id, identity, name, ttl: None, metadata, attributes, room_config })
    }
}

/// The fields that clients may set.
struct ClientPolicy<'p> {
    /// The only identity that a client may request; `None` for any.
    own_identity: Option<&'p str>,
    may_set_metadata: bool,
    /// Names of the agents that a client may dispatch; it may set nothing else in the room configuration. `None` allows
    /// any room configuration.
    agents: Option<&'p [String]>,
}

impl RawRoomConfig {
    fn from_value(value: &Value<'_>) -> Self {
        let Value::Object(object) = value else {
            return if matches!(value, Value::Null) { Self::Absent } else { Self::Other };
        };
        let Ok(configuration) = RoomConfiguration::from_request(object) else { return Self::Other };
        if configuration.is_empty() { Self::Absent } else { Self::Configuration(configuration) }
    }

    fn check(self, agents: Option<&[String]>) -> Result<Option<RoomConfiguration>, FieldError> {
        const FIELD: RequestField = RequestField::SourceRoomConfig;
        let configuration = match (self, agents) {
            (Self::Absent, _) => return Ok(None),
            (Self::Configuration(configuration), _) => configuration,
            // Where clients may set no room configuration, a malformed one gets the same error as a valid one.
            (Self::Other, Some([])) => return Err(FieldError::NotForClients(FIELD)),
            (Self::Other, _) => return Err(FieldError::NotRoomConfiguration(FIELD)),
        };
        if configuration.agent_count() > MAX_AGENTS {
            return Err(FieldError::TooMany(RequestField::SourceAgents, MAX_AGENTS));
        }
        match (agents, configuration.agent_names()) {
            (None, _) => Ok(Some(configuration)),
            (Some([]), _) | (Some(_), None) => Err(FieldError::NotForClients(FIELD)),
            (Some(allowed), Some(names)) if names.iter().all(|name| allowed.contains(name)) => Ok(Some(configuration)),
            (Some(_), Some(_)) => Err(FieldError::NotForClients(RequestField::SourceAgentName)),
        }
    }
}

fn empty_to_absent(field: Field) -> Field {
    if field == Field::String(String::new()) { Field::Absent } else { field }
}

fn to_string_pairs(value: &Value<'_>) -> Option<Vec<(String, String)>> {
    if let Value::Object(object) = value { object.strings() } else { None }
}

fn check_size(field: RequestField, value: String) -> Result<String, FieldError> {
    if value.len() > field.max_bytes() { Err(FieldError::TooLong(field)) } else { Ok(value) }
}

fn total_bytes(attributes: &[(String, String)]) -> usize {
    attributes.iter().map(|(name, value)| name.len().saturating_add(value.len())).fold(0, usize::saturating_add)
}
