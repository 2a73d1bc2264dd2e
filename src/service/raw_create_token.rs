//! A request as it arrived: any JSON value in any field.

use super::create_token::{CreateToken, check_display_name, check_text, check_ttl, none_or_invalid};
use crate::{
    error::{LivekitError, RequestField, Violation},
    json::{self, JsonFault, Object, Value},
    number::whole_seconds,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// One field of a request before it is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field {
    /// Missing, or `null`.
    #[default]
    Absent,
    /// A string.
    Text(String),
    /// A string that is not well-formed Unicode; only JavaScript has these.
    IllFormedText,
    /// A number; from JSON, [its whole part](crate::json::Number::whole_part).
    Number(f64),
    /// A boolean, an array or an object.
    Other,
}

/// The four fields of a create-token request before they are checked. Every other field is dropped.
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

/// A checked request that may still lack an identity: the caller's own is then used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// Room to join.
    pub room_id: String,
    /// Identity asked for.
    pub identity: Option<String>,
    /// Display name asked for.
    pub name: Option<String>,
    /// Seconds that the token shall live.
    pub ttl: Option<u64>,
    /// Metadata asked for; empty for none.
    pub metadata: String,
    /// Attributes asked for.
    pub attributes: BTreeMap<String, String>,
}

impl RawCreateToken {
    /// Reads a request body.
    ///
    /// # Errors
    /// As [`read_body`].
    pub fn from_body(body: &[u8]) -> Result<Self, LivekitError> {
        read_body(body).map(|object| Self::from_object(&object))
    }

    /// Takes the four fields of an object.
    #[must_use]
    pub fn from_object(object: &Object) -> Self {
        let field = |name| Field::of(object.get(name));
        Self { room_id: field("roomId"), identity: field("identity"), name: field("name"), ttl: field("ttl") }
    }

    /// The room and the identity, each if it is there and valid: what is worth asking the store about.
    #[must_use]
    pub fn lookup(&self) -> (Option<&str>, Option<&str>) {
        (self.room_id.valid_id(RequestField::RoomId), self.identity.valid_id(RequestField::Identity))
    }

    /// Checks every field; an identity may be missing.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every broken rule, by field: identity, roomId, name, ttl.
    pub fn validate(self, max_ttl: u64) -> Result<JoinRequest, LivekitError> {
        let (identity, room_id, name, ttl) = self.check(optional_identity, max_ttl)?;
        Ok(JoinRequest { identity, name, ttl, ..JoinRequest::to(room_id) })
    }

    /// Checks every field; an identity is required.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn validate_complete(self, max_ttl: u64) -> Result<CreateToken, LivekitError> {
        let (identity, room_id, name, ttl) = self.check(required, max_ttl)?;
        Ok(CreateToken { room_id: room_id.unwrap_or_default(), identity: identity.unwrap_or_default(), name, ttl })
    }

    fn check(
        self,
        identity: fn(RequestField, Field, &mut Vec<Violation>) -> Option<String>,
        max_ttl: u64,
    ) -> Result<Checked, LivekitError> {
        let mut found = Vec::new();
        let identity = identity(RequestField::Identity, self.identity, &mut found);
        let room_id = required(RequestField::RoomId, self.room_id, &mut found);
        let name = optional(RequestField::Name, self.name, check_display_name, &mut found);
        let ttl = ttl(&self.ttl, max_ttl, &mut found);
        none_or_invalid(found).map(|()| (identity, room_id, name, ttl))
    }
}

/// Identity, room, name and life that were checked.
type Checked = (Option<String>, Option<String>, Option<String>, Option<u64>);

fn optional_identity(field: RequestField, given: Field, found: &mut Vec<Violation>) -> Option<String> {
    optional(field, given, check_text, found)
}

impl JoinRequest {
    /// A request that asks for nothing else than a room.
    pub(super) fn to(room_id: Option<String>) -> Self {
        Self {
            room_id: room_id.unwrap_or_default(),
            identity: None,
            name: None,
            ttl: None,
            metadata: String::new(),
            attributes: BTreeMap::new(),
        }
    }
}

/// A text that must be there.
pub(super) fn required(field: RequestField, given: Field, found: &mut Vec<Violation>) -> Option<String> {
    if given == Field::Absent {
        found.extend([Violation::Empty(field), Violation::NotText(field)]);
        return None;
    }
    text(field, given, check_text, found)
}

/// A text that may be missing.
pub(super) fn optional(
    field: RequestField,
    given: Field,
    check: impl Fn(RequestField, &str) -> Option<Violation>,
    found: &mut Vec<Violation>,
) -> Option<String> {
    match given {
        Field::Absent => None,
        given => text(field, given, check, found),
    }
}

fn text(
    field: RequestField,
    given: Field,
    check: impl Fn(RequestField, &str) -> Option<Violation>,
    found: &mut Vec<Violation>,
) -> Option<String> {
    match given {
        Field::Text(text) => match check(field, &text) {
            None => return Some(text),
            Some(violation) => found.push(violation),
        },
        Field::IllFormedText => found.push(Violation::LoneSurrogate(field)),
        Field::Absent | Field::Number(_) | Field::Other => found.push(Violation::NotText(field)),
    }
    None
}

/// A life in seconds, rounded down to a whole one.
fn ttl(given: &Field, max_ttl: u64, found: &mut Vec<Violation>) -> Option<u64> {
    match given {
        Field::Absent => return None,
        Field::Number(seconds) if *seconds == f64::INFINITY => found.push(Violation::TtlNotNumber),
        Field::Number(seconds) if !seconds.is_finite() => {
            found.extend([Violation::TtlTooSmall, Violation::TtlNotNumber]);
        }
        Field::Number(seconds) if *seconds < 1.0 => found.push(Violation::TtlTooSmall),
        Field::Number(seconds) => {
            let Some(ttl) = whole_seconds(*seconds) else {
                found.push(Violation::TtlTooLarge(max_ttl));
                return None;
            };
            let violation = check_ttl(ttl, max_ttl);
            found.extend(violation);
            return violation.is_none().then_some(ttl);
        }
        Field::Text(_) | Field::IllFormedText | Field::Other => {
            found.extend([Violation::TtlTooSmall, Violation::TtlNotNumber]);
        }
    }
    None
}

/// Reads a request body. An empty body is an empty request; a field that is given twice is refused, so that what is
/// authorised and what is granted cannot differ.
///
/// # Errors
/// [`LivekitError::BodyNotJson`], [`LivekitError::BodyNotObject`], [`LivekitError::BodyRepeatsField`],
/// [`LivekitError::BodyTooComplex`].
pub fn read_body(body: &[u8]) -> Result<Object<'_>, LivekitError> {
    if body.is_empty() {
        return Ok(Object::default());
    }
    match json::read(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(LivekitError::BodyNotObject),
        Err(JsonFault::RepeatedKey) => Err(LivekitError::BodyRepeatsField),
        Err(JsonFault::TooComplex) => Err(LivekitError::BodyTooComplex),
        Err(JsonFault::Syntax) => Err(LivekitError::BodyNotJson),
    }
}

impl Field {
    pub(super) fn of(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::Text(text)) => Self::Text(text.clone().into_owned()),
            Some(Value::Number(number)) => Self::Number(number.whole_part()),
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => Self::Other,
        }
    }

    /// The text, if it is one and a valid id.
    pub(super) fn valid_id(&self, field: RequestField) -> Option<&str> {
        match self {
            Self::Text(text) if check_text(field, text).is_none() => Some(text),
            _ => None,
        }
    }
}
