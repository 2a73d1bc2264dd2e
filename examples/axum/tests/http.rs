//! Sends requests to the app and checks its responses.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use livekit_edge::{Secret, SigningKey, TokenVerifier, VideoGrant, jws::sign};
use livekit_edge_on_axum::{Tokens, router};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tower::ServiceExt;

const JWT_SECRET: &str = "a-secret-of-more-than-thirty-two-bytes";

fn setting(name: &str) -> Option<String> {
    Some(match name {
        "LIVEKIT_KEYS" => "devkey: secret\nold: another-secret".into(),
        "LIVEKIT_URL" => "ws://127.0.0.1:7880".into(),
        "JWT_SECRET" => JWT_SECRET.into(),
        _ => return None,
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn signed(claims: &Value) -> String {
    let key = SigningKey::new(&Secret::new(JWT_SECRET).unwrap());
    sign(claims.to_string().as_bytes(), &key)
}

fn user_token(user: &str, exp: u64) -> String {
    signed(&json!({ "sub": user, "exp": exp }))
}

async fn ask(method: Method, path: &str, token: Option<&str>, body: impl Into<Body>) -> (StatusCode, Value) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let app = router(Arc::new(Tokens::from_settings(&setting)));
    let response = app.oneshot(request.body(body.into()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["content-type"], "application/json");
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        assert_eq!(response.headers()["allow"], "POST");
    }
    let status = response.status();
    (status, serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap())
}

async fn post(token: Option<&str>, body: impl Into<Body>) -> (StatusCode, Value) {
    ask(Method::POST, "/api/livekit/token", token, body).await
}

#[tokio::test]
async fn a_user_gets_a_token_for_a_room_that_the_rule_allows() {
    let token = user_token("alice", now() + 60);
    let (status, body) = post(Some(&token), r#"{"roomId":"lounge-1","name":"Alice","ttl":600}"#).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert_eq!((&body["identity"], &body["roomId"]), (&json!("alice"), &json!("lounge-1")));
    assert_eq!(body["url"], json!("ws://127.0.0.1:7880"));
    let verifier = TokenVerifier::new("devkey", "secret").unwrap();
    let claims = verifier.verify(body["token"].as_str().unwrap(), now()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.name.as_str()), ("alice", "Alice"));
    assert_eq!(claims.video, Some(VideoGrant::full("lounge-1")));
}

#[tokio::test]
async fn no_user_token_and_an_invalid_one_are_401() {
    let expired = user_token("alice", now() - 60);
    let of_livekit = signed(&json!({ "iss": "old", "sub": "alice", "exp": now() + 60 }));
    for token in [None, Some(""), Some("x.y.z"), Some(expired.as_str()), Some(of_livekit.as_str())] {
        let (status, body) = post(token, r#"{"roomId":"lounge-1"}"#).await;
        assert_eq!((status, body["message"].clone()), (StatusCode::UNAUTHORIZED, json!("Unauthorized")));
    }
}

#[tokio::test]
async fn another_room_and_another_identity_are_403() {
    let token = user_token("alice", now() + 60);
    for body in [r#"{"roomId":"office"}"#, r#"{"roomId":"lounge-1","identity":"bob"}"#] {
        assert_eq!(post(Some(&token), body).await.0, StatusCode::FORBIDDEN, "{body}");
    }
}

#[tokio::test]
async fn an_invalid_body_is_400_and_a_large_one_413() {
    let token = user_token("alice", now() + 60);
    for body in ["{", "[]", "{}", r#"{"roomId":7}"#, r#"{"roomId":"lounge-1","roomId":"office"}"#] {
        assert_eq!(post(Some(&token), body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let (_, body) = post(Some(&token), r#"{"roomId":"lounge-1","ttl":0}"#).await;
    assert_eq!(body["message"], json!(["ttl must not be less than 1"]));
    assert_eq!(post(Some(&token), vec![b' '; 2 << 20]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn other_paths_are_404_and_other_methods_405() {
    assert_eq!(ask(Method::GET, "/nowhere", None, "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(Method::GET, "/api/livekit/token", None, "").await.0, StatusCode::METHOD_NOT_ALLOWED);
}
