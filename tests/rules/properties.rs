//! Properties of any input: each optimized function is compared with a literal one (rows 10, 17, 21; W9-W11).

use crate::common::{API_KEY, API_SECRET, MAX_TTL, NOW, create_token, display_name, jwt, slow_hmac, ttl};
use livekit_edge::{
    AccessToken, Claims, CreateToken, DisplayName, Granted, Identity, LivekitConfig, LivekitService, NameError,
    RawCreateToken, RoomName, Secret, SigningKey, TokenVerifier, TrackSource, Ttl, UserTokenRules, VideoGrant,
    config::{DEFAULT_MAX_TTL, DEFAULT_TOKEN_TTL},
    jws,
    user_token::authenticate,
};
use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::Config};
use serde_json::json;

/// Number of cases for each property. Failures are printed, not stored in files.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Separators, directional and ignorable code points of Unicode, and some more, which this generator omits.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bcaf}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A valid identity, room name or display name.
fn valid_name() -> impl Strategy<Value = String> {
    let any = vec(any::<char>(), 1..64).prop_map(String::from_iter);
    prop_oneof![any, "\\PC{1,64}", "[a-z0-9-]{1,256}"].prop_filter("valid", |name| {
        !name.is_empty() && name.trim() == name && name.len() <= 256 && !name.chars().any(is_hidden)
    })
}

prop_compose! {
    fn request()(room in valid_name(), identity in valid_name(), name in option::of(valid_name()), seconds in option::of(1..=MAX_TTL)) -> CreateToken {
        let name = name.as_deref().map(display_name);
        CreateToken { name, ttl: seconds.map(ttl), ..create_token(&room, &identity) }
    }
}

prop_compose! {
    fn grant()(
        flags in any::<[bool; 9]>(),
        states in any::<[Option<bool>; 6]>(),
        texts in (".*", ".*"),
        can_publish_sources in vec(select(vec![TrackSource::Camera, TrackSource::Microphone, TrackSource::ScreenShare, TrackSource::ScreenShareAudio]), 0..4),
    ) -> VideoGrant {
        let [room_join, room_create, room_list, room_record, room_admin, ingress_admin, hidden, recorder, agent] = flags;
        let [can_publish, can_subscribe, can_publish_data, can_update_own_metadata, can_subscribe_metrics, can_manage_agent_session] = states;
        let (room, destination_room) = texts;
        VideoGrant {
            room_join, room_create, room_list, room_record, room_admin, ingress_admin, hidden, recorder, agent,
            can_publish, can_subscribe, can_publish_data, can_update_own_metadata, can_subscribe_metrics, can_manage_agent_session,
            can_publish_sources, room, destination_room,
            ..VideoGrant::default()
        }
    }
}

prop_compose! {
    fn any_claims()(
        texts in any::<[String; 3]>(),
        exp in NOW + 1..1 << 53,
        nbf in option::of(0..=NOW),
        iat in option::of(0..1_u64 << 53),
        jti in any::<Option<String>>(),
        video in option::of(grant()),
        attributes in proptest::collection::btree_map(".*", ".*", 0..4),
    ) -> Claims {
        let [sub, name, metadata] = texts;
        let sub = format!("i{sub}");
        Claims { iss: API_KEY.into(), sub, exp: Some(exp), nbf, iat, jti: jti.unwrap_or_default(), name, video, metadata, attributes, ..Claims::default() }
    }
}

/// The claims as another program might serialize them: all of them, set or not.
fn write(claims: &Claims) -> String {
    let video = claims.video.as_ref().map(|grant| {
        let sources: Vec<_> = grant.can_publish_sources.iter().map(|source| source.name()).collect();
        json!({
            "roomJoin": grant.room_join, "room": grant.room, "canPublish": grant.can_publish,
            "canSubscribe": grant.can_subscribe, "canPublishData": grant.can_publish_data, "canPublishSources": sources,
            "canUpdateOwnMetadata": grant.can_update_own_metadata, "canSubscribeMetrics": grant.can_subscribe_metrics,
            "canManageAgentSession": grant.can_manage_agent_session, "roomCreate": grant.room_create,
            "roomList": grant.room_list, "roomRecord": grant.room_record, "roomAdmin": grant.room_admin,
            "ingressAdmin": grant.ingress_admin, "hidden": grant.hidden, "recorder": grant.recorder,
            "agent": grant.agent, "destinationRoom": grant.destination_room
        })
    });
    json!({
        "iss": claims.iss, "sub": claims.sub, "exp": claims.exp, "nbf": claims.nbf, "iat": claims.iat,
        "jti": claims.jti, "name": claims.name, "video": video, "metadata": claims.metadata,
        "attributes": claims.attributes
    })
    .to_string()
}

proptest! {
    #![proptest_config(cases(256))]

    /// Rows 10, 17, 21.
    #[test]
    fn the_issued_claims_are_the_verified_claims(request in request(), secret in "\\PC{0,100}x", now in 0..(1_u64 << 53) - MAX_TTL, jti: Option<[u8; 16]>) {
        let config = LivekitConfig { api_secret: Secret::new(secret.clone()), ..crate::common::config() };
        let response = LivekitService::new(config).generate_token(request.clone(), now, jti).unwrap();
        let claims = TokenVerifier::new(API_KEY, secret).unwrap().verify(&response.token, now).unwrap();
        let CreateToken { room_id, identity, name, ttl, .. } = request;
        let name = name.map_or_else(|| identity.clone().into_string(), DisplayName::into_string);
        let expected = Claims {
            iss: API_KEY.into(),
            sub: identity.into_string(),
            exp: Some(now + ttl.map_or(3600, Ttl::seconds)),
            nbf: Some(now),
            jti: jti.map(crate::common::encode).unwrap_or_default(),
            name,
            video: Some(VideoGrant::full(room_id.into_string())),
            ..Claims::default()
        };
        prop_assert_eq!((&response.identity, Some(&response.room_id)), (&expected.sub, expected.video.as_ref().map(|video| &video.room)));
        prop_assert_eq!((Some(response.expires_at), response.jti.as_deref().unwrap_or_default()), (expected.exp, expected.jti.as_str()));
        prop_assert_eq!(claims, expected);
    }

    /// A service encodes and hashes the shared start of its tokens once; `AccessToken` encodes each token separately.
    #[test]
    fn a_service_issues_the_same_token_as_access_token(
        request in request(), api_key in "[a-z]{0,70}\\PC{0,9}k", own_metadata: bool, jti: Option<[u8; 16]>,
    ) {
        let config =
            LivekitConfig { api_key: Some(api_key.clone()), can_update_own_metadata: own_metadata, ..crate::common::config() };
        let service = LivekitService::new(config);
        for (now, ttl) in [(NOW, request.ttl), (NOW, request.ttl), (NOW + 1, request.ttl), (NOW + 1, Some(ttl(77))), (NOW, None)] {
            let request = CreateToken { ttl, ..request.clone() };
            let identity = request.identity.as_str();
            let grant = VideoGrant {
                can_update_own_metadata: own_metadata.then_some(true),
                ..VideoGrant::full(request.room_id.as_str())
            };
            let claims = Claims {
                jti: jti.map(crate::common::encode).unwrap_or_default(),
                name: request.name.as_ref().map_or(identity, DisplayName::as_str).into(),
                video: Some(grant.clone()),
                ..Claims::default()
            };
            let token = AccessToken::new(api_key.clone(), API_SECRET).unwrap().identity(identity);
            let token = token.ttl(ttl.unwrap_or(DEFAULT_TOKEN_TTL)).claims(claims).to_jwt(now).unwrap();
            let request_again = request.clone();
            let granted =
                Granted { request, grant, metadata: String::new(), attributes: [].into(), room_config: None, timed_out: false };
            let response = service.generate_granted(granted, now, jti).unwrap();
            prop_assert_eq!(&response.token, &token);
            prop_assert_eq!(&service.generate_token(request_again, now, jti).unwrap(), &response);
        }
    }

    #[test]
    fn any_claims_are_signed_and_verified(claims in any_claims()) {
        let payload = write(&claims);
        let token = jws::sign(payload.as_bytes(), &SigningKey::new(&Secret::new(API_SECRET).unwrap()));
        prop_assert_eq!(&token, &jwt(payload, API_SECRET));
        prop_assert_eq!(crate::common::verify(&token), Ok(claims));
    }

    /// Compared with a literal implementation of RFC 2104.
    #[test]
    fn the_tag_is_that_of_the_slow_hmac(key in vec(any::<u8>(), 0..=200), message in vec(any::<u8>(), 0..300)) {
        let expected = slow_hmac(&key, &message);
        match SigningKey::from_bytes(&key) {
            None => prop_assert!(key.is_empty()),
            Some(prepared) => {
                prop_assert_eq!(prepared.tag(&message), expected);
                prop_assert_eq!(prepared.tag(&message), expected, "a key is used more than once");
                prop_assert!(prepared.verify(&message, &expected));
                for at in 0..32 {
                    let mut wrong = expected;
                    wrong[at] ^= 1;
                    prop_assert!(!prepared.verify(&message, &wrong) && !prepared.verify(&message, &expected[..at]));
                }
            }
        }
    }

    /// W9, W10: the values in a body are exactly the values in the token, with any escapes in the JSON.
    #[test]
    fn the_token_has_room_and_identity_of_the_body(request in request(), escaped: bool) {
        let (room_id, identity) = (request.room_id.as_str(), request.identity.as_str());
        let (name, ttl) = (request.name.as_ref().map(DisplayName::as_str), request.ttl.map(Ttl::seconds));
        let body = json!({"roomId": room_id, "identity": identity, "name": name, "ttl": ttl}).to_string();
        let escape = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
        let in_escapes = format!(r#"{{"{}":"{}","identity":"{}"}}"#, escape("roomId"), escape(room_id), escape(identity));
        let raw = RawCreateToken::from_body(if escaped { in_escapes } else { body }.as_bytes()).unwrap();
        let checked = raw.clone().validate(DEFAULT_MAX_TTL).unwrap();
        prop_assert_eq!((checked.room_id.as_str(), checked.identity.as_ref().map(Identity::as_str)), (room_id, Some(identity)));
        let token = crate::common::service().generate_token_raw(raw, NOW, None).unwrap().token;
        let claims = crate::common::verify(&token).unwrap();
        let room = claims.video.unwrap().room;
        prop_assert_eq!((room.as_str(), claims.sub.as_str()), (room_id, identity));
    }

    /// W1, W9: the tables of Unicode properties are those of regex-syntax.
    #[test]
    fn w9_no_id_contains_an_invisible_character(hidden in r"\p{Default_Ignorable_Code_Point}|\p{Zl}|\p{Zp}|\p{Cc}") {
        let id = format!("user-789{hidden}x");
        for request in [CreateToken::new(id.clone(), "i"), CreateToken::new("r", id.clone())] {
            prop_assert_eq!(request.err().map(|error| error.code()), Some("invalid_request"), "{:?}", id);
        }
        prop_assert_eq!(RoomName::new(id.clone()), Err(NameError::ForbiddenCharacter));
        prop_assert_eq!(Identity::new(id), Err(NameError::ForbiddenCharacter));
    }

    #[test]
    fn any_text_is_rejected_without_a_panic(text in ".*", parts in vec("[A-Za-z0-9_=-]{0,60}", 0..5)) {
        let rules = || UserTokenRules { keys: Secret::new(API_SECRET).map(|secret| SigningKey::new(&secret)).into_iter().collect(), ..UserTokenRules::default() };
        for token in [&text, &parts.join(".")] {
            prop_assert!(crate::common::verify(token).is_err() && authenticate(token, &rules(), NOW).is_err());
        }
        for signed in [jwt(&text, API_SECRET), crate::common::forge(&text, "{}", API_SECRET)] {
            prop_assert!(crate::common::verify(&signed).is_err() && authenticate(&signed, &rules(), NOW).is_err());
        }
    }
}

/// W11: every bit of tokens whose last characters differ.
#[test]
fn no_flipped_bit_ever_verifies() {
    for seed in 0..4 {
        let user = format!(r#"{{"sub":"u{}","exp":{}}}"#, "x".repeat(seed), NOW + 60);
        let user = jwt(user, API_SECRET);
        let request = create_token(&"r".repeat(seed + 1), "user-456");
        let issued = crate::common::service().generate_token(request, NOW, None).unwrap().token;
        let rules = UserTokenRules {
            keys: Secret::new(API_SECRET).map(|secret| SigningKey::new(&secret)).into_iter().collect(),
            ..UserTokenRules::default()
        };
        let verifier = TokenVerifier::new(API_KEY, API_SECRET).unwrap();
        let accepts = |token: &str| verifier.verify(token, NOW).is_ok() || authenticate(token, &rules, NOW).is_ok();
        for token in [user, issued] {
            assert!(accepts(&token));
            for bit in 0..token.len() * 8 {
                let mut bytes = token.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                // Bytes that are not UTF-8 cannot be a `&str`; their lossy conversion is rejected too.
                assert!(!accepts(&String::from_utf8_lossy(&bytes)), "bit {bit} of {token}");
            }
        }
    }
}
