//! generate_granted, generate_permitted and generate_admin_token (rows 21-29, 41-43; W1).

use crate::common::{
    API_KEY, API_SECRET, MAX_TTL, NOW, URL, config, create_token, decode, display_name, part, service, slow_hmac, ttl,
    verify,
};
use livekit_edge::{
    CreateToken, DisplayName, Granted, LivekitConfig, LivekitError, LivekitService, MAX_ATTRIBUTES_BYTES,
    MAX_METADATA_BYTES, NameError, Secret, TokenResponse, TokenVerifier, TrackSource, Ttl, VideoGrant,
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-abc123";

fn granted() -> Granted {
    Granted {
        request: create_token(ROOM, "user-456"),
        grant: VideoGrant::full(ROOM),
        metadata: String::new(),
        attributes: [].into(),
        room_config: None,
        timed_out: false,
    }
}

/// A request with every field set.
fn everything() -> Granted {
    Granted {
        request: CreateToken { name: Some(display_name("Alice")), ttl: Some(ttl(7200)), ..granted().request },
        grant: VideoGrant {
            can_publish_sources: vec![TrackSource::Microphone],
            can_publish_data: Some(false),
            can_update_own_metadata: Some(true),
            room_admin: true,
            ..granted().grant
        },
        metadata: "{\"a\":\"\u{1}é\"}".into(),
        attributes: [("b".into(), "2".into()), ("a\"".into(), String::new())].into(),
        room_config: None,
        timed_out: true,
    }
}

fn issue(granted: Granted) -> Result<TokenResponse, LivekitError> {
    service().generate_granted(granted, NOW, None)
}

fn without_credentials() -> [LivekitService; 4] {
    [
        LivekitConfig { api_key: None, ..config() },
        LivekitConfig { api_key: Some(" ".into()), ..config() },
        LivekitConfig { api_secret: None, ..config() },
        LivekitConfig { api_secret: Secret::new(""), ..config() },
    ]
    .map(LivekitService::new)
}

/// Rows 21-28: the whole token.
#[test]
fn rows_21_to_28_the_claims_are_exactly_these() {
    let plain = concat!(
        r#"{"iss":"devkey","nbf":1700000000,"video":"#,
        r#"{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":true,"room":"channel-abc123"},"#,
        r#""exp":1700003600,"sub":"user-456","name":"user-456"}"#
    );
    let full = concat!(
        r#"{"iss":"devkey","nbf":1700000000,"video":{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":false,"#,
        r#""canPublishSources":["microphone"],"canUpdateOwnMetadata":true,"roomAdmin":true,"room":"channel-abc123"},"#,
        r#""exp":1700007200,"jti":"BwcHBwcHBwcHBwcHBwcHBw","sub":"user-456","name":"Alice","#,
        r#""metadata":"{\"a\":\"\u0001é\"}","attributes":{"b":"2","a\"":""}}"#
    );
    for (granted, jti, expected) in [(granted(), None, plain), (everything(), Some([7; 16]), full)] {
        let response = service().generate_granted(granted, NOW, jti).unwrap();
        let [header, payload, tag]: [&str; 3] = response.token.split('.').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(decode(header), br#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(String::from_utf8(decode(payload)).unwrap(), expected);
        assert_eq!(decode(tag), slow_hmac(API_SECRET.as_bytes(), format!("{header}.{payload}").as_bytes()));
        assert_eq!(json!(response.expires_at), part(&response.token, 1)["exp"]);
        assert_eq!(response.jti.is_some(), jti.is_some());
        assert_eq!((response.identity.as_str(), response.room_id.as_str()), ("user-456", ROOM));
        assert_eq!(response.url.as_deref(), Some(URL));
    }
    let claims = verify(&issue(everything()).unwrap().token).unwrap();
    assert_eq!(
        (claims.metadata, claims.attributes),
        (everything().metadata, everything().attributes.into_iter().collect())
    );
    assert_eq!(claims.video, Some(everything().grant));
}

/// With the full grant the token is the same as from `generate_token`.
#[test]
fn a_full_grant_issues_the_specified_token() {
    let request = everything().request;
    let full = Granted { request: request.clone(), ..granted() };
    assert_eq!(issue(full), service().generate_token(request, NOW, None));
}

/// The application's grants are checked too.
#[test]
fn w1_grants_that_reach_beyond_the_room_are_errors() {
    type Change = fn(&mut VideoGrant);
    let changes: [(&str, Change); 11] = [
        ("room", |grant| grant.room = "channel-abc124".into()),
        ("room", |grant| grant.room.clear()),
        ("roomJoin", |grant| grant.room_join = false),
        ("roomCreate", |grant| grant.room_create = true),
        ("roomList", |grant| grant.room_list = true),
        ("roomRecord", |grant| grant.room_record = true),
        ("ingressAdmin", |grant| grant.ingress_admin = true),
        ("hidden", |grant| grant.hidden = true),
        ("recorder", |grant| grant.recorder = true),
        ("agent", |grant| grant.agent = true),
        ("destinationRoom", |grant| grant.destination_room = ROOM.into()),
    ];
    for (name, change) in changes {
        for base in [granted(), everything()] {
            let mut wrong = base;
            change(&mut wrong.grant);
            let error = issue(wrong).unwrap_err();
            assert_eq!(error, LivekitError::GrantRefused(name));
            assert_eq!((error.code(), error.reason()), ("grant_refused", Some(name)));
            assert_eq!(error.to_string(), "Failed to generate token");
        }
    }
    let elsewhere = Granted { request: create_token("channel-abc124", "user-456"), ..granted() };
    assert_eq!(issue(elsewhere), Err(LivekitError::GrantRefused("room")));
}

/// Rows 12-15: room, identity, name and TTL exist only when valid; the maximum of the TTL is the service's.
#[test]
fn rows_12_to_15_an_authorized_request_is_valid() {
    let messages = |result: Result<CreateToken, LivekitError>| result.unwrap_err().field_messages();
    assert_eq!(messages(CreateToken::new(ROOM, "")), ["identity should not be empty"]);
    assert_eq!(messages(CreateToken::new(" ", "user-456")), ["roomId should not be empty"]);
    assert_eq!(DisplayName::new("\n"), Err(NameError::ForbiddenCharacter));
    assert_eq!(Ttl::try_from(0), Err(LivekitError::InvalidTtl));
    let request = CreateToken { ttl: Some(ttl(MAX_TTL + 1)), ..granted().request };
    let error = issue(Granted { request, ..granted() }).unwrap_err();
    assert_eq!(error.field_messages(), ["ttl must not be greater than 86400"]);
}

/// A LiveKit server would reject such a token only when it is used.
#[test]
fn metadata_and_attributes_have_the_limits_of_the_server() {
    let metadata = |length| Granted { metadata: "x".repeat(length), ..granted() };
    assert!(issue(metadata(MAX_METADATA_BYTES)).is_ok());
    let error = issue(metadata(MAX_METADATA_BYTES + 1)).unwrap_err();
    assert_eq!((error.code(), error.path(), error.reason()), ("grant_refused", Some("metadata"), Some("too_long")));
    let attributes = |length| Granted { attributes: [("kk".into(), "v".repeat(length))].into(), ..granted() };
    assert!(issue(attributes(MAX_ATTRIBUTES_BYTES - 2)).is_ok());
    let error = issue(attributes(MAX_ATTRIBUTES_BYTES - 1)).unwrap_err();
    assert_eq!((error.code(), error.path(), error.reason()), ("grant_refused", Some("attributes"), Some("too_long")));
}

/// Row 15: a TTL above the configured maximum is an error, and the default is limited by it.
#[test]
fn row_15_the_ttl_of_the_token() {
    let seconds = |token_ttl, max_ttl, requested: Option<u64>| {
        let (token_ttl, max_ttl) = (Ttl::clamped(token_ttl), Ttl::clamped(max_ttl));
        let service = LivekitService::new(LivekitConfig { token_ttl, max_ttl, ..config() });
        let request = CreateToken { ttl: requested.map(ttl), ..granted().request };
        service.generate_granted(Granted { request, ..granted() }, NOW, None).map(|response| response.expires_at - NOW)
    };
    assert_eq!(seconds(3600, 86_400, None), Ok(3600));
    assert_eq!(seconds(3600, 60, None), Ok(60));
    assert_eq!(seconds(3600, 60, Some(60)), Ok(60));
    assert_eq!(seconds(3600, 60, Some(61)).unwrap_err().field_messages(), ["ttl must not be greater than 60"]);
    assert_eq!(seconds(0, 60, None), Ok(1), "there is no TTL of zero seconds");
    assert_eq!(seconds(60, 0, None), Ok(1));
}

#[test]
fn row_29_a_jti_is_written_if_given_and_an_error_if_required_and_missing() {
    let requires_jti = LivekitService::new(LivekitConfig { jti: true, ..config() });
    assert_eq!(requires_jti.generate_granted(granted(), NOW, None), Err(LivekitError::TokenGeneration));
    for service in [service(), requires_jti] {
        let response = service.generate_granted(granted(), NOW, Some([0xff; 16])).unwrap();
        assert_eq!(response.jti.as_deref(), Some("_____________________w"));
        assert_eq!(part(&response.token, 1)["jti"], json!(response.jti));
    }
    let response = issue(granted()).unwrap();
    assert_eq!((response.jti, part(&response.token, 1).get("jti")), (None, None));
}

/// Rows 41, 42: missing credentials come before any error of the request.
#[test]
fn rows_41_and_42_without_credentials_no_token_is_issued() {
    let invalid = CreateToken { ttl: Some(ttl(MAX_TTL + 1)), ..granted().request };
    let wrong = Granted { grant: VideoGrant::default(), request: invalid, ..granted() };
    for service in without_credentials() {
        assert_eq!(service.generate_granted(wrong.clone(), NOW, None), Err(LivekitError::NotConfigured));
        assert_eq!(service.generate_granted(granted(), NOW, None), Err(LivekitError::NotConfigured));
        assert_eq!(service.generate_admin_token(ROOM, NOW), Err(LivekitError::NotConfigured));
    }
}

#[test]
fn row_43_a_time_beyond_the_largest_safe_integer_is_an_error() {
    let last = (1 << 53) - 1;
    for now in [u64::MAX, last] {
        assert_eq!(service().generate_granted(granted(), now, None), Err(LivekitError::TokenGeneration));
        assert_eq!(service().generate_admin_token(ROOM, now), Err(LivekitError::TokenGeneration));
    }
    assert!(service().generate_granted(granted(), last - 3600, None).is_ok());
    assert!(service().generate_admin_token(ROOM, last - 60).is_ok());
}

/// The token that the service uses to call LiveKit does not allow joining.
#[test]
fn an_admin_token_is_for_one_room_and_one_minute() {
    for room in [ROOM, "\"},\"roomCreate\":true", "é 🎤"] {
        let token = service().generate_admin_token(room, NOW).unwrap();
        let claims = json!({"iss": API_KEY, "exp": NOW + 60, "nbf": NOW, "video": {"room": room, "roomAdmin": true}});
        assert_eq!(part(&token, 1), claims);
    }
    let token = service().generate_admin_token(ROOM, NOW).unwrap();
    let payload =
        r#"{"iss":"devkey","nbf":1700000000,"video":{"roomAdmin":true,"room":"channel-abc123"},"exp":1700000060}"#;
    assert_eq!(String::from_utf8(decode(token.split('.').nth(1).unwrap())).unwrap(), payload);
    let verifier = TokenVerifier::new(API_KEY, API_SECRET).unwrap();
    assert!(verifier.verify(&token, NOW + 59).is_ok());
    assert!(verifier.verify(&token, NOW + 60).is_err());
    let requires_jti = LivekitService::new(LivekitConfig { jti: true, token_ttl: ttl(1), max_ttl: ttl(1), ..config() });
    assert_eq!(requires_jti.generate_admin_token(ROOM, NOW), Ok(token));
}

#[test]
fn an_admin_token_needs_a_valid_room_name() {
    for room in ["", " ", "\n"] {
        assert_eq!(service().generate_admin_token(room, NOW), Err(LivekitError::TokenGeneration), "{room:?}");
    }
}

#[test]
fn debug_of_a_response_contains_no_token() {
    let response = issue(everything()).unwrap();
    let shown = format!("{response:?}");
    assert!(shown.contains("user-456") && !shown.contains("eyJ"), "{shown}");
}
