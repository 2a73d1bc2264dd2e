//! Schemas of claims: the fields of an object and their types.
//!
//! One line of [`claim_object`] declares a field for the Rust type, for serde, for the checks and for serialization.

mod check;
mod write;

pub(crate) use check::{Checker, Origin, Path};
pub(crate) use write::to_json;

use super::TrackSource;
use crate::json::{Object, Value};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// The fields of an object, in the order of serialization.
pub(crate) struct Schema {
    pub(crate) fields: &'static [Field],
    /// True for a protobuf message in proto3 JSON: names in camelCase or snake_case, and unknown fields with an empty
    /// value are ignored.
    pub(crate) is_message: bool,
}

impl Schema {
    /// Maximum number of fields in a schema.
    const MAX_FIELDS: usize = 32;

    pub(crate) const fn new(fields: &'static [Field], is_message: bool) -> Self {
        assert!(fields.len() <= Self::MAX_FIELDS, "more fields than a schema may have");
        Self { fields, is_message }
    }

    /// The index of the field of this name.
    fn position(&self, name: &str) -> Option<usize> {
        let exact = self.fields.iter().position(|field| field.name == name);
        if self.is_message {
            exact.or_else(|| self.fields.iter().position(|field| field.is_named(name, self)))
        } else {
            exact
        }
    }

    /// The field of this name.
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.position(name)?)
    }
}

/// A field of an object.
pub(crate) struct Field {
    /// Name in JSON.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Number of the oneof that the field belongs to; 0 for none. At most one field of a oneof may be set.
    pub(crate) oneof: u8,
    /// True if the value is a credential.
    pub(crate) secret: bool,
}

impl Field {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, oneof: 0, secret: false }
    }

    /// True if `name` is the name of this field in an object of `schema`.
    #[inline]
    fn is_named(&self, name: &str, schema: &Schema) -> bool {
        self.name == name || (schema.is_message && is_snake_case_form(name, self.name))
    }
}

/// Type of a field.
pub(crate) enum Kind {
    /// A boolean; `false` is not serialized.
    Boolean,
    /// An optional boolean: `false` is serialized, unset is not.
    TriState,
    /// A string; an empty one is not serialized.
    String,
    /// A string with a URL; user information in it counts as a credential.
    Url,
    /// Unix seconds.
    Time,
    /// An unsigned integer of 32 bits; zero is not serialized.
    Uint32,
    /// A signed integer of 32 bits; zero is not serialized.
    Int32,
    /// A double; zero is not serialized.
    Double,
    /// An array of strings; an empty one is not serialized.
    Strings,
    /// A string or an array of strings; only in verified tokens.
    StringOrStrings,
    /// An object whose values are strings; an empty one is not serialized.
    StringMap,
    /// An array of track sources by name. Applications may also use LiveKit's numbers.
    TrackSources,
    /// One of these names, ignoring case as LiveKit's server does.
    Name(&'static [&'static str]),
    /// An array of such names.
    Names(&'static [&'static str]),
    /// A protobuf enum: one of these names, or its index.
    Enum(&'static [&'static str]),
    /// An object.
    Object(&'static Schema),
    /// An array of objects.
    Objects(&'static Schema),
}

/// A Rust type with the schema of an object.
pub(crate) trait ClaimObject {
    const SCHEMA: &'static Schema;
    /// The object with every field; unset fields are `null`.
    fn to_object(&self) -> Object<'_>;
    /// The JSON text, without unset fields.
    fn to_json(&self) -> String {
        to_json(&self.to_object(), Self::SCHEMA)
    }
}

/// A Rust type that is the value of a field.
pub(crate) trait ClaimValue {
    const KIND: Kind;
    /// The value; `null` if it is unset.
    fn to_value(&self) -> Value<'_>;
}

/// Declares a struct with a schema: one line for each field, with its name in JSON.
macro_rules! claim_object {
    ($(#[$meta:meta])* pub struct $object:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = $name:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
        #[serde(default)]
        pub struct $object {
            $($(#[$field_meta])* #[serde(rename = $name)] pub $field: $type,)+
        }

        impl $crate::token::schema::ClaimObject for $object {
            const SCHEMA: &'static $crate::token::schema::Schema = &$crate::token::schema::Schema::new(
                &[$($crate::token::schema::Field::new(
                    $name,
                    <$type as $crate::token::schema::ClaimValue>::KIND,
                ),)+],
                false,
            );

            fn to_object(&self) -> $crate::json::Object<'_> {
                [$(($name, $crate::token::schema::ClaimValue::to_value(&self.$field)),)+].into_iter().collect()
            }
        }

        impl serde::Serialize for $object {
            /// Serializes only fields that are set.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text = $crate::token::schema::ClaimObject::to_json(self);
                let written = $crate::json::parse(text.as_bytes()).map_err(|_| serde::ser::Error::custom("too large"))?;
                written.serialize(serializer)
            }
        }
    };
}
pub(crate) use claim_object;

impl ClaimValue for bool {
    const KIND: Kind = Kind::Boolean;
    fn to_value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl ClaimValue for Option<bool> {
    const KIND: Kind = Kind::TriState;
    fn to_value(&self) -> Value<'_> {
        self.map_or(Value::Null, Value::Bool)
    }
}

impl ClaimValue for String {
    const KIND: Kind = Kind::String;
    fn to_value(&self) -> Value<'_> {
        Value::from(self.as_str())
    }
}

impl ClaimValue for Option<u64> {
    const KIND: Kind = Kind::Time;
    fn to_value(&self) -> Value<'_> {
        self.map_or(Value::Null, Value::from)
    }
}

impl ClaimValue for Vec<String> {
    const KIND: Kind = Kind::Strings;
    fn to_value(&self) -> Value<'_> {
        Value::Array(self.iter().map(ClaimValue::to_value).collect())
    }
}

impl ClaimValue for BTreeMap<String, String> {
    const KIND: Kind = Kind::StringMap;
    fn to_value(&self) -> Value<'_> {
        Value::Object(self.iter().map(|(name, value)| (name.as_str(), value.to_value())).collect())
    }
}

impl<T: ClaimObject> ClaimValue for Option<T> {
    const KIND: Kind = Kind::Object(T::SCHEMA);
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, |object| Value::Object(object.to_object()))
    }
}

impl ClaimValue for Vec<TrackSource> {
    const KIND: Kind = Kind::TrackSources;
    fn to_value(&self) -> Value<'_> {
        if self.is_empty() {
            return Value::Null;
        }
        Value::Array(self.iter().map(|source| Value::from(source.name())).collect())
    }
}

/// True if `name` is the snake_case form of the camelCase name `camel`. A word starts at a capital that is followed by
/// a small letter: `aliOSS` is one word.
fn is_snake_case_form(name: &str, camel: &str) -> bool {
    let mut rest = name.chars();
    let mut letters = camel.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts_word = letter.is_ascii_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase);
        let is_next = if starts_word {
            rest.next() == Some('_') && rest.next() == Some(letter.to_ascii_lowercase())
        } else {
            rest.next() == Some(letter)
        };
        if !is_next {
            return false;
        }
    }
    rest.next().is_none()
}
