//! Compact JWS: each token has exactly one encoding, and every changed byte invalidates it.

use super::{Checks, json::repeats_a_name};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use livekit_edge::{SigningKey, TokenError, json, jws};
use serde_json::Value;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let key = &checks.keyed.key;
    let signed = jws::sign(input, key);
    assert_eq!(signed, with_tag(&format!("{}.{}", encode(HEADER), encode(input)), key));
    assert_eq!(jws::verify(&signed, key).map(|payload| payload.as_bytes().to_vec()), Ok(input.to_vec()));
    check_changed(&signed, input, key);

    // The input as the header.
    let verified = jws::verify(&with_tag(&format!("{}.e30", encode(input)), key), key).map(|_| ());
    assert_eq!(verified.is_ok(), is_plain(input), "{verified:?}");
    checks.answers.push(("header", verified.map_or_else(TokenError::code, |()| "ok")));

    // The input as the two signed parts, in any encoding, and as a whole token.
    let Ok(text) = std::str::from_utf8(input) else { return };
    let verified = jws::verify(&with_tag(text, key), key).map(|payload| payload.as_bytes().to_vec());
    match (&verified, text.split_once('.')) {
        (Ok(payload), Some((header, encoded))) => {
            assert_eq!(
                (encode(payload), URL_SAFE_NO_PAD.decode(header).map(encode)),
                (encoded.into(), Ok(header.into()))
            );
        }
        (Err(TokenError::Malformed), parts) => {
            let is_canonical = |part: &str| URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| encode(bytes) == part);
            assert!(!parts.is_some_and(|(header, payload)| is_canonical(header) && is_canonical(payload)), "{text}");
        }
        (Err(TokenError::Header | TokenError::Algorithm), Some((header, _))) => {
            assert!(!URL_SAFE_NO_PAD.decode(header).is_ok_and(|header| is_plain(&header)), "{text}");
        }
        (other, _) => panic!("{other:?} for {text}"),
    }
    checks.answers.push(("parts", verified.map_or_else(TokenError::code, |_| "ok")));
    // The input cannot contain a valid tag.
    assert!(jws::verify(text, key).is_err(), "{text}");
}

/// Changes, removes or adds a character of a token at a position that the input selects.
fn check_changed(token: &str, input: &[u8], key: &SigningKey) {
    let at = input.iter().fold(0_usize, |at, byte| at.wrapping_mul(31).wrapping_add(usize::from(*byte))) % token.len();
    let (before, after) = token.split_at(at);
    let (old, rest) = after.split_at(1);
    let new = if old == "A" { "B" } else { "A" };
    let changed = match input.len() % 4 {
        0 => format!("{before}{new}{rest}"),
        1 => format!("{before}{rest}"),
        2 => format!("{before}A{after}"),
        _ => before.into(),
    };
    assert!(jws::verify(&changed, key).is_err(), "{changed}");
}

/// Checks a header with serde_json: an object that names HS256 once and requires no extension.
pub(super) fn is_plain(header: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(header) else { return false };
    let names_it = value.get("alg").and_then(Value::as_str) == Some("HS256");
    let is_strict = !repeats_a_name(header, &value) && json::parse(header).is_ok();
    names_it && is_strict && value.get("crit").is_none() && value.get("b64").is_none()
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the valid tag to any signed text.
pub(super) fn with_tag(signed: &str, key: &SigningKey) -> String {
    format!("{signed}.{}", encode(key.tag(signed.as_bytes())))
}
