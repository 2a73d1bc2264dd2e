//! Canonical JSON of a checked object: known fields in the order of the schema, nothing that is unset.

use super::{Field, Kind, Schema};
use crate::{
    json::{self, Number, Object, Value},
    time::whole_seconds,
    token::TrackSource,
};
use alloc::{string::String, vec::Vec};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A checked object as it is written.
pub(crate) struct Canonical<'a> {
    object: &'a Object<'a>,
    schema: &'a Schema,
}

impl<'a> Canonical<'a> {
    pub(crate) const fn new(object: &'a Object<'a>, schema: &'a Schema) -> Self {
        Self { object, schema }
    }

    /// The object as JSON text.
    pub(crate) fn to_json(&self) -> String {
        json::to_string(self)
    }
}

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.schema.fields {
            if let Some(value) = self.schema.get(self.object, field).and_then(|value| written(value, field)) {
                map.serialize_entry(field.name, &value)?;
            }
        }
        map.end()
    }
}

/// A value as it is written.
enum Written<'a> {
    As(&'a Value<'a>),
    Integer(u64),
    Name(&'a str),
    Names(Vec<&'a str>),
    Object(Canonical<'a>),
    Objects(Vec<Canonical<'a>>),
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::As(value) => value.serialize(serializer),
            Self::Integer(number) => serializer.serialize_u64(*number),
            Self::Name(name) => serializer.serialize_str(name),
            Self::Names(names) => serializer.collect_seq(names),
            Self::Object(object) => object.serialize(serializer),
            Self::Objects(objects) => serializer.collect_seq(objects),
        }
    }
}

/// `None` for a value that is not written, because it is unset or a name that only a newer LiveKit knows.
fn written<'a>(value: &'a Value<'a>, field: &'a Field) -> Option<Written<'a>> {
    Some(match (&field.kind, value) {
        (Kind::TriState, _) => Written::As(value),
        (Kind::Time, Value::Number(Number::Float(time))) => Written::Integer(whole_seconds(*time)?),
        (Kind::Time, _) => Written::As(value),
        (Kind::Name(names), _) => Written::Name(known_name(value, names)?),
        (Kind::Names(names), Value::Array(items)) => {
            Written::Names(non_empty(items.iter().filter_map(|item| known_name(item, names)).collect())?)
        }
        (Kind::TrackSources, Value::Array(items)) => Written::Names(non_empty(
            items.iter().filter_map(TrackSource::from_value).map(TrackSource::name).collect(),
        )?),
        (Kind::Enum(names), _) => match enum_name(value, names)? {
            (0, _) if field.oneof == 0 => return None,
            (_, name) => Written::Name(name),
        },
        (Kind::Object(schema), Value::Object(object)) => Written::Object(Canonical::new(object, schema)),
        (Kind::Objects(schema), Value::Array(items)) => {
            let object = |item: &'a Value<'a>| {
                if let Value::Object(object) = item { Some(Canonical::new(object, schema)) } else { None }
            };
            Written::Objects(non_empty(items.iter().filter_map(object).collect())?)
        }
        (Kind::StringOrStrings, _) => return None,
        _ if value.is_empty() => return None,
        _ => Written::As(value),
    })
}

fn non_empty<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

fn known_name<'n>(value: &Value<'_>, names: &[&'n str]) -> Option<&'n str> {
    let given = value.as_str()?;
    names.iter().copied().find(|name| name.eq_ignore_ascii_case(given))
}

/// The index and the name of a protobuf enum's value.
pub(super) fn enum_name<'n>(value: &Value<'_>, names: &[&'n str]) -> Option<(usize, &'n str)> {
    let index = match value {
        Value::String(given) => names.iter().position(|name| name == given)?,
        Value::Number(number) => usize::try_from(number.as_u64()?).ok()?,
        _ => return None,
    };
    Some((index, *names.get(index)?))
}
