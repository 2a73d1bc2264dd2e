//! Strict JSON (RFC 8259) on serde: one visitor that reads any serde format, JSON text and JavaScript objects alike.
//!
//! It rejects what two readers could understand differently: a repeated member at any level, ill-formed Unicode, anything
//! after the end. Depth, width and the number of values are bounded, so that no input exhausts the stack or takes quadratic
//! time.

mod fields;
mod strict;
mod value;

pub use fields::{Fields, WrongType};
pub use strict::{JsonError, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, parse, parse_object, read};
pub use value::{Number, Object, Value};
