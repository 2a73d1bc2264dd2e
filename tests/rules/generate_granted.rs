//! generate_granted and generate_admin_token: the claims, exactly (rows 21-29, 41-43; W1).

use crate::common::{API_KEY, API_SECRET, MAX_TTL, NOW, URL, config, decode, part, service, slow_hmac, verify};
use livekit_edge::{
    CreateToken, Granted, LivekitConfig, LivekitError, LivekitService, MAX_ATTRIBUTES_BYTES, MAX_METADATA_BYTES,
    Secret, TokenResponse, TokenVerifier, TrackSource, VideoGrant,
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-abc123";

fn granted() -> Granted {
    Granted {
        request: CreateToken::new(ROOM, "user-456"),
        grant: VideoGrant::full(ROOM),
        metadata: String::new(),
        attributes: [].into(),
        timed_out: false,
    }
}

/// Everything that may be set.
fn everything() -> Granted {
    Granted {
        request: CreateToken { name: Some("Alice".into()), ttl: Some(7200), ..granted().request },
        grant: VideoGrant {
            can_publish_sources: vec![TrackSource::Microphone],
            can_publish_data: Some(false),
            can_update_own_metadata: Some(true),
            room_admin: true,
            ..granted().grant
        },
        metadata: "{\"a\":\"\u{1}é\"}".into(),
        attributes: [("b".into(), "2".into()), ("a\"".into(), String::new())].into(),
        timed_out: true,
    }
}

fn mint(granted: &Granted) -> Result<TokenResponse, LivekitError> {
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

/// Rows 21-28: byte for byte.
#[test]
fn rows_21_to_28_the_claims_are_exactly_these() {
    let plain = concat!(
        r#"{"iss":"devkey","exp":1700003600,"nbf":1700000000,"video":"#,
        r#"{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":true,"room":"channel-abc123"},"#,
        r#""sub":"user-456","name":"user-456"}"#
    );
    let full = concat!(
        r#"{"iss":"devkey","exp":1700007200,"nbf":1700000000,"#,
        r#""video":{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":false,"#,
        r#""canPublishSources":["microphone"],"canUpdateOwnMetadata":true,"roomAdmin":true,"room":"channel-abc123"},"#,
        r#""jti":"BwcHBwcHBwcHBwcHBwcHBw","sub":"user-456","name":"Alice","#,
        r#""metadata":"{\"a\":\"\u0001é\"}","attributes":{"a\"":"","b":"2"}}"#
    );
    for (granted, jti, expected) in [(granted(), None, plain), (everything(), Some([7; 16]), full)] {
        let response = service().generate_granted(&granted, NOW, jti).unwrap();
        let [header, payload, tag]: [&str; 3] = response.token.split('.').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(decode(header), br#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(String::from_utf8(decode(payload)).unwrap(), expected);
        assert_eq!(decode(tag), slow_hmac(API_SECRET.as_bytes(), format!("{header}.{payload}").as_bytes()));
        assert_eq!(json!(response.expires_at), part(&response.token, 1)["exp"]);
        assert_eq!(response.jti.is_some(), jti.is_some());
        assert_eq!((response.identity.as_str(), response.room_id.as_str()), ("user-456", ROOM));
        assert_eq!(response.url.as_deref(), Some(URL));
    }
    let claims = verify(&mint(&everything()).unwrap().token).unwrap();
    assert_eq!((claims.metadata, claims.attributes), (everything().metadata, everything().attributes));
    assert_eq!(claims.video, Some(everything().grant));
}

/// A full grant makes the token that the specification's own call makes.
#[test]
fn a_full_grant_is_the_specified_token() {
    let request = everything().request;
    let full = Granted { request: request.clone(), ..granted() };
    assert_eq!(mint(&full), service().generate_token(&request, NOW, None));
}

/// Nobody's own table, and nobody's mistake, gets more into a token than a place in its room.
#[test]
fn w1_grants_that_reach_beyond_the_room_are_refused() {
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
            let mut refused = base;
            change(&mut refused.grant);
            let error = mint(&refused).unwrap_err();
            assert_eq!(error, LivekitError::GrantRefused(name));
            assert_eq!((error.status(), error.reason()), (500, Some(name)));
            assert_eq!(error.to_string(), "Failed to generate token");
        }
    }
    let elsewhere = Granted { request: CreateToken::new("channel-abc124", "user-456"), ..granted() };
    assert_eq!(mint(&elsewhere), Err(LivekitError::GrantRefused("room")));
}

/// Rows 12-15: what was authorised is checked again; limits are the server's own.
#[test]
fn rows_12_to_15_the_fields_are_checked_again() {
    let of = |request: CreateToken| mint(&Granted { request, ..granted() }).unwrap_err().field_messages();
    let request = || granted().request;
    assert_eq!(of(CreateToken { identity: String::new(), ..request() }), ["identity should not be empty"]);
    assert_eq!(of(CreateToken { room_id: " ".into(), ..request() }), ["roomId should not be empty"]);
    assert_eq!(of(CreateToken { name: Some("\n".into()), ..request() }), ["name must not contain control characters"]);
    assert_eq!(of(CreateToken { ttl: Some(0), ..request() }), ["ttl must not be less than 1"]);
    assert_eq!(of(CreateToken { ttl: Some(MAX_TTL + 1), ..request() }), ["ttl must not be greater than 86400"]);
}

/// LiveKit's server refuses such a token when it is used: too late for whoever was given it.
#[test]
fn metadata_and_attributes_have_the_servers_limits() {
    let metadata = |length| Granted { metadata: "x".repeat(length), ..granted() };
    assert!(mint(&metadata(MAX_METADATA_BYTES)).is_ok());
    let error = mint(&metadata(MAX_METADATA_BYTES + 1)).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("invalid_claim", "metadata must not be longer than 524288 bytes")
    );
    let attributes = |length| Granted { attributes: [("kk".into(), "v".repeat(length))].into(), ..granted() };
    assert!(mint(&attributes(MAX_ATTRIBUTES_BYTES - 2)).is_ok());
    let error = mint(&attributes(MAX_ATTRIBUTES_BYTES - 1)).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("invalid_claim", "attributes must not be longer than 65536 bytes")
    );
}

/// Row 15: never longer than the configured maximum, whoever sets it.
#[test]
fn row_15_the_life_of_the_token() {
    let live = |token_ttl, max_ttl, ttl| {
        let service = LivekitService::new(LivekitConfig { token_ttl, max_ttl, ..config() });
        let request = CreateToken { ttl, ..granted().request };
        service.generate_granted(&Granted { request, ..granted() }, NOW, None).map(|response| response.expires_at - NOW)
    };
    assert_eq!(live(3600, 86_400, None), Ok(3600));
    assert_eq!(live(3600, 60, None), Ok(60));
    assert_eq!(live(3600, 60, Some(60)), Ok(60));
    assert_eq!(live(3600, 60, Some(61)).unwrap_err().status(), 400);
    assert_eq!(live(0, 60, None), Err(LivekitError::TokenGeneration));
    assert_eq!(live(60, 0, None), Err(LivekitError::TokenGeneration));
}

#[test]
fn row_29_a_jti_is_written_if_given_and_missed_if_wanted() {
    let wants_jti = LivekitService::new(LivekitConfig { jti: true, ..config() });
    assert_eq!(wants_jti.generate_granted(&granted(), NOW, None), Err(LivekitError::TokenGeneration));
    for service in [service(), wants_jti] {
        let response = service.generate_granted(&granted(), NOW, Some([0xff; 16])).unwrap();
        assert_eq!(response.jti.as_deref(), Some("_____________________w"));
        assert_eq!(part(&response.token, 1)["jti"], json!(response.jti));
    }
    let response = mint(&granted()).unwrap();
    assert_eq!((response.jti, part(&response.token, 1).get("jti")), (None, None));
}

/// Rows 41, 42: the missing key is said before anything of the request is.
#[test]
fn rows_41_and_42_without_credentials_nothing_is_minted() {
    let wrong = Granted { grant: VideoGrant::default(), request: CreateToken::new("", ""), ..granted() };
    for service in without_credentials() {
        assert_eq!(service.generate_granted(&wrong, NOW, None), Err(LivekitError::NotConfigured));
        assert_eq!(service.generate_granted(&granted(), NOW, None), Err(LivekitError::NotConfigured));
        assert_eq!(service.generate_admin_token(ROOM, NOW), Err(LivekitError::NotConfigured));
    }
}

#[test]
fn row_43_times_beyond_what_readers_hold() {
    let last = (1 << 53) - 1;
    for now in [u64::MAX, last] {
        assert_eq!(service().generate_granted(&granted(), now, None), Err(LivekitError::TokenGeneration));
        assert_eq!(service().generate_admin_token(ROOM, now), Err(LivekitError::TokenGeneration));
    }
    assert!(service().generate_granted(&granted(), last - 3600, None).is_ok());
    assert!(service().generate_admin_token(ROOM, last - 60).is_ok());
}

/// The service's own token: one room, one minute, nobody who could join.
#[test]
fn an_admin_token_is_for_one_room_and_one_minute() {
    for room in [ROOM, "\"},\"roomCreate\":true", "é 🎤"] {
        let token = service().generate_admin_token(room, NOW).unwrap();
        let claims = json!({"iss": API_KEY, "exp": NOW + 60, "nbf": NOW, "video": {"room": room, "roomAdmin": true}});
        assert_eq!(part(&token, 1), claims);
    }
    let token = service().generate_admin_token(ROOM, NOW).unwrap();
    let payload =
        r#"{"iss":"devkey","exp":1700000060,"nbf":1700000000,"video":{"roomAdmin":true,"room":"channel-abc123"}}"#;
    assert_eq!(String::from_utf8(decode(token.split('.').nth(1).unwrap())).unwrap(), payload);
    let verifier = TokenVerifier::new(API_KEY, API_SECRET).unwrap();
    assert!(verifier.verify(&token, NOW + 59).is_ok());
    assert!(verifier.verify(&token, NOW + 60).is_err());
    let wants_jti = LivekitService::new(LivekitConfig { jti: true, token_ttl: 1, max_ttl: 1, ..config() });
    assert_eq!(wants_jti.generate_admin_token(ROOM, NOW), Ok(token));
}

/// A text that is no room's name is a mistake, and no room's administrator.
#[test]
fn an_admin_token_needs_a_room() {
    for room in ["", " ", "\n"] {
        assert_eq!(service().generate_admin_token(room, NOW), Err(LivekitError::TokenGeneration), "{room:?}");
    }
}

#[test]
fn debug_shows_no_token() {
    let response = mint(&everything()).unwrap();
    let shown = format!("{response:?}");
    assert!(shown.contains("user-456") && !shown.contains("eyJ"), "{shown}");
}
