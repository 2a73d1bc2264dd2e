//! WebhookVerifier: verification of webhooks (rows 32, 33).

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

/// A body whose digest in base64 contains `+`, `/` and `=`, so that the base64 alphabets differ.
const BODY: &[u8] = br#"{"event":"room_started","id":"EV_15"}"#;

fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(TokenVerifier::new(API_KEY, API_SECRET).unwrap())
}

fn digest(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// The token of a webhook as LiveKit signs it, with this digest.
fn signed(sha256: &Value) -> String {
    let claims = json!({"iss": API_KEY, "nbf": NOW, "iat": NOW, "exp": NOW + 300, "sha256": sha256});
    jwt(claims.to_string(), API_SECRET)
}

fn verify(body: &[u8], authorization: &str) -> Result<(), LivekitError> {
    verifier().verify(body, authorization, NOW)
}

fn rejected(error: TokenError) -> Result<(), LivekitError> {
    Err(LivekitError::InvalidToken(error))
}

#[test]
fn a_body_that_livekit_signed_is_accepted() {
    let large = vec![b'x'; 1_000_000];
    for body in [BODY, b"", b"{}", b"not json", &[0, 255, 254, 128], "é 🦀".as_bytes(), &large] {
        assert_eq!(verify(body, &signed(&digest(body).into())), Ok(()));
    }
}

#[test]
fn the_sender_is_verified_without_the_body() {
    let sender = |authorization: &str, now| verifier().verify_sender(authorization, now);
    for sha256 in [digest(BODY), digest(b"")] {
        let token = signed(&sha256.into());
        assert_eq!(sender(&token, NOW), Ok(()));
        assert_eq!(sender(&format!("Bearer {token}"), NOW), Ok(()));
        assert_eq!(sender(&token, NOW + 300), rejected(TokenError::Expired));
        assert_eq!(sender(&format!("{token}A"), NOW), rejected(TokenError::Signature));
    }
    // A token to join a room is signed with the same key.
    for sha256 in [Value::Null, "".into(), "x".into(), STANDARD.encode("short").into()] {
        assert_eq!(sender(&signed(&sha256), NOW), rejected(TokenError::Digest));
    }
}

#[test]
fn a_webhook_can_be_signed_with_access_token() {
    let token = AccessToken::new(API_KEY, API_SECRET).unwrap().ttl(Ttl::parse("5m").unwrap());
    let token = token.claims(Claims { sha256: digest(BODY), ..Claims::default() }).to_jwt(NOW).unwrap();
    assert_eq!(verify(BODY, &token), Ok(()));
    assert_eq!(verifier().verify(BODY, &token, NOW + 299), Ok(()));
    assert_eq!(verifier().verify(BODY, &token, NOW + 300), rejected(TokenError::Expired));
}

/// LiveKit does not send `Bearer`; proxies and other SDKs do.
#[test]
fn the_scheme_bearer_is_accepted_in_any_case() {
    let token = signed(&digest(BODY).into());
    for scheme in ["", "Bearer ", "bearer ", "BEARER ", "bEaReR "] {
        assert_eq!(verify(BODY, &format!("{scheme}{token}")), Ok(()), "{scheme:?}");
    }
    for scheme in ["Bearer", "Bearer  ", " Bearer ", "Bearer\t", "Basic ", "Bearer Bearer ", " ", "Béarer ", "Bearer: "]
    {
        assert_eq!(verify(BODY, &format!("{scheme}{token}")), rejected(TokenError::Malformed), "{scheme:?}");
    }
    for header in ["", "Bearer", "Bearer ", "Bearer x", "ééééééé", "Bearer é", "a.b.c", ".."] {
        assert!(verify(BODY, header).is_err(), "{header:?}");
    }
    assert_eq!(verify(BODY, &format!("{token} ")), rejected(TokenError::Malformed));
}

#[test]
fn the_digest_is_canonical_padded_base64() {
    let hash = Sha256::digest(BODY);
    let right = STANDARD.encode(hash);
    assert!(right.contains('+') && right.contains('/') && right.ends_with('='), "{right}");
    let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // The last character before the padding has two unused bits, which must be zero.
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
        assert_eq!(verify(BODY, &signed(&wrong.clone().into())), rejected(TokenError::Digest), "{wrong}");
    }
    assert_eq!(verify(BODY, &signed(&right.into())), Ok(()));
}

#[test]
fn a_digest_is_a_required_string() {
    for body in [BODY, b""] {
        assert_eq!(verify(body, &signed(&Value::Null)), rejected(TokenError::Digest));
        let plain = AccessToken::new(API_KEY, API_SECRET).unwrap().identity("alice").to_jwt(NOW).unwrap();
        assert_eq!(verify(body, &plain), rejected(TokenError::Digest), "the token of a participant");
    }
    for wrong in [json!(1), json!(true), json!([digest(BODY)]), json!({}), json!(vec![0; 32])] {
        let error = verify(BODY, &signed(&wrong)).unwrap_err();
        assert_eq!(error.to_string(), "sha256 must be a well-formed string", "{wrong}");
    }
}

#[test]
fn a_changed_bit_of_body_or_digest_is_rejected() {
    let token = signed(&digest(BODY).into());
    for bit in 0..BODY.len() * 8 {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&body, &token), rejected(TokenError::Digest), "bit {bit} of the body");
    }
    for bit in 0..256 {
        let mut hash = Sha256::digest(BODY);
        hash[bit / 8] ^= 1 << (bit % 8);
        let token = signed(&STANDARD.encode(hash).into());
        assert_eq!(verify(BODY, &token), rejected(TokenError::Digest), "bit {bit} of the digest");
    }
    let body = std::str::from_utf8(BODY).unwrap();
    for other in [format!("{body}\n"), format!(" {body}"), format!("\u{feff}{body}"), body.replace(',', ", ")] {
        assert_eq!(verify(other.as_bytes(), &token), rejected(TokenError::Digest), "{other:?}");
    }
    assert_eq!(verify(&BODY[1..], &token), rejected(TokenError::Digest));
    assert_eq!(verify(b"", &token), rejected(TokenError::Digest));
}

/// The token is verified first, so that unauthenticated bodies are not hashed.
#[test]
fn the_token_is_verified_as_any_other() {
    let claims = |changes: &Value| {
        let mut claims = json!({"iss": API_KEY, "nbf": NOW, "exp": NOW + 300, "sha256": digest(BODY)});
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims.to_string()
    };
    for (changes, expected) in [
        (json!({"iss": "another"}), TokenError::Issuer),
        (json!({"iss": null}), TokenError::Claims),
        (json!({"exp": NOW}), TokenError::Expired),
        (json!({"exp": null}), TokenError::Claim("exp")),
        (json!({"nbf": NOW + 1}), TokenError::NotYetValid),
        (json!({"exp": NOW, "sha256": ""}), TokenError::Expired),
    ] {
        assert_eq!(verify(BODY, &jwt(claims(&changes), API_SECRET)), rejected(expected), "{changes}");
    }
    let right = claims(&json!({}));
    assert_eq!(verify(BODY, &jwt(&right, API_SECRET)), Ok(()));
    assert_eq!(verify(BODY, &jwt(&right, "another secret")), rejected(TokenError::Signature));
    assert_eq!(verify(BODY, &jwt(&right, "")), rejected(TokenError::Signature));
    let without_key = |secret| crate::common::forge(r#"{"alg":"none"}"#, &right, secret);
    assert_eq!(verify(BODY, &without_key("")), rejected(TokenError::Algorithm));
    assert_eq!(verify(BODY, &without_key(API_SECRET)), rejected(TokenError::Algorithm));
    assert!(verify(BODY, &jwt(claims(&json!({"SHA256": digest(b"")})), API_SECRET)).is_err());
}

#[test]
fn the_clock_tolerance_of_the_verifier_applies() {
    let tolerant = WebhookVerifier::new(TokenVerifier::new(API_KEY, API_SECRET).unwrap().clock_tolerance(10));
    let token = signed(&digest(BODY).into());
    assert_eq!(tolerant.verify(BODY, &token, NOW - 10), Ok(()));
    assert_eq!(tolerant.verify(BODY, &token, NOW + 309), Ok(()));
    assert_eq!(tolerant.verify(BODY, &token, NOW + 310), rejected(TokenError::Expired));
    assert_eq!(tolerant.verify(BODY, &token, NOW - 11), rejected(TokenError::NotYetValid));
    assert!(!format!("{tolerant:?}").contains(API_SECRET));
}

#[test]
fn a_verifier_of_keys_tolerates_a_minute() {
    let webhooks = WebhookVerifier::with_keys(crate::common::credentials().into());
    let token = signed(&digest(BODY).into());
    assert_eq!(webhooks.verify(BODY, &token, NOW - 60), Ok(()));
    assert_eq!(webhooks.verify(BODY, &token, NOW - 61), rejected(TokenError::NotYetValid));
    assert_eq!(webhooks.verify(BODY, &token, NOW + 300 + 59), Ok(()));
    assert_eq!(webhooks.verify(BODY, &token, NOW + 300 + 60), rejected(TokenError::Expired));
}
