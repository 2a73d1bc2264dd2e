//! The rules of a request and their texts, in order (rows 12-15, 19; W3, W6, W9; X1).

use crate::common::{MAX_TTL, NOW, service};
use livekit_edge::{
    CreateToken, LivekitError, RawCreateToken,
    service::{Field, JoinRequest},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOT_A_NUMBER: &str = "ttl must be a number conforming to the specified constraints";
const TOO_SMALL: &str = "ttl must not be less than 1";
const TOO_LARGE: &str = "ttl must not be greater than 86400";

/// Members of a JSON object, over a request that is right: a member given here replaces the right one.
fn read(members: &[(&str, &str)]) -> Result<JoinRequest, LivekitError> {
    let mut body = vec![("roomId", r#""channel-abc123""#), ("identity", r#""user-456""#)];
    body.retain(|(name, _)| members.iter().all(|(given, _)| given != name));
    body.extend(members);
    let body: Vec<String> = body.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    RawCreateToken::from_body(format!("{{{}}}", body.join(",")).as_bytes()).unwrap().validate(MAX_TTL)
}

/// The texts of a refused request, which is a 400; none for one that is taken.
fn texts<T>(result: Result<T, LivekitError>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => {
            assert_eq!((error.status(), error.label()), (400, Some("Bad Request")));
            let texts = error.field_messages();
            assert_eq!(error.to_string(), texts.join(", "));
            assert!(!texts.is_empty());
            texts
        }
    }
}

/// Values that are wrong for every text field, and what is wrong with them.
fn wrong_texts() -> Vec<(String, &'static str)> {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut wrong = Vec::new();
    for other in
        ["1", "0", "-1", "1.5", "true", "false", "[]", "{}", r#"["a"]"#, r#"{"not":"x"}"#, "12345678901234567890123"]
    {
        wrong.push((other.to_owned(), "must be a string"));
    }
    for long in ["x".repeat(257), "é".repeat(129), format!("{}x", "é".repeat(128)), "🎤".repeat(65), "x\n".repeat(200)]
    {
        wrong.push((quoted(&long), "must not be longer than 256 bytes"));
    }
    for control in [
        "a\0",
        "\0",
        "\u{1}b",
        "a\nb",
        "a\tb",
        "a\r",
        "\u{1b}[31m",
        "a\u{7f}",
        "a\u{80}",
        "a\u{9f}",
        "a\u{202e}",
        "\u{2028}x",
    ] {
        wrong.push((quoted(control), "must not contain control characters"));
    }
    wrong
}

fn right_texts() -> [String; 10] {
    ["a", "0", "null", "a  b", "channel-abc123", "a\u{3000}b", "a\u{a0}b", "<script>", "é", "🎤"].map(|text| {
        let text = if text == "é" || text == "🎤" { text.repeat(256 / text.len()) } else { text.to_owned() };
        serde_json::to_string(&text).unwrap()
    })
}

#[test]
fn row_12_w6_w9_room_id_is_a_required_text() {
    for (value, text) in wrong_texts() {
        assert_eq!(texts(read(&[("roomId", &value)])), [format!("roomId {text}")], "{value}");
    }
    for blank in [r#""""#, r#"" ""#, r#""  ""#, r#""\t\r\n""#, r#""\u00a0\u2003\u3000\u0085""#] {
        assert_eq!(texts(read(&[("roomId", blank)])), ["roomId should not be empty"], "{blank}");
    }
    let absent = ["roomId should not be empty", "roomId must be a string"];
    assert_eq!(texts(read(&[("roomId", "null")])), absent);
    assert_eq!(texts(RawCreateToken::from_body(b"{}").unwrap().validate(MAX_TTL)), absent);
    for value in right_texts() {
        assert_eq!(read(&[("roomId", &value)]).unwrap().room_id, serde_json::from_str::<String>(&value).unwrap());
    }
}

/// X1: absent or `null` is the caller's own identity; `""` is an error.
#[test]
fn row_13_identity_is_a_text_if_present() {
    for (value, text) in wrong_texts() {
        assert_eq!(texts(read(&[("identity", &value)])), [format!("identity {text}")], "{value}");
    }
    for blank in [r#""""#, r#"" ""#, r#""\u2003""#, r#""\n""#] {
        assert_eq!(texts(read(&[("identity", blank)])), ["identity should not be empty"], "{blank}");
    }
    assert_eq!(read(&[("identity", "null")]).unwrap().identity, None);
    let none = RawCreateToken::from_body(br#"{"roomId":"r"}"#).unwrap().validate(MAX_TTL).unwrap();
    assert_eq!(
        none,
        JoinRequest {
            room_id: "r".into(),
            identity: None,
            name: None,
            ttl: None,
            metadata: String::new(),
            attributes: Default::default()
        }
    );
    for value in right_texts() {
        assert_eq!(read(&[("identity", &value)]).unwrap().identity, serde_json::from_str(&value).unwrap());
    }
}

#[test]
fn row_14_name_is_a_text_that_may_be_blank() {
    for (value, text) in wrong_texts() {
        assert_eq!(texts(read(&[("name", &value)])), [format!("name {text}")], "{value}");
    }
    assert_eq!(texts(read(&[("name", r#""\n""#)])), ["name must not contain control characters"]);
    assert_eq!(read(&[("name", "null")]).unwrap().name, None);
    for value in right_texts().iter().map(String::as_str).chain([r#""""#, r#"" ""#, r#""\u00a0""#]) {
        assert_eq!(read(&[("name", value)]).unwrap().name, serde_json::from_str(value).unwrap());
    }
}

#[test]
fn row_15_w3_ttl_is_a_number_from_1_to_the_maximum() {
    let both = [TOO_SMALL, NOT_A_NUMBER].as_slice();
    for (value, expected) in [
        (r#""60""#, both),
        (r#""""#, both),
        ("true", both),
        ("false", both),
        ("[]", both),
        ("[60]", both),
        ("{}", both),
        ("0", &[TOO_SMALL]),
        ("-0", &[TOO_SMALL]),
        ("0.5", &[TOO_SMALL]),
        ("0.9999999999", &[TOO_SMALL]),
        ("-1", &[TOO_SMALL]),
        ("-1e300", &[TOO_SMALL]),
        ("-9223372036854775809", &[TOO_SMALL]),
        ("5e-324", &[TOO_SMALL]),
        ("86401", &[TOO_LARGE]),
        ("86401.5", &[TOO_LARGE]),
        ("4294967295", &[TOO_LARGE]),
        ("4294967296", &[TOO_LARGE]),
        ("4294967297", &[TOO_LARGE]),
        ("1e13", &[TOO_LARGE]),
        ("9007199254740993", &[TOO_LARGE]),
        ("18446744073709551615", &[TOO_LARGE]),
        ("18446744073709551617", &[TOO_LARGE]),
        ("1e300", &[TOO_LARGE]),
    ] {
        assert_eq!(texts(read(&[("ttl", value)])), expected, "{value}");
    }
    for (value, expected) in [
        ("null", None),
        ("1", Some(1)),
        ("1.5", Some(1)),
        ("1.999", Some(1)),
        ("6e1", Some(60)),
        ("7200", Some(7200)),
        ("86400", Some(86_400)),
        ("86400.0", Some(86_400)),
    ] {
        assert_eq!(read(&[("ttl", value)]).unwrap().ttl, expected, "{value}");
    }
}

/// JSON has none of these; a caller in JavaScript does.
#[test]
fn row_15_numbers_that_are_not_finite() {
    let ttl = |number| {
        let room_id = Field::String("r".into());
        texts(RawCreateToken { room_id, ttl: Field::Number(number), ..RawCreateToken::default() }.validate(MAX_TTL))
    };
    assert_eq!(ttl(f64::NAN), [TOO_SMALL, NOT_A_NUMBER]);
    assert_eq!(ttl(f64::INFINITY), [NOT_A_NUMBER]);
    assert_eq!(ttl(f64::NEG_INFINITY), [TOO_SMALL, NOT_A_NUMBER]);
    assert_eq!(ttl(f64::MAX), [TOO_LARGE]);
    assert_eq!(ttl(f64::MIN), [TOO_SMALL]);
}

#[test]
fn w3_the_maximum_is_the_configured_one() {
    for (max, ttl, expected) in
        [(60, 60.0, None), (60, 60.9, None), (60, 61.0, Some(60)), (1, 1.0, None), (1, 2.0, Some(1))]
    {
        let room_id = Field::String("r".into());
        let raw = RawCreateToken { room_id, ttl: Field::Number(ttl), ..RawCreateToken::default() };
        let expected: Vec<String> = expected.iter().map(|max| format!("ttl must not be greater than {max}")).collect();
        assert_eq!(texts(raw.validate(max)), expected);
    }
}

#[test]
fn row_19_every_broken_rule_is_told_in_the_order_identity_room_name_ttl() {
    let all = [("ttl", r#""60""#), ("name", "[]"), ("roomId", "null"), ("identity", r#""""#)];
    let expected = [
        "identity should not be empty",
        "roomId should not be empty",
        "roomId must be a string",
        "name must be a string",
        TOO_SMALL,
        NOT_A_NUMBER,
    ];
    assert_eq!(texts(read(&all)), expected);
    let ill = RawCreateToken {
        room_id: Field::IllFormedString,
        identity: Field::IllFormedString,
        name: Field::IllFormedString,
        ttl: Field::IllFormedString,
    };
    let well_formed = ["identity", "roomId", "name"].map(|name| format!("{name} must be well-formed Unicode"));
    assert_eq!(texts(ill.validate(MAX_TTL)), [&well_formed[..], &[TOO_SMALL.into(), NOT_A_NUMBER.into()]].concat());
}

#[test]
fn where_an_identity_is_required_its_absence_is_told_first() {
    let absent = ["identity should not be empty", "identity must be a string"];
    let room = ["roomId should not be empty", "roomId must be a string"];
    let minted = |raw| texts(service().generate_token_raw(raw, NOW, None));
    assert_eq!(minted(RawCreateToken::default()), [absent, room].concat());
    assert_eq!(minted(RawCreateToken { room_id: Field::String("r".into()), ..RawCreateToken::default() }), absent);
    let other = RawCreateToken { room_id: Field::Other, identity: Field::Other, ..RawCreateToken::default() };
    assert_eq!(minted(other), ["identity must be a string", "roomId must be a string"]);
}

/// A Rust caller fills a struct: no types can be wrong, every other rule is the same.
#[test]
fn row_19_a_typed_request_meets_the_same_rules() {
    let long = "x".repeat(257);
    for (room, identity, name, ttl, expected) in [
        ("", "i", None, None, vec!["roomId should not be empty"]),
        ("r", "", None, None, vec!["identity should not be empty"]),
        ("\u{a0}", "\t", None, None, vec!["identity should not be empty", "roomId should not be empty"]),
        ("a\0", "i", None, None, vec!["roomId must not contain control characters"]),
        (&long, "i", None, None, vec!["roomId must not be longer than 256 bytes"]),
        (
            "r",
            &long,
            Some("a\nb"),
            Some(0),
            vec!["identity must not be longer than 256 bytes", "name must not contain control characters", TOO_SMALL],
        ),
        ("r", "i", Some(&long), Some(86_401), vec!["name must not be longer than 256 bytes", TOO_LARGE]),
        ("r", "i", None, Some(u64::MAX), vec![TOO_LARGE]),
        ("r", "i", Some(""), Some(86_400), vec![]),
    ] {
        let request = CreateToken { name: name.map(Into::into), ttl, ..CreateToken::new(room, identity) };
        assert_eq!(texts(service().generate_token(&request, NOW, None)), expected);
    }
}
