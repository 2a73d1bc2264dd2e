//! LivekitService: the issued tokens and responses (rows 10-36, 40-43; W3, W9).

use crate::common::{
    API_KEY, API_SECRET, MAX_TTL, NOW, URL, config, create_token, display_name, part, service, slow_hmac, ttl, verify,
};
use livekit_edge::{
    CreateToken, LivekitConfig, LivekitError, LivekitService, RawCreateToken, Secret, TokenResponse, VideoGrant,
    request::Field,
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn request() -> CreateToken {
    CreateToken {
        name: Some(display_name("Alice")),
        ttl: Some(ttl(7200)),
        ..create_token("channel-abc123", "user-456")
    }
}

fn issue(request: CreateToken) -> TokenResponse {
    service().generate_token(request, NOW, None).unwrap()
}

/// Rows 10, 21-26, 28, 31: the whole token.
#[test]
fn rows_21_to_28_the_token_is_exactly_this() {
    let token = issue(request()).token;
    let [header, payload, tag]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(crate::common::decode(header), br#"{"alg":"HS256","typ":"JWT"}"#);
    let expected = concat!(
        r#"{"iss":"devkey","nbf":1700000000,"video":"#,
        r#"{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":true,"room":"channel-abc123"},"#,
        r#""exp":1700007200,"sub":"user-456","name":"Alice"}"#
    );
    assert_eq!(String::from_utf8(crate::common::decode(payload)).unwrap(), expected);
    let signed = format!("{header}.{payload}");
    assert_eq!(crate::common::decode(tag), slow_hmac(API_SECRET.as_bytes(), signed.as_bytes()));
}

/// A service may be shared between threads.
#[test]
#[cfg(not(target_arch = "wasm32"))]
fn threads_that_share_a_service_issue_their_own_tokens() {
    let service = service();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let service = &service;
            scope.spawn(move || {
                for round in 0..2000 {
                    let now = NOW + round / 100 + thread % 2;
                    let identity = format!("user-{thread}-{round}");
                    let token = service.generate_token(create_token("room", &identity), now, None).unwrap().token;
                    let claims =
                        livekit_edge::TokenVerifier::new(API_KEY, API_SECRET).unwrap().verify(&token, now).unwrap();
                    assert_eq!((claims.sub, claims.nbf, claims.exp), (identity, Some(now), Some(now + 3600)));
                }
            });
        }
    });
}

#[test]
fn row_21_iss_is_the_api_key_and_sub_the_identity() {
    let claims = verify(&issue(request()).token).unwrap();
    assert_eq!((claims.iss.as_str(), claims.sub.as_str(), claims.name.as_str()), (API_KEY, "user-456", "Alice"));
    assert_eq!((claims.exp, claims.nbf, claims.iat, claims.jti), (Some(NOW + 7200), Some(NOW), None, String::new()));
    assert!(claims.metadata.is_empty() && claims.attributes.is_empty());
    assert_eq!(claims.video, Some(VideoGrant::full("channel-abc123")));
}

/// Rows 22, 23, 24, 25, 26: five grants; row 27: every source may be published; row 28: the same for every user.
#[test]
fn rows_22_to_28_the_grant_is_exactly_these_five() {
    for (room, identity) in [("channel-abc123", "user-456"), ("42", "user-owner"), ("Ünïcode 🎤", "x")] {
        let token = issue(create_token(room, identity)).token;
        let five =
            json!({"roomJoin": true, "room": room, "canPublish": true, "canSubscribe": true, "canPublishData": true});
        assert_eq!(part(&token, 1)["video"], five);
    }
}

#[test]
fn x13_can_update_own_metadata_only_when_set() {
    let service = LivekitService::new(LivekitConfig { can_update_own_metadata: true, ..config() });
    let token = service.generate_token(request(), NOW, None).unwrap().token;
    let grant = part(&token, 1)["video"].clone();
    assert_eq!(grant["canUpdateOwnMetadata"], json!(true));
    assert_eq!(grant.as_object().unwrap().len(), 6);
    assert!(part(&issue(request()).token, 1)["video"].get("canUpdateOwnMetadata").is_none());
}

#[test]
fn row_10_the_room_is_the_channel_id_verbatim() {
    for room in ["channel-abc123", "a  b", "ROOM", "a\u{300}", "../..", "\"},\"exp\":1", &"r".repeat(256)] {
        let response = issue(create_token(room, "user-456"));
        assert_eq!(response.room_id, room);
        assert_eq!(part(&response.token, 1)["video"]["room"], json!(room));
    }
}

#[test]
fn row_14_the_name_defaults_to_the_identity() {
    for (name, expected) in [
        (None, "user-456"),
        (Some(""), "user-456"),
        (Some(" \u{a0}"), "user-456"),
        (Some(" A "), " A "),
        (Some("Ä"), "Ä"),
    ] {
        let request = CreateToken { name: name.map(display_name), ..request() };
        assert_eq!(part(&issue(request).token, 1)["name"], json!(expected));
    }
}

/// Rows 15, 18, 36: `exp` and `expires_at` are the same second.
#[test]
fn row_15_the_ttl_is_that_of_the_request_or_3600() {
    for (requested, expected) in [(None, 3600), (Some(7200), 7200), (Some(1), 1), (Some(MAX_TTL), MAX_TTL)] {
        let response = issue(CreateToken { ttl: requested.map(ttl), ..request() });
        assert_eq!(response.expires_at, NOW + expected);
        assert_eq!(part(&response.token, 1)["exp"], json!(NOW + expected));
    }
}

#[test]
fn row_17_the_identity_is_preserved() {
    for identity in ["custom-identity", "user 456", "USER", "✨", &"i".repeat(256)] {
        let response = issue(create_token("channel-abc123", identity));
        assert_eq!(response.identity, identity);
        assert_eq!(part(&response.token, 1)["sub"], json!(identity));
    }
}

#[test]
fn row_29_every_request_gets_a_new_token() {
    let service = service();
    let tokens = [(NOW, None), (NOW + 1, None), (NOW, Some([7; 16])), (NOW, Some([8; 16]))]
        .map(|(now, jti)| service.generate_token(request(), now, jti).unwrap().token);
    for (at, token) in tokens.iter().enumerate() {
        assert!(!tokens[..at].contains(token));
        assert_eq!(part(token, 1)["nbf"], json!(if at == 1 { NOW + 1 } else { NOW }));
    }
}

/// Row 30: `room.connect(url, token)` sends the token in the URL.
#[test]
fn row_30_a_token_needs_no_escaping_in_a_url() {
    let token = issue(CreateToken { name: Some(display_name(&"ÿ>?~ 🎤".repeat(20))), ..request() }).token;
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
    assert_eq!(token.matches('.').count(), 2);
}

#[test]
fn row_31_the_token_begins_as_the_sample_does() {
    assert!(issue(request()).token.starts_with("eyJhbGciOiJIUzI1NiIs"));
}

/// Rows 32, 33, 34, 35, 36.
#[test]
fn rows_32_to_36_the_response() {
    let TokenResponse { token, identity, room_id, url, expires_at, jti } = issue(request());
    assert!(verify(&token).is_ok());
    assert_eq!((identity.as_str(), room_id.as_str(), url.as_deref()), ("user-456", "channel-abc123", Some(URL)));
    assert_eq!((expires_at, jti), (NOW + 7200, None));
}

/// Row 35, X9.
#[test]
fn row_35_without_a_url_tokens_are_issued_and_the_service_is_not_configured() {
    for url in [None, Some(""), Some(" \t")] {
        let service = LivekitService::new(LivekitConfig { url: url.map(Into::into), ..config() });
        assert_eq!(service.generate_token(request(), NOW, None).unwrap().url, None);
        assert_eq!(service.connection_url(), None);
        assert!(!service.validate_configuration());
    }
    assert_eq!(service().connection_url(), Some(URL));
}

#[test]
fn row_40_configured_means_all_three() {
    let blank: [Option<&str>; 3] = [None, Some(""), Some(" ")];
    let values = |value: &'static str| blank.into_iter().chain([Some(value)]);
    for key in values("k") {
        for secret in values("s") {
            for url in values("u") {
                let service = LivekitService::new(LivekitConfig {
                    api_key: key.map(Into::into),
                    api_secret: secret.and_then(Secret::new),
                    url: url.map(Into::into),
                    ..LivekitConfig::default()
                });
                let missing = [(key, "KEY"), (secret, "SECRET"), (url, "URL")].map(|(value, name)| {
                    let name = if name == "URL" { "LIVEKIT_URL".into() } else { format!("LIVEKIT_API_{name}") };
                    value.is_none_or(|value| value.trim().is_empty()).then_some(name)
                });
                let missing: Vec<String> = missing.into_iter().flatten().collect();
                assert_eq!(service.config().missing(), missing);
                assert_eq!(service.validate_configuration(), missing.is_empty());
                let issues = !missing.iter().any(|name| name.starts_with("LIVEKIT_API"));
                let result = service.generate_token(request(), NOW, None);
                assert_eq!(result.err(), (!issues).then_some(LivekitError::NotConfigured));
            }
        }
    }
}

/// Rows 41, 42: missing credentials come before any error of the request.
#[test]
fn row_42_without_credentials_no_token_is_issued() {
    let service = LivekitService::new(LivekitConfig { api_secret: None, ..config() });
    let too_long = CreateToken { ttl: Some(ttl(MAX_TTL + 1)), ..request() };
    let errors = [
        service.generate_token(too_long, NOW, None).unwrap_err(),
        service.generate_token_raw(RawCreateToken::default(), NOW, None).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("not_configured", "LiveKit credentials not configured")
        );
    }
}

#[test]
fn row_43_a_token_that_cannot_be_created_is_an_error() {
    let requires_jti = LivekitService::new(LivekitConfig { jti: true, ..config() });
    let errors = [
        service().generate_token(request(), u64::MAX, None).unwrap_err(),
        service().generate_token(request(), (1 << 53) - 7200, None).unwrap_err(),
        requires_jti.generate_token(request(), NOW, None).unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.code(), error.to_string().as_str()), ("token_generation", "Failed to generate token"));
    }
    assert_eq!(service().generate_token(request(), (1 << 53) - 7201, None).unwrap().expires_at, (1 << 53) - 1);
}

#[test]
fn a_jti_is_the_sixteen_bytes_in_base64url() {
    let requires_jti = LivekitService::new(LivekitConfig { jti: true, ..config() });
    for service in [service(), requires_jti] {
        let bytes = [0xfb, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
        let response = service.generate_token(request(), NOW, Some(bytes)).unwrap();
        assert_eq!(response.jti.as_deref(), Some("-_8AAQIDBAUGBwgJCgsMDQ"));
        assert_eq!(part(&response.token, 1)["jti"], json!(response.jti));
        assert_eq!(Some(verify(&response.token).unwrap().jti), response.jti);
    }
}

#[test]
fn a_raw_request_gets_the_same_token() {
    let raw = RawCreateToken {
        room_id: Field::String("channel-abc123".into()),
        identity: Field::String("user-456".into()),
        name: Field::String("Alice".into()),
        ttl: Field::Number(7200.0),
    };
    assert_eq!(
        service().generate_token_raw(raw, NOW, Some([1; 16])),
        service().generate_token(request(), NOW, Some([1; 16]))
    );
}

#[test]
fn debug_contains_no_secret() {
    for text in
        [format!("{:?}", service()), format!("{:#?}", service()), format!("{:?}", config()), format!("{:#?}", config())]
    {
        assert!(text.contains("redacted"), "{text}");
        assert!(!text.contains(API_SECRET) && !text.contains("over-32-bytes"), "{text}");
    }
}
