//! Checks an object against its schema, and collects every error.

use super::{Field, Kind, Schema};
use crate::{
    error::{ClaimError, ClaimErrorKind},
    json::{Number, Object, Value},
    time::MAX_SAFE_INTEGER,
    token::TrackSource,
};
use alloc::{string::String, vec::Vec};

/// Origin of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Claims of the application, to sign. Unknown fields and values are errors.
    Application,
    /// Claims of a verified token. Unknown fields are allowed, since a newer LiveKit may have added them. A field that
    /// differs from a known one only in case is an error, because Go would accept it as the known field.
    Token,
}

/// Maximum number of errors that are collected.
const MAX_ERRORS: usize = 1000;

/// Collects the errors of an object.
pub(crate) struct Checker {
    origin: Origin,
    /// True if the path of an error contains the name of an unknown field. It must be false for names that a client
    /// chose, because messages contain no client input.
    names_unknown: bool,
    errors: Vec<ClaimError>,
    credentials: Vec<ClaimError>,
}

/// Path to a value: the names of the fields around it.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    name: &'p str,
}

impl<'p> Path<'p> {
    pub(crate) const ROOT: Self = Self { parent: None, name: "" };

    pub(crate) const fn field(&'p self, name: &'p str) -> Self {
        Self { parent: Some(self), name }
    }
}

impl From<&Path<'_>> for String {
    fn from(path: &Path<'_>) -> Self {
        match path.parent {
            None => Self::new(),
            Some(parent) => {
                let mut text = Self::from(parent);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(path.name);
                text
            }
        }
    }
}

impl Checker {
    pub(crate) const fn new(origin: Origin) -> Self {
        Self {
            origin,
            names_unknown: matches!(origin, Origin::Application),
            errors: Vec::new(),
            credentials: Vec::new(),
        }
    }

    /// Leaves names of unknown fields out of errors, because a client chose them.
    pub(crate) const fn not_naming_unknown(mut self) -> Self {
        self.names_unknown = false;
        self
    }

    /// Includes names of unknown fields of a token in errors, which its holder reads.
    pub(crate) const fn naming_unknown(mut self) -> Self {
        self.names_unknown = true;
        self
    }

    /// The errors in the order in which they were found, followed by the credentials unless these are allowed.
    pub(crate) fn into_errors(mut self, allow_credentials: bool) -> Vec<ClaimError> {
        if !allow_credentials {
            self.errors.append(&mut self.credentials);
            self.errors.truncate(MAX_ERRORS);
        }
        self.errors
    }

    pub(crate) fn error(&mut self, path: &Path<'_>, kind: ClaimErrorKind) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(ClaimError::new(path.into(), kind));
        }
    }

    fn credential(&mut self, path: &Path<'_>) {
        if self.credentials.len() < MAX_ERRORS {
            self.credentials.push(ClaimError::new(path.into(), ClaimErrorKind::Credential));
        }
    }

    fn expect(&mut self, path: &Path<'_>, is_right: bool, expected: &'static str) {
        if !is_right {
            self.error(path, ClaimErrorKind::WrongType(expected));
        }
    }

    /// Checks names and values of the fields of an object.
    pub(crate) fn object(&mut self, object: &Object<'_>, schema: &Schema, path: &Path<'_>) {
        for (name, value) in object.members() {
            match schema.field(name) {
                Some(field) => self.value(value, field, &path.field(field.name)),
                None => self.unknown(name, value, schema, path),
            }
        }
        if schema.is_message {
            self.ambiguous(object, schema, path);
        }
    }

    /// Checks the claims of a token, whose fields are those of several schemas.
    pub(crate) fn token_object(&mut self, object: &Object<'_>, schemas: &[&'static Schema]) {
        for (name, value) in object.members() {
            match schemas.iter().find_map(|schema| schema.field(name)) {
                Some(field) => self.value(value, field, &Path::ROOT.field(field.name)),
                None => schemas.iter().for_each(|schema| self.unknown(name, value, schema, &Path::ROOT)),
            }
        }
    }

    fn unknown(&mut self, name: &str, value: &Value<'_>, schema: &Schema, path: &Path<'_>) {
        let is_error = match (self.origin, schema.is_message) {
            (Origin::Application, true) => !value.is_empty(),
            (Origin::Application, false) => true,
            (Origin::Token, true) => false,
            (Origin::Token, false) => schema.fields.iter().any(|field| is_equal_ignoring_case(field.name, name)),
        };
        if is_error {
            match self.names_unknown.then(|| nearest(name, schema)).flatten() {
                Some(near) => {
                    self.error(&path.field(name), ClaimErrorKind::UnknownFieldNear(near));
                }
                _ => self.error(path, ClaimErrorKind::UnknownField),
            }
        }
    }

    /// Finds a field in two spellings, and two fields of one oneof.
    fn ambiguous(&mut self, object: &Object<'_>, schema: &Schema, path: &Path<'_>) {
        let mut oneofs = Vec::new();
        for field in schema.fields {
            let is_given =
                |(name, value): &(&str, &Value<'_>)| field.is_named(name, schema) && !matches!(value, Value::Null);
            let given = object.members().filter(is_given).count();
            if given > 1 || (given == 1 && oneofs.contains(&field.oneof)) {
                self.error(&path.field(field.name), ClaimErrorKind::Ambiguous);
            }
            if given > 0 && field.oneof != 0 {
                oneofs.push(field.oneof);
            }
        }
    }

    fn value(&mut self, value: &Value<'_>, field: &Field, path: &Path<'_>) {
        if matches!(value, Value::Null) {
            return;
        }
        if field.secret && (matches!(value, Value::Object(_)) || !value.is_empty()) {
            self.credential(path);
        }
        match (&field.kind, value) {
            (Kind::Boolean | Kind::TriState, _) => self.expect(path, matches!(value, Value::Bool(_)), "a boolean"),
            (Kind::Url, Value::String(url)) if has_user_information(url) => self.credential(path),
            (Kind::String | Kind::Url, _) => self.expect(path, value.as_str().is_some(), "a well-formed string"),
            (Kind::Time, _) => self.expect(path, self.is_time(value), "whole seconds"),
            (Kind::Uint32, _) => {
                self.expect(path, is_integer(value, 0, u32::MAX.into()), "an integer from 0 to 4294967295");
            }
            (Kind::Int32, _) => self.expect(
                path,
                is_integer(value, i32::MIN.into(), i32::MAX.into()),
                "an integer from -2147483648 to 2147483647",
            ),
            // Larger than any interval that the fields of this type contain.
            (Kind::Double, _) => self.expect(
                path,
                matches!(value, Value::Number(number) if number.as_f64().abs() < 4_294_967_296.0),
                "a number below 4294967296",
            ),
            (Kind::StringOrStrings, Value::String(_)) => {}
            (Kind::Strings | Kind::StringOrStrings, _) => self.strings(value, path, |_| true),
            (Kind::StringMap, _) => {
                let is_map =
                    matches!(value, Value::Object(map) if map.members().all(|(_, value)| value.as_str().is_some()));
                self.expect(path, is_map, "an object of strings");
            }
            (Kind::TrackSources, _) => self.track_sources(value, path),
            (Kind::Name(names), Value::String(name)) => {
                if !is_name(self.origin, name, names) {
                    self.error(path, ClaimErrorKind::UnknownName);
                }
            }
            (Kind::Name(_), _) => self.expect(path, false, "a well-formed string"),
            (Kind::Names(names), _) => {
                let origin = self.origin;
                self.strings(value, path, |name| is_name(origin, name, names));
            }
            (Kind::Enum(names), _) => self.enumeration(value, names, path),
            (Kind::Object(schema), Value::Object(object)) => self.object(object, schema, path),
            (Kind::Object(_), _) => self.expect(path, false, "an object"),
            (Kind::Objects(schema), Value::Array(items)) => {
                for item in items {
                    match item {
                        Value::Object(object) => self.object(object, schema, path),
                        _ => self.expect(path, false, "a list of objects"),
                    }
                }
            }
            (Kind::Objects(_), _) => self.expect(path, false, "a list of objects"),
        }
    }

    fn is_time(&self, value: &Value<'_>) -> bool {
        match value {
            // JavaScript and Go represent these integers exactly.
            Value::Number(Number::Unsigned(time)) => *time <= MAX_SAFE_INTEGER,
            // RFC 7519 section 2 allows a fraction.
            Value::Number(Number::Float(time)) => {
                self.origin == Origin::Token && crate::time::whole_seconds(*time).is_some()
            }
            _ => false,
        }
    }

    fn strings(&mut self, value: &Value<'_>, path: &Path<'_>, is_known: impl Fn(&str) -> bool) {
        let Value::Array(items) = value else { return self.expect(path, false, "a list of strings") };
        for item in items {
            match item.as_str() {
                None => self.expect(path, false, "a well-formed string"),
                Some(name) if !is_known(name) => self.error(path, ClaimErrorKind::UnknownName),
                Some(_) => {}
            }
        }
    }

    fn track_sources(&mut self, value: &Value<'_>, path: &Path<'_>) {
        let Value::Array(items) = value else { return self.expect(path, false, "a list of track sources") };
        // An empty list would allow every source.
        if items.is_empty() && self.origin == Origin::Application {
            self.error(path, ClaimErrorKind::EmptyList);
        }
        for item in items {
            match item {
                Value::Number(_) if self.origin == Origin::Token => self.expect(path, false, "a list of track sources"),
                Value::String(_) | Value::Number(_) => {
                    if TrackSource::from_value(item).is_none() {
                        self.error(path, ClaimErrorKind::UnknownName);
                    }
                }
                _ => self.expect(path, false, "a list of track sources"),
            }
        }
    }

    fn enumeration(&mut self, value: &Value<'_>, names: &[&str], path: &Path<'_>) {
        match value {
            Value::String(_) | Value::Number(_) => {
                if self.origin == Origin::Application && super::write::enum_name(value, names).is_none() {
                    self.error(path, ClaimErrorKind::UnknownName);
                }
            }
            _ => self.expect(path, false, "a name or its number"),
        }
    }
}

/// True for a known name, ignoring case. In a token any name is allowed, since a newer LiveKit may know it.
fn is_name(origin: Origin, name: &str, names: &[&str]) -> bool {
    origin == Origin::Token || names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_integer(value: &Value<'_>, min: i64, max: i64) -> bool {
    match value {
        // serde_json parses `-0` as a double.
        Value::Number(Number::Float(number)) => *number == 0.0 && number.is_sign_negative(),
        Value::Number(number) => number.as_i64().is_some_and(|number| (min..=max).contains(&number)),
        _ => false,
    }
}

/// Compares names as Go does: ignoring case, where two characters outside ASCII count as ASCII letters (`ſ` and the
/// Kelvin sign).
fn is_equal_ignoring_case(one: &str, other: &str) -> bool {
    const fn fold(character: char) -> char {
        match character {
            'ſ' => 's',
            '\u{212a}' => 'k',
            other => other.to_ascii_lowercase(),
        }
    }
    one.chars().map(fold).eq(other.chars().map(fold))
}

/// The known field that `name` probably means: one name is a prefix of the other, and their lengths differ least.
fn nearest(name: &str, schema: &Schema) -> Option<&'static str> {
    /// Longer than the name of any field. Longer unknown names are not compared.
    const MAX_NAME: usize = 32;
    if !(3..=MAX_NAME).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let folded = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let given = folded(name);
    let is_near = |field: &&Field| {
        let known = folded(field.name);
        known.starts_with(&given) || given.starts_with(&known)
    };
    schema
        .fields
        .iter()
        .filter(is_near)
        .min_by_key(|field| field.name.len().abs_diff(name.len()))
        .map(|field| field.name)
}

/// True if a URL has user information (RFC 3986 section 3.2.1).
fn has_user_information(url: &str) -> bool {
    let url = url.as_bytes();
    let after_scheme = url.windows(2).position(|two| two == b"//").and_then(|at| url.get(at.saturating_add(2)..));
    let mut authority = after_scheme.unwrap_or(url).iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
    authority.any(|byte| *byte == b'@')
}
