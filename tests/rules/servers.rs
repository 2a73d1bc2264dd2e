//! Servers: parsing LIVEKIT_SERVERS, and assigning rooms to servers.

use crate::common::{NOW, create_token, from_settings};
use livekit_edge::{
    ApiCredentials, ApiKeys, LivekitError, LivekitService, Server, Servers, ServiceAction, SettingErrorKind,
    TokenVerifier, servers::is_server_url,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Servers with these names, each with its own key.
fn servers(names: &[&str]) -> Servers {
    let server = |name: &&str| json!({"name": name, "url": format!("wss://{name}.example"), "keys": format!("key-{name}: s-{name}")});
    Servers::parse(&Value::from(names.iter().map(server).collect::<Vec<_>>()).to_string()).unwrap()
}

fn on<'s>(servers: &'s Servers, room: &str) -> &'s str {
    &servers.for_room(room, None).unwrap().name
}

/// Expected servers, computed with Python's hashlib: `max(servers, key=lambda s: sha256(s + b"\0" + room).digest())`.
#[test]
fn the_server_with_the_highest_sha_256_has_the_room() {
    let three = servers(&["eu", "us", "ap"]);
    for (room, expected) in [
        ("lobby", "eu"),
        ("channel-abc123", "us"),
        ("a", "eu"),
        ("Zimmer ü 🦑", "us"),
        (&"x".repeat(256), "us"),
        ("standup", "eu"),
        ("1", "eu"),
        ("2", "us"),
        ("3", "ap"),
        ("4", "ap"),
    ] {
        assert_eq!(on(&three, room), expected, "{room}");
        for order in [["us", "ap", "eu"], ["ap", "eu", "us"]] {
            assert_eq!(on(&servers(&order), room), expected, "{room}");
        }
    }
}

#[test]
fn the_application_may_name_the_server() {
    let three = servers(&["eu", "us", "ap"]);
    assert_eq!(three.for_room("lobby", Some("ap")).unwrap().name, "ap");
    for unknown in ["", "EU", "eu ", "lobby"] {
        assert_eq!(three.for_room("lobby", Some(unknown)).err(), Some(LivekitError::UnknownServer), "{unknown:?}");
    }
    let none = Servers::default();
    assert_eq!(none.for_room("lobby", None).err(), Some(LivekitError::NotConfigured));
    assert_eq!(none.for_room("lobby", Some("eu")).err(), Some(LivekitError::NotConfigured));
    assert!(none.keys().is_none());
}

#[test]
fn tokens_and_their_url_are_of_the_server_of_the_room() {
    let text = json!([
        {"name": "eu", "url": "wss://eu.example", "keys": "k-eu: s-eu"},
        {"name": "us", "url": "wss://us.example", "internalUrl": "http://10.0.0.2:7880/x", "keys": [
            {"apiKey": "k-us", "apiSecret": "s-us"}, {"apiKey": "old-us", "apiSecret": "s-old"}
        ]},
    ]);
    let service = LivekitService::new(from_settings(&[("LIVEKIT_SERVERS", &text.to_string())]));
    assert!(service.validate_configuration() && service.config().missing().is_empty());
    assert_eq!(service.connection_url(), None);
    for (room, name) in [("lobby", "eu"), ("channel-abc123", "us")] {
        let (key, secret) = (format!("k-{name}"), format!("s-{name}"));
        let response = service.generate_token(create_token(room, "alice"), NOW, None).unwrap();
        assert_eq!(response.url, Some(format!("wss://{name}.example")));
        assert_eq!(TokenVerifier::new(&*key, &*secret).unwrap().verify(&response.token, NOW).unwrap().iss, key);
        let admin = service.generate_admin_token(room, NOW).unwrap();
        assert!(TokenVerifier::new(&*key, &*secret).unwrap().verify(&admin, NOW).is_ok());
        assert_eq!(service.connection_info(room, None).unwrap().name, name);
        let other = livekit_edge::CreateToken { server: Some("eu".into()), ..create_token(room, "alice") };
        assert_eq!(service.generate_token(other, NOW, None).unwrap().url.as_deref(), Some("wss://eu.example"));
    }
    let us = service.servers().for_room("channel-abc123", None).unwrap();
    assert_eq!((us.url.as_deref(), us.api_url()), (Some("wss://us.example"), Some("http://10.0.0.2:7880/x")));
    let create = TokenVerifier::new("k-us", "s-us")
        .unwrap()
        .verify(&us.generate_service_token(ServiceAction::Create, "", NOW).unwrap(), NOW);
    let claims = create.unwrap();
    assert_eq!(claims.exp, Some(NOW + 60));
    let expected = livekit_edge::VideoGrant { room_create: true, ..livekit_edge::VideoGrant::default() };
    assert_eq!(claims.video, Some(expected));
    let keys = service.servers().keys().unwrap();
    assert_eq!(keys.iter().map(ApiCredentials::api_key).collect::<Vec<_>>(), ["k-eu", "k-us", "old-us"]);
    for room in ["", " ", "a\n", &"x".repeat(257)] {
        assert!(matches!(service.connection_info(room, None), Err(LivekitError::InvalidRequest(_))), "{room:?}");
    }
}

/// The error of a list, without the setting's name.
fn errors(text: &str) -> Vec<(String, SettingErrorKind)> {
    let errors = Servers::parse(text).unwrap_err();
    for error in &errors {
        assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"), "{error}");
    }
    let path = |setting: &str| setting.strip_prefix("LIVEKIT_SERVERS").unwrap().to_owned();
    errors.iter().map(|error| (path(error.setting()), error.kind())).collect()
}

#[test]
fn an_invalid_list_is_one_error() {
    use SettingErrorKind::{NotJson, NotServers};
    for (text, kind) in [
        ("canary", NotJson),
        ("[{]", NotJson),
        ("[{\"name\":\"canary\",\"name\":\"b\"}]", NotJson),
        ("[] []", NotJson),
        ("{}", NotServers),
        ("[]", NotServers),
        ("\"canary\"", NotServers),
        ("null", NotServers),
        ("1", NotServers),
    ] {
        assert_eq!(errors(text), [(String::new(), kind)], "{text}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(errors(&deep), [(String::new(), NotJson)]);
}

#[test]
fn each_invalid_field_of_a_server_is_named_by_its_path() {
    use SettingErrorKind::{
        BlankSecret, InvalidName, NoKeys, NotKeyAndSecret, NotServer, NotServerUrl, OtherSecret, RepeatedKey,
        RepeatedName,
    };
    let good = json!({"name": "eu", "url": "wss://eu.example", "keys": "k: canary"});
    let with = |changes: Value| {
        let mut server = good.clone();
        server.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        server
    };
    for (changes, path, kind) in [
        (json!({"name": null}), ".name", InvalidName),
        (json!({"name": ""}), ".name", InvalidName),
        (json!({"name": " "}), ".name", InvalidName),
        (json!({"name": "canary\u{0}"}), ".name", InvalidName),
        (json!({"name": "canary eu"}), ".name", InvalidName),
        (json!({"name": "canary".repeat(11)}), ".name", InvalidName),
        (json!({"name": 7}), ".name", InvalidName),
        (json!({"url": null}), ".url", NotServerUrl),
        (json!({"url": ""}), ".url", NotServerUrl),
        (json!({"url": "canary.example"}), ".url", NotServerUrl),
        (json!({"url": ["wss://canary.example"]}), ".url", NotServerUrl),
        (json!({"internalUrl": "canary:7880"}), ".internalUrl", NotServerUrl),
        (json!({"internalUrl": ""}), ".internalUrl", NotServerUrl),
        (json!({"internalUrl": false}), ".internalUrl", NotServerUrl),
        (json!({"keys": null}), ".keys", NoKeys),
        (json!({"keys": ""}), ".keys", NoKeys),
        (json!({"keys": []}), ".keys", NoKeys),
        (json!({"keys": {"k": "canary"}}), ".keys", NotKeyAndSecret),
        (json!({"keys": 7}), ".keys", NotKeyAndSecret),
        (json!({"keys": "k: canary\ncanary"}), ".keys", NotKeyAndSecret),
        (json!({"keys": "canary:"}), ".keys", BlankSecret),
        (json!({"keys": "k: canary\nk: canary"}), ".keys", RepeatedKey),
        (json!({"keys": ["k: canary"]}), ".keys[0]", NotKeyAndSecret),
        (json!({"keys": [{"apiKey": "k"}]}), ".keys[0]", NotKeyAndSecret),
        (json!({"keys": [{"apiKey": "k", "apiSecret": "canary", "canary": 1}]}), ".keys[0]", NotKeyAndSecret),
        (json!({"keys": [{"apiKey": "k", "apiSecret": " "}]}), ".keys[0]", BlankSecret),
        (json!({"keys": [{"apiKey": " ", "apiSecret": "canary"}]}), ".keys[0]", NotKeyAndSecret),
        (json!({"keys": [{"apiKey": 1, "apiSecret": "canary"}]}), ".keys[0]", NotKeyAndSecret),
        (json!({"keys": [{"apiKey": "k", "apiSecret": "a"}, {"apiKey": "k", "apiSecret": "b"}]}), ".keys", RepeatedKey),
        (json!({"canary": 1}), "", NotServer),
        (json!({"internalURL": "ws://canary"}), "", NotServer),
    ] {
        assert_eq!(errors(&json!([with(changes.clone())]).to_string()), [(format!("[0]{path}"), kind)], "{changes}");
    }
    assert_eq!(errors(r#"["canary", null]"#), [("[0]".into(), NotServer), ("[1]".into(), NotServer)]);
    let all = json!([{}, with(json!({"url": "canary", "keys": ""}))]).to_string();
    let paths: Vec<_> = errors(&all).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["[0].name", "[0].url", "[0].keys", "[1].url", "[1].keys"]);
    assert_eq!(errors(&json!([good, good]).to_string()), [("[1].name".into(), RepeatedName)]);
    let other = with(json!({"name": "us", "keys": "k: another"}));
    assert_eq!(errors(&json!([good, other]).to_string()), [("[1].keys".into(), OtherSecret)]);
    // Servers of one cluster may share their keys.
    assert!(Servers::parse(&json!([good, with(json!({"name": "us"}))]).to_string()).is_ok());
}

#[test]
fn servers_beside_a_single_one_are_an_error_and_no_token() {
    let list = json!([{"name": "eu", "url": "wss://eu.example", "keys": "k: s"}]).to_string();
    for (name, value) in [
        ("LIVEKIT_URL", "wss://x.example"),
        ("LIVEKIT_INTERNAL_URL", "ws://x.example"),
        ("LIVEKIT_API_KEY", "k"),
        ("LIVEKIT_API_SECRET", "s"),
        ("LIVEKIT_KEYS", "k: s"),
    ] {
        let service = LivekitService::new(from_settings(&[("LIVEKIT_SERVERS", &list), (name, value)]));
        let said: Vec<_> = service.config().errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [format!("{name} is set together with LIVEKIT_SERVERS, which describes every server: unset one of them")]
        );
        assert!(!service.validate_configuration());
        let token = service.generate_token(create_token("lobby", "alice"), NOW, None);
        assert_eq!(token.err(), Some(LivekitError::NotConfigured), "{name}");
    }
    let one = LivekitService::new(from_settings(&[("LIVEKIT_SERVERS", &list)]));
    assert_eq!((one.validate_configuration(), one.connection_url()), (true, Some("wss://eu.example")));
}

#[test]
fn the_internal_url_is_only_for_the_api() {
    let settings = |internal| {
        LivekitService::new(from_settings(&[
            ("LIVEKIT_API_KEY", "k"),
            ("LIVEKIT_API_SECRET", "s"),
            ("LIVEKIT_URL", "wss://public.example"),
            ("LIVEKIT_INTERNAL_URL", internal),
        ]))
    };
    let service = settings("http://livekit:7880");
    let server = service.servers().for_room("lobby", None).unwrap();
    assert_eq!(
        (server.api_url(), service.connection_url()),
        (Some("http://livekit:7880"), Some("wss://public.example"))
    );
    assert_eq!(settings(" ").servers().for_room("lobby", None).unwrap().api_url(), Some("wss://public.example"));
    let wrong = settings("livekit:7880");
    assert_eq!(wrong.config().errors.first().map(livekit_edge::SettingError::setting), Some("LIVEKIT_INTERNAL_URL"));
    assert!(wrong.check_configured().is_err() && !wrong.validate_configuration());
}

#[test]
fn a_url_of_a_server_has_a_scheme_and_a_host() {
    for url in [
        "wss://livekit.example",
        "ws://127.0.0.1:7880",
        "http://localhost",
        "https://livekit.example/a/b/",
        "WSS://LiveKit.Example:443/",
        "ws://[::1]:7880",
        "http://[2001:db8::1]/sfu",
        "http://livekit_server:7880",
        "wss://xn--bcher-kva.example.",
        "ws://livekit:65535",
    ] {
        assert!(is_server_url(url), "{url}");
    }
    for url in [
        "",
        " ",
        "livekit.example",
        "lk.example.com",
        "//livekit.example",
        "wss:livekit.example",
        "wss:/livekit.example",
        "wss://",
        "wss:///path",
        "wss://:7880",
        "ftp://livekit.example",
        "javascript://livekit.example",
        "wss://user:pw@livekit.example",
        "wss://user@livekit.example",
        "wss://livekit.example?x=y",
        "wss://livekit.example/#x",
        " wss://livekit.example",
        "wss://livekit.example\n",
        "wss://live kit.example",
        "\"wss://livekit.example\"",
        "wss://livekit..example",
        "wss://.example",
        "wss://livekit.example:65536",
        "wss://livekit.example:-1",
        "wss://livekit.example:",
        "wss://livekit.example:+1",
        "wss://livekit.example:7880:7880",
        "wss://livekit.example\\x",
        "wss://livekit,example",
        "wss://bücher.example",
        "ws://[::1",
        "ws://[]:7880",
        "ws://[::1]7880",
        "ws://[livekit.example]",
        "ws://::1:7880",
        "wss://wss://livekit.example",
    ] {
        assert!(!is_server_url(url), "{url}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let keys = ApiKeys::from(ApiCredentials::new("k", "canary").unwrap());
    let server = Server { name: "eu".into(), url: None, internal_url: None, keys };
    assert!(!format!("{:?}", Servers::one(server)).contains("canary"));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Rooms are spread evenly, within five standard deviations.
    #[test]
    fn every_server_has_an_equal_share() {
        let five = servers(&["a", "b", "c", "d", "e"]);
        for name in ["a", "b", "c", "d", "e"] {
            let rooms = (0..10_000).filter(|room| on(&five, &format!("room-{room}")) == name).count();
            assert!((1800..2200).contains(&rooms), "{name}: {rooms}");
        }
    }

    proptest! {
        #[test]
        fn a_server_that_is_added_moves_only_the_rooms_that_it_takes_over(
            count in 1..8_usize, rooms in prop::collection::vec("\\PC{1,40}", 1..200),
        ) {
            let names: Vec<String> = (0..=count).map(|at| format!("server-{at}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (before, after) = (servers(&names[..count]), servers(&names));
            for room in &rooms {
                let (old, new) = (on(&before, room), on(&after, room));
                prop_assert!(new == old || new == names[count], "{} moved from {} to {}", room, old, new);
            }
        }

        #[test]
        fn any_text_is_servers_or_errors_that_do_not_quote_it(text in "[\\[\\]{}:,\"a-z0-9 ]{0,80}") {
            if let Err(errors) = Servers::parse(&text) {
                prop_assert!(!errors.is_empty());
            }
        }

        #[test]
        fn any_text_is_keys_or_an_error(text in "\\PC{0,80}(\n[a-z]{0,3}:? ?[\"'#a-z]{0,5}){0,4}") {
            if let Ok(keys) = ApiKeys::parse("LIVEKIT_KEYS", &text) {
                prop_assert!(keys.iter().all(|key| !key.api_key().trim().is_empty()));
            }
        }
    }
}
