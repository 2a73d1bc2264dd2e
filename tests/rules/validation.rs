//! Validation of requests: messages and their order (rows 12-15, 19; W3, W6, W9; X1).

use crate::common::{MAX_TTL, NOW, create_token, display_name, room_name, service, ttl};
use livekit_edge::{
    CreateToken, DisplayName, Identity, LivekitError, NameError, RawCreateToken, Ttl,
    config::DEFAULT_MAX_TTL,
    request::{Field, JoinRequest},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOT_A_NUMBER: &str = "ttl must be a number conforming to the specified constraints";
const TOO_SMALL: &str = "ttl must not be less than 1";
const TOO_LARGE: &str = "ttl must not be greater than 86400";

/// A valid request with some of its fields replaced.
fn validate(fields: &[(&str, &str)]) -> Result<JoinRequest, LivekitError> {
    let mut body = vec![("roomId", r#""channel-abc123""#), ("identity", r#""user-456""#)];
    body.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
    body.extend(fields);
    let body: Vec<String> = body.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    RawCreateToken::from_body(format!("{{{}}}", body.join(",")).as_bytes()).unwrap().validate(DEFAULT_MAX_TTL)
}

/// The messages of an invalid request; none for a valid one.
fn messages<T>(result: Result<T, LivekitError>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => {
            assert_eq!(error.code(), "invalid_request");
            let messages = error.field_messages();
            assert_eq!(error.to_string(), messages.join(", "));
            assert!(!messages.is_empty());
            messages
        }
    }
}

/// Values that are invalid in every string field, and their messages.
fn invalid_strings() -> Vec<(String, &'static str)> {
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

fn valid_strings() -> [String; 10] {
    ["a", "0", "null", "a  b", "channel-abc123", "a\u{3000}b", "a\u{a0}b", "<script>", "é", "🎤"].map(|text| {
        let text = if text == "é" || text == "🎤" { text.repeat(256 / text.len()) } else { text.to_owned() };
        serde_json::to_string(&text).unwrap()
    })
}

fn parsed(text: &str) -> String {
    serde_json::from_str(text).unwrap()
}

#[test]
fn row_12_w6_w9_room_id_is_a_required_string() {
    for (value, text) in invalid_strings() {
        assert_eq!(messages(validate(&[("roomId", &value)])), [format!("roomId {text}")], "{value}");
    }
    for blank in [r#""""#, r#"" ""#, r#""  ""#, r#""\t\r\n""#, r#""\u00a0\u2003\u3000\u0085""#] {
        assert_eq!(messages(validate(&[("roomId", blank)])), ["roomId should not be empty"], "{blank}");
    }
    let absent = ["roomId should not be empty", "roomId must be a string"];
    assert_eq!(messages(validate(&[("roomId", "null")])), absent);
    assert_eq!(messages(RawCreateToken::from_body(b"{}").unwrap().validate(DEFAULT_MAX_TTL)), absent);
    for value in valid_strings() {
        assert_eq!(
            validate(&[("roomId", &value)]).unwrap().room_id.as_str(),
            serde_json::from_str::<String>(&value).unwrap()
        );
    }
}

/// X1: a missing or `null` identity means the caller's id; `""` is an error.
#[test]
fn row_13_identity_is_an_optional_string() {
    for (value, text) in invalid_strings() {
        assert_eq!(messages(validate(&[("identity", &value)])), [format!("identity {text}")], "{value}");
    }
    for blank in [r#""""#, r#"" ""#, r#""\u2003""#, r#""\n""#] {
        assert_eq!(messages(validate(&[("identity", blank)])), ["identity should not be empty"], "{blank}");
    }
    assert_eq!(validate(&[("identity", "null")]).unwrap().identity, None);
    let none = RawCreateToken::from_body(br#"{"roomId":"r"}"#).unwrap().validate(DEFAULT_MAX_TTL).unwrap();
    assert_eq!(
        none,
        JoinRequest {
            room_id: room_name("r"),
            identity: None,
            name: None,
            ttl: None,
            metadata: String::new(),
            attributes: Default::default(),
            room_config: None,
        }
    );
    for value in valid_strings() {
        assert_eq!(validate(&[("identity", &value)]).unwrap().identity, Some(crate::common::identity(&parsed(&value))));
    }
}

#[test]
fn row_14_name_is_an_optional_string_that_may_be_blank() {
    for (value, text) in invalid_strings() {
        assert_eq!(messages(validate(&[("name", &value)])), [format!("name {text}")], "{value}");
    }
    assert_eq!(messages(validate(&[("name", r#""\n""#)])), ["name must not contain control characters"]);
    assert_eq!(validate(&[("name", "null")]).unwrap().name, None);
    for value in valid_strings().iter().map(String::as_str).chain([r#""""#, r#"" ""#, r#""\u00a0""#]) {
        assert_eq!(validate(&[("name", value)]).unwrap().name, Some(display_name(&parsed(value))));
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
        assert_eq!(messages(validate(&[("ttl", value)])), expected, "{value}");
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
        assert_eq!(validate(&[("ttl", value)]).unwrap().ttl, expected.map(ttl), "{value}");
    }
}

/// Values that JavaScript has, but JSON does not.
#[test]
fn row_15_a_ttl_that_is_not_finite_is_an_error() {
    let with_ttl = |number| {
        let room_id = Field::String("r".into());
        messages(
            RawCreateToken { room_id, ttl: Field::Number(number), ..RawCreateToken::default() }
                .validate(DEFAULT_MAX_TTL),
        )
    };
    assert_eq!(with_ttl(f64::NAN), [TOO_SMALL, NOT_A_NUMBER]);
    assert_eq!(with_ttl(f64::INFINITY), [NOT_A_NUMBER]);
    assert_eq!(with_ttl(f64::NEG_INFINITY), [TOO_SMALL, NOT_A_NUMBER]);
    assert_eq!(with_ttl(f64::MAX), [TOO_LARGE]);
    assert_eq!(with_ttl(f64::MIN), [TOO_SMALL]);
}

#[test]
fn w3_the_maximum_is_the_configured_one() {
    for (max, seconds, expected) in
        [(60, 60.0, None), (60, 60.9, None), (60, 61.0, Some(60)), (1, 1.0, None), (1, 2.0, Some(1))]
    {
        let room_id = Field::String("r".into());
        let raw = RawCreateToken { room_id, ttl: Field::Number(seconds), ..RawCreateToken::default() };
        let expected: Vec<String> = expected.iter().map(|max| format!("ttl must not be greater than {max}")).collect();
        assert_eq!(messages(raw.validate(ttl(max))), expected);
    }
}

#[test]
fn row_19_every_error_is_reported_in_the_order_identity_room_name_ttl() {
    let all = [("ttl", r#""60""#), ("name", "[]"), ("roomId", "null"), ("identity", r#""""#)];
    let expected = [
        "identity should not be empty",
        "roomId should not be empty",
        "roomId must be a string",
        "name must be a string",
        TOO_SMALL,
        NOT_A_NUMBER,
    ];
    assert_eq!(messages(validate(&all)), expected);
    let ill = RawCreateToken {
        room_id: Field::IllFormedString,
        identity: Field::IllFormedString,
        name: Field::IllFormedString,
        ttl: Field::IllFormedString,
    };
    let well_formed = ["identity", "roomId", "name"].map(|name| format!("{name} must be well-formed Unicode"));
    assert_eq!(
        messages(ill.validate(DEFAULT_MAX_TTL)),
        [&well_formed[..], &[TOO_SMALL.into(), NOT_A_NUMBER.into()]].concat()
    );
}

#[test]
fn a_missing_required_identity_is_reported_first() {
    let absent = ["identity should not be empty", "identity must be a string"];
    let room = ["roomId should not be empty", "roomId must be a string"];
    let issued = |raw| messages(service().generate_token_raw(raw, NOW, None));
    assert_eq!(issued(RawCreateToken::default()), [absent, room].concat());
    assert_eq!(issued(RawCreateToken { room_id: Field::String("r".into()), ..RawCreateToken::default() }), absent);
    let other = RawCreateToken { room_id: Field::Other, identity: Field::Other, ..RawCreateToken::default() };
    assert_eq!(issued(other), ["identity must be a string", "roomId must be a string"]);
}

/// The types of the Rust API are always valid; the service checks the maximum of the TTL.
#[test]
fn row_19_a_typed_request_meets_the_same_rules() {
    let long = "x".repeat(257);
    for (room, identity, expected) in [
        ("", "i", "roomId should not be empty"),
        ("r", "", "identity should not be empty"),
        ("\u{a0}", "\t", "identity should not be empty"),
        ("a\0", "i", "roomId must not contain control characters"),
        (&long, "i", "roomId must not be longer than 256 bytes"),
        ("r", &long, "identity must not be longer than 256 bytes"),
    ] {
        assert_eq!(messages(CreateToken::new(room, identity)), [expected]);
    }
    assert_eq!(Identity::new(&*long), Err(NameError::TooLong));
    assert_eq!(DisplayName::new("a\nb"), Err(NameError::ForbiddenCharacter));
    assert_eq!(DisplayName::new(&*long), Err(NameError::TooLong));
    assert_eq!(Ttl::try_from(0), Err(LivekitError::InvalidTtl));
    for (name, seconds, expected) in [
        (None, MAX_TTL + 1, vec![TOO_LARGE]),
        (Some(display_name("n")), Ttl::MAX_SECONDS, vec![TOO_LARGE]),
        (Some(display_name("")), MAX_TTL, vec![]),
    ] {
        let request = CreateToken { name, ttl: Some(ttl(seconds)), ..create_token("r", "i") };
        assert_eq!(messages(service().generate_token(request, NOW, None)), expected);
    }
}
