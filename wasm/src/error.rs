//! Errors as JavaScript objects.

use crate::convert::to_js;
use livekit_edge::{ClaimError, LivekitError};
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObject<'e> {
    code: &'static str,
    message: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<String>,
}

/// The object that is thrown for an error; `LivekitException` is made of it in TypeScript.
pub(crate) fn error_to_js(error: LivekitError) -> JsValue {
    to_js(&ErrorObject {
        code: error.code(),
        message: &error.message(),
        reason: error.reason(),
        path: error.path(),
        violations: error.field_messages(),
    })
}

/// An invalid claim as an object `{ path, code, message }`.
#[derive(Serialize)]
struct ClaimErrorObject<'e> {
    path: &'e str,
    code: &'static str,
    message: String,
}

impl<'e> From<&'e ClaimError> for ClaimErrorObject<'e> {
    fn from(error: &'e ClaimError) -> Self {
        Self { path: error.path(), code: error.kind().code(), message: error.message() }
    }
}

/// The array of objects for invalid claims.
pub(crate) fn claim_errors_to_js(errors: &[ClaimError]) -> JsValue {
    to_js(&errors.iter().map(ClaimErrorObject::from).collect::<Vec<_>>())
}
