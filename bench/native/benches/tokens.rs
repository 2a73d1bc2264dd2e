//! Issuing and verifying the same token with three crates.

use criterion::Criterion;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use livekit_api::access_token as sdk;
use livekit_edge::{CreateToken, DisplayName, LivekitConfig, LivekitService, Secret, TokenVerifier, Ttl};
use serde_json::{Value, json};
use std::{
    hint::black_box,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const KEY: &str = "devkey";
const SECRET: &str = "a-secret-of-32-bytes-or-more-for-the-bench";
const ROOM: &str = "channel-abc123";
const IDENTITY: &str = "user-456";
const NAME: &str = "Alice";
const TTL: u64 = 3600;
/// Clock tolerance in seconds, LiveKit's default.
const TOLERANCE: u64 = 60;

/// Reads the clock, which every candidate does for every token.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

fn ours(service: &LivekitService, identity: &str) -> String {
    let mut request = CreateToken::new(ROOM, identity).expect("valid names");
    request.name = Some(DisplayName::new(NAME).expect("a valid name"));
    request.ttl = Some(Ttl::clamped(TTL));
    service.generate_token(request, now(), None).expect("a valid request").token
}

fn livekit(identity: &str) -> String {
    let grants = sdk::VideoGrants {
        room: ROOM.into(),
        room_join: true,
        can_publish: Some(true),
        can_subscribe: Some(true),
        can_publish_data: Some(true),
        ..Default::default()
    };
    sdk::AccessToken::with_api_key(KEY, SECRET)
        .with_identity(identity)
        .with_name(NAME)
        .with_ttl(Duration::from_secs(TTL))
        .with_grants(grants)
        .to_jwt()
        .expect("a valid token")
}

fn plain(key: &EncodingKey, identity: &str) -> String {
    let now = now();
    let grant =
        json!({ "room": ROOM, "roomJoin": true, "canPublish": true, "canSubscribe": true, "canPublishData": true });
    let claims = json!({ "iss": KEY, "sub": identity, "exp": now + TTL, "nbf": now, "name": NAME, "video": grant });
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).expect("valid claims")
}

/// Verifies a token with jsonwebtoken, and returns its claims.
fn decode_claims(token: &str) -> Value {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = TOLERANCE;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::decode::<Value>(token, &key, &validation).expect("a valid token").claims
}

/// Fields of `of` that `than` lacks or has with another value; except times, because a second may pass between two
/// tokens.
fn difference(of: &Value, than: &Value, path: &str, found: &mut Vec<String>) {
    for (name, value) in of.as_object().into_iter().flatten() {
        let other = than.get(name).unwrap_or(&Value::Null);
        match value {
            _ if path.is_empty() && (name == "exp" || name == "nbf") && other.is_u64() => {}
            Value::Object(_) if other.is_object() => difference(value, other, &format!("{path}{name}."), found),
            _ if value != other => found.push(format!("{path}{name}: {value}")),
            _ => {}
        }
    }
}

fn main() {
    let service = LivekitService::new(LivekitConfig {
        api_key: Some(KEY.into()),
        api_secret: Secret::new(SECRET),
        url: Some("ws://127.0.0.1:7880".into()),
        ..LivekitConfig::default()
    });
    let signing = EncodingKey::from_secret(SECRET.as_bytes());
    let token = ours(&service, IDENTITY);
    let expected = decode_claims(&token);
    for (name, claims) in
        [("livekit-token", decode_claims(&livekit(IDENTITY))), ("jsonwebtoken", decode_claims(&plain(&signing, IDENTITY)))]
    {
        let (mut more, mut less) = (Vec::new(), Vec::new());
        difference(&claims, &expected, "", &mut more);
        difference(&expected, &claims, "", &mut less);
        println!("{}", json!({ "crate": name, "more": more, "less": less }));
    }

    let mut criterion = Criterion::default().without_plots().configure_from_args();
    criterion.bench_function("mint livekit-edge", |b| b.iter(|| ours(&service, black_box(IDENTITY))));
    criterion.bench_function("mint livekit-token", |b| b.iter(|| livekit(black_box(IDENTITY))));
    criterion.bench_function("mint jsonwebtoken", |b| b.iter(|| plain(&signing, black_box(IDENTITY))));

    let verifier = TokenVerifier::new(KEY, SECRET).expect("credentials").clock_tolerance(TOLERANCE);
    let theirs = sdk::TokenVerifier::with_api_key(KEY, SECRET);
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = TOLERANCE;
    validation.validate_nbf = true;
    validation.set_issuer(&[KEY]);
    criterion.bench_function("verify livekit-edge", |b| {
        b.iter(|| verifier.verify(black_box(&token), now()).expect("a valid token"));
    });
    criterion.bench_function("verify livekit-token", |b| {
        b.iter(|| theirs.verify(black_box(&token)).expect("a valid token"));
    });
    criterion.bench_function("verify jsonwebtoken", |b| {
        b.iter(|| jsonwebtoken::decode::<Value>(black_box(&token), &key, &validation).expect("a valid token"));
    });
    criterion.final_summary();
}
