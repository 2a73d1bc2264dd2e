//! LivekitConfig: parsing of settings (rows 40, 48-52; W3).

use crate::common::{self, NOW, create_token, from_settings};
use livekit_edge::{
    IdentityPolicy, LivekitConfig, LivekitService, Secret, check_settings,
    config::{DEFAULT_MAX_TTL, DEFAULT_TOKEN_TTL},
    json::Fields,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Rows 49, 50, 51; names are matched exactly.
#[test]
fn rows_49_to_51_key_secret_and_url_come_from_their_settings() {
    let config = from_settings(&[
        ("LIVEKIT_API_KEY", "k"),
        ("LIVEKIT_API_SECRET", "s"),
        ("LIVEKIT_URL", "wss://x"),
        ("livekit_url", "y"),
    ]);
    assert_eq!((config.api_key.as_deref(), config.url.as_deref()), (Some("k"), Some("wss://x")));
    assert!(config.api_secret.is_some() && config.missing().is_empty());
    let token = LivekitService::new(config).generate_token(create_token("r", "i"), NOW, None).unwrap().token;
    assert!(livekit_edge::TokenVerifier::new("k", "s").unwrap().verify(&token, NOW).is_ok());
}

#[test]
fn row_48_missing_settings_are_named_in_the_order_key_secret_url() {
    let all = ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_URL"];
    assert_eq!(from_settings(&[]).missing(), all);
    assert_eq!(LivekitConfig::default().missing(), all);
    for blank in ["", " ", "\t\r\n", "\u{a0}"] {
        assert_eq!(from_settings(&all.map(|name| (name, blank))).missing(), all, "{blank:?}");
    }
    for set in 0..8_usize {
        let settings: Vec<_> =
            (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| (*all.get(bit).unwrap(), "x")).collect();
        let missing: Vec<_> = all.into_iter().filter(|name| settings.iter().all(|(given, _)| given != name)).collect();
        assert_eq!(from_settings(&settings).missing(), missing);
    }
}

#[test]
fn unset_settings_are_the_defaults() {
    for config in [from_settings(&[]), LivekitConfig::default()] {
        assert_eq!((config.token_ttl.seconds(), config.max_ttl.seconds()), (3600, 86_400));
        assert_eq!(config.identity_policy, IdentityPolicy::Preserve);
        assert!(!config.can_update_own_metadata && !config.jti);
        assert!(config.api_key.is_none() && config.api_secret.is_none() && config.url.is_none());
    }
    assert_eq!((DEFAULT_TOKEN_TTL.seconds(), DEFAULT_MAX_TTL.seconds()), (3600, 86_400));
}

/// Row 52, X7: `LIVEKIT_TOKEN_TTL` if it is valid, else 3600.
#[test]
fn row_52_a_ttl_is_an_integer_of_seconds_or_the_default() {
    for (value, expected) in [
        ("3600", Some(3600)),
        ("1", Some(1)),
        (" 60\n", Some(60)),
        ("007", Some(7)),
        ("4294967295", Some(4_294_967_295)),
        ("4294967296", Some(4_294_967_295)),
        ("18446744073709551615", Some(4_294_967_295)),
        ("", None),
        (" ", None),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("60s", None),
        ("1e3", None),
        ("0x10", None),
        ("1_000", None),
        ("NaN", None),
        ("Infinity", None),
        ("six", None),
        ("٣", None),
    ] {
        let ttls = |name| {
            let config = from_settings(&[(name, value)]);
            (config.token_ttl.seconds(), config.max_ttl.seconds())
        };
        assert_eq!(ttls("LIVEKIT_TOKEN_TTL"), (expected.unwrap_or(3600), 86_400), "{value:?}");
        assert_eq!(ttls("LIVEKIT_MAX_TTL"), (3600, expected.unwrap_or(86_400)), "{value:?}");
    }
}

#[test]
fn the_server_of_settings_is_prepared_with_them() {
    let config = from_settings(&[("LIVEKIT_API_KEY", "k"), ("LIVEKIT_API_SECRET", "s"), ("LIVEKIT_URL", "wss://x")]);
    let [server] = config.servers.as_slice() else { panic!("{config:?}") };
    assert_eq!((server.url.as_deref(), server.keys.signer().api_key()), (Some("wss://x"), "k"));
    // The fields of a configuration in code describe a server too.
    let in_code = LivekitConfig { servers: Default::default(), ..config };
    assert_eq!(LivekitService::new(in_code).servers().as_slice().len(), 1);
}

#[test]
fn w3_the_default_ttl_is_limited_by_the_maximum() {
    for (default, max, expected) in
        [("7200", "600", 600), ("600", "7200", 600), ("600", "600", 600), ("999999", "", 86_400), ("", "60", 60)]
    {
        let config = from_settings(&[
            ("LIVEKIT_API_KEY", "k"),
            ("LIVEKIT_API_SECRET", "s"),
            ("LIVEKIT_TOKEN_TTL", default),
            ("LIVEKIT_MAX_TTL", max),
        ]);
        let response = LivekitService::new(config).generate_token(create_token("r", "i"), NOW, None).unwrap();
        assert_eq!(response.expires_at, NOW + expected, "{default} {max}");
    }
}

#[test]
fn w1_an_unknown_identity_policy_is_the_strict_one() {
    for (value, expected) in [
        ("preserve", IdentityPolicy::Preserve),
        (" preserve ", IdentityPolicy::Preserve),
        ("", IdentityPolicy::Preserve),
        ("  ", IdentityPolicy::Preserve),
        ("own", IdentityPolicy::Own),
        ("forced", IdentityPolicy::Own),
        ("Preserve", IdentityPolicy::Own),
        ("preserved", IdentityPolicy::Own),
        ("false", IdentityPolicy::Own),
    ] {
        assert_eq!(from_settings(&[("LIVEKIT_IDENTITY_POLICY", value)]).identity_policy, expected, "{value:?}");
    }
    assert_eq!(IdentityPolicy::from_setting(None), IdentityPolicy::Preserve);
    assert_eq!(IdentityPolicy::from_setting(Some(" ")), IdentityPolicy::Preserve);
}

#[test]
fn booleans_are_true_only_for_true_and_1() {
    for (value, expected) in [
        ("true", true),
        ("1", true),
        (" true\n", true),
        ("", false),
        ("0", false),
        ("false", false),
        ("TRUE", false),
        ("yes", false),
        ("on", false),
        ("11", false),
    ] {
        let config = from_settings(&[("LIVEKIT_CAN_UPDATE_OWN_METADATA", value)]);
        assert_eq!((config.can_update_own_metadata, config.jti), (expected, false), "{value:?}");
        let config = from_settings(&[("LIVEKIT_TOKEN_JTI", value)]);
        assert_eq!((config.can_update_own_metadata, config.jti), (false, expected), "{value:?}");
    }
}

/// A setting in a JavaScript object.
fn setting_of(object: &str, setting: &str) -> Option<String> {
    LivekitConfig::setting_of(&Fields::new(&common::object(object)), setting)
}

#[test]
fn settings_of_an_object_are_found_by_setting_or_property() {
    for (property, setting) in [
        ("apiKey", "LIVEKIT_API_KEY"),
        ("apiSecret", "LIVEKIT_API_SECRET"),
        ("url", "LIVEKIT_URL"),
        ("tokenTtl", "LIVEKIT_TOKEN_TTL"),
        ("maxTtl", "LIVEKIT_MAX_TTL"),
        ("canUpdateOwnMetadata", "LIVEKIT_CAN_UPDATE_OWN_METADATA"),
        ("jti", "LIVEKIT_TOKEN_JTI"),
    ] {
        for name in [property, setting] {
            assert_eq!(setting_of(&format!(r#"{{"{name}":"x"}}"#), setting).as_deref(), Some("x"), "{name}");
            assert_eq!(setting_of(&format!(r#"{{"{name}":null}}"#), setting), None, "{name}");
            assert_eq!(setting_of(&format!(r#"{{"x{name}":"x"}}"#), setting), None, "{name}");
        }
    }
    for setting in ["LIVEKIT_IDENTITY_POLICY", "LIVEKIT_GRANTS", "JWT_SECRET", "JWT_JWKS_URL", "JWT_ISSUER"] {
        assert_eq!(setting_of(&format!(r#"{{"{setting}":"x"}}"#), setting).as_deref(), Some("x"), "{setting}");
    }
    assert_eq!(setting_of(r#"{"apiKey":"a","url":"b"}"#, "JWT_SECRET"), None);
}

#[test]
fn numbers_and_booleans_are_settings_but_not_credentials_or_urls() {
    for (value, expected) in [("3600", "3600"), ("true", "true"), ("false", "false"), ("0", "0")] {
        assert_eq!(setting_of(&format!(r#"{{"tokenTtl":{value}}}"#), "LIVEKIT_TOKEN_TTL").as_deref(), Some(expected));
        for name in ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_URL", "JWT_SECRET", "JWT_JWKS_URL"] {
            assert_eq!(setting_of(&format!(r#"{{"{name}":{value}}}"#), name), None, "{name} {value}");
        }
    }
    // Every other value is reported, and does not count as unset.
    for value in ["1.5", "-1", "1e300", "[]", "[3600]", "{}", r#"{"a":1}"#] {
        for setting in ["LIVEKIT_TOKEN_TTL", "LIVEKIT_GRANTS", "LIVEKIT_TOKEN_JTI", "JWT_ISSUER", "JWT_AUDIENCE"] {
            let given = setting_of(&format!(r#"{{"{setting}":{value}}}"#), setting);
            let errors = check_settings(&|name| given.clone().filter(|_| name == setting), []);
            assert!(errors.iter().any(|error| error.setting() == setting && error.code() == "invalid"), "{value}");
        }
    }
}

/// A secret from a file ends with a line feed, which is no part of a LiveKit server's secret.
#[test]
fn white_space_around_credentials_is_removed() {
    for (before, after) in [("", "\n"), ("", "\r\n"), (" ", " "), ("\t", "\u{a0}")] {
        let around = |value: &str| format!("{before}{value}{after}");
        let config = LivekitConfig::from_settings(&|name| match name {
            "LIVEKIT_API_KEY" => Some(around("k")),
            "LIVEKIT_API_SECRET" => Some(around("s")),
            "LIVEKIT_URL" => Some(around("wss://x")),
            _ => None,
        });
        assert_eq!((config.api_key.as_deref(), config.url.as_deref()), (Some("k"), Some("wss://x")));
        let token = LivekitService::new(config).generate_token(create_token("r", "i"), NOW, None).unwrap().token;
        assert!(livekit_edge::TokenVerifier::new("k", "s").unwrap().verify(&token, NOW).is_ok());
    }
}

/// W18.
#[test]
fn w18_a_secret_under_32_bytes_is_short() {
    for (secret, short) in
        [("secret".to_owned(), true), ("x".repeat(31), true), ("x".repeat(32), false), ("é".repeat(16), false)]
    {
        assert_eq!(Secret::new(secret).unwrap().is_short(), short);
    }
}
