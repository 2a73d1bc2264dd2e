//! Request bodies and fields before validation.

use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::{self, JsonError, Object, Value},
    names::RoomName,
    time::whole_seconds,
    token::Ttl,
};
use alloc::{string::String, vec::Vec};

/// A field of a request before validation.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field {
    /// Missing, or `null`.
    #[default]
    Absent,
    /// A string.
    String(String),
    /// A string with an unpaired surrogate, which only JavaScript can contain.
    IllFormedString,
    /// A number.
    Number(f64),
    /// A boolean, an array or an object.
    Other,
}

impl Field {
    /// The string, if it is a valid room name or identity (one rule for both). Only valid ones are looked up in the
    /// store.
    pub(super) fn identifier(&self) -> Option<&str> {
        match self {
            Self::String(string) if RoomName::is_valid(string) => Some(string),
            _ => None,
        }
    }
}

impl From<Option<&Value<'_>>> for Field {
    fn from(value: Option<&Value<'_>>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::String(string)) => Self::String(string.clone().into_owned()),
            Some(Value::Number(number)) => Self::Number(number.as_f64()),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Self::Other,
        }
    }
}

/// Parses a request body. An empty body is an empty object. A repeated field is an error, so that the value that is
/// authorized is the value that is signed.
///
/// # Errors
/// [`LivekitError::BodyNotJson`], [`LivekitError::BodyNotObject`], [`LivekitError::BodyRepeatsField`],
/// [`LivekitError::BodyTooComplex`].
pub fn parse_body(body: &[u8]) -> Result<Object<'_>, LivekitError> {
    if body.is_empty() {
        return Ok(Object::default());
    }
    json::parse_object(body).map_err(|error| match error {
        JsonError::Syntax => LivekitError::BodyNotJson,
        JsonError::NotObject => LivekitError::BodyNotObject,
        JsonError::RepeatedMember => LivekitError::BodyRepeatsField,
        JsonError::TooComplex => LivekitError::BodyTooComplex,
    })
}

/// Validates fields and collects their errors in order.
#[derive(Default)]
pub(super) struct FieldChecker {
    errors: Vec<FieldError>,
}

impl FieldChecker {
    pub(super) fn error(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Returns the value of a valid field; otherwise records the error and returns `None`.
    pub(super) fn check<T>(&mut self, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|error| self.errors.push(error)).ok()
    }

    /// Validates a required string.
    pub(super) fn required<T>(
        &mut self,
        field: RequestField,
        given: Field,
        check: fn(RequestField, String) -> Result<T, FieldError>,
    ) -> Option<T> {
        if given == Field::Absent {
            self.errors.extend([FieldError::Empty(field), FieldError::NotString(field)]);
        }
        self.optional(field, given, check)
    }

    /// Validates an optional string.
    pub(super) fn optional<T>(
        &mut self,
        field: RequestField,
        given: Field,
        check: fn(RequestField, String) -> Result<T, FieldError>,
    ) -> Option<T> {
        match given {
            Field::Absent => None,
            Field::String(string) => self.check(check(field, string)),
            Field::IllFormedString => self.check(Err(FieldError::LoneSurrogate(field))),
            Field::Number(_) | Field::Other => self.check(Err(FieldError::NotString(field))),
        }
    }

    /// Validates a TTL in seconds, and rounds it down to an integer.
    pub(super) fn ttl(&mut self, given: &Field, max: Ttl) -> Option<Ttl> {
        match given {
            Field::Absent => None,
            Field::Number(seconds) if *seconds == f64::INFINITY => self.check(Err(FieldError::TtlNotNumber)),
            Field::Number(seconds) if seconds.is_finite() => self.check(check_ttl(*seconds, max)),
            _ => {
                self.errors.extend([FieldError::TtlTooSmall, FieldError::TtlNotNumber]);
                None
            }
        }
    }

    /// Returns the required fields, or the errors of all fields.
    #[expect(clippy::expect_used, reason = "an invariant of this type")]
    pub(super) fn finish_with<T>(self, required: Option<T>) -> Result<T, LivekitError> {
        if !self.errors.is_empty() {
            return Err(LivekitError::InvalidRequest(self.errors.into()));
        }
        Ok(required.expect("a required field is valid or has an error"))
    }
}

fn check_ttl(seconds: f64, max: Ttl) -> Result<Ttl, FieldError> {
    if seconds < 1.0 {
        return Err(FieldError::TtlTooSmall);
    }
    let ttl = whole_seconds(seconds).and_then(|seconds| Ttl::try_from(seconds).ok());
    ttl.filter(|ttl| *ttl <= max).ok_or(FieldError::TtlTooLarge(max.seconds()))
}
