//! The configuration that LiveKit creates a room with, when the holder of the token is the first to join.

mod messages;

pub(crate) use messages::ENCODING_OPTIONS_PRESET;

use super::schema::{Checker, ClaimValue, Kind, Origin, Path, Schema, to_json};
use crate::{
    error::{ClaimError, ClaimErrorKind},
    json::{self, Object, Value},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Deserializer};

/// The `roomConfig` claim: a LiveKit `RoomConfiguration` (`livekit_room.proto`) in canonical JSON: names in camelCase,
/// enums by name, no default values, no unknown fields. Redacted in `Debug`, because it may contain credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomConfiguration(String);

impl RoomConfiguration {
    pub(super) const SCHEMA: &'static Schema = &messages::ROOM_CONFIGURATION;

    /// Parses a configuration: names in camelCase or snake_case, enums by name or number.
    ///
    /// # Errors
    /// The first [`ClaimError`]; its path is relative to the configuration.
    pub fn from_json(text: &str) -> Result<Self, ClaimError> {
        let Ok(object) = json::parse_object(text.as_bytes()) else {
            return Err(ClaimError::new(String::new(), ClaimErrorKind::WrongType("an object")));
        };
        Self::from_object(&object, Origin::Application)
    }

    fn from_object(object: &Object<'_>, origin: Origin) -> Result<Self, ClaimError> {
        // Signing rejects credentials, unless they are allowed.
        Self::check(object, Checker::new(origin), true)
    }

    fn check(object: &Object<'_>, mut checker: Checker, allow_credentials: bool) -> Result<Self, ClaimError> {
        checker.object(object, Self::SCHEMA, &Path::ROOT);
        let error = checker.into_errors(allow_credentials).into_iter().next();
        error.map_or_else(|| Ok(Self(to_json(object, Self::SCHEMA))), Err)
    }

    /// Parses the configuration in a request. An agent whose fields are all unset is ignored: client SDKs send one for
    /// a blank agent name.
    ///
    /// # Errors
    /// As [`Self::from_json`]; also an error for a credential.
    pub(crate) fn from_request(object: &Object<'_>) -> Result<Self, ClaimError> {
        let configuration = Self::check(object, Checker::new(Origin::Application).not_naming_unknown(), false)?;
        let mut canonical = configuration.to_object();
        let Some(Value::Array(agents)) = canonical.remove("agents") else { return Ok(configuration) };
        let is_given = |agent: &Value<'_>| !matches!(agent, Value::Object(agent) if agent.members().all(|(_, value)| value.is_empty()));
        let agents: Vec<_> = agents.into_iter().filter(is_given).collect();
        if !agents.is_empty() {
            canonical.set("agents", Value::Array(agents));
        }
        Ok(Self(to_json(&canonical, Self::SCHEMA)))
    }

    /// True if no field is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.0 == "{}"
    }

    /// Number of agents to dispatch.
    pub(crate) fn agent_count(&self) -> usize {
        if let Some(Value::Array(agents)) = self.to_object().get("agents") { agents.len() } else { 0 }
    }

    /// Names of the agents to dispatch; `None` if any field but the agents is set, or if an agent has more fields than
    /// its name, metadata and deployment.
    pub(crate) fn agent_names(&self) -> Option<Vec<String>> {
        let object = self.to_object();
        let Some(Value::Array(agents)) = object.get("agents") else { return None };
        if object.members().count() > 1 {
            return None;
        }
        agents.iter().map(agent_name).collect()
    }

    /// The configuration as an object.
    #[must_use]
    pub fn to_object(&self) -> Object<'_> {
        json::parse_object(self.0.as_bytes()).unwrap_or_default()
    }

    /// The canonical JSON.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

fn agent_name(agent: &Value<'_>) -> Option<String> {
    let Value::Object(agent) = agent else { return None };
    let is_known = |(name, _): (&str, &Value<'_>)| matches!(name, "agentName" | "metadata" | "deployment");
    agent.members().all(is_known).then(|| agent.str("agentName").into())
}

impl fmt::Debug for RoomConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomConfiguration(redacted)")
    }
}

impl<'de> Deserialize<'de> for RoomConfiguration {
    /// Omits enum values of a newer LiveKit.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = json::read(deserializer).map_err(|_| serde::de::Error::custom("roomConfig is malformed"))?;
        let Value::Object(object) = value else { return Err(serde::de::Error::custom("roomConfig must be an object")) };
        Self::from_object(&object, Origin::Token).map_err(|error| serde::de::Error::custom(error.to_string()))
    }
}

impl ClaimValue for Option<RoomConfiguration> {
    const KIND: Kind = Kind::Object(RoomConfiguration::SCHEMA);
    fn to_value(&self) -> Value<'_> {
        self.as_ref().and_then(|configuration| json::parse(configuration.0.as_bytes()).ok()).unwrap_or(Value::Null)
    }
}
