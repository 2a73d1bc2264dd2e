//! Strict JSON (RFC 8259) on serde: one visitor that parses JSON text, and any other serde format.
//!
//! It rejects documents that two parsers could interpret differently: a repeated field at any level, ill-formed
//! Unicode, trailing characters. Depth, width and the number of values are bounded, so that no input exhausts the stack
//! or takes quadratic time.

use alloc::string::String;
use serde::Serialize;

mod fields;
mod strict;
mod value;

pub use fields::{Fields, WrongType};
pub use strict::{JsonError, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, parse, parse_object, read};
pub use value::{Number, Object, Value, count};

/// Appends the JSON text of an integer.
pub(crate) fn push_integer(integer: u64, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(integer));
}

/// Appends the JSON text of a string.
pub(crate) fn push_string(string: &str, out: &mut String) {
    if string.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        // Fast path: nearly every string needs no escape.
        out.push('"');
        out.push_str(string);
        out.push('"');
    } else {
        out.push_str(&to_string(string));
    }
}

/// The JSON text of an object.
#[must_use]
pub fn object_to_string(object: &Object<'_>) -> String {
    let mut text = String::new();
    push_object(object, &mut text);
    text
}

/// Appends the JSON text of a value.
pub(crate) fn push_value(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(Number::Unsigned(number)) => push_integer(*number, out),
        Value::Number(number) => out.push_str(&to_string(number)),
        Value::String(string) => push_string(string, out),
        Value::Array(items) => push_list(['[', ']'], items, out, |item, out| push_value(item, out)),
        Value::Object(object) => push_object(object, out),
    }
}

fn push_object(object: &Object<'_>, out: &mut String) {
    push_list(['{', '}'], object.members(), out, |(name, value), out| {
        push_string(name, out);
        out.push(':');
        push_value(value, out);
    });
}

/// Appends items, separated by commas, between `open` and `close`.
pub(crate) fn push_list<T>(
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    out: &mut String,
    push: impl Fn(T, &mut String),
) {
    out.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push(item, out);
    }
    out.push(close);
}

/// The JSON text of a value.
#[expect(clippy::panic, reason = "an invariant of this crate; `expect` would link the formatting of errors")]
fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    match serde_json::to_string(value) {
        Ok(text) => text,
        Err(_) => panic!("strings and numbers always serialize"),
    }
}
