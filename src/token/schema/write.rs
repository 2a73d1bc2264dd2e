//! Serializes a checked object as canonical JSON: known fields in the order of the schema, without unset ones.

use super::{Field, Kind, Schema};
use crate::{
    json::{Number, Object, Value, push_list, push_string, push_value},
    time::whole_seconds,
    token::TrackSource,
};
use alloc::{string::String, vec::Vec};

/// Serializes a checked object.
pub(crate) fn to_json(object: &Object<'_>, schema: &Schema) -> String {
    // Enough for the claims of most tokens.
    let mut text = String::with_capacity(512);
    push_object(object, schema, &mut text);
    text
}

fn push_object(object: &Object<'_>, schema: &Schema, out: &mut String) {
    let mut values = [None; Schema::MAX_FIELDS];
    for (name, value) in object.members() {
        let value = Some(value).filter(|value| !matches!(value, Value::Null));
        if let Some(slot) = schema.position(name).and_then(|at| values.get_mut(at)) {
            *slot = slot.or(value);
        }
    }
    let set = schema
        .fields
        .iter()
        .zip(values)
        .filter_map(|(field, value)| written(value?, field).map(|value| (field, value)));
    push_list(['{', '}'], set, out, |(field, value), out| {
        // Names of fields need no escaping.
        out.push('"');
        out.push_str(field.name);
        out.push_str("\":");
        value.push(out);
    });
}

/// A value in its serialized form.
enum Written<'a> {
    As(&'a Value<'a>),
    Integer(u64),
    Name(&'a str),
    Names(Vec<&'a str>),
    Object(&'a Object<'a>, &'a Schema),
    Objects(Vec<&'a Object<'a>>, &'a Schema),
}

impl Written<'_> {
    fn push(self, out: &mut String) {
        match self {
            Self::As(value) => push_value(value, out),
            Self::Integer(number) => push_value(&Value::from(number), out),
            Self::Name(name) => push_string(name, out),
            Self::Names(names) => push_list(['[', ']'], names, out, push_string),
            Self::Object(object, schema) => push_object(object, schema, out),
            Self::Objects(objects, schema) => {
                push_list(['[', ']'], objects, out, |object, out| push_object(object, schema, out));
            }
        }
    }
}

/// The serialized form of a value; `None` if it is unset, or a name that only a newer LiveKit knows.
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
        (Kind::Object(schema), Value::Object(object)) => Written::Object(object, schema),
        (Kind::Objects(schema), Value::Array(items)) => {
            let object = |item: &'a Value<'a>| if let Value::Object(object) = item { Some(object) } else { None };
            Written::Objects(non_empty(items.iter().filter_map(object).collect())?, schema)
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

/// Index and name of a protobuf enum's value.
pub(super) fn enum_name<'n>(value: &Value<'_>, names: &[&'n str]) -> Option<(usize, &'n str)> {
    let index = match value {
        Value::String(given) => names.iter().position(|name| name == given)?,
        Value::Number(number) => usize::try_from(number.as_u64()?).ok()?,
        _ => return None,
    };
    Some((index, *names.get(index)?))
}
