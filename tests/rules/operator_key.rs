//! OperatorKey: valid keys, and the comparison with the presented one.

use crate::common::NOW;
use livekit_edge::{LivekitConfig, OperatorKey, Severity, check_settings, user_token::authenticate};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const KEY: &str = "an-operator-key-of-more-than-32-bytes";
const SECRET: &str = "a-LiveKit-secret-of-more-than-32-bytes";
const USERS: &str = "a-user-token-secret-of-more-than-32-bytes";

const GOOD: [(&str, &str); 4] =
    [("LIVEKIT_API_KEY", "devkey"), ("LIVEKIT_API_SECRET", SECRET), ("LIVEKIT_URL", "ws://x"), ("JWT_SECRET", USERS)];

/// The key in valid settings with some changed, and the errors of `OPERATOR_KEY`.
fn read(changes: &[(&str, &str)]) -> (Option<OperatorKey>, Vec<String>) {
    let setting = |name: &str| {
        changes.iter().chain(&GOOD).find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let key = OperatorKey::from_settings(&setting, &LivekitConfig::from_settings(&setting)).ok().flatten();
    let errors = check_settings(&setting, []);
    let errors = errors.into_iter().filter(|error| error.setting() == "OPERATOR_KEY");
    let errors: Vec<_> = errors
        .map(|error| {
            assert_eq!((error.code() == "quoted", error.severity()), (error.code() == "quoted", Severity::Warning));
            error.message()
        })
        .collect();
    (key, errors)
}

#[test]
fn only_the_key_itself_is_accepted() {
    for setting in [KEY.to_owned(), format!(" {KEY}\r\n")] {
        let (key, errors) = read(&[("OPERATOR_KEY", &setting)]);
        assert_eq!(errors, Vec::<String>::new());
        let key = key.unwrap();
        assert!(key.verify(KEY));
        let long = format!("{KEY}{KEY}");
        for other in ["", " ", &KEY[1..], &KEY[..36], &format!("{KEY} "), &format!("{KEY}\0"), &long, SECRET, USERS] {
            assert!(!key.verify(other), "{other:?}");
        }
        assert_eq!(format!("{key:?}"), "OperatorKey(redacted)");
    }
}

#[test]
fn unset_and_blank_keys_are_ignored() {
    for changes in [&[][..], &[("OPERATOR_KEY", "")], &[("OPERATOR_KEY", " \n")]] {
        let (key, errors) = read(changes);
        assert!(key.is_none());
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn a_short_key_is_rejected_with_an_error() {
    let (key, errors) = read(&[("OPERATOR_KEY", &KEY[..31])]);
    assert!(key.is_none());
    assert_eq!(errors, ["OPERATOR_KEY is not a key of at least 32 bytes: POST /sync is answered 404"]);
    assert!(read(&[("OPERATOR_KEY", &KEY[..32])]).0.is_some());
}

#[test]
fn another_key_of_the_settings_is_rejected_with_an_error() {
    let servers = format!(r#"[{{"name":"a","url":"ws://x","keys":"other: {KEY}"}}]"#);
    let keys = format!("other: {KEY}");
    let lines = format!("{USERS}\n{KEY}");
    for changes in [
        &[("LIVEKIT_API_SECRET", KEY)][..],
        &[("LIVEKIT_API_SECRET", KEY), ("LIVEKIT_API_KEY", "")],
        &[("LIVEKIT_KEYS", &keys)],
        &[("LIVEKIT_SERVERS", &servers), ("LIVEKIT_API_KEY", ""), ("LIVEKIT_API_SECRET", ""), ("LIVEKIT_URL", "")],
        &[("JWT_SECRET", KEY)],
        &[("JWT_SECRETS", &lines)],
    ] {
        let (key, errors) = read(&[&[("OPERATOR_KEY", KEY)], changes].concat());
        assert!(key.is_none(), "{changes:?}");
        let expected =
            "OPERATOR_KEY is not different from the keys of LiveKit and of user tokens: POST /sync is answered 404";
        assert_eq!(errors, [expected], "{changes:?}");
    }
}

#[test]
fn quotes_are_reported_and_part_of_the_key() {
    let quoted = format!("\"{KEY}\"");
    let (key, errors) = read(&[("OPERATOR_KEY", &quoted)]);
    assert!(key.unwrap().verify(&quoted));
    assert_eq!(errors, ["OPERATOR_KEY has quotes around its value, which are part of it: remove them"]);
}

#[test]
fn the_key_is_not_a_user_token() {
    let setting = |name: &str| GOOD.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    assert!(authenticate(KEY, &livekit_edge::UserTokenRules::from_settings(&setting), NOW).is_err());
}
