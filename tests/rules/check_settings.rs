//! check_settings: errors of settings, in sentences without their values (rows 48, 53; W14, W18).

use livekit_edge::{Severity, check_settings};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const LONG: &str = "a-secret-of-more-than-thirty-two-bytes";

/// Settings without errors.
const GOOD: [(&str, &str); 4] = [
    ("LIVEKIT_API_KEY", "devkey"),
    ("LIVEKIT_API_SECRET", LONG),
    ("LIVEKIT_URL", "wss://lk.example.com"),
    ("JWT_SECRET", LONG),
];

/// The errors of valid settings with some changed: setting, code, severity.
fn errors(changes: &[(&str, &str)]) -> Vec<(&'static str, &'static str, Severity)> {
    let setting = |name: &str| {
        let value = changes.iter().chain(&GOOD).find(|(known, _)| *known == name);
        value.map(|(_, value)| (*value).to_owned())
    };
    let errors = check_settings(&setting, changes.iter().map(|(name, _)| *name));
    for error in &errors {
        let message = error.message();
        assert!(message.starts_with(error.setting()), "{message}");
        // Some values also occur in the sentences.
        for (_, value) in changes.iter().filter(|(_, value)| value.trim().len() > 8) {
            assert!(!message.contains(value.trim()), "{message}");
        }
    }
    let name = |error: &livekit_edge::SettingError| -> &'static str { error.setting().to_owned().leak() };
    errors.iter().map(|error| (name(error), error.code(), error.severity())).collect()
}

#[test]
fn valid_settings_have_no_error() {
    assert_eq!(errors(&[]), []);
    assert_eq!(
        errors(&[
            ("LIVEKIT_TOKEN_TTL", " 60\n"),
            ("LIVEKIT_MAX_TTL", "0060"),
            ("LIVEKIT_IDENTITY_POLICY", " own"),
            ("LIVEKIT_GRANTS", "role"),
            ("LIVEKIT_CAN_UPDATE_OWN_METADATA", "1"),
            ("LIVEKIT_TOKEN_JTI", "false"),
            ("RECORDING_STORAGE", r#"{"s3":{"bucket":"recordings"}}"#),
            ("RECORDING_FILEPATH", "recordings/{room_name}/{time}.mp4"),
            ("RECORDING_LAYOUT", "speaker"),
            ("RECORDING_PRESET", "H264_1080P_60"),
            ("JWT_SECRETS", "\n a-secret-of-more-than-thirty-two-bytes \r\n\n"),
            ("JWT_JWKS_URL", "https://login.example.com/jwks"),
            ("JWT_ISSUER", "https://login.example.com"),
            ("JWT_AUDIENCE", "web, mobile"),
            ("JWT_CLIENT_ID", "4pq7"),
            ("JWT_ALGORITHMS", "RS256, Ed25519, ES384, PS512"),
            ("JWT_LEEWAY", "0"),
            ("LOG_LEVEL", "debug"),
            ("DATABASE_URL", "postgresql://u:p@h/d?schema=public"),
            ("HOST", "::1"),
            ("PORT", "0"),
        ]),
        []
    );
    // An unset or blank setting is only an error if it is required.
    for blank in ["", " ", "\t\r\n", "\u{a0}"] {
        let names = ["LIVEKIT_TOKEN_TTL", "LIVEKIT_GRANTS", "JWT_ALGORITHMS", "JWT_LEEWAY", "DATABASE_URL", "PORT"];
        assert_eq!(errors(&names.map(|name| (name, blank))), []);
    }
}

#[test]
fn missing_required_settings_come_first() {
    let blank = GOOD.map(|(name, _)| (name, " "));
    let names: Vec<_> = errors(&blank).into_iter().map(|(name, code, _)| (name, code)).collect();
    assert_eq!(names, GOOD.map(|(name, _)| (name, "missing")));
    assert_eq!(errors(&[("JWT_SECRET", ""), ("JWT_SECRETS", LONG)]), []);
    let provider = ("JWT_JWKS_URL", "https://login.example.com/jwks");
    assert_eq!(
        errors(&[("JWT_SECRET", ""), provider]),
        [("JWT_ISSUER", "missing", Severity::Error), ("JWT_AUDIENCE", "missing", Severity::Advice)]
    );
    assert_eq!(errors(&[provider, ("JWT_ISSUER", "x"), ("JWT_CLIENT_ID", "x")]), []);
}

#[test]
fn quotes_are_reported_for_every_setting() {
    for name in [
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
        "LIVEKIT_URL",
        "LIVEKIT_TOKEN_TTL",
        "LIVEKIT_GRANTS",
        "LIVEKIT_TOKEN_JTI",
        "JWT_SECRET",
        "JWT_SECRETS",
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_CLIENT_ID",
        "JWT_ALGORITHMS",
        "JWT_LEEWAY",
        "CORS_ORIGINS",
        "RATE_LIMIT_PER_USER",
        "CLIENT_ADDRESS_HEADER",
    ] {
        for value in ["\"hunter2-hunter2\"", "'hunter2-hunter2'", " \"hunter2-hunter2\"\n", "\"\""] {
            assert_eq!(errors(&[(name, value)]), [(name, "quoted", Severity::Warning)], "{name} {value}");
        }
    }
    for value in [
        "\"hunter2-hunter2-hunter2-hunter2-hunter2",
        "hunter2-hunter2-hunter2-hunter2-\"hunter2\"",
        "\"hunter2-hunter2-hunter2-hunter2-hunter2'",
    ] {
        assert_eq!(errors(&[("JWT_SECRET", value)]), [], "{value}");
    }
    assert_eq!(
        errors(&[("JWT_SECRETS", &format!("{LONG}\n'{LONG}'"))]),
        [("JWT_SECRETS", "quoted", Severity::Warning)]
    );
}

/// It is ignored here, but another program may not ignore it.
#[test]
fn surrounding_white_space_is_advice() {
    for name in ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "JWT_SECRET", "JWT_ISSUER"] {
        for value in [format!("{LONG}\n"), format!(" {LONG}"), format!("{LONG}\u{a0}")] {
            assert_eq!(errors(&[(name, &value)]), [(name, "white_space", Severity::Advice)], "{value:?}");
        }
    }
}

#[test]
fn a_livekit_url_is_one_that_clients_can_use() {
    for url in [
        "wss://lk.example.com",
        "WSS://LK.EXAMPLE.COM:443/",
        "ws://127.0.0.1:7880",
        "ws://[::1]:7880",
        "http://localhost:7880/livekit",
        "https://lk_server.internal.",
        "wss://xn--exmple-cua.com",
        "wss://x",
        " wss://x\n",
    ] {
        assert_eq!(errors(&[("LIVEKIT_URL", url)]), [], "{url}");
    }
    for url in [
        "lk.example.com",
        "lk.example.com:7880",
        "localhost:7880",
        "//lk.example.com",
        "/livekit",
        "wss:lk.example.com",
        "wss:/lk.example.com",
        "wss://",
        "wss:///path",
        "wss://:7880",
        "wss://lk example.com",
        "wss://lk.example.com/a b",
        "wss://lk.example.com:port",
        "wss://lk.example.com:99999",
        "wss://user:hunter2@lk.example.com",
        "wss://user@lk.example.com",
        "wss://lk..example.com",
        "wss://1.2.3.4.5",
        "wss://256.1.1.1",
        "wss://[::1",
        "wss://[::g]",
        "wss://lk%2eexample.com",
        "wss://lk<example>.com",
        "wss:\\\\lk.example.com",
        "wss://lk.example.com/path?x=y",
        "wss://lk.example.com/#z",
        "wss://exämple.com",
        "ftp://lk.example.com",
        "javascript:alert(1)",
        "redis://lk.example.com",
        "your-livekit-url",
        "{{LIVEKIT_URL}}",
        "undefined",
    ] {
        assert_eq!(errors(&[("LIVEKIT_URL", url)]), [("LIVEKIT_URL", "invalid", Severity::Warning)], "{url}");
    }
}

#[test]
fn an_invalid_value_is_reported() {
    for (name, values, severity) in [
        ("LIVEKIT_TOKEN_TTL", &["1h", "0", "-1", "1.5", "six"][..], Severity::Warning),
        ("LIVEKIT_MAX_TTL", &["unlimited", "1e3"], Severity::Warning),
        ("LIVEKIT_IDENTITY_POLICY", &["forced", "Own"], Severity::Warning),
        ("LIVEKIT_GRANTS", &["Role", "all"], Severity::Warning),
        ("LIVEKIT_CAN_UPDATE_OWN_METADATA", &["TRUE", "yes", "2"], Severity::Warning),
        ("LIVEKIT_TOKEN_JTI", &["on"], Severity::Warning),
        (
            "RECORDING_STORAGE",
            &["s3", "{}", r#"{"s3":{}}"#, r#"{"s3":{"bucket":"x","key":"hunter2-hunter2"}}"#],
            Severity::Warning,
        ),
        ("RECORDING_FILEPATH", &["a\nb", "a\0b"], Severity::Warning),
        ("RECORDING_PRESET", &["PASSTHROUGH", "h264_720p_30", "1"], Severity::Warning),
        ("JWT_AUDIENCE", &[",", " , "], Severity::Error),
        ("JWT_CLIENT_ID", &[","], Severity::Error),
        ("JWT_ALGORITHMS", &["HS256", "RS256,HS256", "none", "rs256", "RS256 ES256", ","], Severity::Error),
        ("JWT_LEEWAY", &["301", "-1", "10s", "1.5"], Severity::Warning),
        ("LOG_LEVEL", &["verbose", "DEBUG"], Severity::Advice),
        ("DATABASE_URL", &["mysql://root:hunter2@localhost/db", "hunter2"], Severity::Error),
        ("PORT", &["http", "65536", "-1", "80.5"], Severity::Error),
        (
            "HOST",
            &[
                "http://0.0.0.0",
                "0.0.0.0:8787",
                "localhost:80",
                "[::1]",
                "0.0.0",
                "256.0.0.1",
                "a b",
                "*",
                "::g",
                "/run/x",
            ],
            Severity::Error,
        ),
    ] {
        for value in values {
            assert_eq!(errors(&[(name, value)]), [(name, "invalid", severity)], "{name} {value}");
        }
    }
    for host in
        ["0.0.0.0", "::", "::1", "fe80::1%eth0", "::ffff:127.0.0.1", "localhost", "app.internal", " 127.0.0.1\n"]
    {
        assert_eq!(errors(&[("HOST", host)]), [], "{host}");
    }
    assert_eq!(
        errors(&[("DATABASE_URL", "postgres://u:hunter2#hunter2@h/d")]),
        [("DATABASE_URL", "unescaped", Severity::Error)]
    );
    assert_eq!(
        errors(&[("DATABASE_URL", "postgres://u:hunter2@h/d?schema=a&sslmod=hunter2")]),
        [("DATABASE_URL", "unknown_parameter", Severity::Error)]
    );
    assert_eq!(
        errors(&[("DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=hunter2")]),
        [("DATABASE_URL", "invalid_parameter", Severity::Error)]
    );
}

/// A value above its maximum is replaced by the maximum.
#[test]
fn a_ttl_above_its_maximum_is_a_warning() {
    for (settings, invalid) in [
        (&[("LIVEKIT_TOKEN_TTL", "86400")][..], &[][..]),
        (&[("LIVEKIT_TOKEN_TTL", "86401")], &["LIVEKIT_TOKEN_TTL"]),
        (&[("LIVEKIT_TOKEN_TTL", "601"), ("LIVEKIT_MAX_TTL", "600")], &["LIVEKIT_TOKEN_TTL"]),
        (&[("LIVEKIT_TOKEN_TTL", "600"), ("LIVEKIT_MAX_TTL", "600")], &[]),
        (&[("LIVEKIT_TOKEN_TTL", "90000"), ("LIVEKIT_MAX_TTL", "90000")], &[]),
        (&[("LIVEKIT_MAX_TTL", "4294967295")], &[]),
        (&[("LIVEKIT_MAX_TTL", "4294967296")], &["LIVEKIT_MAX_TTL"]),
        (
            &[("LIVEKIT_TOKEN_TTL", "18446744073709551615"), ("LIVEKIT_MAX_TTL", "18446744073709551615")],
            &["LIVEKIT_MAX_TTL", "LIVEKIT_TOKEN_TTL"],
        ),
        (&[("LIVEKIT_MAX_TTL", "60")], &[]),
    ] {
        let expected: Vec<_> = invalid.iter().map(|name| (*name, "invalid", Severity::Warning)).collect();
        assert_eq!(errors(settings), expected, "{settings:?}");
    }
}

#[test]
fn a_misspelt_setting_is_a_warning_that_names_the_setting() {
    let known = |changes: &[(&str, &str)]| -> Vec<String> {
        let setting =
            |name: &str| changes.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let errors = check_settings(&setting, changes.iter().map(|(name, _)| *name));
        let mistakes = errors.iter().filter(|error| error.code() == "unknown_setting");
        mistakes
            .map(|error| {
                assert_eq!(error.severity(), Severity::Warning);
                let message = error.message();
                format!("{} {}", error.setting(), message.rsplit(' ').next().unwrap_or_default())
            })
            .collect()
    };
    for (name, setting) in [
        ("LIVEKIT_API_KEYS", "LIVEKIT_API_KEY"),
        ("LIVEKIT_APIKEY", "LIVEKIT_API_KEY"),
        ("LIVEKIT_API_SECERT", "LIVEKIT_API_SECRET"),
        ("LIVEKIT_KEY", "LIVEKIT_KEYS"),
        ("LIVEKIT_SERVER", "LIVEKIT_SERVERS"),
        ("LIVEKT_URL", "LIVEKIT_URL"),
        ("LIVEKIT_URI", "LIVEKIT_URL"),
        ("livekit_url", "LIVEKIT_URL"),
        ("livekit_ap_ikye", "LIVEKIT_API_KEY"),
        ("LIVEKIT_GRANT", "LIVEKIT_GRANTS"),
        ("LIVEKIT_INTERAL_URL", "LIVEKIT_INTERNAL_URL"),
        ("JWT_SECERT", "JWT_SECRET"),
        ("JWTSECRET", "JWT_SECRET"),
        ("JWT_JWK_URL", "JWT_JWKS_URL"),
        ("JWT_AUDIANCE", "JWT_AUDIENCE"),
        ("RECORDING_STORGE", "RECORDING_STORAGE"),
        ("LIVEKIT_TTL_MAX", ""),
        ("LIVEKIT_HOST", ""),
        ("LIVEKIT_CONFIG", ""),
        ("LIVEKIT_WS_URL", ""),
        ("JWT_EXPIRES_IN", ""),
        ("JWT_KEY", ""),
        ("JWT", ""),
        ("HOSTS", ""),
        ("CORS_ORIGIN", ""),
        ("HOME", ""),
        ("", ""),
        ("\u{0}", ""),
    ] {
        let expected = if setting.is_empty() { Vec::new() } else { vec![format!("{name} {setting}")] };
        assert_eq!(known(&[(name, "x")]), expected, "{name}");
        // Not if the setting itself is set: then the other name belongs to the application.
        if !setting.is_empty() {
            assert_eq!(known(&[(name, "x"), (setting, "x")]), [""; 0], "{name}");
            assert_eq!(known(&[(name, "x"), (setting, " ")]), expected, "{name}");
        }
    }
    assert_eq!(known(&[("JWT_SECRET2", "x"), ("JWT_SECRET", "x")]), [""; 0]);
    assert_eq!(known(&[(&"LIVEKIT_".repeat(10_000), "x")]), [""; 0]);
}

/// Keys of different settings are compared, and line numbers include blank lines.
#[test]
fn errors_of_keys_and_servers_are_in_the_list() {
    for (keys, code) in [
        (format!("devkey: another-{LONG}"), "conflict"),
        (format!("key: {LONG}\nkey: {LONG}"), "repeated"),
        ("\n\nkey".into(), "invalid"),
    ] {
        assert_eq!(errors(&[("LIVEKIT_KEYS", &keys)]), [("LIVEKIT_KEYS", code, Severity::Error)], "{keys}");
    }
    assert_eq!(errors(&[("LIVEKIT_KEYS", "key: short-one")]), [("LIVEKIT_KEYS", "short", Severity::Advice)]);
    let message = |keys: &str| {
        let errors = check_settings(&|name| (name == "LIVEKIT_KEYS").then(|| keys.to_owned()), []);
        let of_keys = errors.iter().find(|error| error.setting() == "LIVEKIT_KEYS");
        of_keys.map(livekit_edge::SettingError::message).unwrap_or_default()
    };
    assert!(message("\n\nkey").starts_with("LIVEKIT_KEYS, line 3 is not "), "{}", message("\n\nkey"));
}

/// W18.
#[test]
fn w18_short_secrets_are_advice() {
    for name in ["LIVEKIT_API_SECRET", "JWT_SECRET"] {
        assert_eq!(errors(&[(name, &"x".repeat(31))]), [(name, "short", Severity::Advice)]);
        assert_eq!(errors(&[(name, &"é".repeat(16))]), []);
    }
    let lines = format!("{LONG}\nshort-one");
    assert_eq!(errors(&[("JWT_SECRETS", &lines)]), [("JWT_SECRETS", "short", Severity::Advice)]);
    let many = vec![LONG; 17].join("\n");
    assert_eq!(errors(&[("JWT_SECRETS", &many)]), [("JWT_SECRETS", "invalid", Severity::Warning)]);
}

#[test]
fn messages_are_sentences() {
    let message = |name: &str, value: &str| {
        let setting = |asked: &str| {
            [(name, value)].iter().chain(&GOOD).find(|(known, _)| *known == asked).map(|(_, value)| (*value).to_owned())
        };
        let errors = check_settings(&setting, [name]);
        errors.first().map(livekit_edge::SettingError::message).unwrap_or_default()
    };
    assert_eq!(
        message("LIVEKIT_URL", "lk.example.com"),
        "LIVEKIT_URL is not a ws, wss, http or https URL such as wss://livekit.example.com: clients cannot connect"
    );
    assert_eq!(
        message("LIVEKIT_API_SECRET", &format!("\"{LONG}\"")),
        "LIVEKIT_API_SECRET has quotes around its value, which are part of it: remove them"
    );
    assert_eq!(
        message("JWT_SECRET", &format!("{LONG}\n")),
        "JWT_SECRET has white space around its value, which is ignored"
    );
    assert_eq!(
        message("DATABASE_URL", "postgres://h/d?schema=a&x=1"),
        "DATABASE_URL has an unknown parameter, number 2 after the question mark"
    );
    assert_eq!(
        message("LIVEKIT_MAX_TTL", "1h"),
        "LIVEKIT_MAX_TTL is not an integer of seconds from 1: the default applies"
    );
    assert_eq!(
        message("LIVEKIT_TOKEN_TTL", "86401"),
        "LIVEKIT_TOKEN_TTL is not at most LIVEKIT_MAX_TTL, by default a day: the maximum applies"
    );
    assert_eq!(message("JWT_ISUER", "x"), "JWT_ISUER is not a setting, and is ignored: the setting is JWT_ISSUER");
    assert_eq!(
        message("DATABASE_URL", "postgres://u:a#b@h/d"),
        "DATABASE_URL has a # or / that is not escaped: write %23 or %2F in user name and password"
    );
}
