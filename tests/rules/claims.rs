//! One fixture names every claim and field; what is signed of it is exactly it (row 34; W11).

use crate::common::{API_KEY, API_SECRET, NOW, jwt, part, verify};
use livekit_edge::{
    AccessToken, AgentEndpointGrant, AgentGrant, AgentThreadGrant, ApiCredentials, Claims, InferenceGrant, KindDetail,
    LivekitError, ObservabilityGrant, ParticipantKind, RawAccessToken, RoomConfiguration, SipGrant, TrackSource,
    VideoGrant, json,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FIXTURE: &str = include_str!("../vectors/claims.json");

/// Members that are maps of texts: their keys are the application's, and a fault is told of the whole map.
const MAPS: [&str; 3] = ["attributes", "tags", "metadata"];

/// Members that hold names of LiveKit, alone or in a list.
const NAMES: &str = " kind kindDetails canPublishSources restartPolicy audioMixing preset fileType protocol filenameSuffix imageCodec audioCodec videoCodec ";

fn fixture() -> Value {
    serde_json::from_str(FIXTURE).unwrap()
}

/// "all", then each of the "alternatives".
fn every_claims() -> Vec<Value> {
    let fixture = fixture();
    let alternatives = fixture["alternatives"].as_array().unwrap();
    [&fixture["all"]].into_iter().chain(alternatives).cloned().collect()
}

fn sign(claims: &Value) -> Result<String, LivekitError> {
    let claims = claims.to_string();
    let Ok(json::Value::Object(claims)) = json::read(claims.as_bytes()) else { panic!("no object") };
    let token = AccessToken::new(API_KEY, API_SECRET).unwrap().identity("alice").allow_sensitive_credentials();
    let signed = token.claims_from_json(&claims).and_then(|token| token.to_jwt(NOW));
    let identity = json::read(br#""alice""#).unwrap();
    let raw =
        RawAccessToken { claims: &claims, identity: Some(&identity), ttl: None, allow_sensitive_credentials: true };
    assert_eq!(
        raw.to_jwt(&ApiCredentials::new(API_KEY, API_SECRET).unwrap(), NOW),
        signed,
        "without a Rust type between"
    );
    signed
}

fn with_times(claims: &Value) -> Value {
    let times = json!({"iss": API_KEY, "sub": "alice", "nbf": NOW, "exp": NOW + 21_600});
    let both = [&times, claims].map(|claims| claims.as_object().unwrap().clone());
    both.into_iter().flatten().collect()
}

fn is_map(path: &str) -> bool {
    MAPS.contains(&path.rsplit('.').next().unwrap())
}

/// Every change of one value below `value`, with nothing else around it, and the path of that value in an error.
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
        Value::Object(members) => members.iter().for_each(|(name, child)| {
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
fn assert_refused(claims: &Value, path: &str, problem: &str) {
    match sign(claims) {
        Err(error @ LivekitError::InvalidClaim(_)) => {
            let text = error.to_string();
            assert!(text.starts_with(&format!("{path} {problem}")), "{text:?} for {path}: {claims}");
        }
        other => panic!("{other:?} for {path}: {claims}"),
    }
}

#[test]
fn what_is_signed_is_the_fixture_member_by_member() {
    for claims in every_claims() {
        let token = sign(&claims).unwrap();
        let (signed, expected) = (part(&token, 1), with_times(&claims));
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(signed.get(name), Some(value), "{name}");
        }
        assert_eq!(signed, expected);
        let read = verify(&token).unwrap();
        let again = AccessToken::new(API_KEY, API_SECRET).unwrap().claims(read).allow_sensitive_credentials();
        assert_eq!(again.to_jwt(NOW), Ok(token), "what was read is signed as it was");
        assert_eq!(verify(&jwt(expected.to_string(), API_SECRET)), verify(&again.to_jwt(NOW).unwrap()));
    }
}

#[test]
fn the_typed_claims_are_the_fixture() {
    let all = fixture()["all"].take();
    let states = [false, false, true, false, true, false].map(Some);
    let [can_publish, can_subscribe, can_publish_data, can_update_own_metadata, can_subscribe_metrics, session] =
        states;
    let endpoint = AgentEndpointGrant { call: true, agent_name: "concierge".into(), deployment: "blue".into() };
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
        }),
        sip: Some(SipGrant { admin: true, call: true }),
        agent: Some(AgentGrant { admin: true, simulation_admin: true, database_admin: true, dispatch_admin: true }),
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
        }),
        inference: Some(InferenceGrant { perform: true }),
        observability: Some(ObservabilityGrant { write: true }),
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

/// The lists in the sources are what is read; a name that the fixture lacks is a name that no test sees.
#[test]
fn the_fixture_names_every_field_that_the_sources_have() {
    let schema = include_str!("../../src/token/room_config/schema.rs");
    let names = schema.split(['(', '[']).filter_map(|part| part.strip_prefix('"')?.split('"').next());
    let defaults = ["JRP_ON_FAILURE", "DEFAULT_", "INDEX", "IMAGE_SUFFIX_INDEX", "IC_DEFAULT"];
    let fields: Vec<_> = names.filter(|name| !defaults.iter().any(|default| name.starts_with(default))).collect();
    let rust = [include_str!("../../src/token/claims.rs"), include_str!("../../src/token/grants/video.rs"), SERVICES]
        .join("\n");
    let members = rust.split(" = \"").skip(1).map(|part| part.split('"').next().unwrap());
    let members: Vec<_> = members.filter(|name| !["iss", "sub", "exp", "nbf", "iat", "jti"].contains(name)).collect();
    assert_eq!(members.len(), 15 + 18 + 2 + 1 + 1 + 4 + 3 + 8);
    let missing: Vec<_> =
        fields.into_iter().chain(members).filter(|name| !FIXTURE.contains(&format!("\"{name}\""))).collect();
    assert_eq!(missing, [""; 0]);
}

const SERVICES: &str = include_str!("../../src/token/grants/services.rs");

#[test]
fn every_value_of_another_type_is_refused_by_name() {
    // -1 is no number of any enum, and out of the range of most fields.
    for wrong in [json!("x"), json!(-1), json!(true), json!([]), json!({"a": 1})] {
        let type_of = |value: &Value| std::mem::discriminant(value);
        let changes =
            changed(|_, value| type_of(&wrong) != type_of(value) && std::mem::replace(value, wrong.clone()) != wrong);
        assert!(changes.len() > 300);
        for (claims, path) in changes {
            assert_refused(&claims, &path, "");
        }
    }
}

#[test]
fn every_name_that_livekit_does_not_know_is_refused_by_name() {
    for wrong in ["", "nope"] {
        let changes = changed(|path, value| {
            let is_name = value.is_string() && NAMES.contains(&format!(" {} ", path.rsplit('.').next().unwrap()));
            is_name && std::mem::replace(value, wrong.into()) != wrong
        });
        assert!(changes.len() > 60);
        for (claims, path) in changes {
            assert_refused(&claims, &path, "is not a name that LiveKit knows");
        }
    }
}

/// `null` is what JavaScript and Python write for a member that is unset; in a list or a map it is nothing.
#[test]
fn a_null_member_is_absent() {
    for (claims, path) in changed(|_, value| std::mem::replace(value, Value::Null) != Value::Null) {
        let mut without = claims.clone();
        if remove_nulls(&mut without) == 1 {
            assert_eq!(sign(&claims), sign(&without), "{path}");
        } else {
            assert_refused(&claims, &path, "");
        }
    }
}

/// Removes members that are null, outside of maps.
fn remove_nulls(value: &mut Value) -> usize {
    match value {
        Value::Object(members) => {
            let before = members.len();
            members.retain(|_, value| !value.is_null());
            let here = before.abs_diff(members.len());
            let inner = members.iter_mut().filter(|(name, _)| !MAPS.contains(&name.as_str()));
            inner.map(|(_, value)| remove_nulls(value)).chain([here]).sum()
        }
        Value::Array(items) => items.iter_mut().map(remove_nulls).sum(),
        _ => 0,
    }
}

#[test]
fn a_member_that_livekit_does_not_know_is_refused_wherever_it_is() {
    for name in ["nope", "Name", "__proto__"] {
        let changes = changed(|path, value| match value {
            Value::Object(members) if !is_map(path) => members.insert(name.into(), json!(true)).is_none(),
            _ => false,
        });
        assert!(changes.len() > 80);
        for (claims, path) in changes {
            assert_refused(&claims, &path, "has a member that LiveKit does not know");
        }
        assert_refused(&json!({name: true}), "claims", "has a member that LiveKit does not know");
    }
}
