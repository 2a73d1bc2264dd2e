//! Reading JSON objects, strictly.

use serde::de::DeserializeOwned;

/// True if the first character that is not white space (RFC 8259 section 2) opens an object.
pub(crate) fn opens_object(text: &[u8]) -> bool {
    text.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) == Some(&b'{')
}

/// Reads a JSON object; `None` for invalid JSON or UTF-8, for a repeated or mistyped field that `T` knows,
/// and for anything that is not an object (serde alone would also fill a struct from an array).
pub(crate) fn read_object<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    if !opens_object(text) {
        return None;
    }
    serde_json::from_slice(text).ok()
}
