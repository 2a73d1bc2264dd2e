//! user_token::authenticate: verification of user tokens (rows 7, 8; W11).

use crate::common::{API_SECRET, NOW, create_token, forge, from_settings, jwt};
use livekit_edge::{
    Caller, LivekitConfig, LivekitError, LivekitService, Secret, SigningKey, TokenError, UserTokenRules,
    user_token::authenticate,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SECRET: &str = "demo-jwt-secret-of-livekit-edge-change-me";

fn key(secret: &str) -> Option<SigningKey> {
    Secret::new(secret).map(|secret| SigningKey::new(&secret))
}

/// Without leeway, so that each time has one boundary.
fn rules() -> UserTokenRules {
    UserTokenRules { keys: key(SECRET).into_iter().collect(), leeway: 0, ..UserTokenRules::default() }
}

/// The claims of a valid token, as Kraken signs them, with some changed; `null` removes a claim.
fn claims(changes: &Value) -> String {
    let mut claims = json!({"username": "alice", "sub": "user-456", "role": "USER", "jti": "j-1", "iat": NOW - 60, "exp": NOW + 3540});
    for (name, value) in changes.as_object().unwrap() {
        claims.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims.to_string()
}

fn ask(changes: Value) -> Result<Caller, LivekitError> {
    authenticate(&jwt(claims(&changes), SECRET), &rules(), NOW)
}

/// Row 8: every reason has the same message; the reason is for logs.
#[track_caller]
fn assert_unauthorized(result: Result<Caller, LivekitError>, reason: TokenError, what: &str) {
    let Err(error) = result else { panic!("{what}: accepted") };
    assert_eq!((error.code(), error.to_string().as_str()), ("unauthorized", "Unauthorized"), "{what}");
    assert_eq!(error, LivekitError::Unauthorized(reason), "{what}");
}

#[test]
fn row_7_a_valid_token_gives_user_id_and_token_id() {
    let caller = Caller { token_id: Some("j-1".into()), ..ask(json!({"jti": null})).unwrap() };
    assert_eq!(ask(json!({})), Ok(caller.clone()));
    assert_eq!((caller.user_id.as_str(), caller.session_id), ("user-456", None));
    for sub in ["user 456", "USER", "1", "é🎤", &"u".repeat(256), &"é".repeat(128)] {
        assert_eq!(ask(json!({"sub": sub})).unwrap().user_id, sub);
    }
}

#[test]
fn session_and_time_of_issue_are_those_of_the_token() {
    let caller = ask(json!({"sid": "s-1", "iat": NOW})).unwrap();
    assert_eq!((caller.session_id.as_deref(), caller.issued_at), (Some("s-1"), Some(NOW)));
    for sid in [json!(1), json!({}), json!(["s-1"]), json!(true), json!("s\0")] {
        assert_unauthorized(ask(json!({"sid": sid})), TokenError::Claim("sid"), "a session that cannot be looked up");
    }
    assert_eq!(ask(json!({"sid": null})).unwrap().session_id, None);
    // Rounded down, so that a token of the same second as a revocation is revoked.
    assert_eq!(ask(json!({"iat": 1.9})).unwrap().issued_at, Some(1));
    for iat in [json!(null), json!("1"), json!(-1), json!(1e300), json!(u64::MAX), json!([]), json!(true)] {
        assert_eq!(ask(json!({"iat": iat})).unwrap().issued_at, None, "{iat}");
    }
}

#[test]
fn w11_exp_is_required_and_in_the_future() {
    for exp in [NOW + 1, NOW + 1_000_000_000, u64::MAX] {
        assert!(ask(json!({"exp": exp})).is_ok(), "{exp}");
    }
    for exp in [0, 1, NOW - 1, NOW] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Expired, &exp.to_string());
    }
    for exp in [json!(null), json!("1700003600"), json!(-1), json!(true), json!([NOW + 60]), json!({})] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Claim("exp"), &exp.to_string());
    }
    let null = r#"{"sub":"user-456","exp":null}"#;
    assert_unauthorized(authenticate(&jwt(null, SECRET), &rules(), NOW), TokenError::Claim("exp"), null);
}

/// RFC 7519 section 2: a NumericDate may have a fraction.
#[test]
fn w11_fractions_of_times_are_rounded_down() {
    for exp in [json!(1_700_000_100.5), json!(1_700_000_001.0), json!(1_700_000_001.999), json!(1.8e9)] {
        assert!(ask(json!({"exp": exp})).is_ok(), "{exp}");
    }
    for exp in [json!(1.7e9), json!(1_700_000_000.999), json!(0.5), json!(0.0)] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Expired, &exp.to_string());
    }
    for exp in [json!(-0.5), json!(-1.7e9), json!(1e300), json!("1700000100.5")] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Claim("exp"), &exp.to_string());
    }
    for nbf in [json!(0.5), json!(1.7e9), json!(1_700_000_000.999)] {
        assert!(ask(json!({"nbf": nbf})).is_ok(), "{nbf}");
    }
    for nbf in [json!(1_700_000_001.0), json!(1_700_000_001.5)] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::NotYetValid, &nbf.to_string());
    }
    for nbf in [json!(-0.5), json!(1e300), json!("0.5")] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::Claim("nbf"), &nbf.to_string());
    }
}

#[test]
fn nbf_is_optional_and_not_in_the_future() {
    for nbf in [json!(null), json!(0), json!(NOW - 1), json!(NOW)] {
        assert!(ask(json!({"nbf": nbf})).is_ok(), "{nbf}");
    }
    for nbf in [json!(NOW + 1), json!(u64::MAX)] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::NotYetValid, &nbf.to_string());
    }
    for nbf in [json!("0"), json!(-1), json!(false), json!([])] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::Claim("nbf"), &nbf.to_string());
    }
}

#[test]
fn w11_sub_is_required_and_a_valid_identity() {
    let control = ["a\0", "a\nb", "\u{1b}[2J", "a\u{7f}", "a\u{85}b"].map(|text| json!(text));
    let blank = ["", " ", "\t", "\u{a0}\u{3000}"].map(|text| json!(text));
    let long = ["u".repeat(257), "é".repeat(129)].map(|text| json!(text));
    let other = [json!(null), json!(456), json!(0), json!(true), json!(["user-456"]), json!({"id": "user-456"})];
    for sub in control.iter().chain(&blank).chain(&long).chain(&other) {
        assert_unauthorized(ask(json!({"sub": sub})), TokenError::Claim("sub"), &sub.to_string());
    }
}

#[test]
fn jti_is_a_string() {
    for jti in [json!(1), json!(true), json!(["j-1"]), json!({})] {
        assert_unauthorized(ask(json!({"jti": jti})), TokenError::Claim("jti"), &jti.to_string());
    }
}

#[test]
fn an_issuer_is_checked_only_if_one_is_required() {
    let rules = UserTokenRules { issuer: Some("kraken".into()), ..rules() };
    let ask_issuer = |iss: &Value| authenticate(&jwt(claims(&json!({"iss": iss})), SECRET), &rules, NOW);
    assert!(ask_issuer(&json!("kraken")).is_ok());
    for iss in [json!(null), json!(""), json!("Kraken"), json!("kraken "), json!("other")] {
        assert_unauthorized(ask_issuer(&iss), TokenError::Issuer, &iss.to_string());
        assert!(ask(json!({"iss": iss})).is_ok(), "{iss}");
    }
    for iss in [json!(1), json!(["kraken"])] {
        assert_unauthorized(ask_issuer(&iss), TokenError::Claim("iss"), &iss.to_string());
    }
}

#[test]
fn an_audience_is_checked_only_if_one_is_required() {
    let rules = UserTokenRules { audiences: Some(vec!["voice".into()]), ..rules() };
    let ask_audience = |aud: &Value| authenticate(&jwt(claims(&json!({"aud": aud})), SECRET), &rules, NOW);
    for aud in [json!("voice"), json!(["voice"]), json!(["chat", "voice"]), json!(["voice", "voice"])] {
        assert!(ask_audience(&aud).is_ok(), "{aud}");
        assert!(ask(json!({"aud": aud})).is_ok(), "{aud}");
    }
    for aud in [
        json!(null),
        json!(""),
        json!([]),
        json!("chat"),
        json!("Voice"),
        json!("voice chat"),
        json!(["chat"]),
        json!(["voic", "e"]),
    ] {
        assert_unauthorized(ask_audience(&aud), TokenError::Audience, &aud.to_string());
        assert!(ask(json!({"aud": aud})).is_ok(), "{aud}");
    }
    for aud in [json!(1), json!({"voice": true}), json!([1]), json!([["voice"]]), json!([{"voice": "voice"}])] {
        assert_unauthorized(ask_audience(&aud), TokenError::Audience, &aud.to_string());
    }
}

/// Section 1: the role is in the store. A role in a token has no effect.
#[test]
fn a_role_claim_is_ignored() {
    let plain = ask(json!({})).unwrap();
    for role in [json!("OWNER"), json!(["OWNER"]), json!(1), json!({"OWNER": true}), json!(null)] {
        assert_eq!(
            ask(json!({"role": role, "owner": true, "admin": 1, "SUB": "user-owner", "Sub": "user-owner"})),
            Ok(plain.clone()),
            "{role}"
        );
    }
}

/// One secret may sign both kinds of token. A LiveKit token must still not authenticate its holder.
#[test]
fn a_livekit_token_is_not_a_user_token() {
    let config = LivekitConfig { api_secret: Secret::new(SECRET), ..crate::common::config() };
    let issued = LivekitService::new(config).generate_token(create_token("channel-abc123", "user-456"), NOW, None);
    assert_unauthorized(
        authenticate(&issued.unwrap().token, &rules(), NOW),
        TokenError::Claim("video"),
        "an issued token",
    );
    for video in [json!({}), json!({"roomJoin": true}), json!(true), json!("x"), json!([])] {
        assert_unauthorized(ask(json!({"video": video})), TokenError::Claim("video"), &video.to_string());
    }
}

#[test]
fn w11_without_a_secret_no_token_is_valid() {
    let good = jwt(claims(&json!({})), SECRET);
    for token in [good.as_str(), "", &jwt(claims(&json!({})), ""), &jwt(claims(&json!({})), " ")] {
        for setting in [None, Some(""), Some(" ")] {
            let rules = UserTokenRules::from_settings(&|_| setting.map(Into::into));
            assert_unauthorized(authenticate(token, &rules, NOW), TokenError::NotConfigured, token);
        }
    }
}

#[test]
fn w11_the_signature_is_hs256_of_the_user_token_secret() {
    let payload = claims(&json!({}));
    let good = jwt(&payload, SECRET);
    let unsigned = format!("{}.{}.", crate::common::encode(r#"{"alg":"none"}"#), crate::common::encode(&payload));
    let tampered =
        good.replace(&crate::common::encode(&payload), &crate::common::encode(claims(&json!({"sub": "user-owner"}))));
    for (token, reason) in [
        ("", TokenError::Missing),
        ("x", TokenError::Malformed),
        (&format!("Bearer {good}"), TokenError::Malformed),
        (&format!("{good} "), TokenError::Malformed),
        (&unsigned, TokenError::Algorithm),
        (&tampered, TokenError::Signature),
        (&jwt(&payload, API_SECRET), TokenError::Signature),
        (&jwt(&payload, ""), TokenError::Signature),
        (&forge(r#"{"alg":"HS512","typ":"JWT"}"#, &payload, SECRET), TokenError::Algorithm),
        (&forge(r#"{"alg":"none"}"#, &payload, SECRET), TokenError::Algorithm),
        (&forge(r#"{"alg":"HS256","crit":["exp"]}"#, &payload, SECRET), TokenError::Header),
    ] {
        assert_unauthorized(authenticate(token, &rules(), NOW), reason, token);
    }
}

#[test]
fn claims_are_one_json_object_without_a_repeated_field() {
    let good = claims(&json!({}));
    let twice = |member: &str| format!("{},{member}}}", good.strip_suffix('}').unwrap());
    let deep = twice(&format!(r#""aud":{}{}"#, "[".repeat(100_000), "]".repeat(100_000)));
    let not_utf_8 = [b"{\"sub\":\"user-456\xff\"", good.replacen('{', ",", 1).as_bytes()].concat();
    let positional = format!(r#"["user-456",{}]"#, NOW + 60);
    let payloads = [
        "",
        "{}",
        "null",
        "[]",
        "\"user-456\"",
        "x",
        &good[1..],
        &format!("[{good}]"),
        &format!("{good}{good}"),
        &positional,
        &deep,
    ];
    let repeated =
        [r#""sub":"user-owner""#, r#""su\u0062":"user-456""#, r#""exp":9999999999"#, r#""jti":"j-1""#].map(twice);
    let payloads = payloads.iter().map(|text| text.as_bytes()).chain(repeated.iter().map(String::as_bytes));
    for payload in payloads.chain([not_utf_8.as_slice()]) {
        let what = String::from_utf8_lossy(payload).chars().take(200).collect::<String>();
        let reason = if payload == b"{}" { TokenError::Claim("exp") } else { TokenError::Claims };
        assert_unauthorized(authenticate(&jwt(payload, SECRET), &rules(), NOW), reason, &what);
    }
    assert!(authenticate(&jwt(format!(" {good}\n"), SECRET), &rules(), NOW).is_ok());
}

/// JSON is UTF-8 (RFC 8259 section 8.1), in claims that are ignored too.
#[test]
fn an_ignored_claim_must_be_utf_8_too() {
    let good = claims(&json!({}));
    let payload = [good.strip_suffix('}').unwrap().as_bytes(), b",\"x\":\"\xff\"}"].concat();
    assert_unauthorized(authenticate(&jwt(payload, SECRET), &rules(), NOW), TokenError::Claims, "invalid UTF-8");
}

#[test]
fn debug_of_the_rules_is_redacted() {
    let text = format!("{:?}", rules());
    assert!(text.contains("redacted") && !text.contains("demo-jwt"), "{text}");
}

/// A LiveKit token without the grant `video` is recognized by its issuer, the API key.
#[test]
fn w11_a_token_whose_issuer_is_the_api_key_is_not_a_user_token() {
    let rules = UserTokenRules::from_settings(&|name| match name {
        "JWT_SECRET" => Some(SECRET.into()),
        "LIVEKIT_API_KEY" => Some("devkey".into()),
        _ => None,
    });
    let settings = [("LIVEKIT_KEYS", "new: s1\nold: s2")];
    let rules = rules.refuse_livekit_tokens(&from_settings(&settings));
    let ask = |extra| authenticate(&jwt(claims(&extra), SECRET), &rules, NOW);
    for key in ["devkey", "new", "old"] {
        assert_unauthorized(ask(json!({"iss": key, "sip": {"call": true}})), TokenError::Claim("iss"), key);
    }
    assert!(ask(json!({"iss": "my-app"})).is_ok());
    assert!(ask(json!({})).is_ok());
}

/// With an error in the settings API keys are unknown, so that any issuer may be one.
#[test]
fn w11_an_error_in_the_keys_rejects_every_issuer_but_the_required_one() {
    for (name, value) in [
        ("LIVEKIT_KEYS", "old: s1\nbroken"),
        ("LIVEKIT_KEYS", "old:"),
        ("LIVEKIT_SERVERS", "[{\"name\":\"eu\",\"url\":\"x\",\"keys\":\"old: s1\"}]"),
        ("LIVEKIT_SERVERS", "not JSON"),
    ] {
        let config = from_settings(&[("LIVEKIT_API_KEY", "devkey"), ("LIVEKIT_API_SECRET", "s"), (name, value)]);
        let rules = |issuer: Option<&str>| {
            let refused_issuers = vec!["devkey".into()];
            let rules = UserTokenRules { issuer: issuer.map(Into::into), refused_issuers, ..rules() };
            rules.refuse_livekit_tokens(&config)
        };
        let ask = |issuer, extra| authenticate(&jwt(claims(&extra), SECRET), &rules(issuer), NOW);
        for key in ["devkey", "old", "my-app", ""] {
            assert_unauthorized(ask(None, json!({ "iss": key })), TokenError::Claim("iss"), key);
        }
        assert!(ask(None, json!({})).is_ok(), "{value}");
        assert!(ask(Some("my-app"), json!({"iss": "my-app"})).is_ok(), "{value}");
        assert_unauthorized(ask(Some("my-app"), json!({"iss": "old"})), TokenError::Issuer, value);
        assert_unauthorized(ask(Some("devkey"), json!({"iss": "devkey"})), TokenError::Claim("iss"), value);
    }
    // A key without a secret, together with LIVEKIT_KEYS, is not an error, but there is no server.
    let config = from_settings(&[("LIVEKIT_API_KEY", "devkey"), ("LIVEKIT_KEYS", "old: s1")]);
    let rules = rules().refuse_livekit_tokens(&config);
    let ask = |extra| authenticate(&jwt(claims(&extra), SECRET), &rules, NOW);
    assert_unauthorized(ask(json!({"iss": "old"})), TokenError::Claim("iss"), "old");
    assert!(ask(json!({"iss": "my-app"})).is_ok());
}
