//! Recordings: authorization, requests to the egress service with credentials, and its responses (row 71).

use crate::common::NOW;
use livekit_edge::{
    Caller, Facts, ForbiddenReason, LivekitConfig, LivekitError, RbacAction, RecordingChange, RecordingFile,
    RecordingSettings, RecordingStatus, TokenError,
    json::object_to_string,
    rbac::{ChannelFacts, CommunityBan, Overwrite, OverwriteTarget, UserFacts, authorize_recording},
    recording::RecordingStorage,
    request::{RawStartRecording, parse_body},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const CANARY: &str = "CANARY-7f3a";
const ROOM: &str = "channel-abc123";

fn settings(pairs: &[(&str, &str)]) -> Option<RecordingSettings> {
    let setting = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    LivekitConfig::from_settings(&setting).recording
}

fn on() -> RecordingSettings {
    settings(&[("RECORDING_FILEPATH", "{room_name}/{time}")]).unwrap()
}

fn request(pairs: &[(&str, &str)], audio_only: bool) -> Value {
    serde_json::from_str(&object_to_string(&settings(pairs).unwrap().request(ROOM, audio_only))).unwrap()
}

#[test]
fn recording_is_off_without_a_path_and_storage_and_with_an_invalid_one() {
    for off in [
        &[][..],
        &[("RECORDING_LAYOUT", "grid"), ("RECORDING_PRESET", "H264_720P_30")],
        &[("RECORDING_FILEPATH", " "), ("RECORDING_STORAGE", "")],
        &[("RECORDING_FILEPATH", "a\u{7}")],
        &[("RECORDING_FILEPATH", "x"), ("RECORDING_STORAGE", "{")],
        &[("RECORDING_FILEPATH", "a\nb"), ("RECORDING_STORAGE", r#"{"s3":{"bucket":"b"}}"#)],
    ] {
        assert!(settings(off).is_none(), "{off:?}");
    }
    assert!(settings(&[("RECORDING_FILEPATH", &"x".repeat(1025))]).is_none());
    assert_eq!(settings(&[("RECORDING_FILEPATH", " a b \n")]).unwrap().filepath(), "a b");
    let storage = ("RECORDING_STORAGE", r#"{"gcp":{"bucket":"b"}}"#);
    assert_eq!(settings(&[storage]).unwrap().filepath(), "{room_name}/{time}");
}

#[test]
fn the_request_has_what_the_operator_set_and_nothing_of_a_client() {
    let path = ("RECORDING_FILEPATH", "x/{time}");
    assert_eq!(
        request(&[path], false),
        json!({"roomName": ROOM, "audioOnly": false, "fileOutputs": [{"filepath": "x/{time}"}]})
    );
    let all = [
        path,
        ("RECORDING_STORAGE", r#"{"azure":{"accountName":"a","accountKey":"k","containerName":"c"}}"#),
        ("RECORDING_LAYOUT", "speaker"),
        ("RECORDING_PRESET", "H264_1080P_30"),
    ];
    let azure = json!({"accountName": "a", "accountKey": "k", "containerName": "c"});
    let outputs = json!([{"filepath": "x/{time}", "azure": azure}]);
    assert_eq!(
        request(&all, false),
        json!({"roomName": ROOM, "audioOnly": false, "layout": "speaker", "preset": "H264_1080P_30", "fileOutputs": outputs})
    );
    assert_eq!(request(&all, true), json!({"roomName": ROOM, "audioOnly": true, "fileOutputs": outputs}));
    let unknown = [path, ("RECORDING_PRESET", "PASSTHROUGH")];
    assert_eq!(request(&unknown, false).get("preset"), None);
}

#[test]
fn a_room_name_cannot_leave_the_operators_folder() {
    for (template, room, expected) in [
        ("r/{room_name}/{time}", "channel-abc123", "r/{room_name}/{time}"),
        ("r/{room_name}/{time}", "team/a..b/.c", "r/{room_name}/{time}"),
        ("r/{room_name}/{time}", "../../etc/x", "r/%2E%2E%2F%2E%2E%2Fetc%2Fx/{time}"),
        ("{room_name}/{time}", "/etc/x", "%2Fetc%2Fx/{time}"),
        ("{room_name}/{time}", "..", "%2E%2E/{time}"),
        ("{room_name}/{time}", "a/./b", "a%2F%2E%2Fb/{time}"),
        ("{room_name}/{time}", "..\\{time}é", "%2E%2E%5C%7Btime%7D%C3%A9/{time}"),
        ("r/", "..", "r/%2E%2E-{time}"),
        ("r/", "a", "r/"),
        ("r/{time}", "../x", "r/{time}"),
    ] {
        let settings = settings(&[("RECORDING_FILEPATH", template)]).unwrap();
        assert_eq!(settings.filepath_for_room(room), expected, "{template} {room}");
        let request: Value = serde_json::from_str(&object_to_string(&settings.request(room, false))).unwrap();
        assert_eq!(request.pointer("/fileOutputs/0/filepath").unwrap(), expected);
        let mut info = json!({"egressId": "EG_1", "roomName": room, "status": "EGRESS_ACTIVE"});
        info["roomComposite"] = request;
        let change = RecordingChange::from_info(&info.to_string(), Some(&settings)).unwrap().unwrap();
        assert!(change.is_as_requested, "{template} {room}");
    }
}

#[test]
fn a_storage_is_one_provider_with_fields_that_livekit_knows() {
    for valid in [
        json!({"s3": {"bucket": "b"}}),
        json!({"s3": {"accessKey": "a", "secret": "s", "sessionToken": "t", "assumeRoleArn": "r",
            "assumeRoleExternalId": "e", "region": "x", "endpoint": "https://s3.example", "bucket": "b",
            "forcePathStyle": true, "metadata": {"k": "v"}, "tagging": "t", "contentDisposition": "c",
            "proxy": {"url": "http://p", "username": "u", "password": "w"}}}),
        json!({"gcp": {"credentials": "{\"type\":\"service_account\"}", "bucket": "b", "proxy": {"url": "p"}}}),
        json!({"azure": {"accountName": "a", "accountKey": "k", "containerName": "c"}}),
        json!({"aliOSS": {"accessKey": "a", "secret": "s", "region": "r", "endpoint": "e", "bucket": "b"}}),
    ] {
        let text = valid.to_string();
        let found = request(&[("RECORDING_STORAGE", &text)], false);
        let (provider, fields) = valid.as_object().unwrap().iter().next().unwrap();
        assert_eq!(found["fileOutputs"][0][provider], *fields, "{valid}");
    }
    for invalid in [
        json!({}),
        json!([]),
        json!("s3"),
        json!({"s3": {}}),
        json!({"s3": {"bucket": ""}}),
        json!({"s3": {"bucket": 1}}),
        json!({"s3": []}),
        json!({"s3": null}),
        json!({"s3": {"bucket": "b", "acces_key": "a"}}),
        json!({"s3": {"bucket": "b", "forcePathStyle": "true"}}),
        json!({"s3": {"bucket": "b", "metadata": {"k": 1}}}),
        json!({"s3": {"bucket": "b", "proxy": {"host": "p"}}}),
        json!({"s3": {"bucket": "b"}, "gcp": {"bucket": "b"}}),
        json!({"S3": {"bucket": "b"}}),
        json!({"filepath": "x"}),
        json!({"gcp": {"bucket": "b", "credentials": {"type": "service_account"}}}),
        json!({"azure": {"containerName": "c"}}),
    ] {
        assert!(RecordingStorage::parse(&invalid.to_string()).is_none(), "{invalid}");
    }
    for text in ["", "x", r#"{"s3":{"bucket":"b"}"#, r#"{"s3":{"bucket":"b","bucket":"c"}}"#] {
        assert!(RecordingStorage::parse(text).is_none(), "{text}");
    }
}

#[test]
fn debug_has_no_credential() {
    let storage = json!({"s3": {"bucket": "b", "accessKey": CANARY, "secret": CANARY}}).to_string();
    let setting = |name: &str| (name == "RECORDING_STORAGE").then(|| storage.clone());
    let config = LivekitConfig::from_settings(&setting);
    let text = format!("{config:?}");
    assert!(text.contains("redacted") && !text.contains(CANARY), "{text}");
}

fn facts(actions: &[&str]) -> Facts {
    let user = UserFacts { id: "user-mod".into(), ..UserFacts::default() };
    let actions = actions.iter().map(|name| (*name).into()).collect();
    let channel = ChannelFacts { id: ROOM.into(), actions, has_role: true, ..ChannelFacts::default() };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn ask(body: &Value, facts: &Facts) -> Result<bool, LivekitError> {
    let caller = Caller { user_id: "user-mod".into(), ..Caller::default() };
    let request = RawStartRecording::from_object(&parse_body(body.to_string().as_bytes()).unwrap());
    authorize_recording(&caller, ROOM, &request, facts, NOW)
}

fn changed(change: impl FnOnce(&mut ChannelFacts)) -> Facts {
    let mut facts = facts(&["RECORD_CHANNEL"]);
    facts.channel.as_mut().map(change).unwrap();
    facts
}

/// Row 71.
#[test]
fn row_71_record_channel_is_needed_and_its_exact_name() {
    assert_eq!(ask(&json!({}), &facts(&["RECORD_CHANNEL"])), Ok(false));
    let forbidden = |reason| Err(LivekitError::Forbidden(reason));
    let others: Vec<_> =
        RbacAction::ALL.iter().map(|action| action.name()).filter(|n| *n != "RECORD_CHANNEL").collect();
    for actions in [&[][..], &["record_channel"], &["RECORD_CHANNEL "], &others] {
        assert_eq!(ask(&json!({}), &facts(actions)), forbidden(ForbiddenReason::MissingAction), "{actions:?}");
    }
    let mut owner = facts(&[]);
    owner.user.as_mut().unwrap().owner = true;
    assert_eq!(ask(&json!({}), &owner), Ok(false));
    owner.channel = None;
    assert_eq!(ask(&json!({}), &owner), forbidden(ForbiddenReason::UnknownChannel));
    for (facts, reason) in [
        (changed(|channel| channel.id = "CHANNEL-abc123".into()), ForbiddenReason::UnknownChannel),
        (changed(|channel| channel.private = true), ForbiddenReason::NotAMember),
        (changed(|channel| channel.timeout_ends = Some(NOW + 1)), ForbiddenReason::CommunityTimeout),
        (
            changed(|channel| channel.ban = Some(CommunityBan { active: true, ends: None })),
            ForbiddenReason::CommunityBan,
        ),
    ] {
        assert_eq!(ask(&json!({}), &facts), forbidden(reason));
    }
    let stranger = Facts { user: None, ..facts(&["RECORD_CHANNEL"]) };
    assert_eq!(ask(&json!({}), &stranger), Err(LivekitError::Unauthorized(TokenError::UnknownUser)));
}

#[test]
fn overwrites_of_the_channel_allow_and_deny_it() {
    let names = |allowed: bool| if allowed { vec!["RECORD_CHANNEL".into()] } else { Vec::new() };
    let overwritten = |actions: &[&str], allows: bool| {
        let mut facts = facts(actions);
        let overwrite = Overwrite { target: OverwriteTarget::Member, allow: names(allows), deny: names(!allows) };
        facts.channel.as_mut().unwrap().overwrites = vec![overwrite];
        ask(&json!({}), &facts)
    };
    assert_eq!(overwritten(&[], true), Ok(false));
    assert_eq!(overwritten(&["RECORD_CHANNEL"], false), Err(LivekitError::Forbidden(ForbiddenReason::MissingAction)));
}

#[test]
fn audio_only_is_a_boolean_and_the_only_field() {
    let may = facts(&["RECORD_CHANNEL"]);
    for (body, expected) in [
        (json!({}), false),
        (json!({"audioOnly": null}), false),
        (json!({"audioOnly": false}), false),
        (json!({"audioOnly": true}), true),
        (json!({"filepath": "x", "s3": {}, "fileOutputs": [], "roomName": "y", "audio_only": true}), false),
    ] {
        assert_eq!(ask(&body, &may), Ok(expected), "{body}");
    }
    for value in [json!("true"), json!(1), json!([]), json!({})] {
        for facts in [&may, &facts(&[])] {
            let error = ask(&json!({"audioOnly": value}), facts).unwrap_err();
            assert_eq!(error.field_messages(), ["audioOnly must be a boolean value"]);
        }
    }
}

fn event(name: &str, info: &Value) -> Result<Option<RecordingChange>, LivekitError> {
    let body = json!({"event": name, "egressInfo": info, "id": "EV_1", "createdAt": "1700000000"});
    RecordingChange::from_body(body.to_string().as_bytes(), &on())
}

/// A Twirp response has snake_case names; 64-bit integers are strings.
#[test]
fn both_spellings_of_an_egress_are_parsed() {
    let camel = json!({
        "egressId": "EG_1", "roomId": "RM_1", "roomName": ROOM, "status": "EGRESS_COMPLETE",
        "startedAt": "1700000001999999999", "endedAt": "1700000009000000000", "updatedAt": "1700000009123456789",
        "roomComposite": {"roomName": ROOM, "fileOutputs": [{"filepath": "{room_name}/{time}", "s3": {"secret": "{secret}"}}]},
        "fileResults": [{"filename": "a/b.mp4", "duration": "7250000000", "size": "123456", "location": "https://b.s3.example/a/b.mp4"}],
        "error": CANARY, "details": CANARY,
    });
    let snake = json!({
        "egress_id": "EG_1", "room_id": "RM_1", "room_name": ROOM, "status": 3,
        "started_at": "1700000001999999999", "ended_at": "1700000009000000000", "updated_at": "1700000009123456789",
        "room_composite": {"room_name": ROOM, "file_outputs": [{"filepath": "{room_name}/{time}"}]},
        "file_results": [{"filename": "a/b.mp4", "duration": 7_250_000_000_u64, "size": 123_456, "location": "https://b.s3.example/a/b.mp4"}],
        "error": CANARY, "stream_results": [], "source_type": "EGRESS_SOURCE_TYPE_WEB",
    });
    let expected = RecordingChange {
        id: "EG_1".into(),
        room: ROOM.into(),
        status: RecordingStatus::Complete,
        started_at: Some(1_700_000_001),
        ended_at: Some(1_700_000_009),
        changed_at: 1_700_000_009_123,
        files: vec![RecordingFile {
            name: "a/b.mp4".into(),
            location: Some("https://b.s3.example/a/b.mp4".into()),
            size: 123_456,
            duration: 7250,
        }],
        is_as_requested: true,
    };
    for info in [camel, snake] {
        assert!(!format!("{:?}", event("egress_ended", &info)).contains(CANARY));
        assert_eq!(event("egress_ended", &info), Ok(Some(expected.clone())));
        assert_eq!(RecordingChange::from_info(&info.to_string(), Some(&on())), Ok(Some(expected.clone())));
        let list = json!({"items": [info, info]}).to_string();
        assert_eq!(RecordingChange::from_list(&list, Some(&on())).unwrap(), [expected.clone(), expected.clone()]);
        let off = RecordingChange { is_as_requested: false, ..expected.clone() };
        assert_eq!(RecordingChange::from_info(&info.to_string(), None), Ok(Some(off)));
    }
}

#[test]
fn every_status_has_its_name_and_stage() {
    let names = ["STARTING", "ACTIVE", "ENDING", "COMPLETE", "FAILED", "ABORTED", "LIMIT_REACHED"];
    for (number, name) in names.iter().enumerate() {
        for status in [json!(format!("EGRESS_{name}")), json!(number)] {
            let info = json!({"egressId": "EG_1", "roomName": ROOM, "status": status});
            let change = event("egress_updated", &info).unwrap().unwrap();
            assert_eq!(change.status.name(), name.to_lowercase());
            assert_eq!(change.status.stage(), number.min(3) as u64);
        }
    }
    let unset = event("egress_started", &json!({"egressId": "EG_1", "roomName": ROOM})).unwrap().unwrap();
    assert_eq!((unset.status, unset.changed_at), (RecordingStatus::Starting, 0));
    for later in [json!("EGRESS_PAUSED"), json!("active"), json!(7), json!(1.5), json!(-1)] {
        let info = json!({"egressId": "EG_1", "roomName": ROOM, "status": later});
        assert_eq!(event("egress_updated", &info), Ok(None), "{later}");
    }
}

#[test]
fn other_events_change_nothing_and_malformed_ones_are_errors() {
    let info = json!({"egressId": "EG_1", "roomName": ROOM});
    for name in ["room_started", "participant_joined", "ingress_started", "EGRESS_STARTED", ""] {
        assert_eq!(event(name, &info), Ok(None), "{name}");
    }
    assert_eq!(event("egress_started", &json!({"egressId": "EG_1", "web": {"url": "x"}})), Ok(None));
    for wrong in [
        json!(null),
        json!([]),
        json!({"roomName": ROOM}),
        json!({"egressId": "", "roomName": ROOM}),
        json!({"egressId": "a\u{0}", "roomName": ROOM}),
        json!({"egressId": "x".repeat(2049), "roomName": ROOM}),
        json!({"egressId": 1, "roomName": ROOM}),
        json!({"egressId": "EG_1", "roomName": 1}),
        json!({"egressId": "EG_1", "roomName": ROOM, "status": true}),
        json!({"egressId": "EG_1", "roomName": ROOM, "startedAt": "soon"}),
        json!({"egressId": "EG_1", "roomName": ROOM, "updatedAt": -1}),
        json!({"egressId": "EG_1", "roomName": ROOM, "endedAt": "99999999999999999999"}),
        json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": {}}),
        json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": ["x"]}),
        json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": [{"filename": 1}]}),
        json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": [{"filename": "x", "size": {}}]}),
    ] {
        assert_eq!(event("egress_updated", &wrong), Err(LivekitError::BodyNotEvent), "{wrong}");
        assert!(RecordingChange::from_info(&wrong.to_string(), None).is_err(), "{wrong}");
        let list = json!({"items": [info, wrong]}).to_string();
        assert!(RecordingChange::from_list(&list, None).is_err(), "{list}");
    }
    for text in ["", "[]", r#"{"items":{}}"#, r#"{"items":[1]}"#] {
        assert!(RecordingChange::from_list(text, None).is_err(), "{text}");
    }
    assert_eq!(RecordingChange::from_list("{}", None), Ok(Vec::new()));
}

#[test]
fn a_location_has_no_credentials() {
    let file = |location: &str| {
        let info =
            json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": [{"filename": "f", "location": location}]});
        event("egress_ended", &info).unwrap().unwrap().files.remove(0).location
    };
    for (location, expected) in [
        ("https://b.s3.example/a/b.mp4?X-Amz-Signature=CANARY", Some("https://b.s3.example/a/b.mp4")),
        ("https://a.blob.example/c/b.mp4?sig=CANARY#CANARY", Some("https://a.blob.example/c/b.mp4")),
        ("gs://bucket/a b.mp4#x", Some("gs://bucket/a b.mp4")),
        ("https://user:CANARY@b.example/a.mp4", None),
        ("https://CANARY@b.example", None),
        ("https://b.example/a@b.mp4", Some("https://b.example/a@b.mp4")),
        ("/out/ä ? #.mp4", Some("/out/ä ? #.mp4")),
        ("://", Some("://")),
        ("", None),
        ("a\u{0}", None),
    ] {
        assert_eq!(file(location).as_deref(), expected, "{location}");
    }
    assert_eq!(file(&"x".repeat(2049)), None);
}

#[test]
fn files_are_bounded_and_each_named_once() {
    let result = |at: usize| json!({"filename": format!("f{at}")});
    let many: Vec<_> = (0..100).map(result).collect();
    let info = json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": many});
    assert_eq!(event("egress_ended", &info).unwrap().unwrap().files.len(), 16);
    let both = json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": [result(1)], "file": result(1)});
    assert_eq!(event("egress_ended", &both).unwrap().unwrap().files.len(), 1);
    let odd = json!([{"filename": ""}, {"filename": "a\u{0}"}, {"filename": "x".repeat(2049)}, {}]);
    let info = json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": odd});
    assert_eq!(event("egress_ended", &info).unwrap().unwrap().files, []);
    let large = json!([{"filename": "f", "size": "18446744073709551615"}]);
    let info = json!({"egressId": "EG_1", "roomName": ROOM, "fileResults": large});
    assert_eq!(event("egress_ended", &info).unwrap().unwrap().files[0].size, (1 << 53) - 1);
}

#[test]
fn only_a_recording_of_the_whole_room_with_the_same_path_is_as_requested() {
    let is_as_requested = |request: Value| {
        let mut info = json!({"egressId": "EG_1", "roomName": ROOM});
        info.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        event("egress_started", &info).unwrap().unwrap().is_as_requested
    };
    let outputs = |path: &str| json!([{"filepath": path}]);
    assert!(is_as_requested(json!({"roomComposite": {"fileOutputs": outputs("{room_name}/{time}")}})));
    for other in [
        json!({}),
        json!({"roomComposite": {}}),
        json!({"roomComposite": {"fileOutputs": outputs("{room_name}")}}),
        json!({"roomComposite": {"fileOutputs": outputs("")}}),
        json!({"roomComposite": {"fileOutputs": "x"}}),
        json!({"roomComposite": {"segmentOutputs": outputs("{room_name}/{time}")}}),
        json!({"participant": {"fileOutputs": outputs("{room_name}/{time}")}}),
        json!({"trackComposite": {"fileOutputs": outputs("{room_name}/{time}")}}),
    ] {
        assert!(!is_as_requested(other.clone()), "{other}");
    }
}
