//! Request bodies of any bytes are parsed as by serde_json (row 19; W10).

use crate::fuzz::{checks::Checks, verify_slowly};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

/// Nearly valid bodies: fragments of JSON in any order, or fields with any bytes inserted.
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
    let fields = vec((name, value), 0..6).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    });
    let spliced =
        (fields.clone(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..3)).prop_map(|(mut body, at, bytes)| {
            let at = at.index(body.len());
            body.splice(at..(at + 1).min(body.len()), bytes);
            body
        });
    let joined = vec(select(fragments.to_vec()), 0..12).prop_map(|fragments| fragments.concat().into_bytes());
    prop_oneof![fields, spliced, joined, vec(any::<u8>(), 0..40)]
}

proptest! {
    #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_request_agrees_with_serde_json(body in body()) {
        Checks::new(verify_slowly).run("bodies", &body);
    }
}
