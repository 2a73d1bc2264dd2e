//! JWS: vectors of the RFCs, and tokens that are malformed, unsigned or of another algorithm (rows 21, 31; W11).

use crate::common::{encode, forge, jwt, sign_parts, slow_hmac};
use livekit_edge::{
    Secret, SigningKey, TokenError,
    jws::{sign, verify},
};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SECRET: &str = "correct horse battery staple, 32+";
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const PAYLOAD: &str = r#"{"sub":"user-456"}"#;

fn key() -> SigningKey {
    SigningKey::new(&Secret::new(SECRET).unwrap())
}

fn error(token: &str) -> Option<TokenError> {
    verify(token, &key()).err()
}

fn hex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn rfc_4231_cases_1_to_7() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/rfc4231.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    for case in cases {
        let (bytes, data, tag) = (hex(&case["key"]), hex(&case["data"]), hex(&case["tag"]));
        let key = SigningKey::from_bytes(&bytes).unwrap();
        assert_eq!(key.tag(&data)[..tag.len()], tag, "case {}", case["case"]);
        assert_eq!(slow_hmac(&bytes, &data)[..tag.len()], tag, "the slow HMAC, case {}", case["case"]);
        assert_eq!(key.verify(&data, &tag), tag.len() == 32, "a truncated tag is invalid, case {}", case["case"]);
    }
}

#[test]
fn rfc_7515_appendix_a_1() {
    let vector: Value = serde_json::from_str(include_str!("../vectors/rfc7515-a1.json")).unwrap();
    let [key, header, payload, token] =
        ["key", "header", "payload", "token"].map(|name| vector[name].as_str().unwrap());
    assert!(header.contains("\r\n") && payload.contains("\r\n"));
    assert!(token.starts_with(&format!("{}.{}.", encode(header), encode(payload))));

    let key = SigningKey::from_bytes(&crate::common::decode(key)).unwrap();
    assert_eq!(verify(token, &key).unwrap().as_bytes(), payload.as_bytes());
    assert_eq!(verify(token, &self::key()).err(), Some(TokenError::Signature));
}

#[test]
fn an_empty_key_is_rejected() {
    assert!(SigningKey::from_bytes(b"").is_none());
    assert!(SigningKey::from_bytes(b"\0").is_some());
}

#[test]
fn a_key_is_the_raw_bytes_of_its_secret() {
    let message = b"message";
    for secret in ["Jefe", "c2VjcmV0", " secret ", "gehëim 🔑", &"k".repeat(64), &"k".repeat(65)] {
        let expected = slow_hmac(secret.as_bytes(), message);
        assert_eq!(SigningKey::new(&Secret::new(secret).unwrap()).tag(message), expected, "{secret:?}");
        assert_eq!(SigningKey::from_bytes(secret.as_bytes()).unwrap().tag(message), expected, "{secret:?}");
    }
}

#[test]
fn row_31_a_signed_token_begins_with_alg_then_typ() {
    for payload in [PAYLOAD.as_bytes(), b"", b"\xff\0", &[b'x'; 100_000]] {
        let token = sign(payload, &key());
        assert!(token.starts_with("eyJhbGciOiJIUzI1NiIs"));
        assert_eq!(token, forge(HEADER, payload, SECRET));
        assert_eq!(verify(&token, &key()).unwrap().as_bytes(), payload);
    }
}

#[test]
fn w11_a_plain_hs256_header_is_accepted() {
    for header in [
        HEADER,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"1","ALG":"none"}"#,
        " \r\n\t{ \"alg\" : \"HS\\u003256\" }\n",
    ] {
        assert_eq!(error(&forge(header, PAYLOAD, SECRET)), None, "{header}");
    }
}

/// Headers that are signed with the right key, as if an attacker could choose the header.
#[test]
fn w11_a_header_of_another_algorithm_is_rejected() {
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"HS512","typ":"JWT"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS256 "}"#,
        r#"{"alg":""}"#,
        r#"{"alg":"HS512","crit":["exp"]}"#,
        &format!(r#"{{"alg":"HS512","x":"{}"}}"#, "x".repeat(1000)),
    ] {
        assert_eq!(error(&forge(header, PAYLOAD, SECRET)), Some(TokenError::Algorithm), "{header}");
    }
}

/// As above.
#[test]
fn w11_a_header_that_is_not_plain_hs256_is_rejected() {
    for header in [
        r#"{"alg":null}"#,
        r#"{"alg":256}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"ALG":"HS256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"HS256","b64":true}"#,
        r#"["HS256"]"#,
        r#"["HS256",null,null]"#,
        r#""HS256""#,
        "HS256",
        "{}",
        "null",
        "",
        "\u{feff}{\"alg\":\"HS256\"}",
        r#"{"alg":"HS256"}{}"#,
        r#"{"alg":"HS256"} x"#,
        r#"{"alg":"HS256",}"#,
        r#"{"alg":"HS256""#,
    ] {
        assert_eq!(error(&forge(header, PAYLOAD, SECRET)), Some(TokenError::Header), "{header}");
    }
    assert_eq!(error(&forge(b"{\"alg\":\"HS256\xff\"}", PAYLOAD, SECRET)), Some(TokenError::Header));
    let deep = format!(r#"{{"alg":"HS256","x":{}"#, "[".repeat(100_000));
    assert_eq!(error(&forge(deep, PAYLOAD, SECRET)), Some(TokenError::Header));
}

/// `crit` must be a list of extensions (RFC 7515 section 4.1.11).
#[test]
fn w11_a_header_with_crit_or_b64_null_is_rejected() {
    for header in [r#"{"alg":"HS256","crit":null}"#, r#"{"alg":"HS256","b64":null}"#] {
        assert_eq!(error(&forge(header, PAYLOAD, SECRET)), Some(TokenError::Header), "{header}");
    }
}

/// Where possible the altered parts are signed again, so that only their encoding is wrong.
#[test]
fn a_malformed_token_is_rejected() {
    let good = jwt(PAYLOAD, SECRET);
    let [header, payload, tag]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let bad_parts =
        ["A", "Zg==", "Zg=", "Zh", "Zm9", "Zm 9v", " Zm9v", "Zm9v ", "Zm9v\n", "Zm9v\0", "Zm9+", "Zm9/", "é", "Zm9v🔑"];
    let mut tokens = vec![
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "abc".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{tag}"),
        format!("{header}..{payload}.{tag}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}\0"),
        format!("{good}="),
        format!("Bearer {good}"),
        format!("\u{feff}{good}"),
        good.replace('.', "\u{ff0e}"),
        good.replacen('e', "\u{435}", 1),
        "🔑.🔑.🔑".into(),
        ".".repeat(1_000_000),
        sign_parts(header, &format!("{payload}.{payload}"), SECRET),
    ];
    for bad in bad_parts {
        tokens.extend([
            sign_parts(bad, payload, SECRET),
            sign_parts(header, bad, SECRET),
            format!("{header}.{payload}.{bad}"),
        ]);
    }
    // The last of 43 characters has two unused bits: three more encodings of the same tag.
    let last = "AEIMQUYcgkosw048".find(&tag[42..]).expect("canonical") * 4;
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    tokens.extend(
        (1..4).map(|bits| format!("{header}.{payload}.{}{}", &tag[..42], &alphabet[last + bits..=last + bits])),
    );

    for token in tokens {
        let found = error(&token);
        // An empty tag is canonical base64url, but an invalid signature.
        let expected = if token.ends_with(&format!("{payload}.")) || token == ".." {
            TokenError::Signature
        } else {
            TokenError::Malformed
        };
        assert_eq!(found, Some(expected), "{:?}", token.chars().take(200).collect::<String>());
    }
}

#[test]
fn a_token_of_another_key_or_changed_after_signing_is_rejected() {
    let good = jwt(PAYLOAD, SECRET);
    let (signed, tag) = good.rsplit_once('.').unwrap();
    let tag = crate::common::decode(tag);
    let none = encode(r#"{"alg":"none"}"#);
    for token in [
        jwt(PAYLOAD, "another secret of the same length"),
        jwt(PAYLOAD, &SECRET.to_uppercase()),
        jwt(PAYLOAD, &SECRET[..SECRET.len() - 1]),
        jwt(PAYLOAD, ""),
        format!("{signed}.{}", encode(&tag[..31])),
        format!("{signed}.{}", encode(&tag[..16])),
        format!("{signed}.{}", encode(&tag[..1])),
        format!("{signed}.{}", encode([&tag[..], &[0]].concat())),
        format!("{signed}.{}", encode([0; 32])),
        format!("{}.{}.{}", encode(HEADER), encode(r#"{"sub":"user-457"}"#), encode(&tag)),
        format!("{}.{}.{}", encode(r#"{"alg":"HS256"}"#), encode(PAYLOAD), encode(&tag)),
        // The unverified header changes the error only if it names another algorithm.
        format!("{}.{}.{}", encode("garbage"), encode("garbage"), encode(&tag)),
        format!("{}.{}.{}", encode(r#"{"alg":"HS256","crit":["exp"]}"#), encode(PAYLOAD), encode(&tag)),
        format!("{}.{}.{}", encode(r#"{"alg":null}"#), encode(PAYLOAD), encode(&tag)),
        format!("{}.{}.{}", encode(r#"{"alg":"none","alg":"none"}"#), encode(PAYLOAD), encode(&tag)),
    ] {
        assert_eq!(error(&token), Some(TokenError::Signature), "{token}");
    }
    for token in [
        format!("{none}.{}.", encode(PAYLOAD)),
        format!("{none}.{}.{}", encode(PAYLOAD), encode(&tag)),
        format!("{}.{}.{}", encode(r#"{"alg":"RS256","kid":"1"}"#), encode(PAYLOAD), encode([1; 256])),
    ] {
        assert_eq!(error(&token), Some(TokenError::Algorithm), "{token}");
    }
}

/// No more than 512 bytes of an unverified header are parsed.
#[test]
fn a_long_unverified_header_is_not_parsed() {
    let token = |length: usize| {
        let header = format!(r#"{{"alg":"none","x":"{}"}}"#, "x".repeat(length - r#"{"alg":"none","x":""}"#.len()));
        assert_eq!(header.len(), length);
        format!("{}.{}.", encode(header), encode(PAYLOAD))
    };
    assert_eq!(error(&token(512)), Some(TokenError::Algorithm));
    assert_eq!(error(&token(513)), Some(TokenError::Signature));
    assert_eq!(error(&token(5_000_000)), Some(TokenError::Signature));
}

#[test]
fn a_huge_token_is_accepted_or_rejected() {
    let payload = vec![b'x'; 8_000_000];
    let token = sign(&payload, &key());
    assert_eq!(verify(&token, &key()).unwrap().as_bytes(), payload);
    assert_eq!(error(&token[..token.len() - 3]), Some(TokenError::Signature));
    assert_eq!(error(&"A".repeat(10_000_000)), Some(TokenError::Malformed));
}

#[test]
fn keys_and_secrets_are_redacted() {
    let secret = Secret::new(SECRET).unwrap();
    for text in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", key()), format!("{:#?}", key())] {
        assert!(text.contains("redacted") && !text.contains("horse"), "{text}");
    }
}
