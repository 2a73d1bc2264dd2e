//! How LiveKit shall set up the room that a token's holder is the first to enter.

mod schema;
mod write;

use super::{
    ClaimFault, Problem,
    members::Member,
    table::{Kind, Origin, not_a},
};
use crate::{
    json::{self, Object, ObjectWriter, Value},
    text::MAX_ROOM_CONFIG_BYTES,
};
use alloc::string::String;
use core::fmt;

/// The `roomConfig` claim: a LiveKit `RoomConfiguration` (`livekit_room.proto`) in canonical JSON: names in camelCase,
/// enums by name, defaults left out, nothing but LiveKit's own fields.
/// Redacted in `Debug`: it may hold credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomConfiguration {
    json: String,
    credential: Option<ClaimFault>,
}

impl fmt::Debug for RoomConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomConfiguration(redacted)")
    }
}

impl RoomConfiguration {
    /// Reads it from JSON: names in camelCase or snake_case, enums by name or number.
    ///
    /// # Errors
    /// [`ClaimFault`] for whatever is not LiveKit's, by name.
    pub fn from_json(text: &str) -> Result<Self, ClaimFault> {
        match json::read(text.as_bytes()) {
            Ok(Value::Object(object)) => Self::read(&object, Origin::Application),
            _ => not_a("an object"),
        }
    }

    pub(super) fn read(object: &Object<'_>, origin: Origin) -> Result<Self, ClaimFault> {
        let mut writer = write::Writer { origin, credential: None };
        let mut json = String::new();
        let mut out = ObjectWriter::new(&mut json);
        writer.message(object, &schema::ROOM_CONFIGURATION, &mut out)?;
        out.end();
        Ok(Self { json, credential: writer.credential })
    }

    /// The canonical JSON.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// Refuses one that is too long, and the first credential in it unless these are allowed: whoever holds the token can
    /// read it.
    pub(super) fn check_for_signing(&self, allow_credentials: bool) -> Result<(), ClaimFault> {
        if self.json.len() > MAX_ROOM_CONFIG_BYTES {
            return Err(ClaimFault::new(Problem::TooLong(MAX_ROOM_CONFIG_BYTES)));
        }
        match &self.credential {
            Some(fault) if !allow_credentials => Err(fault.clone()),
            _ => Ok(()),
        }
    }
}

impl Member for Option<RoomConfiguration> {
    const KIND: Kind = Kind::RoomConfiguration;
    fn take(value: &Value<'_>) -> Self {
        if let Value::Object(object) = value { RoomConfiguration::read(object, Origin::Token).ok() } else { None }
    }
    fn give(&self) -> Value<'_> {
        let json = self.as_ref().map(|configuration| json::read(configuration.json.as_bytes()));
        json.and_then(Result::ok).unwrap_or(Value::Null)
    }
}
