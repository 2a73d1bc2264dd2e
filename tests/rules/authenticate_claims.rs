//! user_token::authenticate_claims: claims of an identity provider's token (rows 7, 8; W11).

use crate::common::{NOW, jwt};
use livekit_edge::{
    Caller, LivekitError, Secret, SigningKey, TokenError, UserTokenRules,
    user_token::{authenticate, authenticate_claims},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ISSUER: &str = "https://login.example/";

fn rules() -> UserTokenRules {
    UserTokenRules {
        jwks_url: Some("https://login.example/.well-known/jwks.json".into()),
        issuer: Some(ISSUER.into()),
        leeway: 0,
        ..UserTokenRules::default()
    }
}

/// The claims of a valid token with some changed; `null` removes a claim.
fn claims(changes: &Value) -> String {
    let mut claims =
        json!({"iss": ISSUER, "sub": "auth0|1", "aud": ["voice", "chat"], "iat": NOW - 60, "exp": NOW + 60});
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims.to_string()
}

fn ask(changes: Value) -> Result<Caller, LivekitError> {
    authenticate_claims(&claims(&changes), &rules(), NOW)
}

/// Row 8: every reason has the same message.
#[track_caller]
fn assert_unauthorized(result: Result<Caller, LivekitError>, reason: TokenError, what: impl std::fmt::Display) {
    let Err(error) = result else { panic!("{what}: accepted") };
    assert_eq!(error, LivekitError::Unauthorized(reason), "{what}");
    assert_eq!((error.code(), error.to_string().as_str()), ("unauthorized", "Unauthorized"), "{what}");
}

fn caller(token_id: Option<&str>) -> Caller {
    let token_id = token_id.map(Into::into);
    Caller { user_id: "auth0|1".into(), token_id, session_id: None, issued_at: Some(NOW - 60) }
}

#[test]
fn row_7_valid_claims_give_user_id_and_token_id() {
    assert_eq!(ask(json!({})), Ok(caller(None)));
    assert_eq!(ask(json!({"jti": "j-1"})), Ok(caller(Some("j-1"))));
    // A provider's other claims are ignored.
    assert!(
        ask(json!({"azp": "x", "scope": "openid", "https://x/role": "OWNER", "role": "OWNER", "nonce": {}})).is_ok()
    );
}

/// W11: a provider signs for many services, often with the same keys for all its customers.
#[test]
fn w11_without_a_provider_and_its_issuer_no_claims_are_valid() {
    let key = || Secret::new("x").map(|secret| SigningKey::new(&secret));
    for bits in 0..8_u8 {
        let [has_url, has_issuer, has_key] = [0, 1, 2].map(|bit| bits >> bit & 1 == 1);
        let UserTokenRules { jwks_url, issuer, .. } = rules();
        let rules = UserTokenRules {
            jwks_url: jwks_url.filter(|_| has_url),
            issuer: issuer.filter(|_| has_issuer),
            keys: key().into_iter().filter(|_| has_key).collect(),
            ..UserTokenRules::default()
        };
        let result = authenticate_claims(&claims(&json!({})), &rules, NOW);
        if has_url && has_issuer {
            assert!(result.is_ok());
        } else {
            assert_unauthorized(result, TokenError::NotConfigured, bits);
        }
    }
    for name in ["JWT_JWKS_URL", "JWT_ISSUER"] {
        for blank in [None, Some(""), Some(" \t")] {
            let rules = UserTokenRules::from_settings(&|asked| match asked {
                "JWT_JWKS_URL" | "JWT_ISSUER" if asked != name => Some(ISSUER.into()),
                asked if asked == name => blank.map(Into::into),
                _ => None,
            });
            assert_unauthorized(authenticate_claims(&claims(&json!({})), &rules, NOW), TokenError::NotConfigured, name);
        }
    }
}

/// Without a secret, only the provider signs user tokens.
#[test]
fn w11_a_provider_alone_accepts_no_token_that_is_signed_with_a_secret() {
    let token = jwt(claims(&json!({})), "x");
    assert_unauthorized(authenticate(&token, &rules(), NOW), TokenError::NotConfigured, "no secret");
}

#[test]
fn the_issuer_must_match_exactly() {
    for iss in ["https://login.example", "https://login.example//", "HTTPS://login.example/", "", " "] {
        assert_unauthorized(ask(json!({"iss": iss})), TokenError::Issuer, iss);
    }
    assert_unauthorized(ask(json!({"iss": null})), TokenError::Issuer, "none");
    for iss in [json!(1), json!([ISSUER]), json!({"iss": ISSUER}), json!(true)] {
        assert_unauthorized(ask(json!({"iss": iss})), TokenError::Claim("iss"), iss);
    }
}

/// W11: a LiveKit token must not authenticate its holder.
#[test]
fn w11_the_api_key_as_issuer_and_video_are_rejected() {
    let rules = UserTokenRules { refused_issuers: [ISSUER.into()].into(), ..rules() };
    assert_unauthorized(
        authenticate_claims(&claims(&json!({})), &rules, NOW),
        TokenError::Claim("iss"),
        "refused issuer",
    );
    for video in [r#""video":{}"#, r#""video":null"#, r#""video":{"roomJoin":true}"#, r#""video":1"#] {
        let payload = format!("{},{video}}}", claims(&json!({})).strip_suffix('}').unwrap());
        assert_unauthorized(authenticate_claims(&payload, &self::rules(), NOW), TokenError::Claim("video"), video);
    }
    assert!(ask(json!({"videos": {}})).is_ok());
}

#[test]
fn the_audience_may_be_one_of_a_list() {
    let rules = UserTokenRules { audiences: Some(vec!["voice".into()]), ..rules() };
    let ask_audience = |aud: &Value| authenticate_claims(&claims(&json!({"aud": aud})), &rules, NOW);
    for aud in [json!("voice"), json!(["voice"]), json!(["chat", "voice"]), json!([1, "voice"])] {
        assert!(ask_audience(&aud).is_ok(), "{aud}");
    }
    for aud in
        [json!(null), json!([]), json!("voice "), json!(["chat"]), json!({"voice": 1}), json!([["voice"]]), json!(1)]
    {
        assert_unauthorized(ask_audience(&aud), TokenError::Audience, &aud);
        assert!(ask(json!({"aud": aud})).is_ok(), "any, if none is required: {aud}");
    }
}

#[test]
fn w11_times_at_their_boundaries() {
    for exp in [json!(NOW + 1), json!(u64::MAX)] {
        assert!(ask(json!({"exp": exp})).is_ok(), "{exp}");
    }
    for exp in [0, NOW - 1, NOW] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Expired, exp);
    }
    for exp in [json!(null), json!("1700000060"), json!(-1), json!(1e300), json!([])] {
        assert_unauthorized(ask(json!({"exp": exp})), TokenError::Claim("exp"), &exp);
    }
    for nbf in [json!(null), json!(0), json!(NOW)] {
        assert!(ask(json!({"nbf": nbf})).is_ok(), "{nbf}");
    }
    for nbf in [json!(NOW + 1), json!(u64::MAX)] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::NotYetValid, &nbf);
    }
    for nbf in [json!("0"), json!(-1), json!(true)] {
        assert_unauthorized(ask(json!({"nbf": nbf})), TokenError::Claim("nbf"), &nbf);
    }
    // RFC 7519 section 2: a NumericDate may have a fraction, which is rounded down.
    assert!(ask(json!({"exp": 1_700_000_060.5, "nbf": 0.5})).is_ok());
    assert!(ask(json!({"exp": 1_700_000_001.5, "nbf": 1_700_000_000.9})).is_ok());
    assert_unauthorized(ask(json!({"exp": 1_700_000_000.9})), TokenError::Expired, "exp");
    assert_unauthorized(ask(json!({"nbf": 1_700_000_001.5})), TokenError::NotYetValid, "nbf");
}

#[test]
fn sub_is_a_valid_identity_and_jti_a_string_that_any_store_can_hold() {
    let long = "u".repeat(257);
    for sub in ["", " ", "a\0", "a\u{200b}", "a\u{2800}", " a", "a\u{3000}", &long]
        .map(|sub| json!(sub))
        .iter()
        .chain(&[json!(null), json!(1), json!([])])
    {
        assert_unauthorized(ask(json!({"sub": sub})), TokenError::Claim("sub"), sub);
    }
    for jti in [json!(1), json!([]), json!({}), json!(false), json!("\0"), json!("a\0b")] {
        assert_unauthorized(ask(json!({"jti": jti})), TokenError::Claim("jti"), &jti);
    }
}

#[test]
fn claims_are_one_object_without_a_repeated_field() {
    let good = claims(&json!({}));
    let twice = |member: &str| format!("{},{member}}}", good.strip_suffix('}').unwrap());
    let repeated =
        [r#""sub":"auth0|2""#, r#""s\u0075b":"auth0|1""#, r#""exp":9999999999"#, r#""x":{"a":1,"a":1}"#].map(twice);
    let others = ["", "{}", "null", "x", "[]", "\"auth0|1\"", &good[1..]].map(String::from);
    for payload in repeated.iter().chain(&others).chain([&format!("[{good}]"), &format!("{good}{good}")]) {
        let reason = if payload == "{}" { TokenError::Claim("exp") } else { TokenError::Claims };
        assert_unauthorized(authenticate_claims(payload, &rules(), NOW), reason, payload);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

    proptest! {
        #![proptest_config(Config { cases: 5_000, failure_persistence: None, ..Config::default() })]

        /// A literal implementation of the same rules.
        #[test]
        fn claims_are_accepted_by_exactly_these_rules(changes in vec((select(vec!["iss", "sub", "aud", "exp", "nbf", "jti", "video", "x"]), select(vec![
            json!(null), json!(ISSUER), json!("devkey"), json!("auth0|1"), json!(""), json!("voice"), json!(["voice"]), json!([]),
            json!(NOW), json!(NOW + 1), json!(NOW - 1), json!(0.5), json!(1_700_000_000.5), json!(1_700_000_001.5), json!(true), json!({}),
        ])), 0..4), audience in any::<bool>()) {
            let changes: Value = changes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let rules = UserTokenRules { audiences: audience.then(|| vec!["voice".into()]), refused_issuers: ["devkey".into()].into(), ..rules() };
            let payload = claims(&changes);
            let claims: Value = serde_json::from_str(&payload).unwrap();
            let now = 1_700_000_000.0;
            let is_string = |name: &str| claims.get(name).is_none_or(Value::is_string);
            let expected = [
                claims["iss"] == json!(ISSUER),
                claims["sub"].as_str().is_some_and(|sub| !sub.is_empty()),
                claims["exp"].as_f64().is_some_and(|exp| exp.floor() > now),
                claims.get("nbf").is_none_or(|nbf| nbf.as_f64().is_some_and(|nbf| nbf.floor() <= now)),
                claims.get("video").is_none(),
                is_string("jti"),
                !audience || claims["aud"] == json!("voice") || claims["aud"].as_array().is_some_and(|aud| aud.contains(&json!("voice"))),
            ];
            let result = authenticate_claims(&payload, &rules, NOW);
            prop_assert_eq!(result.is_ok(), expected.iter().all(|holds| *holds), "{} {:?}", payload, result);
        }
    }
}
