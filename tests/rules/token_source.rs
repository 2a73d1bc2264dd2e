//! RawTokenSource: token requests of LiveKit's client SDKs (rows 17, 20; W1, W6, W9, W10).

use crate::common::{NOW, config, display_name, identity, room_name};
use livekit_edge::{
    Caller, Facts, ForbiddenReason, GrantPolicy, Granted, IdentityPolicy, LivekitConfig, LivekitError,
    MAX_ATTRIBUTES_BYTES, MAX_METADATA_BYTES, RoomName, TokenError,
    rbac::{ChannelFacts, UserFacts, authorize_token_source},
    request::{Field, JoinRequest, RawRoomConfig, RawTokenSource, parse_body},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const USER: &str = "user-456";

/// The six fields, in snake_case and in camelCase.
const FIELDS: [(&str, &str); 6] = [
    ("room_name", "roomName"),
    ("participant_name", "participantName"),
    ("participant_identity", "participantIdentity"),
    ("participant_metadata", "participantMetadata"),
    ("participant_attributes", "participantAttributes"),
    ("room_config", "roomConfig"),
];

fn permissive() -> LivekitConfig {
    LivekitConfig { can_update_own_metadata: true, ..config() }
}

fn parse(body: &Value) -> Result<RawTokenSource, LivekitError> {
    RawTokenSource::from_object(&parse_body(body.to_string().as_bytes()).unwrap())
}

fn validate(body: &Value, config: &LivekitConfig) -> Result<JoinRequest, LivekitError> {
    parse(body).unwrap().validate(config, USER)
}

/// A request for a room, with further fields.
fn with(fields: Value) -> Value {
    let mut body = json!({"room_name": "channel-abc123"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

#[track_caller]
fn assert_messages(result: Result<JoinRequest, LivekitError>, messages: &[&str], what: &Value) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), "invalid_request", "{what}");
    assert_eq!(error.field_messages(), messages, "{what}");
}

fn everything() -> Value {
    json!({
        "room_name": "channel-abc123",
        "participant_name": "Alice",
        "participant_identity": "custom-identity",
        "participant_metadata": "{\"a\":1}\u{0}",
        "participant_attributes": {"b": "2", "a": "", "": "x"},
        "room_config": {},
    })
}

/// Requests with a single field.
#[test]
fn both_spellings_are_parsed() {
    let snake = everything();
    let expected = validate(&snake, &permissive()).unwrap();
    let attributes = [("", "x"), ("a", ""), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(
        expected,
        JoinRequest {
            room_id: room_name("channel-abc123"),
            identity: Some(identity("custom-identity")),
            name: Some(display_name("Alice")),
            ttl: None,
            metadata: "{\"a\":1}\0".into(),
            attributes: attributes.into(),
            room_config: None,
        }
    );
    for bits in 0..64_u8 {
        let mut body = json!({});
        for (at, (in_snake, in_camel)) in FIELDS.iter().enumerate() {
            body[if bits >> at & 1 == 1 { in_camel } else { in_snake }] = snake[in_snake].clone();
        }
        assert_eq!(validate(&body, &permissive()).as_ref(), Ok(&expected), "{body}");
        assert_eq!(parse(&body).unwrap().lookup(), (Some("channel-abc123"), Some("custom-identity")), "{body}");
    }
}

/// W10: two parsers could see different requests.
#[test]
fn w10_a_field_in_both_spellings_is_an_error() {
    for (snake, camel) in FIELDS {
        for (one, other) in
            [(json!("a"), json!("a")), (json!("a"), json!("b")), (json!(""), json!(1)), (json!({}), json!([]))]
        {
            let body = json!({snake: one, camel: other});
            assert_eq!(parse(&body), Err(LivekitError::BodyRepeatsField), "{body}");
        }
        assert!(parse(&json!({snake: null, camel: "a"})).is_ok(), "null counts as missing");
        assert!(parse(&json!({snake: "a", camel: null})).is_ok(), "null counts as missing");
    }
}

/// Proto3 JSON does not distinguish an empty string from an unset one. The room is required.
#[test]
fn empty_fields_count_as_unset() {
    let none = validate(&with(json!({})), &config()).unwrap();
    assert_eq!((none.identity.clone(), none.name.clone(), none.metadata.as_str()), (None, None, ""));
    for (field, empties) in [
        ("participant_identity", vec![json!(""), json!(null)]),
        ("participant_metadata", vec![json!(""), json!(null)]),
        ("participant_attributes", vec![json!({}), json!(null)]),
        ("room_config", vec![json!({}), json!(null)]),
        ("participant_name", vec![json!(null)]),
        ("x", vec![json!(""), json!({}), json!([1])]),
        ("ttl", vec![json!(7200), json!("x")]),
        ("ROOM_NAME", vec![json!("other")]),
    ] {
        for empty in empties {
            let body = with(json!({field: empty}));
            assert_eq!(validate(&body, &config()), Ok(none.clone()), "{body}");
        }
    }
    assert_eq!(validate(&with(json!({"participant_name": ""})), &config()).unwrap().name, Some(display_name("")));
    assert_messages(validate(&json!({"room_name": ""}), &config()), &["room_name should not be empty"], &json!(""));
    let missing = ["room_name should not be empty", "room_name must be a string"];
    for body in [json!({}), json!({"room_name": null}), json!({"roomId": "channel-abc123"})] {
        assert_messages(validate(&body, &config()), &missing, &body);
        assert_eq!(parse(&body).unwrap().lookup(), (None, None));
    }
}

/// W6, W9: as strict as `RawCreateToken`.
#[test]
fn w6_w9_types_sizes_and_characters_are_checked() {
    let others = [json!(1), json!(true), json!(false), json!([]), json!(["a"]), json!({}), json!({"a": "b"}), json!(0)];
    for field in ["room_name", "participant_name", "participant_identity", "participant_metadata"] {
        for other in &others {
            let body = with(json!({field: other}));
            assert_messages(validate(&body, &permissive()), &[&format!("{field} must be a string")], &body);
        }
    }
    let not_strings = [
        json!(1),
        json!(false),
        json!(""),
        json!("a"),
        json!([]),
        json!({"a": 1}),
        json!({"a": null}),
        json!({"a": {}}),
    ];
    for attributes in not_strings {
        let body = with(json!({"participant_attributes": attributes}));
        for config in [permissive(), config()] {
            assert_messages(validate(&body, &config), &["participant_attributes must be an object of strings"], &body);
        }
    }
    for field in ["room_name", "participant_name", "participant_identity"] {
        for fits in ["x".repeat(256), "é".repeat(128)] {
            assert!(validate(&with(json!({field: fits})), &permissive()).is_ok(), "{field}");
        }
        for long in ["x".repeat(257), "é".repeat(129)] {
            let body = with(json!({field: long}));
            assert_messages(
                validate(&body, &permissive()),
                &[&format!("{field} must not be longer than 256 bytes")],
                &body,
            );
        }
        for control in ["a\0", "a\nb", "a\u{7f}", "\u{202e}a"] {
            let body = with(json!({field: control}));
            assert_messages(
                validate(&body, &permissive()),
                &[&format!("{field} must not contain control characters")],
                &body,
            );
        }
    }
    for field in ["room_name", "participant_identity"] {
        for hidden in ["a\u{200b}", " a", "a\u{2003}"] {
            let body = with(json!({field: hidden}));
            assert_messages(
                validate(&body, &permissive()),
                &[&format!("{field} must not contain control characters")],
                &body,
            );
        }
        let body = with(json!({field: " "}));
        assert_messages(validate(&body, &permissive()), &[&format!("{field} should not be empty")], &body);
        assert_eq!(parse(&body).unwrap().lookup().0, (field != "room_name").then_some("channel-abc123"));
    }
    assert!(validate(&with(json!({"participant_name": " \u{200d}"})), &permissive()).is_ok());
}

#[test]
fn w9_metadata_and_attributes_at_their_limits() {
    let metadata =
        |length: usize| with(json!({"participant_metadata": "é".repeat(length / 2) + &"x".repeat(length % 2)}));
    assert_eq!(validate(&metadata(MAX_METADATA_BYTES), &permissive()).unwrap().metadata.len(), 512 * 1024);
    let text = "participant_metadata must not be longer than 524288 bytes";
    assert_messages(validate(&metadata(MAX_METADATA_BYTES + 1), &permissive()), &[text], &json!("metadata"));

    // The limit applies to names and values together.
    let attributes = |key: usize, value: usize, more: usize| {
        let mut attributes = json!({"k".repeat(key): "v".repeat(value)});
        attributes["x".repeat(more)] = json!("");
        with(json!({"participant_attributes": attributes}))
    };
    for (key, value, more) in [(1, 65_530, 5), (65_530, 1, 5), (30_000, 30_000, 5_536)] {
        assert!(validate(&attributes(key, value, more), &permissive()).is_ok(), "{key} {value} {more}");
        let text = "participant_attributes must not be longer than 65536 bytes";
        for body in
            [attributes(key + 1, value, more), attributes(key, value + 1, more), attributes(key, value, more + 1)]
        {
            assert_messages(validate(&body, &permissive()), &[text], &json!([key, value, more]));
        }
    }
    assert_eq!(MAX_ATTRIBUTES_BYTES, 65_536);
}

/// W1.
#[test]
fn w1_a_client_may_set_only_what_the_configuration_allows() {
    let [identity, metadata, attributes, room_config] =
        ["participant_identity", "participant_metadata", "participant_attributes", "room_config"]
            .map(|field| format!("{field} must not be set by a client"));
    for identity_policy in [IdentityPolicy::Preserve, IdentityPolicy::Own] {
        for can_update_own_metadata in [false, true] {
            let config = LivekitConfig { identity_policy, can_update_own_metadata, ..config() };
            for bits in 0..32_u8 {
                let [other, own, meta, attrs, setup] = [0, 1, 2, 3, 4].map(|bit| bits >> bit & 1 == 1);
                let mut body = with(json!({}));
                if other || own {
                    body["participant_identity"] = json!(if other { "user-789" } else { USER });
                }
                if meta {
                    body["participant_metadata"] = json!("x");
                }
                if attrs {
                    body["participant_attributes"] = json!({"a": "b"});
                }
                if setup {
                    body["room_config"] = json!({"agents": [{"agent_name": "assistant"}]});
                }
                let texts: Vec<&str> = [
                    (other && identity_policy == IdentityPolicy::Own, &identity),
                    (meta && !can_update_own_metadata, &metadata),
                    (attrs && !can_update_own_metadata, &attributes),
                    (setup, &room_config),
                ]
                .into_iter()
                .filter_map(|(applies, text)| applies.then_some(text.as_str()))
                .collect();
                let result = validate(&body, &config);
                if texts.is_empty() {
                    let request = result.unwrap();
                    assert_eq!(
                        (request.metadata == "x", request.attributes.len()),
                        (meta, usize::from(attrs)),
                        "{body}"
                    );
                } else {
                    assert_messages(result, &texts, &body);
                }
            }
        }
    }
    for setup in [json!([]), json!(""), json!(false), json!(0), json!("x"), json!({"a": 1})] {
        let body = with(json!({"room_config": setup}));
        assert_messages(validate(&body, &permissive()), &[&room_config], &body);
    }
}

/// Only agents that the operator lists are dispatched. LiveKit's client SDKs send an empty agent for a blank name.
#[test]
fn a_client_may_dispatch_the_agents_that_the_operator_names() {
    let allowing =
        |agents: &[&str]| LivekitConfig { agents: agents.iter().map(|name| (*name).into()).collect(), ..config() };
    let both = allowing(&["assistant", "transcriber"]);
    let dispatched = |setup: &Value, config: &LivekitConfig| {
        validate(&with(json!({"room_config": setup})), config)
            .map(|request| request.room_config.map(|it| it.as_json().to_owned()))
    };
    for (setup, canonical) in [
        (json!({"agents": [{"agent_name": "assistant"}]}), r#"{"agents":[{"agentName":"assistant"}]}"#),
        (
            json!({"agents": [{"agentName": "assistant", "metadata": "m", "deployment": "d"}, {}]}),
            r#"{"agents":[{"agentName":"assistant","metadata":"m","deployment":"d"}]}"#,
        ),
        (
            json!({"name": "", "agents": [{"agent_name": "transcriber"}, {"agent_name": "assistant"}]}),
            r#"{"agents":[{"agentName":"transcriber"},{"agentName":"assistant"}]}"#,
        ),
    ] {
        assert_eq!(dispatched(&setup, &both).unwrap().as_deref(), Some(canonical), "{setup}");
        assert_messages(
            validate(&with(json!({"room_config": setup})), &config()),
            &["room_config must not be set by a client"],
            &setup,
        );
    }
    for none in [
        json!({}),
        json!(null),
        json!({"agents": []}),
        json!({"agents": [{}]}),
        json!({"agents": [{"agent_name": ""}]}),
        json!({"a": null}),
    ] {
        for config in [&both, &config()] {
            assert_eq!(dispatched(&none, config).unwrap(), None, "{none}");
        }
    }
    let agent = |name: &str| json!({"agent_name": name});
    for (setup, text) in [
        (json!({"agents": [agent("other")]}), "room_config.agents.agent_name must not be set by a client"),
        (
            json!({"agents": [agent("assistant"), agent("other")]}),
            "room_config.agents.agent_name must not be set by a client",
        ),
        (json!({"agents": [agent("Assistant")]}), "room_config.agents.agent_name must not be set by a client"),
        (json!({"agents": [{"metadata": "m"}]}), "room_config.agents.agent_name must not be set by a client"),
        (json!({"agents": vec![agent("assistant"); 17]}), "room_config.agents must not have more than 16 elements"),
        (json!({"agents": vec![agent("assistant"); 10_000]}), "room_config.agents must not have more than 16 elements"),
        (
            json!({"agents": [{"agent_name": "assistant", "restart_policy": "JRP_NEVER"}]}),
            "room_config must not be set by a client",
        ),
        (json!({"agents": [agent("assistant")], "empty_timeout": 5}), "room_config must not be set by a client"),
        (json!({"max_participants": 5}), "room_config must not be set by a client"),
        (json!({"agents": "assistant"}), "room_config must be a room configuration of LiveKit"),
        (json!({"agents": [{"agent_name": 1}]}), "room_config must be a room configuration of LiveKit"),
        (
            json!({"agents": [{"agent_name": "assistant", "agentName": "assistant"}]}),
            "room_config must be a room configuration of LiveKit",
        ),
        (json!([]), "room_config must be a room configuration of LiveKit"),
        (json!({"x": 1}), "room_config must be a room configuration of LiveKit"),
    ] {
        assert_messages(validate(&with(json!({"room_config": setup})), &both), &[text], &setup);
    }
}

/// An application with its own `authorize` decides what clients may set, so that only types and sizes are checked.
#[test]
fn a_request_for_an_application_is_only_checked_for_types_and_sizes() {
    let generated = RoomName::generated([7; 16]);
    let check = |body: &Value| parse(body)?.validate_for_application(generated.clone());
    let asked = check(
        &json!({"participant_identity": "user-789", "participant_metadata": "m", "room_config": {"empty_timeout": 5}}),
    )
    .unwrap();
    assert_eq!((asked.room_id, asked.identity), (generated.clone(), Some(identity("user-789"))));
    assert_eq!((asked.metadata.as_str(), asked.room_config.unwrap().as_json()), ("m", r#"{"emptyTimeout":5}"#));
    assert_eq!(check(&json!({"room_name": ""})).unwrap().room_id, generated);
    assert_eq!(check(&json!({"room_name": "r"})).unwrap().room_id, room_name("r"));
    for (body, text) in [
        (json!({"room_name": 1}), "room_name must be a string"),
        (json!({"room_name": " "}), "room_name should not be empty"),
        (json!({"participant_metadata": 1}), "participant_metadata must be a string"),
        (json!({"room_config": {"x": 1}}), "room_config must be a room configuration of LiveKit"),
        (
            json!({"room_config": {"agents": vec![json!({"agent_name": "a"}); 17]}}),
            "room_config.agents must not have more than 16 elements",
        ),
    ] {
        assert_messages(check(&body), &[text], &body);
    }
}

/// W6.
#[test]
fn w6_every_error_is_reported_in_the_order_of_the_fields() {
    let own = LivekitConfig { identity_policy: IdentityPolicy::Own, ..permissive() };
    let body = json!({
        "roomConfig": true,
        "participantAttributes": {"a": "x".repeat(65_536)},
        "participantMetadata": 1,
        "participantIdentity": "\0",
        "participantName": false,
        "roomName": "\u{feff}",
    });
    let texts = [
        "room_name must not contain control characters",
        "participant_name must be a string",
        "participant_identity must not contain control characters",
        "participant_metadata must be a string",
        "participant_attributes must not be longer than 65536 bytes",
        "room_config must not be set by a client",
    ];
    assert_messages(validate(&body, &own), &texts, &body);
    let ill_formed = RawTokenSource {
        room: Field::IllFormedString,
        name: Field::IllFormedString,
        identity: Field::IllFormedString,
        metadata: Field::IllFormedString,
        attributes: None,
        room_config: RawRoomConfig::Other,
    };
    let texts = [
        "room_name must be well-formed Unicode",
        "participant_name must be well-formed Unicode",
        "participant_identity must be well-formed Unicode",
        "participant_metadata must be well-formed Unicode",
        "participant_attributes must be an object of strings",
        "room_config must not be set by a client",
    ];
    assert_messages(ill_formed.validate(&own, USER), &texts, &json!("unpaired surrogates"));
}

fn facts() -> Facts {
    let user = UserFacts { id: USER.into(), owner: false, banned: false, token_revoked: false, ..UserFacts::default() };
    let channel = ChannelFacts {
        id: "channel-abc123".into(),
        private: false,
        member: false,
        actions: vec!["JOIN_CHANNEL".into()],
        ban: None,
        timeout_ends: None,
        ..ChannelFacts::default()
    };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn ask(body: &Value, facts: &Facts, config: &LivekitConfig) -> Result<Granted, LivekitError> {
    let caller = Caller { user_id: USER.into(), token_id: None, ..Caller::default() };
    authorize_token_source(&caller, parse(body).unwrap(), facts, config, NOW)
}

#[test]
fn without_a_url_for_clients_the_service_is_not_configured() {
    for url in [None, Some(""), Some(" ")] {
        let config = LivekitConfig { url: url.map(Into::into), ..config() };
        assert_eq!(ask(&with(json!({})), &facts(), &config), Err(LivekitError::NotConfigured));
        let nowhere = Facts { channel: None, ..facts() };
        assert_eq!(
            ask(&with(json!({})), &nowhere, &config),
            Err(LivekitError::Forbidden(ForbiddenReason::UnknownChannel))
        );
    }
    assert!(ask(&with(json!({})), &facts(), &config()).is_ok());
}

#[test]
fn errors_are_in_the_order_401_400_403() {
    let bad = json!({"room_name": ""});
    let nowhere = Facts { channel: None, ..facts() };
    let unknown = Facts { user: None, ..nowhere.clone() };
    assert_eq!(ask(&bad, &unknown, &config()), Err(LivekitError::Unauthorized(TokenError::UnknownUser)));
    for (banned, token_revoked, expected) in
        [(true, true, LivekitError::TokenRevoked), (true, false, LivekitError::AccountBanned)]
    {
        let user = nowhere.user.clone().map(|user| UserFacts { banned, token_revoked, ..user });
        assert_eq!(ask(&bad, &Facts { user, ..nowhere.clone() }, &config()), Err(expected));
    }
    assert_eq!(ask(&bad, &nowhere, &config()).unwrap_err().code(), "invalid_request");
    assert_eq!(
        ask(&with(json!({})), &nowhere, &config()),
        Err(LivekitError::Forbidden(ForbiddenReason::UnknownChannel))
    );
    let other = json!({"room_name": "CHANNEL-ABC123"});
    assert_eq!(ask(&other, &facts(), &config()), Err(LivekitError::Forbidden(ForbiddenReason::UnknownChannel)));
}

/// Rows 17, 20.
#[test]
fn rows_17_and_20_identity_name_metadata_and_attributes_of_the_granted() {
    let Granted { request, metadata, attributes, grant, timed_out, .. } =
        ask(&everything(), &facts(), &permissive()).unwrap();
    assert_eq!((request.room_id.as_str(), request.identity.as_str()), ("channel-abc123", "custom-identity"));
    assert_eq!((request.name, request.ttl), (Some(display_name("Alice")), None));
    assert_eq!((metadata.as_str(), attributes.len()), ("{\"a\":1}\0", 3));
    assert_eq!((grant.can_update_own_metadata, timed_out), (Some(true), false));
    let plain = ask(&with(json!({})), &facts(), &config()).unwrap();
    assert_eq!((plain.request.identity.as_str(), plain.request.name), (USER, None));
    assert_eq!((plain.metadata.as_str(), plain.attributes.len(), plain.grant.can_update_own_metadata), ("", 0, None));
}

#[test]
fn w1_the_identity_of_another_user_is_forbidden() {
    let taken = Facts { identity_is_user: true, ..facts() };
    let own = LivekitConfig { identity_policy: IdentityPolicy::Own, ..config() };
    for identity in ["user-789", "USER-456", "üser-456"] {
        let body = with(json!({"participant_identity": identity}));
        assert_eq!(
            ask(&body, &taken, &config()),
            Err(LivekitError::Forbidden(ForbiddenReason::IdentityTaken)),
            "{identity}"
        );
        assert_eq!(ask(&body, &taken, &own).unwrap_err().code(), "invalid_request", "{identity}");
    }
    for config in [config(), own] {
        let body = with(json!({"participant_identity": USER}));
        assert_eq!(ask(&body, &taken, &config).unwrap().request.identity.as_str(), USER);
    }
}

/// A muted participant may not set metadata.
#[test]
fn a_timed_out_listener_may_not_set_metadata_or_attributes() {
    let role = LivekitConfig { grants: GrantPolicy::Role, ..permissive() };
    let timed_out = Facts {
        channel: facts().channel.map(|channel| ChannelFacts { timeout_ends: Some(NOW + 1), ..channel }),
        ..facts()
    };
    let granted = ask(&with(json!({"participant_name": "Alice"})), &timed_out, &role).unwrap();
    assert_eq!((granted.grant.can_publish, granted.grant.can_update_own_metadata), (Some(false), None));
    assert!(granted.timed_out);
    for fields in [json!({"participant_metadata": "x"}), json!({"participant_attributes": {"": ""}})] {
        let body = with(fields);
        assert_eq!(
            ask(&body, &timed_out, &role),
            Err(LivekitError::Forbidden(ForbiddenReason::CommunityTimeout)),
            "{body}"
        );
        assert!(ask(&body, &facts(), &role).is_ok(), "{body}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use livekit_edge::{DisplayName, Identity};
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

    /// Nearly valid bodies: fields in either spelling with values of every type.
    fn body() -> impl Strategy<Value = Value> {
        let names: Vec<&str> = FIELDS.iter().flat_map(|(snake, camel)| [*snake, *camel]).chain(["x"]).collect();
        let texts = vec(any::<char>(), 0..12).prop_map(|text| json!(String::from_iter(text)));
        let sizes = select(vec![0, 1, 256, 257, 65_535, 65_536, 65_537, 524_288, 524_289])
            .prop_map(|size| json!("x".repeat(size)));
        let known =
            select(vec![json!(null), json!(true), json!(1), json!([]), json!({}), json!({"a": "b"}), json!({"a": 1})]);
        let maps = vec((".{0,8}", ".{0,8}"), 0..4)
            .prop_map(|fields| Value::Object(fields.into_iter().map(|(key, value)| (key, json!(value))).collect()));
        let value =
            prop_oneof![4 => "[a-z]{1,9}".prop_map(Value::String), 2 => texts, 1 => sizes, 2 => known, 2 => maps];
        vec((select(names), value), 0..7)
            .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    proptest! {
        #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn an_accepted_request_is_within_every_limit(body in body(), own in any::<bool>(), may_update in any::<bool>()) {
            let identity_policy = if own { IdentityPolicy::Own } else { IdentityPolicy::Preserve };
            let config = LivekitConfig { identity_policy, can_update_own_metadata: may_update, ..config() };
            let Ok(raw) = parse(&body) else {
                prop_assert!(FIELDS.iter().any(|(snake, camel)| !body[snake].is_null() && !body[camel].is_null()), "{}", body);
                return Ok(());
            };
            match raw.validate(&config, USER) {
                Err(error) => prop_assert_eq!((error.code(), error.field_messages().is_empty()), ("invalid_request", false)),
                Ok(JoinRequest { room_id, identity, name, ttl, metadata, attributes, room_config }) => {
                    for id in [identity.as_ref().map(Identity::as_str), Some(room_id.as_str())].into_iter().flatten() {
                        prop_assert!(!id.trim().is_empty() && id.len() <= 256 && !id.contains(char::is_control), "{}", body);
                    }
                    let name = name.as_ref().map_or("", DisplayName::as_str);
                    prop_assert!(name.len() <= 256 && !name.contains(char::is_control));
                    prop_assert!(!own || identity.is_none_or(|identity| identity.as_str() == USER));
                    prop_assert!(may_update || metadata.is_empty() && attributes.is_empty());
                    prop_assert!(metadata.len() <= MAX_METADATA_BYTES && ttl.is_none() && room_config.is_none());
                    let bytes: usize = attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
                    prop_assert!(bytes <= MAX_ATTRIBUTES_BYTES);
                    for (snake, camel) in FIELDS.into_iter().skip(5) {
                        let setup = if body[snake].is_null() { &body[camel] } else { &body[snake] };
                        // An empty value counts as unset in any field.
                        let is_unset = |fields: &serde_json::Map<String, Value>| fields.values().all(|value| *value == json!(""));
                        prop_assert!(setup.is_null() || setup.as_object().is_some_and(is_unset), "{}", body);
                    }
                }
            }
        }
    }
}
