//! `tests/vectors/claims.json` contains every claim and field. Each is signed, verified and checked (row 34; W11).

use crate::common::{API_KEY, API_SECRET, NOW, credentials, jwt, object, part, verify};
use livekit_edge::{
    AccessToken, AgentEndpointGrant, AgentGrant, AgentThreadGrant, Claims, InferenceGrant, KindDetail, LivekitError,
    ObservabilityGrant, ParticipantKind, RawAccessToken, RoomConfiguration, SipGrant, TrackSource, VideoGrant,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FIXTURE: &str = include_str!("../vectors/claims.json");

/// Fields that are maps of strings. The application chooses their names, and an error has the path of the map.
const MAPS: [&str; 3] = ["attributes", "tags", "metadata"];

/// Fields that contain a name of a LiveKit enum, or an array of them.
const NAMES: &str = " kind kindDetails canPublishSources restartPolicy audioMixing preset fileType protocol filenameSuffix imageCodec audioCodec videoCodec ";

const UNKNOWN_NEAR_NAME: &str = "is a field that LiveKit does not know; did you mean name?";

fn fixture() -> Value {
    serde_json::from_str(FIXTURE).unwrap()
}

/// The fixture "all", then each of the "alternatives".
fn every_claims() -> Vec<Value> {
    let fixture = fixture();
    let alternatives = fixture["alternatives"].as_array().unwrap();
    [&fixture["all"]].into_iter().chain(alternatives).cloned().collect()
}

fn sign(claims: &Value) -> Result<String, LivekitError> {
    let claims = claims.to_string();
    RawAccessToken {
        claims: object(&claims),
        identity: Some("alice".into()),
        ttl: None,
        allow_sensitive_credentials: true,
    }
    .to_jwt(&credentials(), NOW)
}

fn with_times(claims: &Value) -> Value {
    let times = json!({"iss": API_KEY, "sub": "alice", "nbf": NOW, "exp": NOW + 21_600});
    let both = [&times, claims].map(|claims| claims.as_object().unwrap().clone());
    both.into_iter().flatten().collect()
}

fn is_map(path: &str) -> bool {
    MAPS.contains(&path.rsplit('.').next().unwrap())
}

/// Every variant of `value` with one inner value changed, and the path of that value in an error.
fn changes_in(value: &Value, path: &str, change: &dyn Fn(&str, &mut Value) -> bool) -> Vec<(Value, String)> {
    let mut all = Vec::new();
    let mut enter = |child: &Value, path: &str, wrap: &dyn Fn(Value) -> Value| {
        let mut changed = child.clone();
        if change(path, &mut changed) {
            all.push((wrap(changed), path.to_owned()));
        }
        all.extend(changes_in(child, path, change).into_iter().map(|(value, path)| (wrap(value), path)));
    };
    match value {
        Value::Array(items) => items.iter().for_each(|item| enter(item, path, &|value| json!([value]))),
        Value::Object(fields) => fields.iter().for_each(|(name, child)| {
            let longer = format!("{path}{}{name}", if path.is_empty() { "" } else { "." });
            enter(child, if is_map(path) { path } else { &longer }, &|value| json!({name: value}));
        }),
        _ => {}
    }
    all
}

fn changed(change: impl Fn(&str, &mut Value) -> bool) -> Vec<(Value, String)> {
    every_claims().iter().flat_map(|claims| changes_in(claims, "", &change)).collect()
}

#[track_caller]
fn assert_rejected(claims: &Value, path: &str, reason: &str) {
    match sign(claims) {
        Err(error @ LivekitError::InvalidClaim(_)) => {
            let message = error.to_string();
            assert!(message.starts_with(&format!("{path} {reason}")), "{message:?} for {path}: {claims}");
        }
        other => panic!("{other:?} for {path}: {claims}"),
    }
}

#[test]
fn every_claim_is_signed_as_it_was_given() {
    for claims in every_claims() {
        let token = sign(&claims).unwrap();
        let (signed, expected) = (part(&token, 1), with_times(&claims));
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(signed.get(name), Some(value), "{name}");
        }
        assert_eq!(signed, expected);
        let verified = verify(&token).unwrap();
        let again = AccessToken::new(API_KEY, API_SECRET).unwrap().claims(verified).allow_sensitive_credentials();
        assert_eq!(again.to_jwt(NOW), Ok(token), "verified claims are signed as they were");
        assert_eq!(verify(&jwt(expected.to_string(), API_SECRET)), verify(&again.to_jwt(NOW).unwrap()));
    }
}

#[test]
fn the_typed_claims_are_the_fixture() {
    let all = fixture()["all"].take();
    let states = [false, false, true, false, true, false].map(Some);
    let [can_publish, can_subscribe, can_publish_data, can_update_own_metadata, can_subscribe_metrics, session] =
        states;
    let endpoint = AgentEndpointGrant {
        call: true,
        agent_name: "concierge".into(),
        deployment: "blue".into(),
        ..AgentEndpointGrant::default()
    };
    let expected = Claims {
        iss: API_KEY.into(),
        sub: "alice".into(),
        exp: Some(NOW + 21_600),
        nbf: Some(NOW),
        name: "Alice 🦀 <&>".into(),
        video: Some(VideoGrant {
            room_create: true,
            room_join: true,
            room_list: true,
            room_record: true,
            room_admin: true,
            room: "lobby é".into(),
            ingress_admin: true,
            can_publish,
            can_publish_sources: TrackSource::ALL.to_vec(),
            can_subscribe,
            can_publish_data,
            can_update_own_metadata,
            hidden: true,
            recorder: true,
            agent: true,
            can_subscribe_metrics,
            can_manage_agent_session: session,
            destination_room: "attic".into(),
            ..VideoGrant::default()
        }),
        sip: Some(SipGrant { admin: true, call: true, ..SipGrant::default() }),
        agent: Some(AgentGrant {
            admin: true,
            simulation_admin: true,
            database_admin: true,
            dispatch_admin: true,
            ..AgentGrant::default()
        }),
        agent_endpoint: Some(endpoint),
        agent_thread: Some(AgentThreadGrant {
            all: true,
            scope: "support".into(),
            thread_ids: vec!["thread-1".into(), "thread-2".into()],
            list: true,
            create: true,
            write: true,
            read: true,
            delete: true,
            ..AgentThreadGrant::default()
        }),
        inference: Some(InferenceGrant { perform: true, ..InferenceGrant::default() }),
        observability: Some(ObservabilityGrant { write: true, ..ObservabilityGrant::default() }),
        kind: Some(ParticipantKind::Agent),
        kind_details: KindDetail::ALL.to_vec(),
        metadata: all["metadata"].as_str().unwrap().into(),
        attributes: [("team", "blue"), ("empty", ""), ("lk.é", all["attributes"]["lk.é"].as_str().unwrap())]
            .map(|(key, value)| (key.into(), value.into()))
            .into(),
        sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into(),
        room_preset: "webinar".into(),
        room_config: Some(RoomConfiguration::from_json(&all["roomConfig"].to_string()).unwrap()),
        ..Claims::default()
    };
    assert_eq!(verify(&sign(&all).unwrap()), Ok(expected));
}

/// The files that name every claim and every field of a grant. A claim or field that is added to one of the first two must
/// be added to the others.
const CLAIMS_RS: &str = include_str!("../../src/token/claims.rs");
const GRANTS_RS: &str = include_str!("../../src/token/grants.rs");
const MESSAGES_RS: &str = include_str!("../../src/token/room_config/messages.rs");
const GRANTS_TS: &str = include_str!("../../pkg/src/grants.ts");

/// The objects in a token: the Rust type, the TypeScript type, and the claim that it is the value of.
const OBJECTS: [(&str, &str, &str); 8] = [
    ("Claims", "ClaimGrants", ""),
    ("VideoGrant", "VideoGrant", "/video"),
    ("SipGrant", "SIPGrant", "/sip"),
    ("AgentGrant", "AgentGrant", "/agent"),
    ("AgentEndpointGrant", "AgentEndpointGrant", "/agentEndpoint"),
    ("AgentThreadGrant", "AgentThreadGrant", "/agentThread"),
    ("InferenceGrant", "InferenceGrant", "/inference"),
    ("ObservabilityGrant", "ObservabilityGrant", "/observability"),
];

/// The text between `start` and the next line that is `end`.
#[track_caller]
fn block<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end:?} after {start:?}")).0
}

/// The names of the fields that a type of `claim_object` declares.
fn rust_fields(object: &str) -> BTreeSet<&'static str> {
    let source = if object == "Claims" { CLAIMS_RS } else { GRANTS_RS };
    let lines = block(source, &format!("pub struct {object} {{\n"), "\n    }\n").lines().map(str::trim);
    let fields = lines.filter(|line| !line.starts_with("//"));
    fields.map(|line| line.split('"').nth(1).unwrap_or_else(|| panic!("no name in {line:?}"))).collect()
}

/// The names of the fields that a type of TypeScript declares, in lines that are indented like the first.
fn typescript_fields(declaration: &str, end: &str) -> BTreeSet<&'static str> {
    let block = block(GRANTS_TS, &format!("{declaration} {{\n"), end);
    let indent = block.len() - block.trim_start().len();
    let lines = block.lines().filter(|line| line.len() - line.trim_start().len() == indent);
    lines.filter_map(|line| Some(line.trim().split_once("?:")?.0)).collect()
}

/// The names of the fields of a message in `messages.rs`.
fn message_fields(message: &str) -> BTreeSet<&'static str> {
    let block = block(MESSAGES_RS, &format!("static {message}: Schema = message(&[\n"), "\n]);\n");
    block.split("(\"").skip(1).filter_map(|field| field.split('"').next()).collect()
}

#[track_caller]
fn assert_named(file: &str, object: &str, expected: &BTreeSet<&str>, found: &BTreeSet<&str>) {
    let missing: Vec<_> = expected.difference(found).collect();
    let unknown: Vec<_> = found.difference(expected).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "src/token and {file} name different fields of {object}: {missing:?} only in src/token, {unknown:?} only in \
         {file}. A claim or field of a grant must be in src/token/claims.rs or src/token/grants.rs, in pkg/src/grants.ts \
         and, with a value, in tests/vectors/claims.json.",
    );
}

#[test]
fn every_claim_and_grant_of_the_core_is_in_the_typescript_types_and_in_the_fixture() {
    let fixture = fixture();
    for (rust, typescript, pointer) in OBJECTS {
        let mut expected = rust_fields(rust);
        assert!(!expected.is_empty());
        let mut in_typescript = typescript_fields(&format!("export interface {typescript}"), "\n}\n");
        // LiveKit's server parses it; tokens of this crate do not contain it.
        in_typescript.remove("aud");
        assert_named("pkg/src/grants.ts", rust, &expected, &in_typescript);
        if rust == "Claims" {
            // Every token has these, or they are not claims of LiveKit.
            expected.retain(|name| !["iss", "sub", "exp", "nbf", "iat", "jti"].contains(name));
        }
        let value = fixture["all"].pointer(pointer).and_then(Value::as_object);
        let in_fixture = value.into_iter().flat_map(|value| value.keys().map(String::as_str)).collect();
        assert_named("tests/vectors/claims.json", rust, &expected, &in_fixture);
    }
    let declared = CLAIMS_RS.matches("pub struct ").count() + GRANTS_RS.matches("pub struct ").count();
    assert_eq!(declared, OBJECTS.len(), "a new grant must be in OBJECTS of tests/rules/claims.rs");
}

#[test]
fn every_field_of_a_room_configuration_is_in_the_typescript_type_and_in_the_fixture() {
    let in_typescript = typescript_fields("export type RoomConfigurationJson =", "\n};\n");
    assert_named("pkg/src/grants.ts", "roomConfig", &message_fields("ROOM_CONFIGURATION"), &in_typescript);
    let in_typescript = typescript_fields("  agents?:", "\n  }[];\n");
    assert_named("pkg/src/grants.ts", "roomConfig.agents", &message_fields("ROOM_AGENT_DISPATCH"), &in_typescript);

    let code = MESSAGES_RS.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let names: Vec<_> = code.split('"').skip(1).step_by(2).collect();
    assert!(names.len() > 120);
    // The default of an enum is not serialized.
    let defaults = ["JRP_ON_FAILURE", "DEFAULT_", "INDEX", "IMAGE_SUFFIX_INDEX", "IC_DEFAULT"];
    let is_default = |name: &str| defaults.iter().any(|default| name.starts_with(default));
    let is_missing = |name: &&str| !is_default(name) && !FIXTURE.contains(&format!("\"{name}\""));
    let missing: Vec<_> = names.into_iter().filter(is_missing).collect();
    assert_eq!(missing, [""; 0], "each must also be in tests/vectors/claims.json");
}

#[test]
fn a_value_of_another_type_is_an_error_with_its_path() {
    // -1 is no number of any enum, and out of range for most fields.
    for wrong in [json!("x"), json!(-1), json!(true), json!([]), json!({"a": 1})] {
        let type_of = |value: &Value| std::mem::discriminant(value);
        let changes =
            changed(|_, value| type_of(&wrong) != type_of(value) && std::mem::replace(value, wrong.clone()) != wrong);
        assert!(changes.len() > 300);
        for (claims, path) in changes {
            assert_rejected(&claims, &path, "");
        }
    }
}

#[test]
fn an_unknown_name_is_an_error_with_its_path() {
    for wrong in ["", "nope"] {
        let changes = changed(|path, value| {
            let is_name = value.is_string() && NAMES.contains(&format!(" {} ", path.rsplit('.').next().unwrap()));
            is_name && std::mem::replace(value, wrong.into()) != wrong
        });
        assert!(changes.len() > 60);
        for (claims, path) in changes {
            assert_rejected(&claims, &path, "is not a name that LiveKit knows");
        }
    }
}

/// JavaScript and Python serialize an unset field as `null`. In an array or a map it is a wrong type.
#[test]
fn a_null_field_counts_as_missing() {
    for (claims, path) in changed(|_, value| std::mem::replace(value, Value::Null) != Value::Null) {
        let mut without = claims.clone();
        if remove_nulls(&mut without) == 1 {
            assert_eq!(sign(&claims), sign(&without), "{path}");
        } else {
            assert_rejected(&claims, &path, "");
        }
    }
}

/// Removes `null` fields, except in maps.
fn remove_nulls(value: &mut Value) -> usize {
    match value {
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|_, value| !value.is_null());
            let here = before.abs_diff(fields.len());
            let inner = fields.iter_mut().filter(|(name, _)| !MAPS.contains(&name.as_str()));
            inner.map(|(_, value)| remove_nulls(value)).chain([here]).sum()
        }
        Value::Array(items) => items.iter_mut().map(remove_nulls).sum(),
        _ => 0,
    }
}

fn has_protocol(path: &str) -> bool {
    [".segments", ".segmentOutputs", ".stream", ".streamOutputs"].iter().any(|message| path.ends_with(message))
}

#[test]
fn an_unknown_field_is_an_error_at_any_depth() {
    for name in ["nope", "Name", "__proto__"] {
        let changes = changed(|path, value| match value {
            Value::Object(fields) if !is_map(path) => fields.insert(name.into(), json!(true)).is_none(),
            _ => false,
        });
        assert!(changes.len() > 80);
        for (claims, path) in changes.into_iter().chain([(json!({name: true}), "claims".into())]) {
            match path.as_str() {
                // These have a field `name`.
                "claims" if name == "Name" => assert_rejected(&claims, name, UNKNOWN_NEAR_NAME),
                "roomConfig" if name == "Name" => assert_rejected(&claims, "roomConfig.Name", UNKNOWN_NEAR_NAME),
                // These have a field `protocol`, which starts with the unknown name.
                _ if name == "__proto__" && has_protocol(&path) => {
                    let reason = "is a field that LiveKit does not know; did you mean protocol?";
                    assert_rejected(&claims, &format!("{path}.{name}"), reason);
                }
                _ => assert_rejected(&claims, &path, "has a field that LiveKit does not know"),
            }
        }
    }
}
