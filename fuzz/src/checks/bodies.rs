//! Request bodies are compared with serde_json: the fields of each valid request are exactly those of the body.

use super::{Checks, NOW, json::repeats_a_name};
use livekit_edge::{
    LivekitError, RawCreateToken, Ttl,
    config::DEFAULT_MAX_TTL,
    json::Object,
    request::{Field, JoinRequest, Moderation, RawModeration, RawMuteParticipant, RawTokenSource, parse_body},
};
use serde_json::Value;

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let raw = create_token(input);
    let Ok(body) = parse_body(input) else {
        checks.result("body", raw);
        return;
    };
    let theirs =
        if input.is_empty() { Value::Null } else { serde_json::from_slice(input).expect("strict JSON is JSON") };
    let raw = checks.result("body", raw).expect("the body was parsed");

    let join = checks.result("join", raw.clone().validate(DEFAULT_MAX_TTL));
    if let Some(join) = join {
        check_names(&join, &theirs, ["roomId", "identity", "name"]);
        let ttl = theirs.get("ttl").and_then(Value::as_f64);
        assert_eq!(join.ttl.map(Ttl::seconds), ttl.map(|seconds| seconds as u64));
        assert!(join.ttl.is_none_or(|ttl| ttl <= DEFAULT_MAX_TTL), "{theirs}");
    }
    let issued = checks.keyed.service.generate_token_raw(raw, NOW, None);
    if let Some(response) = checks.result("issue", issued) {
        let claims = checks.keyed.verifier.verify(&response.token, NOW).expect("what is signed is verified");
        assert_eq!(Some(claims.sub.as_str()), theirs.get("identity").and_then(Value::as_str));
        assert_eq!(claims.video.map(|video| video.room), Some(response.room_id));
    }
    let mute = checks.result("mute", RawMuteParticipant::from_object(&body).validate());
    if let Some(mute) = mute {
        assert_eq!(theirs.get("participantIdentity").and_then(Value::as_str), Some(mute.identity.as_str()));
        assert_eq!(theirs.get("mute"), Some(&Value::Bool(mute.mute)));
    }
    check_moderation(checks, &body, &theirs);
    check_token_source(checks, RawTokenSource::from_object(&body), &theirs);
}

/// Parses a raw request, and checks that serde_json parses the same.
fn create_token(body: &[u8]) -> Result<RawCreateToken, LivekitError> {
    let found = RawCreateToken::from_body(body);
    let expected = oracle(body);
    let is_expected = match (&found, &expected) {
        // Of a repeated field, too many levels and a syntax error, any may be found first.
        (Err(LivekitError::BodyRepeatsField), Err(error)) => *error != LivekitError::BodyNotObject,
        (Err(LivekitError::BodyTooComplex), _) => true,
        (found, expected) => found == expected,
    };
    assert!(is_expected, "{found:?}, not {expected:?}: {}", String::from_utf8_lossy(body));
    found
}

fn oracle(body: &[u8]) -> Result<RawCreateToken, LivekitError> {
    if body.is_empty() {
        return Ok(RawCreateToken::default());
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| LivekitError::BodyNotJson)?;
    if repeats_a_name(body, &value) {
        return Err(LivekitError::BodyRepeatsField);
    }
    let Value::Object(object) = value else { return Err(LivekitError::BodyNotObject) };
    let [room_id, identity, name, ttl] = ["roomId", "identity", "name", "ttl"].map(|field| match object.get(field) {
        None | Some(Value::Null) => Field::Absent,
        Some(Value::String(text)) => Field::String(text.clone()),
        Some(Value::Number(number)) => Field::Number(number.as_f64().unwrap_or(f64::NAN)),
        Some(_) => Field::Other,
    });
    Ok(RawCreateToken { room_id, identity, name, ttl })
}

fn check_names(request: &JoinRequest, body: &Value, names: [&str; 3]) {
    let [room, identity, name] = names.map(|name| body.get(name).and_then(Value::as_str));
    assert_eq!(Some(request.room_id.as_str()), room);
    assert_eq!(
        request.identity.as_ref().map(|identity| identity.as_str()),
        identity.filter(|identity| !identity.is_empty())
    );
    assert_eq!(request.name.as_ref().map(|name| name.as_str()), name);
}

fn check_moderation(checks: &mut Checks, body: &Object<'_>, theirs: &Value) {
    let named = theirs.get("participantIdentity").and_then(Value::as_str);
    for name in ["kick", "remove", "lock"] {
        let request = RawModeration::from_object(name, body).expect("a request of this name").validate();
        match &request {
            Ok(Moderation::Kick { identity, seconds }) => {
                let asked = theirs.get("durationSeconds").and_then(Value::as_f64).unwrap_or(3600.0);
                assert_eq!((Some(identity.as_str()), *seconds as f64), (named, asked));
                assert!((1..=30 * 86_400).contains(seconds), "{theirs}");
            }
            Ok(Moderation::Remove { identity }) => assert_eq!(Some(identity.as_str()), named),
            Ok(Moderation::Lock { locked }) => assert_eq!(theirs.get("locked"), Some(&Value::Bool(*locked))),
            other => assert!(other.is_err(), "{other:?}"),
        }
        checks.result("moderation", request);
    }
}

/// Checks that a valid request sets nothing if clients may set nothing.
fn check_token_source(checks: &mut Checks, raw: Result<RawTokenSource, LivekitError>, body: &Value) {
    let raw = match raw {
        Ok(raw) => raw,
        Err(error) => {
            checks.result("source of an open operator", Err::<(), _>(error));
            return;
        }
    };
    let [open, closed] = checks.keyed.configs.each_ref().map(|config| raw.clone().validate(config, "u"));
    if let Ok(request) = &closed {
        assert_eq!(open.as_ref(), Ok(request), "an operator who allows more refuses less");
        assert!(
            request.metadata.is_empty() && request.attributes.is_empty() && request.room_config.is_none(),
            "{body}"
        );
        assert!(request.identity.as_ref().is_none_or(|identity| identity.as_str() == "u"), "{body}");
    }
    if let Ok(request) = &open {
        let spelling = |snake: &'static str, camel| {
            if body.get(snake).is_some_and(|value| !value.is_null()) { snake } else { camel }
        };
        let names = [
            spelling("room_name", "roomName"),
            spelling("participant_identity", "participantIdentity"),
            spelling("participant_name", "participantName"),
        ];
        check_names(request, body, names);
        let metadata = body.get(spelling("participant_metadata", "participantMetadata")).and_then(Value::as_str);
        assert_eq!(request.metadata, metadata.unwrap_or_default());
        let config = request.room_config.as_ref().map(|config| config.as_json());
        let config = config.map(|text| serde_json::from_str::<Value>(text).expect("canonical JSON"));
        let agents = config.as_ref().and_then(|config| config.get("agents")?.as_array());
        let names = agents.into_iter().flatten().map(|agent| agent.get("agentName").and_then(Value::as_str));
        assert!(names.into_iter().all(|name| matches!(name, Some("a" | "b"))), "{body}");
        assert!(config.is_none_or(|config| config.as_object().is_some_and(|fields| fields.len() == 1)), "{body}");
    }
    checks.result("source of an open operator", open);
    checks.result("source of a closed operator", closed);
}
