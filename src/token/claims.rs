//! What a token says.

use super::VideoGrant;
use crate::json::{Fields, ObjectWriter, Value, WrongType};
use alloc::{collections::BTreeMap, string::String};

/// Claims of a LiveKit access token (RFC 7519 section 4.1; LiveKit `protocol/auth/grants.go`, `ClaimGrants`).
/// Times are whole Unix seconds. What is unset is not written, and no key comes from a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The API key whose secret signs the token.
    pub iss: String,
    /// Identity of the participant, at most [`MAX_IDENTITY_BYTES`](crate::MAX_IDENTITY_BYTES).
    pub sub: String,
    /// From this second on the token is refused. It limits the first connection, not the stay in the room.
    pub exp: u64,
    /// Before this second the token is refused. It should be the time of issue: LiveKit revokes by it.
    pub nbf: Option<u64>,
    /// Time of issue; LiveKit's server does not read it.
    pub iat: Option<u64>,
    /// Identifier of this token, for audit trails.
    pub jti: Option<String>,
    /// Display name of the participant.
    pub name: String,
    /// What the holder may do in rooms.
    pub video: Option<VideoGrant>,
    /// Free text for the application, often JSON.
    pub metadata: String,
    /// Free key-value pairs for the application.
    pub attributes: BTreeMap<String, String>,
}

impl Claims {
    /// The claims as the JSON text that is signed.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::with_capacity(256);
        let mut object = ObjectWriter::new(&mut out);
        object.text("iss", &self.iss);
        object.text_if_any("sub", &self.sub);
        object.number("exp", self.exp);
        for (name, time) in [("nbf", self.nbf), ("iat", self.iat)] {
            if let Some(time) = time {
                object.number(name, time);
            }
        }
        object.text_if_any("jti", self.jti.as_deref().unwrap_or_default());
        object.text_if_any("name", &self.name);
        if let Some(video) = &self.video {
            object.member("video", |out| video.write(out));
        }
        object.text_if_any("metadata", &self.metadata);
        if !self.attributes.is_empty() {
            object.member("attributes", |out| {
                let mut attributes = ObjectWriter::new(out);
                for (key, value) in &self.attributes {
                    attributes.text(key, value);
                }
                attributes.end();
            });
        }
        object.end();
        out
    }

    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, WrongType> {
        let mut attributes = BTreeMap::new();
        match fields.value("attributes") {
            None => {}
            Some(Value::Object(object)) => {
                for (key, value) in object.members() {
                    let Value::Text(value) = value else { return Err(WrongType) };
                    attributes.insert(key.into(), value.clone());
                }
            }
            Some(_) => return Err(WrongType),
        }
        Ok(Self {
            iss: fields.text("iss")?.ok_or(WrongType)?.into(),
            sub: fields.text_or_empty("sub")?,
            exp: fields.whole_number("exp")?.ok_or(WrongType)?,
            nbf: fields.whole_number("nbf")?,
            iat: fields.whole_number("iat")?,
            jti: fields.text("jti")?.map(Into::into),
            name: fields.text_or_empty("name")?,
            video: fields.value("video").map(|video| VideoGrant::read(&Fields::of(video)?)).transpose()?,
            metadata: fields.text_or_empty("metadata")?,
            attributes,
        })
    }
}
