//! Conversion between JavaScript and Rust values.

use js_sys::{JsString, Reflect};
use livekit_edge::{LAST_DATE, LivekitError, request::Field};
use serde::Serialize;
use wasm_bindgen::{JsCast, prelude::*};

#[wasm_bindgen]
extern "C" {
    /// As `js_sys::Object::has_own`, but for values of any type, and for a `Proxy` that throws.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsValue, name: &JsValue) -> Result<bool, JsValue>;
}

/// Strings are truncated to this many UTF-16 units before conversion. Every limit is lower, so that a truncated string
/// is still too long.
const MAX_LENGTH: u32 = 1024;

/// Converts a result to a plain object, array, string, number or boolean.
#[expect(clippy::panic, reason = "an invariant of this crate; `expect` would link the formatting of errors")]
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> JsValue {
    match value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()) {
        Ok(value) => value,
        Err(_) => panic!("values with numbers below 2^53 always serialize"),
    }
}

/// Gets an own property as a field of any type. The property is read once; a getter that throws makes the field
/// invalid.
pub(crate) fn own_field(object: &JsValue, name: &str) -> Field {
    if object.is_undefined() || object.is_null() {
        return Field::Absent;
    }
    let name = JsValue::from_str(name);
    match has_own(object, &name) {
        Ok(false) => Field::Absent,
        Ok(true) => Reflect::get(object, &name).map_or(Field::Other, |value| field(&value)),
        Err(_) => Field::Other,
    }
}

/// Converts a JavaScript value into a field. Strings are checked for unpaired surrogates first, because the conversion
/// to UTF-8 would replace these.
pub(crate) fn field(value: &JsValue) -> Field {
    if value.is_undefined() || value.is_null() {
        return Field::Absent;
    }
    match (value.dyn_ref::<JsString>(), value.as_f64()) {
        (Some(string), _) if string.length() > MAX_LENGTH => Field::String(string.slice(0, MAX_LENGTH).into()),
        (Some(string), _) if string.is_valid_utf16() => Field::String(string.into()),
        (Some(_), _) => Field::IllFormedString,
        (None, Some(number)) => Field::Number(number),
        (None, None) => Field::Other,
    }
}

/// Seconds as a JavaScript number.
#[expect(clippy::cast_precision_loss, reason = "as precise as JavaScript represents it")]
pub(crate) const fn seconds(time: u64) -> f64 {
    time as f64
}

/// The `exp` of a token in Unix seconds, as a JavaScript number.
///
/// # Errors
/// [`LivekitError::TokenGeneration`] for a time that JavaScript's `Date` cannot represent.
pub(crate) fn expiry_seconds(exp: u64) -> Result<f64, LivekitError> {
    if exp > LAST_DATE { Err(LivekitError::TokenGeneration) } else { Ok(seconds(exp)) }
}
