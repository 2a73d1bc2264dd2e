//! WebhookVerifier: whether LiveKit sent exactly these bytes (rows 32, 33).

use crate::common::{API_KEY, API_SECRET, NOW, jwt};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use livekit_edge::{AccessToken, Claims, LivekitError, TokenError, TokenVerifier, Ttl, WebhookVerifier};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Its digest has all of `+`, `/` and `=` in base64, so the alphabets differ.
const BODY: &[u8] = br#"{"event":"room_started","id":"EV_15"}"#;

fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(TokenVerifier::new(API_KEY, API_SECRET).unwrap())
}

fn digest(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// A webhook's token as LiveKit makes it, with this digest.
fn signed(sha256: &Value) -> String {
    let claims = json!({"iss": API_KEY, "nbf": NOW, "iat": NOW, "exp": NOW + 300, "sha256": sha256});
    jwt(claims.to_string(), API_SECRET)
}

fn check(body: &[u8], authorization: &str) -> Result<(), LivekitError> {
    verifier().verify(body, authorization, NOW)
}

fn fault(fault: TokenError) -> Result<(), LivekitError> {
    Err(LivekitError::InvalidToken(fault))
}

#[test]
fn what_livekit_signed_is_accepted() {
    let large = vec![b'x'; 1_000_000];
    for body in [BODY, b"", b"{}", b"not json", &[0, 255, 254, 128], "é 🦀".as_bytes(), &large] {
        assert_eq!(check(body, &signed(&digest(body).into())), Ok(()));
    }
}

#[test]
fn the_sender_is_known_by_the_token_alone() {
    let sender = |authorization: &str, now| verifier().verify_sender(authorization, now);
    for sha256 in [digest(BODY), digest(b"")] {
        let token = signed(&sha256.into());
        assert_eq!(sender(&token, NOW), Ok(()));
        assert_eq!(sender(&format!("Bearer {token}"), NOW), Ok(()));
        assert_eq!(sender(&token, NOW + 300), fault(TokenError::Expired));
        assert_eq!(sender(&format!("{token}A"), NOW), fault(TokenError::Signature));
    }
    // A token to join is signed with the same key, and is for no body.
    for sha256 in [Value::Null, "".into()] {
        assert_eq!(sender(&signed(&sha256), NOW), fault(TokenError::Digest));
    }
}

#[test]
fn our_own_access_token_signs_a_webhook_too() {
    let token = AccessToken::new(API_KEY, API_SECRET).unwrap().ttl(Ttl::parse("5m").unwrap());
    let token = token.claims(Claims { sha256: digest(BODY), ..Claims::default() }).to_jwt(NOW).unwrap();
    assert_eq!(check(BODY, &token), Ok(()));
    assert_eq!(verifier().verify(BODY, &token, NOW + 299), Ok(()));
    assert_eq!(verifier().verify(BODY, &token, NOW + 300), fault(TokenError::Expired));
}

/// The JavaScript SDK refuses `Bearer`; LiveKit does not send it, proxies and other SDKs do.
#[test]
fn the_scheme_may_stand_before_the_token_in_any_case() {
    let token = signed(&digest(BODY).into());
    for scheme in ["", "Bearer ", "bearer ", "BEARER ", "bEaReR "] {
        assert_eq!(check(BODY, &format!("{scheme}{token}")), Ok(()), "{scheme:?}");
    }
    for scheme in ["Bearer", "Bearer  ", " Bearer ", "Bearer\t", "Basic ", "Bearer Bearer ", " ", "Béarer ", "Bearer: "]
    {
        assert_eq!(check(BODY, &format!("{scheme}{token}")), fault(TokenError::Malformed), "{scheme:?}");
    }
    for header in ["", "Bearer", "Bearer ", "Bearer x", "ééééééé", "Bearer é", "a.b.c", ".."] {
        assert!(check(BODY, header).is_err(), "{header:?}");
    }
    assert_eq!(check(BODY, &format!("{token} ")), fault(TokenError::Malformed));
}

#[test]
fn only_padded_standard_base64_of_the_digest_counts() {
    let hash = Sha256::digest(BODY);
    let right = STANDARD.encode(hash);
    assert!(right.contains('+') && right.contains('/') && right.ends_with('='), "{right}");
    let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // The last character before the padding carries two bits that must be zero.
    let last = right.as_bytes()[42];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = alphabet.iter().position(|byte| *byte == last).unwrap();
    let loose = format!("{}{}=", &right[..42], char::from(alphabet[at | 1]));
    assert_ne!(loose, right);
    for wrong in [
        String::new(),
        " ".into(),
        "=".into(),
        hex.to_uppercase(),
        STANDARD.encode(&hex),
        hex,
        STANDARD_NO_PAD.encode(hash),
        URL_SAFE.encode(hash),
        URL_SAFE_NO_PAD.encode(hash),
        format!("{right}="),
        format!(" {right}"),
        format!("{right}\n"),
        format!("{right}{right}"),
        right.to_lowercase(),
        loose,
        STANDARD.encode(&hash[..31]),
        STANDARD.encode([&hash[..], &[0]].concat()),
        STANDARD.encode([0; 32]),
        digest(b""),
        STANDARD.encode(Sha256::digest(hash)),
        STANDARD.encode(BODY),
        "🦀".into(),
    ] {
        assert_eq!(check(BODY, &signed(&wrong.clone().into())), fault(TokenError::Digest), "{wrong}");
    }
    assert_eq!(check(BODY, &signed(&right.into())), Ok(()));
}

#[test]
fn a_digest_is_required_and_a_text() {
    for body in [BODY, b""] {
        assert_eq!(check(body, &signed(&Value::Null)), fault(TokenError::Digest));
        let plain = AccessToken::new(API_KEY, API_SECRET).unwrap().identity("alice").to_jwt(NOW).unwrap();
        assert_eq!(check(body, &plain), fault(TokenError::Digest), "a participant's token is no webhook");
    }
    for wrong in [json!(1), json!(true), json!([digest(BODY)]), json!({}), json!(vec![0; 32])] {
        let error = check(BODY, &signed(&wrong)).unwrap_err();
        assert_eq!(error.to_string(), "sha256 must be a well-formed string", "{wrong}");
    }
}

#[test]
fn every_bit_of_body_and_digest_counts() {
    let token = signed(&digest(BODY).into());
    for bit in 0..BODY.len() * 8 {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(check(&body, &token), fault(TokenError::Digest), "bit {bit} of the body");
    }
    for bit in 0..256 {
        let mut hash = Sha256::digest(BODY);
        hash[bit / 8] ^= 1 << (bit % 8);
        let token = signed(&STANDARD.encode(hash).into());
        assert_eq!(check(BODY, &token), fault(TokenError::Digest), "bit {bit} of the digest");
    }
    let body = std::str::from_utf8(BODY).unwrap();
    for other in [format!("{body}\n"), format!(" {body}"), format!("\u{feff}{body}"), body.replace(',', ", ")] {
        assert_eq!(check(other.as_bytes(), &token), fault(TokenError::Digest), "{other:?}");
    }
    assert_eq!(check(&BODY[1..], &token), fault(TokenError::Digest));
    assert_eq!(check(b"", &token), fault(TokenError::Digest));
}

/// The body is hashed only after the token was found right: nobody else may make us hash.
#[test]
fn the_token_is_checked_as_any_other() {
    let claims = |changes: &Value| {
        let mut claims = json!({"iss": API_KEY, "nbf": NOW, "exp": NOW + 300, "sha256": digest(BODY)});
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims.to_string()
    };
    for (changes, expected) in [
        (json!({"iss": "another"}), TokenError::Issuer),
        (json!({"iss": null}), TokenError::Claims),
        (json!({"exp": NOW}), TokenError::Expired),
        (json!({"exp": null}), TokenError::Claims),
        (json!({"nbf": NOW + 1}), TokenError::NotYetValid),
        (json!({"exp": NOW, "sha256": ""}), TokenError::Expired),
    ] {
        assert_eq!(check(BODY, &jwt(claims(&changes), API_SECRET)), fault(expected), "{changes}");
    }
    let right = claims(&json!({}));
    assert_eq!(check(BODY, &jwt(&right, API_SECRET)), Ok(()));
    assert_eq!(check(BODY, &jwt(&right, "another secret")), fault(TokenError::Signature));
    assert_eq!(check(BODY, &jwt(&right, "")), fault(TokenError::Signature));
    let without_key = |secret| crate::common::forge(r#"{"alg":"none"}"#, &right, secret);
    assert_eq!(check(BODY, &without_key("")), fault(TokenError::Signature));
    assert_eq!(check(BODY, &without_key(API_SECRET)), fault(TokenError::Header));
    assert!(check(BODY, &jwt(claims(&json!({"SHA256": digest(b"")})), API_SECRET)).is_err());
}

#[test]
fn the_verifiers_tolerance_holds_here_too() {
    let tolerant = WebhookVerifier::new(TokenVerifier::new(API_KEY, API_SECRET).unwrap().clock_tolerance(10));
    let token = signed(&digest(BODY).into());
    assert_eq!(tolerant.verify(BODY, &token, NOW - 10), Ok(()));
    assert_eq!(tolerant.verify(BODY, &token, NOW + 309), Ok(()));
    assert_eq!(tolerant.verify(BODY, &token, NOW + 310), fault(TokenError::Expired));
    assert_eq!(tolerant.verify(BODY, &token, NOW - 11), fault(TokenError::NotYetValid));
    assert!(!format!("{tolerant:?}").contains(API_SECRET));
}

#[test]
fn the_settings_make_a_verifier_of_clocks_that_differ_by_a_minute() {
    let of = |key: Option<&'static str>, secret: Option<&'static str>| {
        WebhookVerifier::from_settings(move |name| match name {
            "LIVEKIT_API_KEY" => key.map(Into::into),
            "LIVEKIT_API_SECRET" => secret.map(Into::into),
            _ => None,
        })
    };
    for blank in [None, Some(""), Some(" ")] {
        assert!(of(blank, Some(API_SECRET)).is_none());
        assert!(of(Some(API_KEY), blank).is_none());
    }
    let webhooks = of(Some(API_KEY), Some(API_SECRET)).unwrap();
    let token = signed(&digest(BODY).into());
    assert_eq!(webhooks.verify(BODY, &token, NOW - 60), Ok(()));
    assert_eq!(webhooks.verify(BODY, &token, NOW - 61), fault(TokenError::NotYetValid));
    assert_eq!(webhooks.verify(BODY, &token, NOW + 300 + 59), Ok(()));
    assert_eq!(webhooks.verify(BODY, &token, NOW + 300 + 60), fault(TokenError::Expired));
}
