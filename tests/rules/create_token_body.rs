//! RawCreateToken::from_body: parsing of the four fields (rows 12-15, 19; W6, W10).

use crate::common::service;
use livekit_edge::{
    LivekitError, RawCreateToken,
    config::DEFAULT_MAX_TTL,
    json::{MAX_DEPTH, MAX_MEMBERS},
    request::Field,
};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn parse(body: impl AsRef<[u8]>) -> Result<RawCreateToken, LivekitError> {
    RawCreateToken::from_body(body.as_ref())
}

fn text(text: &str) -> Field {
    Field::String(text.into())
}

fn room(room_id: Field) -> RawCreateToken {
    RawCreateToken { room_id, ..RawCreateToken::default() }
}

fn vectors(list: &str) -> Vec<String> {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/create-token-bodies.json")).unwrap();
    let bodies: Vec<String> = serde_json::from_value(vectors.get(list).unwrap().clone()).unwrap();
    assert!(bodies.len() > 10);
    bodies
}

#[track_caller]
fn assert_rejected(body: impl AsRef<[u8]>, expected: LivekitError) {
    let body = body.as_ref();
    let start: String = String::from_utf8_lossy(body).chars().take(120).collect();
    assert_eq!(parse(body), Err(expected), "{start:?}");
}

#[test]
fn the_four_fields_are_parsed() {
    let body = r#" { "roomId" : "channel-abc123" , "identity":"user-456","name":"Alice","ttl":7200 } "#;
    let expected = RawCreateToken {
        room_id: text("channel-abc123"),
        identity: text("user-456"),
        name: text("Alice"),
        ttl: Field::Number(7200.0),
    };
    assert_eq!(parse(body), Ok(expected));
}

/// W6: a value of another type never reaches a query as a filter.
#[test]
fn w6_values_are_distinguished_by_type() {
    for (value, expected) in [
        ("null", Field::Absent),
        (r#""""#, text("")),
        (r#"" a\u00e9\ud83c\udfa4\n\/""#, text(" aé🎤\n/")),
        (r#""\u0000""#, text("\0")),
        ("0", Field::Number(0.0)),
        ("0.9", Field::Number(0.9)),
        ("-0.0", Field::Number(0.0)),
        ("1.5", Field::Number(1.5)),
        ("-7", Field::Number(-7.0)),
        ("6E1", Field::Number(60.0)),
        ("4294967295", Field::Number(4_294_967_295.0)),
        ("1e308", Field::Number(1e308)),
        ("true", Field::Other),
        ("false", Field::Other),
        ("[]", Field::Other),
        (r#"["channel-abc123"]"#, Field::Other),
        ("{}", Field::Other),
        (r#"{"not":"x"}"#, Field::Other),
        (r#"{"toString":null,"roomId":"r"}"#, Field::Other),
    ] {
        for (name, field) in [("roomId", 0), ("identity", 1), ("name", 2), ("ttl", 3)] {
            let raw = parse(format!("{{\"{name}\":{value}}}")).unwrap();
            let fields = [raw.room_id, raw.identity, raw.name, raw.ttl];
            for (at, found) in fields.into_iter().enumerate() {
                assert_eq!(found, if at == field { expected.clone() } else { Field::Absent }, "{name} {value}");
            }
        }
    }
}

#[test]
fn an_empty_body_is_an_empty_request() {
    for body in ["", "{}", " \r\n\t{\n} "] {
        assert_eq!(parse(body), Ok(RawCreateToken::default()), "{body:?}");
    }
}

#[test]
fn row_19_bodies_that_are_not_json() {
    for body in vectors("notJson") {
        assert_rejected(body, LivekitError::BodyNotJson);
    }
}

#[test]
fn bodies_that_are_json_but_not_an_object() {
    for body in vectors("notObject") {
        assert_rejected(body, LivekitError::BodyNotObject);
    }
}

#[test]
fn bodies_that_are_not_utf_8() {
    for bad in [&b"\xff"[..], b"\xc0\xaf", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xf0\x9f\x8e"]
    {
        for (before, after) in [("{\"roomId\":\"", "\"}"), ("{\"", "\":1}"), ("", "{}"), ("{}", ""), ("{\"ttl\":", "}")]
        {
            assert_rejected([before.as_bytes(), bad, after.as_bytes()].concat(), LivekitError::BodyNotJson);
        }
    }
    let utf_16: Vec<u8> = r#"{"roomId":"r"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_rejected(utf_16, LivekitError::BodyNotJson);
}

/// JSON is UTF-8 (RFC 8259 section 8.1), in ignored fields too.
#[test]
fn an_ignored_field_must_be_utf_8_too() {
    for (before, after) in [("{\"x\":\"", "\"}"), ("{\"x\":{\"", "\":1}}"), ("{\"roomId\":[\"", "\"]}")] {
        assert_rejected([before.as_bytes(), b"\xff", after.as_bytes()].concat(), LivekitError::BodyNotJson);
    }
}

#[test]
fn a_byte_order_mark_is_not_json() {
    assert_rejected("\u{feff}{\"roomId\":\"r\"}", LivekitError::BodyNotJson);
    assert_rejected("\u{feff}", LivekitError::BodyNotJson);
    assert_rejected("{\u{feff}}", LivekitError::BodyNotJson);
    assert_eq!(parse("{\"roomId\":\"\u{feff}r\"}"), Ok(room(text("\u{feff}r"))));
}

#[test]
fn an_unpaired_surrogate_is_not_json() {
    for half in [r"\ud800", r"\udfff", r"\udc00\ud800", r"\ud800\ud800", r"\ud800x", r"\ud800\n", r"\uD83C\u0041"] {
        for name in ["roomId", "identity", "name", "ttl", "x"] {
            assert_rejected(format!("{{\"{name}\":\"{half}\"}}"), LivekitError::BodyNotJson);
        }
        assert_rejected(format!("{{\"{half}\":1}}"), LivekitError::BodyNotJson);
    }
    assert_eq!(parse(r#"{"roomId":"\ud83c\udfa4"}"#), Ok(room(text("🎤"))));
}

#[test]
fn unknown_fields_are_ignored() {
    let expected = Ok(room(text("r")));
    for extra in vectors("unknownFields") {
        assert_eq!(parse(format!(r#"{{"roomId":"r",{extra}}}"#)), expected, "{extra}");
        assert_eq!(parse(format!(r#"{{{extra},"roomId":"r"}}"#)), expected, "{extra}");
    }
}

/// JavaScript uses the last of two repeated fields, other parsers the first, so that the authorized and the signed
/// value could differ.
#[test]
fn w10_a_repeated_field_is_an_error() {
    for (name, escaped) in [
        ("roomId", r"room\u0049d"),
        ("identity", r"\u0069dentity"),
        ("name", r"nam\u0065"),
        ("ttl", r"\u0074\u0074\u006c"),
    ] {
        for (first, second) in [
            (r#""a""#, r#""b""#),
            (r#""a""#, r#""a""#),
            ("null", r#""a""#),
            (r#""a""#, "null"),
            ("null", "null"),
            ("1", "1"),
            ("{}", "[]"),
        ] {
            // Another parser may know a field that is ignored here.
            assert_rejected(format!(r#"{{"x":{first},"x":{second}}}"#), LivekitError::BodyRepeatsField);
            for (one, two) in [(name, name), (name, escaped), (escaped, name), (escaped, escaped)] {
                assert_rejected(format!(r#"{{"{one}":{first},"{two}":{second}}}"#), LivekitError::BodyRepeatsField);
                assert_rejected(
                    format!(r#"{{"{one}":{first},"x":{{}},"{two}":{second}}}"#),
                    LivekitError::BodyRepeatsField,
                );
            }
        }
        assert!(
            parse(format!(r#"{{"{escaped}":"a"}}"#)).is_ok_and(|raw| raw != RawCreateToken::default()),
            "{escaped}"
        );
    }
}

/// A large number is a number; `validate` rejects it.
#[test]
fn numbers_beyond_64_bits_are_numbers_and_beyond_a_double_not_json() {
    let nines = "9".repeat(300);
    for huge in ["4294967296", "18446744073709551616", "1e300", "1.7976931348623157e308", &nines, "0.1e309"] {
        for (sign, text) in [("", "ttl must not be greater than 86400"), ("-", "ttl must not be less than 1")] {
            let raw = parse(format!(r#"{{"roomId":"r","ttl":{sign}{huge}}}"#)).unwrap();
            assert!(matches!(raw.ttl, Field::Number(ttl) if ttl.is_finite()), "{huge}");
            assert_eq!(raw.validate(DEFAULT_MAX_TTL).unwrap_err().field_messages(), [text], "{sign}{huge}");
        }
    }
    let nines = "9".repeat(400);
    for huge in ["1e309", "1e400", "1E+99999999999999999999", &nines, "0.1e400"] {
        for sign in ["", "-"] {
            assert_rejected(format!(r#"{{"roomId":"r","ttl":{sign}{huge}}}"#), LivekitError::BodyNotJson);
        }
    }
    for tiny in ["1e-400", "-1e-400", "0e400", "0.0e-9", "9e-99999999999999999999"] {
        assert_eq!(parse(format!(r#"{{"ttl":{tiny}}}"#)).unwrap().ttl, Field::Number(0.0), "{tiny}");
    }
}

/// In a thread with a stack of 256 KiB, which unlimited recursion would overflow. A browser's module has no threads, and
/// 1 MiB.
#[test]
fn nesting_100_000_deep_does_not_overflow_the_stack() {
    let check = || {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"roomId":"#, "}"), (r#"[{"a":"#, "}]")] {
            let open = open.repeat(100_000);
            for value in [open.clone(), format!("{open}1{}", close.repeat(100_000))] {
                assert_rejected(&value, LivekitError::BodyTooComplex);
                for name in ["roomId", "identity", "name", "ttl", "x"] {
                    assert_rejected(format!(r#"{{"{name}":{value}}}"#), LivekitError::BodyTooComplex);
                }
            }
        }
    };
    if cfg!(target_arch = "wasm32") {
        return check();
    }
    std::thread::Builder::new().stack_size(256 * 1024).spawn(check).unwrap().join().unwrap();
}

#[test]
fn depth_and_width_of_a_body_are_bounded() {
    let deep = |depth: usize| format!(r#"{{"roomId":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parse(deep(MAX_DEPTH - 1)), Ok(room(Field::Other)));
    assert_rejected(deep(MAX_DEPTH), LivekitError::BodyTooComplex);
    let wide = |fields: usize| {
        let extra: Vec<_> = (1..fields).map(|number| format!(r#""x{number}":0"#)).collect();
        format!(r#"{{{},"roomId":"r"}}"#, extra.join(","))
    };
    assert_eq!(parse(wide(MAX_MEMBERS)), Ok(room(text("r"))));
    assert_rejected(wide(MAX_MEMBERS + 1), LivekitError::BodyTooComplex);
}

/// W10: the body is parsed once, for the checks and for the token.
#[test]
fn w10_the_checked_value_is_the_signed_value() {
    let raw = parse(r#"{"room\u0049d":"\u0063hannel","identity":"\ud83c\udfa4","RoomId":"other"}"#).unwrap();
    let checked = raw.clone().validate(DEFAULT_MAX_TTL).unwrap();
    let response = service().generate_token_raw(raw, crate::common::NOW, None).unwrap();
    let identity = checked.identity.unwrap();
    assert_eq!((checked.room_id.as_str(), identity.as_str()), ("channel", "🎤"));
    assert_eq!((response.room_id, response.identity), (checked.room_id.into_string(), identity.into_string()));
}

/// Only a valid room and a valid identity are looked up in the store.
#[test]
fn w6_only_valid_ids_are_looked_up() {
    for (body, expected) in [
        (r#"{"roomId":"r","identity":"i","name":1}"#, (Some("r"), Some("i"))),
        (r#"{"roomId":"r"}"#, (Some("r"), None)),
        (r#"{"roomId":"r r","identity":null}"#, (Some("r r"), None)),
        (r#"{"roomId":" r ","identity":"i "}"#, (None, None)),
        (r#"{"roomId":{"not":"x"},"identity":["i"]}"#, (None, None)),
        (r#"{"roomId":" ","identity":"a\u0000"}"#, (None, None)),
        ("{}", (None, None)),
    ] {
        assert_eq!(parse(body).unwrap().lookup(), expected, "{body}");
    }
    assert_eq!(room(Field::String("r".repeat(257))).lookup(), (None, None));
}
