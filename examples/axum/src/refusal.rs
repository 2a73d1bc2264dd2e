//! Error → HTTP response in JSON.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use livekit_edge::LivekitError;
use serde_json::{Value, json};

/// The response for an error of the crate, whose errors have no HTTP status.
pub fn answer(error: LivekitError) -> Response {
    let status = match error {
        LivekitError::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        LivekitError::Forbidden(_) => StatusCode::FORBIDDEN,
        LivekitError::InvalidRequest(_)
        | LivekitError::BodyNotJson
        | LivekitError::BodyNotObject
        | LivekitError::BodyTooComplex
        | LivekitError::BodyRepeatsField => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        eprintln!("{}: {:?}", error.code(), error.reason());
    }
    let fields = error.field_messages();
    respond(status, if fields.is_empty() { error.message().into() } else { fields.into() })
}

/// The response for an HTTP status.
pub fn refuse(status: StatusCode) -> Response {
    respond(status, status.canonical_reason().into())
}

fn respond(status: StatusCode, message: Value) -> Response {
    let body = json!({ "statusCode": status.as_u16(), "message": message });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
