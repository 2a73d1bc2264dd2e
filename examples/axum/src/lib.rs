//! A token endpoint on axum: `POST /api/livekit/token` with a user token returns a LiveKit token.

mod refusal;
mod tokens;

pub use tokens::Tokens;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use livekit_edge::LivekitError;
use refusal::refuse;
use serde_json::json;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Maximum size of a body in bytes.
const MAX_BODY: usize = 100 * 1024;

/// The routes.
pub fn router(tokens: Arc<Tokens>) -> Router {
    Router::new()
        .route("/api/livekit/token", post(token).fallback(async || refuse(StatusCode::METHOD_NOT_ALLOWED)))
        .fallback(async || refuse(StatusCode::NOT_FOUND))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(tokens)
}

async fn token(
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Response> {
    let body = body.map_err(|rejection| refuse(rejection.status()))?;
    let issued = tokens.issue(bearer(&headers), &body, now()).map_err(refusal::answer)?;
    let answer = json!({
        "token": issued.token,
        "identity": issued.identity,
        "roomId": issued.room_id,
        "url": issued.url,
    });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// The user token of a request. Without one it is empty, which is refused as invalid.
fn bearer(headers: &HeaderMap) -> &str {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

/// Unix seconds. With a clock before 1970 no token is valid.
fn now() -> Result<u64, LivekitError> {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).map_err(|_| LivekitError::TokenGeneration)
}
