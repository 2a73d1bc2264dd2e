//! Strict JSON (RFC 8259) on serde: one visitor that reads JSON text, and any other serde format.
//!
//! It rejects what two readers could understand differently: a repeated member at any level, ill-formed Unicode, anything
//! after the end. Depth, width and the number of values are bounded, so that no input exhausts the stack or takes quadratic
//! time.

use alloc::string::String;
use serde::Serialize;

mod fields;
mod strict;
mod value;

pub use fields::{Fields, WrongType};
pub use strict::{JsonError, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, parse, parse_object, read};
pub use value::{Number, Object, Value};

/// Appends a JSON string.
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

/// The JSON text of a value.
#[expect(clippy::panic, reason = "an invariant of this crate; `expect` would link the formatting of errors")]
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    match serde_json::to_string(value) {
        Ok(text) => text,
        Err(_) => panic!("strings, numbers and objects with string names always serialize"),
    }
}
