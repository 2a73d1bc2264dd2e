//! How LiveKit shall set up the room that a token's holder is the first to enter.

mod schema;
mod write;

use super::{
    ClaimFault,
    members::{Member, Origin, not_a},
};
use crate::json::{self, ObjectWriter, Value};
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
        let value = json::read(text.as_bytes()).or(not_a("an object"))?;
        Self::read(&value, Origin::Application)
    }

    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        let Value::Object(object) = value else { return not_a("an object") };
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

    /// The first credential in it. Whoever holds the token can read it, so it is refused unless allowed explicitly.
    pub(crate) fn refuse_credentials(&self) -> Result<(), ClaimFault> {
        self.credential.clone().map_or(Ok(()), Err)
    }
}

impl Member for Option<RoomConfiguration> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        RoomConfiguration::read(value, origin).map(Some)
    }

    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if let Some(configuration) = self {
            out.member(name, |out| out.push_str(&configuration.json));
        }
    }
}
