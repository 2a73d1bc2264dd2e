//! ApiKeys: keys in the format of LiveKit's server, and tokens of several keys.

use crate::common::{NOW, jwt};
use livekit_edge::{
    AccessToken, ApiCredentials, ApiKeys, LivekitConfig, LivekitError, LivekitService, SettingError, SettingErrorKind,
    TokenError, TokenVerifier, WebhookVerifier,
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SETTING: &str = "LIVEKIT_KEYS";
const CANARY: &str = "canary-of-the-test";

fn names(text: &str) -> Vec<String> {
    ApiKeys::parse(SETTING, text).unwrap().iter().map(|key| key.api_key().to_owned()).collect()
}

/// A token of a key, as LiveKit would sign it.
fn token(api_key: &str, secret: &str) -> String {
    jwt(json!({"iss": api_key, "sub": "alice", "exp": NOW + 60}).to_string(), secret)
}

#[test]
fn each_line_is_a_key_and_the_first_signs() {
    for text in [
        "new: s1\nold: s2",
        "new: s1\r\nold: s2\r\n",
        "\n\n  new: s1  \n\n\told:   s2\n",
        "# rotated in May\nnew: s1 # signs\n  # old one\nold: s2\t# verifies",
        "\"new\": \"s1\"\n'old': 's2' # quoted",
        "\u{feff}new: s1\nold: s2",
        "new : s1\nold:\ts2",
    ] {
        assert_eq!(names(text), ["new", "old"], "{text:?}");
        let keys = ApiKeys::parse(SETTING, text).unwrap();
        let signed = AccessToken::with_credentials(keys.signer()).identity("alice").to_jwt(NOW).unwrap();
        assert!(TokenVerifier::new("new", "s1").unwrap().verify(&signed, NOW).is_ok(), "{text:?}");
        let verifier = TokenVerifier::with_keys(keys);
        for (key, secret) in [("new", "s1"), ("old", "s2")] {
            assert_eq!(verifier.verify(&token(key, secret), NOW).unwrap().iss, key, "{text:?}");
        }
    }
    let odd = ApiKeys::parse(SETTING, "a:b: c:d=#é/+\\\nk: 12345").unwrap();
    assert_eq!(odd.iter().map(ApiCredentials::api_key).collect::<Vec<_>>(), ["a:b", "k"]);
    assert!(TokenVerifier::with_keys(odd).verify(&token("a:b", "c:d=#é/+\\"), NOW).is_ok());
}

#[test]
fn an_invalid_line_is_reported_by_number_and_never_quoted() {
    use SettingErrorKind::{BlankSecret, NoKeys, NotKeyAndSecret, RepeatedKey};
    for (text, line, kind) in [
        ("", None, NoKeys),
        (" \n\t\n", None, NoKeys),
        ("# nothing", None, NoKeys),
        ("canary-of-the-test", Some(1), NotKeyAndSecret),
        ("k:canary-of-the-test", Some(1), NotKeyAndSecret),
        ("k=canary-of-the-test", Some(1), NotKeyAndSecret),
        (": canary-of-the-test", Some(1), NotKeyAndSecret),
        ("\"\": canary-of-the-test", Some(1), NotKeyAndSecret),
        ("ok: s\nk: canary-of-the-test with space", Some(2), NotKeyAndSecret),
        ("ok: s\n\n# c\nk k: canary-of-the-test", Some(4), NotKeyAndSecret),
        ("{k: canary-of-the-test}", Some(1), NotKeyAndSecret),
        ("- k: canary-of-the-test", Some(1), NotKeyAndSecret),
        ("k: |canary-of-the-test", Some(1), NotKeyAndSecret),
        ("k #old: canary-of-the-test", Some(1), NotKeyAndSecret),
        ("#\nk: canary-of-the-test:", Some(2), NotKeyAndSecret),
        ("k: : ", Some(1), NotKeyAndSecret),
        ("k: \"a #canary-of-the-test\"", Some(1), NotKeyAndSecret),
        ("k: \"canary-of-the-test", Some(1), NotKeyAndSecret),
        ("k: \"canary-of-the-test\" x", Some(1), NotKeyAndSecret),
        ("k: \"canary-of-the-test\\n\"", Some(1), NotKeyAndSecret),
        ("k: 'it''s canary-of-the-test'", Some(1), NotKeyAndSecret),
        ("k: canary\u{7}of-the-test", Some(1), NotKeyAndSecret),
        ("k: canary\u{feff}of-the-test", Some(1), NotKeyAndSecret),
        ("k: canary\u{a0}of-the-test", Some(1), NotKeyAndSecret),
        ("of another type", Some(1), NotKeyAndSecret),
        ("canary-of-the-test:", Some(1), BlankSecret),
        ("canary-of-the-test: ", Some(1), BlankSecret),
        ("ok: s\ncanary-of-the-test: # later", Some(2), BlankSecret),
        ("canary-of-the-test: \"\"", Some(1), BlankSecret),
        ("canary-of-the-test: ' '", Some(1), BlankSecret),
        ("canary-of-the-test: s\nx: y\ncanary-of-the-test: s", Some(3), RepeatedKey),
        ("canary-of-the-test: s\n\"canary-of-the-test\": t", Some(2), RepeatedKey),
    ] {
        let error = ApiKeys::parse(SETTING, text).unwrap_err();
        assert_eq!((error.line(), error.kind(), error.setting()), (line, kind, SETTING), "{text:?}");
        let said = error.to_string();
        assert!(!said.contains("canary") && !format!("{error:?}").contains("canary"), "{said}");
        let place = line.map_or_else(|| SETTING.to_owned(), |line| format!("{SETTING}, line {line}"));
        assert!(said.starts_with(&format!("{place} ")), "{said}");
    }
}

#[test]
fn the_issuer_chooses_the_key() {
    let verifier = TokenVerifier::with_keys(ApiKeys::parse(SETTING, "a: s1\nb: s2\nc: s2").unwrap());
    let verify = |token: &str| verifier.verify(token, NOW).map(|claims| claims.iss);
    for (key, secret) in [("a", "s1"), ("b", "s2"), ("c", "s2")] {
        assert_eq!(verify(&token(key, secret)).as_deref(), Ok(key));
    }
    for (key, secret, expected) in [
        ("a", "s2", TokenError::Signature),
        ("b", "s1", TokenError::Signature),
        ("a", "", TokenError::Signature),
        ("d", "s1", TokenError::Issuer),
        ("", "s1", TokenError::Issuer),
        ("A", "s1", TokenError::Issuer),
    ] {
        assert_eq!(verify(&token(key, secret)), Err(expected.into()), "{key} {secret}");
    }
    for (payload, expected) in [
        (r#"{"sub":"alice"}"#, TokenError::Claims),
        (r#"{"iss":null}"#, TokenError::Claims),
        (r#"{"iss":7}"#, TokenError::Issuer),
        (r#"{"iss":"a","iss":"b"}"#, TokenError::Claims),
        ("not json", TokenError::Claims),
        ("[]", TokenError::Claims),
    ] {
        assert_eq!(verify(&jwt(payload, "s1")), Err(expected.into()), "{payload}");
    }
    for malformed in ["", "a", "a.b", "..", "a.b.c", "!.!.!"] {
        assert!(matches!(verify(malformed), Err(LivekitError::InvalidToken(_))), "{malformed:?}");
    }
    // As with a single key, the error is the signature.
    let single = TokenVerifier::new("a", "s1").unwrap();
    assert_eq!(single.verify(&token("d", "other"), NOW).err(), Some(TokenError::Signature.into()));
}

#[test]
fn credentials_in_code_are_at_least_one_and_each_once() {
    let of = |keys: &[&str]| {
        ApiKeys::from_credentials("apiKeys", keys.iter().map(|key| ApiCredentials::new(*key, CANARY).unwrap()))
    };
    assert_eq!(of(&["a", "b"]).unwrap().len(), 2);
    assert_eq!(of(&[]).unwrap_err().kind(), SettingErrorKind::NoKeys);
    let repeated = of(&["a", "b", "a"]).unwrap_err();
    assert_eq!(repeated.kind(), SettingErrorKind::RepeatedKey);
    assert_eq!(LivekitError::InvalidSetting(repeated.into()).to_string(), "apiKeys repeats an API key");
    assert!(!format!("{:?}", of(&["a"]).unwrap()).contains(CANARY));
}

fn service(settings: &[(&str, &str)]) -> LivekitService {
    LivekitService::new(crate::common::from_settings(settings))
}

fn signer(settings: &[(&str, &str)]) -> Option<String> {
    service(settings).servers().as_slice().first().map(|server| server.keys.signer().api_key().to_owned())
}

#[test]
fn the_pair_signs_and_the_keys_verify() {
    let (key, secret, keys) = ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_KEYS");
    assert_eq!(signer(&[(keys, "a: s1\nb: s2")]).as_deref(), Some("a"));
    assert_eq!(signer(&[(key, "p"), (secret, "s0"), (keys, "a: s1\nb: s2")]).as_deref(), Some("p"));
    assert_eq!(signer(&[(key, "b"), (secret, "s2"), (keys, "a: s1\nb: s2")]).as_deref(), Some("b"));
    let all = service(&[(key, "p"), (secret, "s0"), (keys, "a: s1\nb: s2")]).servers().keys().unwrap();
    assert_eq!(all.iter().map(ApiCredentials::api_key).collect::<Vec<_>>(), ["p", "a", "b"]);
    let verifier = TokenVerifier::with_keys(all.clone());
    for (key, secret) in [("p", "s0"), ("a", "s1"), ("b", "s2")] {
        assert!(verifier.verify(&token(key, secret), NOW).is_ok(), "{key}");
    }
    let webhooks = WebhookVerifier::with_keys(all);
    let digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let webhook = |key: &str, secret| jwt(json!({"iss": key, "exp": NOW + 60, "sha256": digest}).to_string(), secret);
    assert_eq!(webhooks.verify(b"", &webhook("b", "s2"), NOW), Ok(()));
    assert_eq!(webhooks.verify(b"", &webhook("x", "s2"), NOW), Err(TokenError::Issuer.into()));
    // A key without a secret, and a key with two secrets.
    for (settings, missing, errors) in [
        (&[(key, "p"), (keys, "a: s1")][..], &["LIVEKIT_API_SECRET", "LIVEKIT_URL"][..], ""),
        (&[(secret, "s0"), (keys, "a: s1")], &["LIVEKIT_API_KEY", "LIVEKIT_URL"], ""),
        (&[(keys, "a: s1")], &["LIVEKIT_URL"], ""),
        (
            &[(key, "a"), (secret, "other"), (keys, "a: s1")],
            &[],
            "LIVEKIT_KEYS has another secret for an API key than another setting or server",
        ),
        (
            &[(key, "p"), (secret, "s0"), (keys, "broken")],
            &[],
            "LIVEKIT_KEYS, line 1 is not \"key: secret\" (a colon and a space, no white space in either)",
        ),
    ] {
        let service = service(settings);
        assert_eq!(service.config().missing(), missing, "{settings:?}");
        let said: Vec<_> = service.config().errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.join(", "), errors, "{settings:?}");
        assert!(!service.validate_configuration());
        let is_configured = service.check_configured().is_ok();
        assert_eq!(is_configured, settings == [(keys, "a: s1")], "{settings:?}");
    }
    let settings = [(keys, "\n\n \nbroken")];
    assert_eq!(crate::common::from_settings(&settings).errors.first().and_then(SettingError::line), Some(4));
    let blank = LivekitConfig { keys: None, ..crate::common::from_settings(&[(keys, " \n")]) };
    assert_eq!(blank.missing(), ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_URL"]);
}
