//! AccessToken and RawAccessToken: signed and rejected claims (rows 30, 31).

use crate::common::{API_KEY, API_SECRET, NOW, jwt, part, sign_json, verify};
use livekit_edge::{
    AccessToken, Claims, LivekitError, MAX_ATTRIBUTES_BYTES, MAX_METADATA_BYTES, RoomConfiguration, Ttl, VideoGrant,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn token() -> AccessToken {
    AccessToken::new(API_KEY, API_SECRET).unwrap()
}

fn with_identity(identity: &Value) -> Result<String, LivekitError> {
    sign_json(&json!({}), Some(identity), None)
}

fn from_json(claims: &Value) -> Result<String, LivekitError> {
    sign_json(claims, Some(&json!("alice")), None)
}

fn with_video(video: VideoGrant) -> Claims {
    Claims { video: Some(video), ..Claims::default() }
}

/// The message of the error; empty if the claims are signed.
fn message(result: Result<String, LivekitError>) -> String {
    match result {
        Ok(_) => String::new(),
        Err(error @ LivekitError::InvalidClaim(_)) => error.to_string(),
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn a_new_token_has_issuer_and_times_only() {
    let signed = token().to_jwt(NOW).unwrap();
    assert_eq!(part(&signed, 0), json!({"alg": "HS256", "typ": "JWT"}));
    assert_eq!(part(&signed, 1), json!({"iss": API_KEY, "nbf": NOW, "exp": NOW + 21_600}));
    assert_eq!(token().to_jwt(NOW), Ok(signed), "the same at the same time");
    let token = token().identity("alice").ttl(Ttl::try_from(60).unwrap());
    for now in [NOW, NOW + 1, NOW] {
        let expected = json!({"iss": API_KEY, "sub": "alice", "nbf": now, "exp": now + 60});
        assert_eq!(part(&token.to_jwt(now).unwrap(), 1), expected, "signing does not change the token");
    }
}

#[test]
fn a_blank_key_or_secret_is_an_error() {
    for blank in ["", " ", "\t\n", "\u{a0}", "\u{3000}"] {
        for (key, secret) in [(blank, "s"), ("k", blank), (blank, blank)] {
            assert_eq!(AccessToken::new(key, secret).err(), Some(LivekitError::NotConfigured), "{key:?} {secret:?}");
        }
    }
    assert!(AccessToken::new("k", "s").is_ok());
}

#[test]
fn issuer_and_times_of_the_claims_are_replaced() {
    let other = json!({"iss": "other", "exp": 1, "nbf": 2, "iat": 3, "jti": "j", "sub": "bob"});
    let expected = json!({"iss": API_KEY, "exp": NOW + 21_600, "nbf": NOW, "iat": 3, "jti": "j", "sub": "alice"});
    assert_eq!(part(&from_json(&other).unwrap(), 1), expected);
    for (name, expected) in [
        ("iss", "a well-formed string"),
        ("sub", "a well-formed string"),
        ("exp", "whole seconds"),
        ("nbf", "whole seconds"),
    ] {
        let message = message(from_json(&json!({name: [1]})));
        assert_eq!(message, format!("{name} must be {expected}"), "a replaced claim must have the right type too");
    }
    let subject = Claims { sub: "bob".into(), ..Claims::default() };
    let sub = |token: AccessToken| verify(&token.to_jwt(NOW).unwrap()).unwrap().sub;
    assert_eq!(sub(token().claims(subject.clone())), "bob");
    assert_eq!(sub(token().identity("alice").claims(subject.clone())), "alice");
    assert_eq!(sub(token().claims(subject).identity("alice")), "alice");
}

#[test]
fn an_identity_is_a_string() {
    for identity in ["", "alice", "é 🦀", "null"] {
        let signed = with_identity(&json!(identity)).unwrap();
        assert_eq!(part(&signed, 1)["sub"].as_str().unwrap_or_default(), identity);
    }
    for wrong in [json!(null), json!(0), json!(42), json!(true), json!([]), json!(["alice"]), json!({})] {
        let error = with_identity(&wrong).unwrap_err();
        assert_eq!(message(Err(error)), "identity must be a well-formed string", "{wrong}");
    }
}

#[test]
fn join_needs_identity_and_room_and_admin_needs_a_room() {
    for (identity, room, join, admin, expected) in [
        ("alice", "r", true, true, ""),
        ("", "r", true, false, "identity is required"),
        ("alice", "", true, false, "video.room is required"),
        ("", "", true, true, "identity is required"),
        ("alice", "", false, true, "video.room is required"),
        ("", "", false, true, "video.room is required"),
        ("", "r", false, true, ""),
        ("", "", false, false, ""),
    ] {
        let video = VideoGrant { room: room.into(), room_join: join, room_admin: admin, ..VideoGrant::default() };
        let result = token().identity(identity).claims(with_video(video)).to_jwt(NOW);
        assert_eq!(message(result), expected, "{identity:?} {room:?} {join} {admin}");
    }
    let list = VideoGrant { room_list: true, room_create: true, ..VideoGrant::default() };
    assert_eq!(message(token().claims(with_video(list)).to_jwt(NOW)), "");
}

/// Such a token is for LiveKit's server API, which checks each grant on its own.
#[test]
fn join_needs_no_room_beside_a_grant_of_the_server_api() {
    let join = |change: fn(&mut VideoGrant)| {
        let mut video = VideoGrant { room_join: true, ..VideoGrant::default() };
        change(&mut video);
        message(token().identity("alice").claims(with_video(video)).to_jwt(NOW))
    };
    assert_eq!(join(|video| video.room_create = true), "");
    assert_eq!(join(|video| video.room_list = true), "");
    assert_eq!(join(|video| video.room_record = true), "");
    assert_eq!(join(|video| video.ingress_admin = true), "");
    assert_eq!(join(|video| video.hidden = true), "video.room is required");
    assert_eq!(join(|video| video.can_publish = Some(true)), "video.room is required");
    assert_eq!(join(|video| (video.room_list, video.room_admin) = (true, true)), "video.room is required");
}

/// Sizes are in bytes, not characters.
#[test]
fn sizes_are_limited_as_by_the_server() {
    type Make = fn(String) -> Claims;
    let in_attribute: Make = |text| Claims { attributes: [("k".into(), text[1..].into())].into(), ..Claims::default() };
    let attribute_keys: Make = |text| {
        let attributes = text.as_bytes().chunks(512).enumerate();
        let key = |(at, chunk): (usize, &[u8])| (format!("{at:0width$}", width = chunk.len()), String::new());
        Claims { attributes: attributes.map(key).collect(), ..Claims::default() }
    };
    let cases: [(&str, usize, Make); 6] = [
        ("identity", 256, |sub| Claims { sub, ..Claims::default() }),
        ("video.room", 256, |room| with_video(VideoGrant { room, ..VideoGrant::default() })),
        ("video.destinationRoom", 256, |destination_room| {
            with_video(VideoGrant { destination_room, ..VideoGrant::default() })
        }),
        ("metadata", MAX_METADATA_BYTES, |metadata| Claims { metadata, ..Claims::default() }),
        ("attributes", MAX_ATTRIBUTES_BYTES, in_attribute),
        ("attributes", MAX_ATTRIBUTES_BYTES, attribute_keys),
    ];
    assert_eq!((MAX_METADATA_BYTES, MAX_ATTRIBUTES_BYTES), (524_288, 65_536));
    for (name, max, make) in cases {
        let sign = |text: String| message(token().claims(make(text)).to_jwt(NOW));
        let too_long = format!("{name} must not be longer than {max} bytes");
        assert_eq!((sign("x".repeat(max)), sign("x".repeat(max + 1))), (String::new(), too_long.clone()));
        assert_eq!(
            (sign(format!("x{}", "é".repeat(max / 2 - 1))), sign(format!("x{}", "é".repeat(max / 2)))),
            (String::new(), too_long)
        );
    }
}

/// A verified token may contain fields of a newer LiveKit; claims to sign may not.
#[test]
fn an_unknown_field_is_an_error_of_applications_only() {
    for (claims, path) in [
        (json!({"admin": true}), "claims"),
        (json!({"identity": "bob"}), "claims"),
        (json!({"ttl": 600}), "claims"),
        (json!({"roomConfig": {"newer": 1}}), "roomConfig"),
        (json!({"roomConfig": {"agents": [{}, {"newer": 1}]}}), "roomConfig.agents"),
    ] {
        assert_eq!(message(from_json(&claims)), format!("{path} has a field that LiveKit does not know"), "{claims}");
    }
    for (claims, path, near) in [
        (json!({"video": {"roomjoin": true}}), "video.roomjoin", "roomJoin"),
        (json!({"video": {"room_join": true}}), "video.room_join", "roomJoin"),
        (json!({"sip": {"callAll": null}}), "sip.callAll", "call"),
    ] {
        let expected = format!("{path} is a field that LiveKit does not know; did you mean {near}?");
        assert_eq!(message(from_json(&claims)), expected, "{claims}");
    }
    for claims in
        [json!({"newer": true}), json!({"video": {"newer": 1}}), json!({"roomConfig": {"agents": [{"newer": 1}]}})]
    {
        let mut signed = claims.clone();
        signed.as_object_mut().unwrap().extend([("iss".into(), json!(API_KEY)), ("exp".into(), json!(NOW + 1))]);
        assert!(verify(&jwt(signed.to_string(), API_SECRET)).is_ok() && from_json(&claims).is_err(), "{claims}");
    }
}

#[test]
fn track_sources_are_names_or_numbers_and_not_an_empty_list() {
    let names = ["camera", "microphone", "screen_share", "screen_share_audio"];
    for sources in [json!(names), json!([1, 2, 3, 4]), json!(["camera", 2, "screen_share", 4])] {
        for _ in 0..2 {
            let signed = from_json(&json!({"video": {"canPublishSources": sources}})).unwrap();
            assert_eq!(part(&signed, 1)["video"], json!({"canPublishSources": names}));
        }
    }
    let unknown = json!([[0], [5], [-1], [1.5], [1, "CAMERA"], ["unknown"], [""]]);
    let wrong = json!([[null], [[1]], 1, "camera", {}]);
    for (all, reason) in [
        (json!([[]]), "must not be empty"),
        (unknown, "is not a name that LiveKit knows"),
        (wrong, "must be a list of track sources"),
    ] {
        for sources in all.as_array().unwrap() {
            let result = from_json(&json!({"video": {"canPublishSources": sources}}));
            assert_eq!(message(result), format!("video.canPublishSources {reason}"), "{sources}");
        }
    }
}

#[test]
fn a_three_state_permission_keeps_its_false() {
    let names = "canPublish canSubscribe canPublishData canUpdateOwnMetadata canSubscribeMetrics canManageAgentSession";
    for name in names.split(' ') {
        for (given, written) in
            [(json!(false), json!({name: false})), (json!(true), json!({name: true})), (json!(null), json!({}))]
        {
            let signed = from_json(&json!({"video": {name: given}})).unwrap();
            assert_eq!(part(&signed, 1)["video"], written, "{name}");
        }
    }
    let two_state = json!({"roomJoin": false, "roomAdmin": false, "hidden": false, "room": "", "agent": false});
    assert_eq!(part(&from_json(&json!({"video": two_state})).unwrap(), 1)["video"], json!({}));
}

#[test]
fn no_time_overflows() {
    let at =
        |ttl, now| token().ttl(Ttl::try_from(ttl).unwrap()).to_jwt(now).map(|signed| part(&signed, 1)["exp"].as_u64());
    assert_eq!(at(1, 0), Ok(Some(1)));
    assert_eq!(at(1, (1 << 53) - 2), Ok(Some((1 << 53) - 1)));
    assert_eq!(at(1, (1 << 53) - 1), Err(LivekitError::InvalidTtl));
    assert_eq!(at(1, u64::MAX), Err(LivekitError::InvalidTtl));
    assert_eq!(at(Ttl::MAX_SECONDS, u64::MAX - Ttl::MAX_SECONDS + 1), Err(LivekitError::InvalidTtl));
}

#[test]
fn no_error_contains_a_secret_or_a_claim_and_debug_contains_no_secret() {
    let claims = json!({"video": {"room": 1, "hunter2": 2}, "attributes": {"hunter2": 3}, "name": "hunter2"});
    let error = from_json(&claims).unwrap_err();
    let long = token().identity("hunter2".repeat(99)).to_jwt(NOW).unwrap_err();
    let credential = r#"{"egress":{"tracks":{"s3":{"secret":"hunter2"}}}}"#;
    let room_config = Some(RoomConfiguration::from_json(credential).unwrap());
    let leak = token().claims(Claims { room_config, ..Claims::default() }).to_jwt(NOW).unwrap_err();
    for error in [error, long, leak] {
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    assert!(!format!("{:?}", token()).contains(API_SECRET));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use livekit_edge::{KindDetail, ParticipantKind, SipGrant, TrackSource};
    use proptest::{
        collection::{btree_map, vec},
        option,
        prelude::*,
        sample::select,
    };

    prop_compose! {
        fn any_claims()(
            texts in any::<[String; 5]>(),
            flags in any::<[bool; 5]>(),
            states in any::<[Option<bool>; 3]>(),
            can_publish_sources in vec(select(TrackSource::ALL.to_vec()), 0..4),
            kind in option::of(select(ParticipantKind::ALL.to_vec())),
            kind_details in vec(select(KindDetail::ALL.to_vec()), 0..4),
            attributes in btree_map(".{0,20}", ".{0,20}", 0..9),
            rooms in (".{0,60}", "\\PC{1,60}"),
            config in option::of(select(vec!["{}", r#"{"tags":{"a":"é"}}"#, r#"{"emptyTimeout":7,"agents":[{},{"agentName":"a"}]}"#])),
            iat in proptest::option::of(0..1_u64 << 53),
        ) -> Claims {
            let [jti, name, metadata, sha256, room_preset] = texts;
            let [room_join, room_admin, hidden, with_video, admin] = flags;
            let [can_publish, can_subscribe, can_publish_data] = states;
            let video = VideoGrant {
                room: rooms.1, room_join, room_admin, hidden, can_publish, can_subscribe, can_publish_data, can_publish_sources,
                destination_room: rooms.0.clone(), ..VideoGrant::default()
            };
            let room_config = config.map(|text| RoomConfiguration::from_json(text).unwrap());
            let sip = admin.then_some(SipGrant { admin: hidden, call: false });
            Claims {
                sub: format!("i{}", rooms.0), jti, name, metadata, sha256, room_preset, iat, kind, kind_details, attributes, room_config, sip,
                video: with_video.then_some(video), ..Claims::default()
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn signed_claims_are_verified_unchanged(claims in any_claims(), ttl in 1..=100_000_u64) {
            let signed = token().ttl(Ttl::try_from(ttl).unwrap()).claims(claims.clone()).to_jwt(NOW).unwrap();
            let expected = Claims { iss: API_KEY.into(), nbf: Some(NOW), exp: Some(NOW + ttl), ..claims };
            prop_assert_eq!(verify(&signed), Ok(expected.clone()));
            // The same claims in JSON of another program produce the same token.
            let again = sign_json(&part(&signed, 1), Some(&json!(expected.sub)), Some(&json!(ttl)));
            prop_assert_eq!(again, Ok(signed));
        }

        #[test]
        fn no_flipped_bit_verifies(claims in any_claims(), bits in vec(any::<usize>(), 32)) {
            let signed = token().claims(claims).to_jwt(NOW).unwrap();
            for bit in bits {
                let mut bytes = signed.clone().into_bytes();
                let bit = bit % (bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(verify(&String::from_utf8_lossy(&bytes)).is_err(), "bit {}", bit);
            }
        }
    }
}
