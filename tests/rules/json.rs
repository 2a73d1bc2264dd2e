//! The strict JSON parser, compared with serde_json (W6, W10).

use livekit_edge::json::{
    JsonError, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, Number, Object, Value, parse, parse_object, read,
};
use serde::de::value::{Error, F64Deserializer};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn error(text: impl AsRef<[u8]>) -> Option<JsonError> {
    parse(text.as_ref()).err()
}

fn number(text: &str) -> Number {
    match parse(text.as_bytes()) {
        Ok(Value::Number(number)) => number,
        other => panic!("{text}: {other:?}"),
    }
}

fn wide_object(fields: usize) -> String {
    let fields: Vec<_> = (0..fields).map(|number| format!("\"{number}\":0")).collect();
    format!("{{{}}}", fields.join(","))
}

#[test]
fn every_type_is_parsed() {
    let text = r#" { "a" : null , "b":[true,false], "c":{"d":"\u00e9\ud83c\udfa4\n\/"}, "e":-1, "":[] } "#;
    let object = parse_object(text.as_bytes()).unwrap();
    let names: Vec<_> = object.members().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b", "c", "e", ""], "in the order of the text");
    assert_eq!((object.len(), object.is_empty()), (5, false));
    assert_eq!(object.get("b"), Some(&Value::Array(vec![Value::Bool(true), Value::Bool(false)])));
    let Some(Value::Object(inner)) = object.get("c") else { panic!("{object:?}") };
    assert_eq!(inner.get("d").and_then(Value::as_str), Some("é🎤\n/"));
    assert_eq!(inner.strings(), Some(vec![("d".into(), "é🎤\n/".into())]));
    assert_eq!(object.strings(), None);
    assert_eq!(object.get("e"), Some(&Value::Number(Number::Negative(-1))));
    // A `null` counts as missing, but the field exists.
    assert_eq!((object.get("a"), object.has("a")), (None, true));
    assert_eq!((object.get("x"), object.has("x")), (None, false));
}

#[test]
fn a_value_is_empty_like_an_unset_field_of_a_message() {
    for (text, is_empty) in [
        ("null", true),
        ("false", true),
        ("0", true),
        ("-0", true),
        ("0.0", true),
        ("\"\"", true),
        ("[]", true),
        ("{}", true),
        ("true", false),
        ("1", false),
        ("-1", false),
        ("1e-300", false),
        ("\" \"", false),
        ("[null]", false),
        ("{\"\":null}", false),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap().is_empty(), is_empty, "{text}");
    }
}

#[test]
fn parse_object_rejects_other_values() {
    for text in ["null", "true", "0", "\"{}\"", "[]", "[{}]"] {
        assert_eq!(parse_object(text.as_bytes()), Err(JsonError::NotObject), "{text}");
    }
    for text in ["", " ", "{", "x", "{}{}"] {
        assert_eq!(parse_object(text.as_bytes()), Err(JsonError::Syntax), "{text}");
    }
    assert_eq!(parse_object(b" {} "), Ok(Object::default()));
    assert_eq!(parse_object(br#"{"a":1,"a":1}"#), Err(JsonError::RepeatedMember));
}

#[test]
fn integers_of_64_bits_are_exact_and_other_numbers_doubles() {
    for (text, integer) in [
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-0", None),
        ("-1", None),
        ("1.0", None),
        ("1e0", None),
        ("10E1", None),
    ] {
        assert_eq!(number(text).as_u64(), integer, "{text}");
    }
    for (text, expected) in [
        ("18446744073709551615", Number::Unsigned(u64::MAX)),
        ("9223372036854775808", Number::Unsigned(1 << 63)),
        ("-1", Number::Negative(-1)),
        ("-9223372036854775808", Number::Negative(i64::MIN)),
        ("18446744073709551616", Number::Float(18_446_744_073_709_551_616.0)),
        ("-9223372036854775809", Number::Float(-9_223_372_036_854_775_808.0)),
        ("-0", Number::Float(-0.0)),
        ("1.0", Number::Float(1.0)),
        ("1.5e3", Number::Float(1500.0)),
        ("0.9999999999999999999999", Number::Float(1.0)),
        ("1.7976931348623157e308", Number::Float(f64::MAX)),
    ] {
        assert_eq!(number(text), expected, "{text}");
    }
    assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
    assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
    assert_eq!((number("9223372036854775808").as_i64(), number("1.0").as_i64()), (None, None));
    let doubles = ["3", "-3", "3.5"].map(|text| number(text).as_f64().to_string());
    assert_eq!(doubles, ["3", "-3", "3.5"]);
    for exponent in ["9", "99999999999999999999", "+9223372036854775807", "9223372036854775808"] {
        assert_eq!(error(format!("1e{exponent}99")), Some(JsonError::Syntax), "{exponent}");
        assert_eq!(number(&format!("0e{exponent}99")).as_f64().to_string(), "0", "{exponent}");
        assert_eq!(
            number(&format!("1e-{}99", exponent.trim_start_matches('+'))).as_f64().to_string(),
            "0",
            "{exponent}"
        );
    }
}

#[test]
fn a_number_beyond_a_double_is_not_json() {
    for text in ["1e309", "1e999", "-1e999", "0.1e400", &"9".repeat(400)] {
        assert_eq!(error(text), Some(JsonError::Syntax), "{text}");
        assert_eq!(error(format!("{{\"a\":[{text}]}}")), Some(JsonError::Syntax), "{text}");
    }
    for double in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(read(F64Deserializer::<Error>::new(double)), Err(JsonError::Syntax), "{double}");
    }
    assert_eq!(read(F64Deserializer::<Error>::new(0.5)), Ok(Value::Number(Number::Float(0.5))));
}

#[test]
fn invalid_json_is_a_syntax_error() {
    for text in [
        "",
        " ",
        "nul",
        "True",
        "NaN",
        "Infinity",
        "undefined",
        "'a'",
        "a",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "-",
        "0x10",
        "1_000",
        "\"",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\n\"",
        "\"\0\"",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\"}",
        "{\"a\":}",
        "{null:1}",
        "// x\n1",
        "\u{feff}1",
        "\u{a0}1",
    ] {
        assert_eq!(error(text), Some(JsonError::Syntax), "{text:?}");
        assert_eq!(error(format!("[{text}}}")), Some(JsonError::Syntax), "{text:?}");
    }
}

#[test]
fn trailing_characters_are_an_error() {
    for (value, rest) in ["{}", "[]", "1", "null", "\"a\""]
        .into_iter()
        .flat_map(|value| ["{}", "x", ",", "}", "]", "\0", "//", " 1 ", "null", "\"\""].map(|rest| (value, rest)))
    {
        assert_eq!(error(format!("{value}{rest}")), Some(JsonError::Syntax), "{value}{rest}");
        assert_eq!(error(format!(" {value} {rest}")), Some(JsonError::Syntax), "{value} {rest}");
        assert_eq!(error(format!(" {value} \r\n\t")), None, "{value}");
    }
}

#[test]
fn text_is_utf_8_and_has_no_unpaired_surrogate() {
    for bad in [&b"\xff"[..], b"\xc0\xaf", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xf0\x9f\x8e"]
    {
        for (before, after) in [("\"", "\""), ("{\"", "\":1}"), ("{\"a\":[\"", "\"]}"), ("", "{}"), ("{}", "")] {
            let text = [before.as_bytes(), bad, after.as_bytes()].concat();
            assert_eq!(error(&text), Some(JsonError::Syntax), "{text:?}");
        }
    }
    for half in [r"\ud800", r"\udfff", r"\udc00\ud800", r"\ud800\ud800", r"\ud800x", r"\ud800\n", r"\uD83C\u0041"] {
        for text in [format!("\"{half}\""), format!("{{\"{half}\":1}}"), format!("[[\"x{half}y\"]]")] {
            assert_eq!(error(&text), Some(JsonError::Syntax), "{text}");
        }
    }
    assert_eq!(parse(br#""\ud83c\udfa4""#).unwrap().as_str(), Some("🎤"));
    assert_eq!(parse("\"\u{feff}\u{2028}\u{7f}\"".as_bytes()).unwrap().as_str(), Some("\u{feff}\u{2028}\u{7f}"));
}

/// W10: at any depth, and with any escapes.
#[test]
fn w10_a_repeated_field_at_any_depth_is_an_error() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"a":3}"#,
        r#"[{"a":{"b":1,"\u0062":2}}]"#,
        r#"{"":1,"":2}"#,
        r#"{"a":null,"a":null}"#,
        r#"{"\ud83c\udfa4":1,"🎤":1}"#,
        r#"{"x":[[{"y":{"z":[{"a":1,"a":1}]}}]]}"#,
    ] {
        assert_eq!(error(text), Some(JsonError::RepeatedMember), "{text}");
    }
    for text in [r#"{"a":{"a":{"a":1}}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":1,"A":1,"a ":1}"#] {
        assert_eq!(error(text), None, "{text}");
    }
}

#[test]
fn w10_a_repeated_field_is_found_in_wide_objects() {
    for width in [17, 18, 1000, MAX_MEMBERS] {
        assert_eq!(error(wide_object(width)), None, "{width}");
        for (one, other) in [(0, width - 1), (width / 2, width - 1), (0, width / 2), (width - 2, width - 1)] {
            let twice = wide_object(width).replace(&format!("\"{other}\""), &format!("\"{one}\""));
            assert_eq!(error(twice), Some(JsonError::RepeatedMember), "{width}: {one} and {other}");
        }
    }
}

#[test]
fn depth_is_bounded() {
    assert_eq!(MAX_DEPTH, 32);
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!((error(deep(MAX_DEPTH)), error(deep(MAX_DEPTH + 1))), (None, Some(JsonError::TooComplex)));
    let deep = |depth: usize| r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    assert_eq!((error(deep(MAX_DEPTH)), error(deep(MAX_DEPTH + 1))), (None, Some(JsonError::TooComplex)));
    assert_eq!(error("[".repeat(10_000_000)), Some(JsonError::TooComplex));
    assert_eq!(error(r#"{"a":"#.repeat(1_000_000)), Some(JsonError::TooComplex));
}

#[test]
fn width_and_number_of_values_are_bounded() {
    assert_eq!((MAX_MEMBERS, MAX_VALUES), (65_536, 250_000));
    assert_eq!(error(wide_object(MAX_MEMBERS)), None);
    assert_eq!(error(wide_object(MAX_MEMBERS + 1)), Some(JsonError::TooComplex));
    assert_eq!(error(format!("[{}0]", "0,".repeat(100_000))), None, "an array may be wider than an object");
    // The array itself is a value too.
    let array = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
    assert_eq!(error(array(MAX_VALUES - 1)), None);
    assert_eq!(error(array(MAX_VALUES)), Some(JsonError::TooComplex));
    let nested = |objects: usize| format!("[{}0]", "{\"a\":[]},".repeat(objects));
    assert_eq!(error(nested(MAX_VALUES / 2 - 1)), None);
    assert_eq!(error(nested(MAX_VALUES / 2)), Some(JsonError::TooComplex));
}

/// Inputs that would be slow for a quadratic algorithm.
#[test]
fn no_text_takes_quadratic_time() {
    // In a browser there is no clock, so that only the timeout of the test runner applies.
    let start = cfg!(not(target_arch = "wasm32")).then(std::time::Instant::now);
    let objects = format!("[{}]", vec![wide_object(MAX_MEMBERS); 26].join(","));
    let escapes = format!("\"{}\"", "\\u0041".repeat(43_000));
    let digits = "9".repeat(262_144);
    for text in [objects, escapes, digits, " ".repeat(262_144), "\"".repeat(262_144), "[0,".repeat(87_000)] {
        let _ = parse(text.as_bytes());
    }
    assert!(start.is_none_or(|start| start.elapsed().as_secs() < 5));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*, test_runner::Config};
    use serde_json::Value as Oracle;

    /// True if the value is what serde_json parsed.
    fn agree(ours: &Value<'_>, theirs: &Oracle) -> bool {
        match (ours, theirs) {
            (Value::Null, Oracle::Null) => true,
            (Value::Bool(ours), Oracle::Bool(theirs)) => ours == theirs,
            (Value::String(ours), Oracle::String(theirs)) => ours == theirs,
            (Value::Number(ours), Oracle::Number(theirs)) => {
                let (exact, near) = (ours.as_f64(), theirs.as_f64().unwrap());
                ours.as_u64() == theirs.as_u64()
                    && ours.as_i64() == theirs.as_i64()
                    && exact.to_bits() == near.to_bits()
            }
            (Value::Array(ours), Oracle::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| agree(ours, theirs))
            }
            (Value::Object(ours), Oracle::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours.members().all(|(name, ours)| theirs.get(name).is_some_and(|theirs| agree(ours, theirs)))
            }
            _ => false,
        }
    }

    /// Any JSON value within the limits.
    fn any_json() -> impl Strategy<Value = Oracle> {
        let leaf = prop_oneof![
            Just(Oracle::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            (-1000_i32..1000).prop_map(|number| (f64::from(number) / 4.0).into()),
            vec(any::<char>(), 0..20).prop_map(|text| String::from_iter(text).into()),
        ];
        leaf.prop_recursive(6, 60, 8, |inner| {
            let name = prop_oneof![vec(any::<char>(), 0..6).prop_map(String::from_iter), "[a-c]"];
            prop_oneof![
                vec(inner.clone(), 0..8).prop_map(Oracle::Array),
                proptest::collection::hash_map(name, inner, 0..8)
                    .prop_map(|fields| Oracle::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn any_document_is_parsed_as_by_serde_json(value in any_json(), pretty: bool, at: prop::sample::Index, cut: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let theirs: Oracle = serde_json::from_str(&text).unwrap();
            let ours = parse(text.as_bytes());
            prop_assert!(ours.as_ref().is_ok_and(|ours| agree(ours, &theirs)), "{} {:?}", text, ours);
            prop_assert!(read(value.clone()).is_ok_and(|ours| agree(&ours, &value)), "{} as another format", value);
            let written = serde_json::to_string(&ours.unwrap()).unwrap();
            prop_assert!(parse(written.as_bytes()).is_ok_and(|again| agree(&again, &serde_json::from_str(&written).unwrap())));
            // With one byte removed, both parsers accept it or both reject it.
            if cut {
                let mut bytes = text.into_bytes();
                bytes.remove(at.index(bytes.len()));
                match (parse(&bytes), serde_json::from_slice(&bytes)) {
                    (Ok(ours), Ok(theirs)) => prop_assert!(agree(&ours, &theirs), "{:?}", bytes),
                    (Err(JsonError::RepeatedMember), _) | (Err(JsonError::Syntax), Err(_)) => {}
                    (ours, theirs) => prop_assert!(false, "{:?} {:?} {:?}", ours, theirs, String::from_utf8_lossy(&bytes)),
                }
            }
        }

        /// Strings, names and integers are serialized exactly as by serde_json.
        #[test]
        fn what_is_parsed_is_written_as_it_was(names in proptest::collection::hash_set(vec(any::<char>(), 0..6), 0..9), text in vec(any::<char>(), 0..40), count: u64, below: i64, flag: bool) {
            let text = String::from_iter(text);
            let fields: Vec<_> = names.iter().enumerate().map(|(at, name)| {
                let values = [text.clone().into(), count.into(), below.into(), flag.into(), Oracle::Null, vec![text.clone(), text.clone()].into()];
                let name = serde_json::to_string(&String::from_iter(name)).unwrap();
                format!("{name}:{}", values[at % values.len()])
            }).collect();
            let written = format!("{{{}}}", fields.join(","));
            let ours = parse(written.as_bytes()).unwrap();
            prop_assert_eq!(serde_json::to_string(&ours).unwrap(), written);
        }
    }
}
