//! JSON (RFC 8259), read strictly and written without a detour.
//!
//! The reader refuses what two readers could understand differently: a key that an object gives twice, text that is
//! not well-formed Unicode, anything after the end. It bounds depth and width, so no input exhausts the stack, and
//! takes no quadratic time. Numbers keep their spelling; nothing is rounded.

mod fields;
mod keys;
mod read;
mod value;
mod write;

pub use fields::{Fields, WrongType, read_object};
pub use read::{JsonFault, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, read};
pub use value::{Number, Object, Value};
pub(crate) use write::write_number;
pub use write::{ObjectWriter, decimal, write_text};
