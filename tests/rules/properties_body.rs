//! RawCreateToken::from_body agrees with serde_json about any body (row 19; W10).

use livekit_edge::{LivekitError, RawCreateToken, request::Field};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};
use serde_json::Value;

/// Number of members of all objects in a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(items) => items.iter().map(members).sum(),
        _ => 0,
    }
}

/// Number of members in a text: colons outside of strings.
fn written_members(text: &str) -> usize {
    let (mut colons, mut quoted, mut escaped) = (0, false, false);
    for character in text.chars() {
        match (character, quoted) {
            _ if escaped => escaped = false,
            ('\\', true) => escaped = true,
            ('"', _) => quoted = !quoted,
            (':', false) => colons += 1,
            _ => {}
        }
    }
    colons
}

/// The expected result, from the body as serde_json parses it.
fn oracle(body: &[u8]) -> Result<RawCreateToken, LivekitError> {
    if body.is_empty() {
        return Ok(RawCreateToken::default());
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| LivekitError::BodyNotJson)?;
    if members(&value) < written_members(std::str::from_utf8(body).unwrap()) {
        return Err(LivekitError::BodyRepeatsField);
    }
    let Value::Object(object) = value else { return Err(LivekitError::BodyNotObject) };
    let [room_id, identity, name, ttl] = ["roomId", "identity", "name", "ttl"].map(|field| match object.get(field) {
        None | Some(Value::Null) => Field::Absent,
        Some(Value::String(text)) => Field::String(text.clone()),
        Some(Value::Number(number)) => Field::Number(number.as_f64().unwrap()),
        Some(_) => Field::Other,
    });
    Ok(RawCreateToken { room_id, identity, name, ttl })
}

/// Nearly valid bodies: fragments of JSON in any order, or members with any bytes spliced in.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let fragments = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "true",
        "false",
        "1",
        "-0.5",
        "6e1",
        "\"a\"",
        "\"\\u0061\"",
        " ",
        "\n",
        "\\",
        "é",
        "\"roomId\"",
        "\"identity\"",
        "\"name\"",
        "\"ttl\"",
        "\"room\\u0049d\"",
        "\"x\"",
        "\"roomId\":",
        "\"ttl\":",
        "\"x\":",
        "{}",
        "\"\\",
        "\"\n\"",
        "\0",
    ];
    let name = select(vec!["roomId", "identity", "name", "ttl", "x", "roomid", r"tt\u006c", "__proto__"]);
    let value = select(vec![
        "null",
        "true",
        "1",
        "-1",
        "0.5",
        "1e3",
        "\"\"",
        "\"a\"",
        "\"\\n\"",
        "[]",
        "[1,{}]",
        "{}",
        "{\"roomId\":1}",
        "\"é\"",
        "01",
        "nul",
        "[1,]",
    ]);
    let members = vec((name, value), 0..6).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    let spliced =
        (members.clone(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..3)).prop_map(|(mut body, at, bytes)| {
            let at = at.index(body.len());
            body.splice(at..(at + 1).min(body.len()), bytes);
            body
        });
    let joined = vec(select(fragments.to_vec()), 0..12).prop_map(|fragments| fragments.concat().into_bytes());
    prop_oneof![members, spliced, joined, vec(any::<u8>(), 0..40)]
}

proptest! {
    #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn from_body_agrees_with_serde_json(body in body()) {
        let found = RawCreateToken::from_body(&body);
        let expected = oracle(&body);
        // A repeated field may be found before a syntax error.
        if found != Err(LivekitError::BodyRepeatsField) || expected != Err(LivekitError::BodyNotJson) {
            prop_assert_eq!(&found, &expected, "{}", String::from_utf8_lossy(&body));
        }
        if let Err(error) = found {
            prop_assert!(["body_not_json", "body_not_object", "body_repeats_field"].contains(&error.code()));
        }
    }
}
