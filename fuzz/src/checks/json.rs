//! Strict JSON is compared with serde_json: the same value, or a valid reason to reject what serde_json accepts.

use super::Checks;
use livekit_edge::json::{self, JsonError, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, Number};
use serde_json::Value;

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let ours = json::parse(input);
    let theirs: Result<Value, _> = serde_json::from_slice(input);
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert!(is_equal(ours, theirs), "{ours:?} is not {theirs}");
            assert!(!repeats_a_name(input, theirs) && !is_too_complex(theirs), "{theirs}");
        }
        (Err(JsonError::RepeatedMember), Ok(theirs)) => assert!(repeats_a_name(input, theirs), "{theirs}"),
        // serde_json returns the last of repeated fields, so that the first may have been nested too deeply.
        (Err(JsonError::TooComplex), Ok(theirs)) => {
            assert!(is_too_complex(theirs) || repeats_a_name(input, theirs), "{theirs}");
        }
        (Ok(ours), Err(error)) => panic!("serde_json refuses {ours:?}: {error}"),
        (Err(error), Ok(theirs)) => panic!("{error:?} for {theirs}"),
        (Err(_), Err(_)) => {}
    }
    let object = json::parse_object(input);
    match (&ours, &object) {
        (Ok(json::Value::Object(value)), Ok(object)) => {
            assert_eq!(value, object);
            // Our serializer and serde_json's.
            let text = json::object_to_string(object);
            assert_eq!(Some(&text), serde_json::to_string(object).ok().as_ref());
            assert!(json::parse_object(text.as_bytes()).is_ok(), "{text}");
        }
        (Ok(value), Err(error)) => assert_eq!(*error, JsonError::NotObject, "{value:?}"),
        (error, object) => assert_eq!(error.as_ref().err(), object.as_ref().err()),
    }
    checks.answers.push(("json", ours.map_or_else(code, |_| "ok")));
}

const fn code(error: JsonError) -> &'static str {
    match error {
        JsonError::Syntax => "syntax",
        JsonError::NotObject => "not_object",
        JsonError::RepeatedMember => "repeated",
        JsonError::TooComplex => "too_complex",
        _ => "unknown",
    }
}

/// True if both values are equal, with the fields of objects in any order.
pub(super) fn is_equal(ours: &json::Value<'_>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (json::Value::Null, Value::Null) => true,
        (json::Value::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (json::Value::String(ours), Value::String(theirs)) => ours == theirs,
        (json::Value::Number(ours), Value::Number(theirs)) => match ours {
            Number::Unsigned(ours) => theirs.as_u64() == Some(*ours),
            Number::Negative(ours) => theirs.as_i64() == Some(*ours) && *ours < 0,
            Number::Float(ours) => theirs.is_f64() && theirs.as_f64() == Some(*ours),
        },
        (json::Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_equal(ours, theirs))
        }
        (json::Value::Object(ours), Value::Object(theirs)) => {
            let is_there = |(name, ours)| theirs.get(name).is_some_and(|theirs| is_equal(ours, theirs));
            ours.len() == theirs.len() && ours.members().all(is_there)
        }
        _ => false,
    }
}

/// True if a document has more fields than the value that serde_json parses, which contains only the last of repeated
/// fields.
pub(super) fn repeats_a_name(document: &[u8], value: &Value) -> bool {
    members(value) < written_members(document)
}

/// Number of fields of all objects in a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(items) => items.iter().map(members).sum(),
        _ => 0,
    }
}

/// Number of fields in a document: colons outside strings.
fn written_members(document: &[u8]) -> usize {
    let (mut colons, mut is_quoted, mut is_escaped) = (0, false, false);
    for byte in document {
        match (byte, is_quoted) {
            _ if is_escaped => is_escaped = false,
            (b'\\', true) => is_escaped = true,
            (b'"', _) => is_quoted = !is_quoted,
            (b':', false) => colons += 1,
            _ => {}
        }
    }
    colons
}

/// A literal implementation of the three limits.
fn is_too_complex(value: &Value) -> bool {
    depth(value) > MAX_DEPTH || widest(value) > MAX_MEMBERS || values(value) > MAX_VALUES
}

fn depth(value: &Value) -> usize {
    children(value).map(depth).max().map_or(usize::from(value.is_array() || value.is_object()), |depth| depth + 1)
}

fn widest(value: &Value) -> usize {
    let width = value.as_object().map_or(0, serde_json::Map::len);
    children(value).map(widest).max().unwrap_or(0).max(width)
}

fn values(value: &Value) -> usize {
    1 + children(value).map(values).sum::<usize>()
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(object) => Box::new(object.values()),
        _ => Box::new(std::iter::empty()),
    }
}
