//! The JSON reader and writer, against serde_json (W6, W10).

use livekit_edge::json::{JsonFault, MAX_DEPTH, MAX_MEMBERS, ObjectWriter, Value, read};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn number(spelling: &str) -> f64 {
    match read(spelling.as_bytes()) {
        Ok(Value::Number(number)) => {
            assert_eq!(number.as_str(), spelling);
            number.whole_part()
        }
        other => panic!("{spelling}: {other:?}"),
    }
}

#[test]
fn an_empty_object_and_an_empty_list_are_written() {
    let mut out = String::new();
    ObjectWriter::new(&mut out).end();
    let mut object = ObjectWriter::new(&mut out);
    object.texts::<&str>("a", []);
    object.end();
    assert_eq!(out, r#"{}{"a":[]}"#);
}

#[test]
fn no_whole_number_is_spelt_otherwise() {
    for (spelling, whole) in [
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-0", None),
        ("-1", None),
        ("1.0", None),
        ("1e0", None),
        ("10E1", None),
    ] {
        let Ok(Value::Number(number)) = read(spelling.as_bytes()) else { panic!("{spelling}") };
        assert_eq!(number.as_u64(), whole, "{spelling}");
    }
    for exponent in ["9", "99999999999999999999", "+9223372036854775807", "9223372036854775808"] {
        assert_eq!(number(&format!("1e{exponent}99")).to_string(), f64::MAX.to_string(), "{exponent}");
        assert_eq!(number(&format!("0e{exponent}99")).to_string(), "0", "{exponent}");
        assert_eq!(number(&format!("1e-{}99", exponent.trim_start_matches('+'))).to_string(), "0", "{exponent}");
    }
}

/// W10: at every depth, and whatever the escapes.
#[test]
fn w10_a_key_is_given_once_in_every_object() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"[{"a":{"b":1,"\u0062":2}}]"#,
        r#"{"":1,"":2}"#,
        r#"{"a":null,"a":null}"#,
        r#"{"\ud83c\udfa4":1,"🎤":1}"#,
    ] {
        assert_eq!(read(text.as_bytes()), Err(JsonFault::RepeatedKey), "{text}");
    }
    for text in [r#"{"a":{"a":{"a":1}}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":1,"A":1,"a ":1}"#] {
        assert!(read(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn depth_and_width_are_bounded() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(deep(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(read(deep(MAX_DEPTH + 1).as_bytes()), Err(JsonFault::TooComplex));
    assert_eq!(read("[".repeat(10_000_000).as_bytes()), Err(JsonFault::TooComplex));
    assert_eq!(read(r#"{"a":"#.repeat(1_000_000).as_bytes()), Err(JsonFault::TooComplex));
    let wide = |width: usize| {
        let members: Vec<_> = (0..width).map(|number| format!("\"{number}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(read(wide(MAX_MEMBERS).as_bytes()).is_ok());
    for width in [17, 18, 1000, MAX_MEMBERS] {
        let twice = wide(width).replace(&format!("\"{}\"", width - 1), "\"0\"");
        assert_eq!(read(twice.as_bytes()), Err(JsonFault::RepeatedKey), "{width}");
    }
    assert_eq!(read(wide(MAX_MEMBERS + 1).as_bytes()), Err(JsonFault::TooComplex));
    assert!(read(format!("[{}0]", "0,".repeat(100_000)).as_bytes()).is_ok(), "a list costs nothing to be long");
}

/// Texts that are spelt to be as slow as possible.
#[test]
fn no_text_takes_long_to_read() {
    // In a browser the target has no clock, and the runner's own limit is all.
    let start = cfg!(not(target_arch = "wasm32")).then(std::time::Instant::now);
    let members: Vec<_> = (0..MAX_MEMBERS).map(|number| format!("\"{number}\":0")).collect();
    let object = format!("{{{}}}", members.join(","));
    let objects = format!("[{}]", vec![object; 26].join(","));
    let escapes = format!("\"{}\"", "\\u0041".repeat(43_000));
    let digits = "9".repeat(262_144);
    for text in [objects, escapes, digits, " ".repeat(262_144), "\"".repeat(262_144), "[0,".repeat(87_000)] {
        let _ = read(text.as_bytes());
    }
    assert!(start.is_none_or(|start| start.elapsed().as_secs() < 5));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use livekit_edge::json::write_text;
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};
    use serde_json::Value as Oracle;

    /// True if our reading says what serde_json's says.
    fn agree(ours: &Value, theirs: &Oracle) -> bool {
        match (ours, theirs) {
            (Value::Null, Oracle::Null) => true,
            (Value::Bool(ours), Oracle::Bool(theirs)) => ours == theirs,
            (Value::Text(ours), Oracle::String(theirs)) => ours == theirs,
            (Value::Number(ours), Oracle::Number(theirs)) => {
                // Above u64 serde_json makes a float without its `float_roundtrip` feature: the last digits may differ.
                let (exact, near): (f64, f64) = (ours.as_str().parse().unwrap(), theirs.as_f64().unwrap());
                ours.as_u64() == theirs.as_u64() && (exact - near).abs() <= exact.abs() * 1e-14
            }
            (Value::List(ours), Oracle::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| agree(ours, theirs))
            }
            (Value::Object(ours), Oracle::Object(theirs)) => {
                ours.members().count() == theirs.len()
                    && ours.members().all(|(key, ours)| theirs.get(key).is_some_and(|theirs| agree(ours, theirs)))
            }
            _ => false,
        }
    }

    /// Any JSON value of a depth and width that is read.
    fn any_json() -> impl Strategy<Value = Oracle> {
        let leaf = prop_oneof![
            Just(Oracle::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1000_i32..1000).prop_map(|number| (f64::from(number) / 4.0).into()),
            vec(any::<char>(), 0..20).prop_map(|text| String::from_iter(text).into()),
        ];
        leaf.prop_recursive(6, 60, 8, |inner| {
            let key = prop_oneof![vec(any::<char>(), 0..6).prop_map(String::from_iter), "[a-c]"];
            prop_oneof![
                vec(inner.clone(), 0..8).prop_map(Oracle::Array),
                proptest::collection::hash_map(key, inner, 0..8)
                    .prop_map(|members| Oracle::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn what_serde_json_writes_is_read_alike(value in any_json(), pretty: bool, at: prop::sample::Index, cut: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let ours = read(text.as_bytes());
            prop_assert!(ours.as_ref().is_ok_and(|ours| agree(ours, &value)), "{} {:?}", text, ours);
            // One byte less: still JSON for both, or for neither.
            if cut {
                let mut bytes = text.into_bytes();
                bytes.remove(at.index(bytes.len()));
                match (read(&bytes), serde_json::from_slice(&bytes)) {
                    (Ok(ours), Ok(theirs)) => prop_assert!(agree(&ours, &theirs), "{:?}", bytes),
                    (Err(JsonFault::RepeatedKey), _) | (Err(JsonFault::Syntax), Err(_)) => {}
                    (ours, theirs) => prop_assert!(false, "{:?} {:?} {:?}", ours, theirs, String::from_utf8_lossy(&bytes)),
                }
            }
        }

        #[test]
        fn what_is_written_is_read_by_serde_json(key in ".*", text in vec(any::<char>(), 0..40), count: u64, flag: bool, items in vec(".*", 0..4)) {
            let text = String::from_iter(text);
            let mut out = String::from("before");
            let mut object = ObjectWriter::new(&mut out);
            object.text("text", &text);
            object.text_if_any("any", &text);
            object.number("number", count);
            object.flag("flag", flag);
            object.flag_if_set("set", flag);
            object.texts("texts", &items);
            object.member("member", |out| write_text(&text, out));
            object.text(&format!("key {key}"), "");
            object.end();
            let written = out.strip_prefix("before").unwrap();
            let mut expected = serde_json::json!({"text": text, "number": count, "flag": flag, "texts": items, "member": text});
            let members = expected.as_object_mut().unwrap();
            members.insert(format!("key {key}"), "".into());
            if !text.is_empty() {
                members.insert("any".into(), text.into());
            }
            if flag {
                members.insert("set".into(), true.into());
            }
            prop_assert_eq!(serde_json::from_str::<Oracle>(written).unwrap(), expected.clone(), "{}", written);
            prop_assert!(agree(&read(written.as_bytes()).unwrap(), &expected));
        }

        /// The slow way: write the number out in 60 places, and read those before the point.
        #[test]
        fn a_whole_part_is_that_of_the_number_written_out(
            negative: bool, whole in "0|[1-9][0-9]{0,14}", fraction in "[0-9]{0,15}", exponent in -20_i32..20, sign in select(vec!["", "+"]),
        ) {
            let mantissa = if fraction.is_empty() { whole.clone() } else { format!("{whole}.{fraction}") };
            let exponent_sign = if exponent < 0 { "" } else { sign };
            let spelling = format!("{}{mantissa}e{exponent_sign}{exponent}", if negative { "-" } else { "" });
            let places = format!("{}{whole}{fraction}{}", "0".repeat(20), "0".repeat(40));
            let point = usize::try_from(20 + i32::try_from(whole.len()).unwrap() + exponent).unwrap();
            let expected = places.split_at(point).0.parse::<u128>().unwrap_or(u128::MAX);
            let expected = u32::try_from(expected).map_or(f64::MAX, f64::from);
            prop_assert_eq!(number(&spelling), if negative { -expected } else { expected }, "{}", spelling);
        }
    }
}
