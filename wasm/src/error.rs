//! Errors as JavaScript objects.

use crate::convert::to_js;
use livekit_edge::{
    ClaimError, LivekitError,
    json::{Object, Value},
};
use wasm_bindgen::JsValue;

/// Converts an error into the object that is thrown. TypeScript converts it into a `LivekitException`.
pub(crate) fn error_to_js(error: LivekitError) -> JsValue {
    let (message, violations) = (error.message(), error.field_messages());
    let violations = (!violations.is_empty()).then(|| violations.into_iter().collect::<Value<'_>>());
    let object = Object::default()
        .with("code", error.code())
        .with("message", &*message)
        .with_some("reason", error.reason())
        .with_some("path", error.path())
        .with_some("violations", violations);
    to_js(&object)
}

/// Converts invalid claims into an array of objects `{ path, code, message }`.
pub(crate) fn claim_errors_to_js(errors: &[ClaimError]) -> JsValue {
    let object = |error: &ClaimError| {
        let object = Object::default().with("path", error.path().to_owned());
        object.with("code", error.kind().code()).with("message", error.message())
    };
    to_js(&errors.iter().map(object).collect::<Value<'_>>())
}
