//! How LiveKit sets up a room when the holder of the token is the first to join.

mod messages;

use super::schema::{Checker, ClaimValue, Kind, Origin, Path, Schema, to_json};
use crate::{
    error::{ClaimError, ClaimErrorKind},
    json::{self, Object, Value},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Deserializer};

/// The `roomConfig` claim: a LiveKit `RoomConfiguration` (`livekit_room.proto`) in canonical JSON: names in camelCase, enums
/// by name, defaults left out, LiveKit's own fields only. Redacted in `Debug`: it may contain credentials.
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
        let mut checker = Checker::new(origin);
        checker.object(object, Self::SCHEMA, &Path::ROOT);
        // Credentials are an error of signing, where they may be allowed.
        let error = checker.into_errors(true).into_iter().next();
        error.map_or_else(|| Ok(Self(to_json(object, Self::SCHEMA))), Err)
    }

    /// The canonical JSON.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RoomConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomConfiguration(redacted)")
    }
}

impl<'de> Deserialize<'de> for RoomConfiguration {
    /// Names of enums that only a newer LiveKit knows are left out.
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
