//! user_token: the settings of user tokens: several secrets, audiences and clients, leeway, algorithms (rows 7, 8; W11).

use crate::common::{NOW, jwt};
use livekit_edge::{
    Algorithm, LivekitError, TokenError, UserTokenRules,
    user_token::{MAX_SECRETS, authenticate, authenticate_claims},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OLD: &str = "the-old-secret-of-thirty-two-bytes";
const NEW: &str = "the-new-secret-of-thirty-two-bytes";

fn rules(settings: &[(&str, &str)]) -> UserTokenRules {
    UserTokenRules::from_settings(&|name| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn claims(changes: &Value) -> String {
    let mut claims = json!({"sub": "user-456", "exp": NOW + 60});
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims.to_string()
}

fn is_in(settings: &[(&str, &str)], secret: &str) -> bool {
    let result = authenticate(&jwt(claims(&json!({})), secret), &rules(settings), NOW);
    assert!(result.is_ok() || result == Err(LivekitError::Unauthorized(TokenError::Signature)) || settings.is_empty());
    result.is_ok()
}

/// The reason for which claims are rejected, signed with a secret and by an identity provider.
#[track_caller]
fn reason(settings: &[(&str, &str)], changes: &Value) -> Option<TokenError> {
    let rules = rules(&[&[("JWT_SECRET", OLD), ("JWT_JWKS_URL", "https://x"), ("JWT_ISSUER", "x")], settings].concat());
    let mut with_issuer = changes.clone();
    with_issuer.as_object_mut().unwrap().insert("iss".into(), json!("x"));
    let payload = claims(&with_issuer);
    let results = [authenticate(&jwt(&payload, OLD), &rules, NOW), authenticate_claims(&payload, &rules, NOW)];
    assert_eq!(results[0], results[1]);
    let [result, _] = results;
    result.err().map(|error| match error {
        LivekitError::Unauthorized(reason) => reason,
        other => panic!("{other:?}"),
    })
}

#[test]
fn every_secret_verifies_in_every_state_of_a_rotation() {
    let lines = format!("{OLD}\n{NEW}");
    let windows = format!("\r\n {NEW} \r\n\r\n\t{OLD}\r\n");
    for (settings, old, new) in [
        (&[("JWT_SECRET", OLD)][..], true, false),
        (&[("JWT_SECRET", OLD), ("JWT_SECRETS", NEW)], true, true),
        (&[("JWT_SECRET", NEW), ("JWT_SECRETS", OLD)], true, true),
        (&[("JWT_SECRETS", &lines)], true, true),
        (&[("JWT_SECRETS", &windows)], true, true),
        (&[("JWT_SECRET", NEW), ("JWT_SECRETS", "")], false, true),
        (&[("JWT_SECRET", " \n"), ("JWT_SECRETS", NEW)], false, true),
        (&[("JWT_SECRET", NEW)], false, true),
    ] {
        assert_eq!((is_in(settings, OLD), is_in(settings, NEW)), (old, new), "{settings:?}");
        // Neither the whole list nor an empty string is a secret.
        for other in ["", " ", &lines, &windows] {
            assert!(!is_in(settings, other), "{settings:?} {other:?}");
        }
    }
    for blank in ["", " ", "\n \r\n\t\n"] {
        let result = authenticate(&jwt(claims(&json!({})), ""), &rules(&[("JWT_SECRETS", blank)]), NOW);
        assert_eq!(result, Err(LivekitError::Unauthorized(TokenError::NotConfigured)));
    }
}

#[test]
fn no_more_secrets_than_the_maximum_are_tried() {
    let secret = |number: usize| format!("secret-{number:02}-of-more-than-thirty-two-bytes");
    let lines = (0..100).map(secret).collect::<Vec<_>>().join("\n");
    let rules = rules(&[("JWT_SECRET", OLD), ("JWT_SECRETS", &lines)]);
    assert_eq!(rules.keys.len(), MAX_SECRETS + 1);
    for (number, expected) in [(0, true), (MAX_SECRETS - 1, true), (MAX_SECRETS, false), (99, false)] {
        let token = jwt(claims(&json!({})), &secret(number));
        assert_eq!(authenticate(&token, &rules, NOW).is_ok(), expected, "{number}");
    }
}

/// An application that reads the same file may sign with the trailing line feed.
#[test]
fn a_secret_with_surrounding_white_space_is_accepted_trimmed_and_untrimmed() {
    for secret in [format!("{OLD}\n"), format!(" {OLD}\r\n"), format!("\t{OLD}")] {
        let settings = &[("JWT_SECRET", secret.as_str())];
        assert!(is_in(settings, OLD) && is_in(settings, &secret));
        assert!(!is_in(settings, &format!("{OLD} ")) && !is_in(settings, NEW));
    }
}

#[test]
fn the_reason_does_not_depend_on_the_order_of_secrets() {
    let rules = rules(&[("JWT_SECRET", OLD), ("JWT_SECRETS", NEW)]);
    for secret in [OLD, NEW] {
        for (payload, reason) in [
            (claims(&json!({"exp": 1})), TokenError::Expired),
            (claims(&json!({"sub": 42})), TokenError::Claim("sub")),
            ("[]".into(), TokenError::Claims),
        ] {
            let result = authenticate(&jwt(payload, secret), &rules, NOW);
            assert_eq!(result, Err(LivekitError::Unauthorized(reason)));
        }
    }
    for (token, reason) in [
        ("", TokenError::Missing),
        ("x", TokenError::Malformed),
        (&jwt(claims(&json!({})), "other"), TokenError::Signature),
        (&crate::common::forge(r#"{"alg":"RS256"}"#, claims(&json!({})), "other"), TokenError::Algorithm),
        (&crate::common::forge(r#"{"alg":"HS512"}"#, claims(&json!({})), NEW), TokenError::Algorithm),
        (&crate::common::forge(r#"{"alg":"HS256","b64":true}"#, claims(&json!({})), NEW), TokenError::Header),
    ] {
        assert_eq!(authenticate(token, &rules, NOW), Err(LivekitError::Unauthorized(reason)), "{token}");
    }
}

#[test]
fn one_accepted_audience_is_enough() {
    for setting in ["web,mobile", " web , mobile ", ",mobile,,web,", "web,web,mobile"] {
        for aud in [json!("web"), json!("mobile"), json!(["x", "mobile"]), json!(["web", "mobile"]), json!([7, "web"])]
        {
            assert_eq!(reason(&[("JWT_AUDIENCE", setting)], &json!({"aud": aud})), None, "{setting} {aud}");
        }
        for aud in [
            json!(null),
            json!(""),
            json!("web,mobile"),
            json!("Web"),
            json!([]),
            json!([""]),
            json!(["we", "b"]),
            json!({"web": 1}),
            json!([["web"]]),
            json!(0),
        ] {
            let expected = Some(TokenError::Audience);
            assert_eq!(reason(&[("JWT_AUDIENCE", setting)], &json!({"aud": aud})), expected, "{setting} {aud}");
        }
    }
    // An empty list accepts no audience.
    for setting in [",", " , ,"] {
        for aud in [json!(null), json!(""), json!(","), json!([])] {
            assert_eq!(reason(&[("JWT_AUDIENCE", setting)], &json!({"aud": aud})), Some(TokenError::Audience));
        }
    }
    assert_eq!(reason(&[("JWT_AUDIENCE", " ")], &json!({})), None);
}

/// Cognito names the client in `client_id` and has no `aud`; Clerk names the page's origin in `azp`.
#[test]
fn a_configured_client_is_required() {
    let settings = &[("JWT_CLIENT_ID", "4pq7, https://app.example.com")];
    for good in [
        json!({"client_id": "4pq7"}),
        json!({"azp": "https://app.example.com"}),
        json!({"azp": "4pq7", "client_id": "4pq7"}),
        json!({"azp": "4pq7", "client_id": null}),
    ] {
        assert_eq!(reason(settings, &good), None, "{good}");
    }
    for bad in [
        json!({}),
        json!({"aud": "4pq7"}),
        json!({"azp": ""}),
        json!({"client_id": "4PQ7"}),
        json!({"client_id": "4pq7 "}),
        json!({"azp": "https://app.example.com/"}),
        json!({"azp": "4pq7", "client_id": "other"}),
        json!({"azp": "other", "client_id": "4pq7"}),
        json!({"azp": "4pq7, https://app.example.com"}),
    ] {
        assert_eq!(reason(settings, &bad), Some(TokenError::Client), "{bad}");
        assert_eq!(reason(&[], &bad), None, "any, where none is required: {bad}");
    }
    for (name, bad) in
        [("azp", json!(7)), ("azp", json!(["4pq7"])), ("client_id", json!({})), ("client_id", json!(true))]
    {
        assert_eq!(reason(settings, &json!({name: bad})), Some(TokenError::Claim(name)));
        assert_eq!(reason(&[], &json!({name: bad})), None);
    }
    assert_eq!(reason(&[("JWT_CLIENT_ID", ",")], &json!({"azp": ","})), Some(TokenError::Client));
}

#[test]
fn the_leeway_counts_for_both_times_and_has_a_maximum() {
    for (setting, leeway) in [
        ("", 10),
        ("0", 0),
        ("2", 2),
        (" 60\n", 60),
        ("300", 300),
        ("301", 10),
        ("-1", 10),
        ("1.5", 10),
        ("1m", 10),
        ("99999999999999999999", 10),
    ] {
        let settings = &[("JWT_LEEWAY", setting)];
        let at = |name: &str, time: u64| reason(settings, &json!({name: time}));
        assert_eq!(at("exp", NOW - leeway + 1), None, "{setting}");
        assert_eq!(at("exp", NOW - leeway), Some(TokenError::Expired), "{setting}");
        assert_eq!(at("nbf", NOW + leeway), None, "{setting}");
        assert_eq!(at("nbf", NOW + leeway + 1), Some(TokenError::NotYetValid), "{setting}");
        assert_eq!(at("nbf", u64::MAX), Some(TokenError::NotYetValid), "{setting}");
        assert_eq!(at("exp", u64::MAX), None, "{setting}");
    }
    assert_eq!(UserTokenRules::default().leeway, 10);
}

/// The debug log names the claim, never its value.
#[test]
fn an_error_names_its_claim() {
    for (settings, changes, claim) in [
        (&[][..], json!({"sub": 42}), Some("sub")),
        (&[], json!({"sub": "a\nb"}), Some("sub")),
        (&[], json!({"jti": 42}), Some("jti")),
        (&[], json!({"exp": "1"}), Some("exp")),
        (&[], json!({"exp": 1}), Some("exp")),
        (&[], json!({"nbf": []}), Some("nbf")),
        (&[], json!({"nbf": u64::MAX}), Some("nbf")),
        (&[], json!({"video": {}}), Some("video")),
        (&[("LIVEKIT_API_KEY", "x")], json!({}), Some("iss")),
        (&[("JWT_AUDIENCE", "a")], json!({"aud": 42}), Some("aud")),
        (&[("JWT_CLIENT_ID", "a")], json!({"azp": "b"}), Some("azp")),
    ] {
        let error = LivekitError::Unauthorized(reason(settings, &changes).unwrap());
        assert_eq!((error.path(), error.to_string().as_str()), (claim, "Unauthorized"), "{changes}");
    }
    for reason in [TokenError::Claims, TokenError::Signature, TokenError::Missing, TokenError::NotConfigured] {
        assert_eq!(LivekitError::Unauthorized(reason).path(), None);
    }
}

#[test]
fn algorithms_are_asymmetric_and_named_exactly() {
    let names = |setting: &str| {
        let algorithms = rules(&[("JWT_ALGORITHMS", setting)]).algorithms;
        algorithms.iter().map(|algorithm| algorithm.name).collect::<Vec<_>>()
    };
    for default in ["", " \n"] {
        assert_eq!(names(default), ["RS256", "ES256", "EdDSA"]);
    }
    for (setting, expected) in [
        ("ES384", &["ES384"][..]),
        (" RS512 , PS256,", &["RS512", "PS256"]),
        ("Ed25519", &["EdDSA"]),
        ("HS256", &[]),
        ("HS256,HS384,HS512,none,dir,A128KW", &[]),
        ("rs256,es256", &[]),
        ("RS256 ES256", &[]),
        (",", &[]),
        ("RS1", &[]),
    ] {
        assert_eq!(names(setting), expected, "{setting}");
    }
    for algorithm in livekit_edge::algorithm::ALGORITHMS {
        assert_eq!(Algorithm::from_name(algorithm.name), Some(algorithm));
        assert!(!algorithm.name.starts_with("HS") && ["RSA", "EC", "OKP"].contains(&algorithm.key_type));
    }
}
