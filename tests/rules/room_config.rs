//! RoomConfiguration: parsing any spelling, canonical JSON, and credentials only if allowed (row 34; W11).

use crate::common::{API_KEY, API_SECRET, NOW, jwt, part, verify};
use livekit_edge::{AccessToken, Claims, LivekitError, RoomConfiguration};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Enums of LiveKit's protocol, in the order of their numbers.
const ENUMS: [&str; 11] = [
    "JRP_ON_FAILURE JRP_NEVER",
    "DEFAULT_MIXING DUAL_CHANNEL_AGENT DUAL_CHANNEL_ALTERNATE",
    "DEFAULT_FILETYPE MP4 OGG MP3",
    "DEFAULT_SEGMENTED_FILE_PROTOCOL HLS_PROTOCOL",
    "INDEX TIMESTAMP",
    "IMAGE_SUFFIX_INDEX IMAGE_SUFFIX_TIMESTAMP IMAGE_SUFFIX_NONE_OVERWRITE",
    "IC_DEFAULT IC_JPEG",
    "DEFAULT_PROTOCOL RTMP SRT WEBSOCKET",
    "DEFAULT_AC OPUS AAC AC_MP3",
    "DEFAULT_VC H264_BASELINE H264_MAIN H264_HIGH VP8",
    "H264_720P_30 H264_720P_60 H264_1080P_30 H264_1080P_60 PORTRAIT_H264_720P_30 PORTRAIT_H264_720P_60 PORTRAIT_H264_1080P_30 PORTRAIT_H264_1080P_60 PASSTHROUGH",
];

const OUTPUTS: [&str; 8] = [
    "room.file",
    "room.segments",
    "room.fileOutputs[]",
    "room.segmentOutputs[]",
    "room.imageOutputs[]",
    "participant.fileOutputs[]",
    "participant.segmentOutputs[]",
    "tracks",
];

const CREDENTIALS: [&str; 7] = [
    "s3.secret",
    "s3.sessionToken",
    "s3.proxy.password",
    "gcp.credentials",
    "gcp.proxy.password",
    "azure.accountKey",
    "aliOSS.secret",
];

fn canonical(given: &str) -> Result<String, String> {
    RoomConfiguration::from_json(given).map(|config| config.as_json().to_owned()).map_err(|error| error.to_string())
}

/// Wraps `value` in objects and one-element arrays (`[]`) along `path`.
fn nest(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |value, step| match step.strip_suffix("[]") {
        Some(list) => json!({list: [value]}),
        None => json!({step: value}),
    })
}

#[track_caller]
fn assert_canonical(given: &Value, expected: &Value) {
    let config = canonical(&given.to_string()).map(|text| serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!(config.as_ref(), Ok(expected), "{given}");
}

#[track_caller]
fn assert_rejected(given: &Value, expected: &str) {
    assert_eq!(canonical(&given.to_string()), Err(expected.to_owned()), "{given}");
}

#[test]
fn names_are_in_camel_case_or_snake_case_but_not_both() {
    let camel = json!({"emptyTimeout": 1, "egress": {"room": {"customBaseUrl": "u", "fileOutputs": [{"s3": {"assumeRoleArn": "a"}}]}}});
    let snake = json!({"empty_timeout": 1, "egress": {"room": {"custom_base_url": "u", "file_outputs": [{"s3": {"assume_role_arn": "a"}}]}}});
    assert_canonical(&camel, &camel);
    assert_canonical(&snake, &camel);
    assert_canonical(&json!({"emptyTimeout": null, "empty_timeout": 1}), &json!({"emptyTimeout": 1}));
    let twice = "is set twice, or together with a field that excludes it";
    assert_rejected(&json!({"emptyTimeout": 1, "empty_timeout": 1}), &format!("emptyTimeout {twice}"));
    assert_rejected(
        &json!({"agents": [{}, {"agentName": "", "agent_name": ""}]}),
        &format!("agents.agentName {twice}"),
    );
    for name in ["empty-timeout", "", "timeout"] {
        assert_rejected(&json!({name: 1}), "claims has a field that LiveKit does not know");
        assert_rejected(&json!({"agents": [{name: 1}]}), "agents has a field that LiveKit does not know");
    }
    for name in [
        "EmptyTimeout",
        "emptytimeout",
        "EMPTY_TIMEOUT",
        "empty_Timeout",
        "empty__timeout",
        "_empty_timeout",
        "empty_timeout_",
        "emptyTimeou",
    ] {
        let near = format!("{name} is a field that LiveKit does not know; did you mean emptyTimeout?");
        assert_rejected(&json!({name: 1}), &near);
        assert_rejected(&json!({"agents": [{name: 1}]}), "agents has a field that LiveKit does not know");
    }
}

#[test]
fn enums_are_parsed_by_name_or_number_and_written_by_name() {
    for (kind, names) in [
        "restartPolicy",
        "audioMixing",
        "fileType",
        "segments",
        "suffix",
        "imageSuffix",
        "codec",
        "stream",
        "audioCodec",
        "videoCodec",
        "preset",
    ]
    .into_iter()
    .zip(ENUMS)
    {
        let (holder, name) = match kind {
            "restartPolicy" => ("agents[]", "restartPolicy"),
            "fileType" => ("egress.room.file", "fileType"),
            "segments" => ("egress.room.segments", "protocol"),
            "suffix" => ("egress.participant.segmentOutputs[]", "filenameSuffix"),
            "imageSuffix" => ("egress.room.imageOutputs[]", "filenameSuffix"),
            "codec" => ("egress.room.imageOutputs[]", "imageCodec"),
            "stream" => ("egress.room.streamOutputs[]", "protocol"),
            name @ ("audioCodec" | "videoCodec") => ("egress.participant.advanced", name),
            name => ("egress.room", name),
        };
        let at = |value: Value| nest(holder, json!({name: value}));
        let known: Vec<_> = names.split(' ').collect();
        for (number, known) in known.iter().enumerate() {
            // Zero is the default and not serialized, except in a oneof.
            let expected = if number > 0 || name == "preset" { at(json!(known)) } else { nest(holder, json!({})) };
            assert_canonical(&at(json!(known)), &expected);
            assert_canonical(&at(json!(number)), &expected);
        }
        let path = format!("{}.{name}", holder.replace("[]", ""));
        for wrong in [
            json!(known.len()),
            json!(-1),
            json!(1.5),
            json!(u64::MAX),
            json!("1"),
            json!(""),
            json!(known[1].to_lowercase()),
        ] {
            assert_rejected(&at(wrong), &format!("{path} is not a name that LiveKit knows"));
        }
        for wrong in [json!(true), json!([]), json!({}), json!([1])] {
            assert_rejected(&at(wrong), &format!("{path} must be a name or its number"));
        }
    }
}

/// A message of LiveKit's JavaScript SDK contains every default.
#[test]
fn defaults_are_not_serialized() {
    let all = json!({
        "name": "", "emptyTimeout": 0, "departureTimeout": 0, "maxParticipants": 0, "metadata": "", "minPlayoutDelay": 0,
        "maxPlayoutDelay": -0.0, "syncStreams": false, "agents": [], "tags": {}, "egress": null
    });
    let text = all.to_string().replace("-0.0", "-0");
    assert_eq!((canonical(&text), canonical("{}")), (Ok("{}".into()), Ok("{}".into())));
    let set = json!({"agents": [{"agentName": "", "attributes": {}}, {}], "tags": {"": ""}, "egress": {"tracks": {"s3": {"secret": ""}}}});
    assert_canonical(&set, &json!({"agents": [{}, {}], "tags": {"": ""}, "egress": {"tracks": {"s3": {}}}}));
    assert_eq!(
        canonical(r#" { "tags" : {"b":"2","a":"\u00e9"}, "name":"n" } "#).unwrap(),
        r#"{"name":"n","tags":{"b":"2","a":"é"}}"#
    );
}

/// A message of a newer SDK contains the defaults of new fields too.
#[test]
fn unknown_fields_with_empty_values_are_omitted() {
    for empty in [json!(null), json!(false), json!(0), json!(""), json!([]), json!({})] {
        for name in ["newer", "emptytimeout", "", "__proto__"] {
            assert_canonical(&json!({name: empty, "name": "n"}), &json!({"name": "n"}));
            assert_canonical(&json!({"agents": [{name: empty}]}), &json!({"agents": [{}]}));
        }
    }
    for set in [json!(true), json!(1), json!(-1), json!(0.5), json!(" "), json!([0]), json!({"a": null})] {
        assert_rejected(&json!({"newer": set}), "claims has a field that LiveKit does not know");
    }
}

#[test]
fn one_field_of_a_oneof_may_be_set() {
    let storage = ["s3", "gcp", "azure", "aliOSS"];
    let outputs = OUTPUTS.map(|output| (output, &storage[..]));
    let others = [
        ("room", &["file", "stream", "segments"][..]),
        ("room", &["preset", "advanced"]),
        ("participant", &["preset", "advanced"]),
    ];
    for (holder, choices) in outputs.into_iter().chain(others) {
        let value = |name: &str| if name == "preset" { json!(0) } else { json!({}) };
        let holder = format!("egress.{holder}");
        for (at, first) in choices.iter().enumerate() {
            let written = if *first == "preset" { json!("H264_720P_30") } else { json!({}) };
            assert_canonical(&nest(&holder, json!({*first: value(first)})), &nest(&holder, json!({*first: written})));
            for second in choices.iter().skip(at).skip(1) {
                let path = holder.replace("[]", "");
                let both = nest(&holder, json!({*second: value(second), *first: value(first)}));
                assert_rejected(
                    &both,
                    &format!("{path}.{second} is set twice, or together with a field that excludes it"),
                );
                let one = nest(&holder, json!({*second: null, *first: value(first)}));
                assert!(canonical(&one.to_string()).is_ok(), "{one}");
            }
        }
    }
    let independent = json!({"egress": {"room": {"file": {}, "fileOutputs": [{}], "preset": 8}}});
    assert!(canonical(&independent.to_string()).is_ok());
}

#[test]
fn numbers_are_in_the_range_of_their_type() {
    let unsigned = |number: &str| canonical(&format!(r#"{{"emptyTimeout":{number}}}"#));
    let options = |name: &str, number: &str| {
        canonical(&format!(r#"{{"egress":{{"participant":{{"advanced":{{"{name}":{number}}}}}}}}}"#))
    };
    for number in ["1", "2147483648", "4294967295"] {
        assert_eq!(unsigned(number), Ok(format!(r#"{{"emptyTimeout":{number}}}"#)));
    }
    let out_of_bounds = "must be an integer from";
    for number in ["-1", "4294967296", "18446744073709551616", "1.5", "1.0", "1e2", r#""1""#, "true", "[1]"] {
        assert_eq!(unsigned(number), Err(format!("emptyTimeout {out_of_bounds} 0 to 4294967295")), "{number}");
    }
    for number in ["1", "-1", "2147483647", "-2147483648"] {
        assert!(options("width", number).unwrap().contains(&format!(r#"{{"width":{number}}}"#)));
    }
    for number in ["2147483648", "-2147483649", "1.5", "1e2", r#""1""#] {
        let expected = format!("egress.participant.advanced.width {out_of_bounds} -2147483648 to 2147483647");
        assert_eq!(options("width", number), Err(expected), "{number}");
    }
    for (number, written) in [
        ("2.50", "2.5"),
        ("1e1", "10.0"),
        ("-0.5", "-0.5"),
        ("0.1000000000000000055511151231257827", "0.1"),
        ("1E-7", "1e-7"),
        ("4", "4"),
    ] {
        let expected = format!(r#"{{"keyFrameInterval":{written}}}"#);
        assert!(options("keyFrameInterval", number).unwrap().contains(&expected), "{number}");
    }
    for zero in ["0", "-0", "0.0", "0e9", "-0.00E-5"] {
        assert!(options("keyFrameInterval", zero).unwrap().contains(r#""advanced":{}"#), "{zero}");
    }
    for wrong in [r#""2""#, r#""NaN""#, "true", "{}"] {
        assert_eq!(
            options("keyFrameInterval", wrong),
            Err("egress.participant.advanced.keyFrameInterval must be a number below 4294967296".into())
        );
    }
    for text in [
        "",
        "null",
        "[]",
        "1",
        r#""{}""#,
        "{",
        "{}x",
        r#"{"name":"a","name":"a"}"#,
        r#"{"name":"\ud800"}"#,
        "{'name':1}",
    ] {
        assert_eq!(canonical(text), Err("claims must be an object".into()), "{text}");
    }
}

fn sign(config: &Value, is_allowed: bool) -> Result<String, LivekitError> {
    let room_config = Some(RoomConfiguration::from_json(&config.to_string()).unwrap());
    let token = AccessToken::new(API_KEY, API_SECRET).unwrap().claims(Claims { room_config, ..Claims::default() });
    if is_allowed { token.allow_sensitive_credentials() } else { token }.to_jwt(NOW)
}

/// In every output that may contain a credential, including those that LiveKit's Go SDK does not check.
#[test]
fn a_credential_is_an_error_with_its_path_unless_allowed() {
    let stored = OUTPUTS.iter().flat_map(|output| CREDENTIALS.map(|credential| format!("{output}.{credential}")));
    let secrets = stored.map(|path| (nest(&format!("egress.{path}"), json!("hunter2")), path));
    let streams = ["room.stream", "room.streamOutputs[]"].into_iter().flat_map(|path| {
        let configs = [json!({}), json!({"protocol": "RTMP"}), json!({"urls": ["rtmp://h/key"]})];
        configs.map(|config| (nest(&format!("egress.{path}"), config), path.to_owned()))
    });
    for (config, path) in secrets.chain(streams) {
        let expected =
            format!("roomConfig.egress.{} contains a credential, which must not be in a token", path.replace("[]", ""));
        assert_eq!(sign(&config, false).unwrap_err().to_string(), expected);
        let signed = sign(&config, true).unwrap();
        assert_eq!(part(&signed, 1)["roomConfig"], config);
        let claims = verify(&signed).unwrap();
        let again = AccessToken::new(API_KEY, API_SECRET).unwrap().claims(claims).to_jwt(NOW).unwrap_err();
        assert_eq!(again.to_string(), expected, "also in a verified token");
        let full = config.to_string();
        let empty = full.replace("hunter2", "");
        assert!(empty == full || sign(&serde_json::from_str(&empty).unwrap(), false).is_ok(), "{empty}");
    }
    let open = json!({"metadata": "secret", "egress": {"room": {"streamOutputs": [], "imageOutputs": [{"s3": {"accessKey": "a"}}], "webhooks": [{"signingKey": "API1"}]}}});
    assert!(sign(&open, false).is_ok());
    let later = json!({"egress": {"tracks": {"s3": {"secret": "x"}}, "room": {"layout": "l", "fileOutputs": [{}, {"s3": {"bucket": "b"}}, {"gcp": {"credentials": "x", "bucket": "b"}}], "webhooks": [{}]}}});
    assert!(
        sign(&later, false)
            .unwrap_err()
            .to_string()
            .starts_with("roomConfig.egress.room.fileOutputs.gcp.credentials contains")
    );
}

/// Fields and values of a newer LiveKit are omitted from verified claims; a wrong type is an error.
#[test]
fn a_verified_token_may_contain_what_a_newer_livekit_knows() {
    let verified = |config: Value| {
        verify(&jwt(json!({"iss": API_KEY, "exp": NOW + 1, "roomConfig": config}).to_string(), API_SECRET))
    };
    let newer = verified(json!({"newer": {"a": 1}, "name": "n", "agents": [{"newer": 1, "agent_name": "a"}]})).unwrap();
    assert_eq!(newer.room_config.unwrap().as_json(), r#"{"name":"n","agents":[{"agentName":"a"}]}"#);
    let enums = verified(
        json!({"agents": [{"restartPolicy": "JRP_NEWER"}, {"restart_policy": 99}], "egress": {"room": {"preset": "NEWER"}}}),
    );
    assert_eq!(enums.unwrap().room_config.unwrap().as_json(), r#"{"egress":{"room":{}},"agents":[{},{}]}"#);
    let error = verified(json!({"newer": 1, "name": 1})).unwrap_err();
    assert_eq!(error.to_string(), "roomConfig.name must be a well-formed string");
}

/// Go rejects a whole room configuration for a double that it cannot represent.
#[test]
fn a_double_is_bounded_and_debug_is_redacted() {
    let interval = |number: &str| {
        let advanced = format!(r#"{{"egress":{{"room":{{"advanced":{{"keyFrameInterval":{number}}}}}}}}}"#);
        RoomConfiguration::from_json(&advanced)
    };
    for number in ["0.5", "4", "-1", "4294967295.5", "1e-400"] {
        assert!(interval(number).is_ok(), "{number}");
    }
    for number in ["1e300", "-1e300", "4294967296"] {
        let error = interval(number).unwrap_err();
        assert_eq!(
            error.to_string(),
            "egress.room.advanced.keyFrameInterval must be a number below 4294967296",
            "{number}"
        );
    }
    // Not JSON.
    for number in ["1e999", "-1e999"] {
        assert_eq!(interval(number).unwrap_err().to_string(), "claims must be an object", "{number}");
    }
    let secret = r#"{"egress":{"tracks":{"s3":{"secret":"hunter2"}}}}"#;
    assert!(!format!("{:?}", RoomConfiguration::from_json(secret)).contains("hunter2"));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn snake(name: &str) -> String {
        name.chars()
            .flat_map(|c| c.is_ascii_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()]))
            .collect()
    }

    /// The value without some of its fields, in any spelling and in canonical JSON.
    fn vary(value: &Value, is_map: bool, choices: &mut impl Iterator<Item = u8>) -> (Value, Value) {
        match value {
            Value::Object(fields) => {
                let (mut given, mut expected) = (serde_json::Map::new(), serde_json::Map::new());
                for (name, value) in fields {
                    let choice = choices.next().unwrap();
                    let is_inner_map = value.is_object() && ["tags", "attributes", "metadata"].contains(&name.as_str());
                    let (inner, canonical) = vary(value, is_inner_map, choices);
                    let spelling =
                        if choice & 8 == 0 || is_map || name == "aliOSS" { name.clone() } else { snake(name) };
                    if choice % 8 > 1 {
                        given.insert(spelling, inner);
                        if !is_inner_map || canonical != json!({}) {
                            expected.insert(name.clone(), canonical);
                        }
                    } else if choice % 8 == 1 && !is_map {
                        given.insert(spelling, Value::Null);
                    }
                }
                (given.into(), expected.into())
            }
            Value::Array(items) => {
                let (given, expected): (Vec<_>, Vec<_>) = items.iter().map(|item| vary(item, false, choices)).unzip();
                (given.into(), expected.into())
            }
            Value::String(name) => {
                let number = ENUMS.iter().find_map(|names| names.split(' ').position(|known| known == name));
                let is_number = choices.next().unwrap() & 1 == 0;
                (number.filter(|_| is_number).map_or(value.clone(), Value::from), value.clone())
            }
            _ => (value.clone(), value.clone()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_spelling_has_the_same_canonical_json(choices in vec(any::<u8>(), 1..2000)) {
            let fixture: Value = serde_json::from_str(include_str!("../vectors/claims.json")).unwrap();
            let (given, expected) = vary(&fixture["all"]["roomConfig"], false, &mut choices.into_iter().cycle());
            let written = canonical(&given.to_string()).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &expected);
            prop_assert_eq!(canonical(&expected.to_string()), Ok(written.clone()), "in the same order");
            prop_assert_eq!(canonical(&written), Ok(written));
        }
    }
}
