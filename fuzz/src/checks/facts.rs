//! Decisions about rows of the store are compared with the literal implementation of Kraken's rules.

use super::{
    Checks, NOW,
    kraken::{
        GUEST, ROOM, USER, check_kick_and_lock, decide, decide_join, is_admitted, is_false, is_kicked, is_owner,
        is_timed_out, may,
    },
    standing,
};
use livekit_edge::{
    Caller, Facts, GrantPolicy, LivekitConfig, LivekitError, RawCreateToken, TrackSource,
    rbac::{
        Join, authorize_group, authorize_join, authorize_moderation, authorize_mute, authorize_presence,
        authorize_recording, authorize_token_source, judge_join,
    },
    request::{Field, RawModeration, RawMuteParticipant, RawStartRecording, RawTokenSource, parse_body},
};
use serde_json::Value;

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let Some(facts) = checks.result("facts", Facts::from_json(input)) else { return };
    let row: Value = serde_json::from_slice(input).expect("strict JSON is JSON");
    let caller = Caller { user_id: USER.into(), issued_at: Some(NOW - 60), ..Caller::default() };
    for (grants, timeouts) in [(GrantPolicy::Full, true), (GrantPolicy::Role, false)] {
        let config = LivekitConfig { grants, url: Some("wss://livekit.example".into()), ..LivekitConfig::default() };
        join(checks, &row, &facts, &caller, &config);
        source(checks, &row, &facts, &caller, &config);
        let presence = authorize_presence(&caller, ROOM, None, &facts, &config, NOW).map(|_| ());
        agrees(&decide(&row, "READ_CHANNEL", timeouts), &row, &presence);
        checks.result("presence", presence);
        group(checks, &row, &facts, &caller, &config);
        standing::check(checks, &row, &facts, &caller, &config);
    }
    let body = parse_body(br#"{"participantIdentity":"guest","mute":true}"#).expect("a body");
    let mute = authorize_mute(&caller, ROOM, RawMuteParticipant::from_object(&body), &facts, NOW).map(|_| ());
    agrees(&decide(&row, "MUTE_PARTICIPANT", true), &row, &mute);
    checks.result("mute", mute);
    moderate(checks, &row, &facts, &caller);
    let recording = authorize_recording(&caller, ROOM, &RawStartRecording::from_object(&body), &facts, NOW).map(|_| ());
    agrees(&decide(&row, "RECORD_CHANNEL", true), &row, &recording);
    checks.result("record", recording);
    let judged = judge_join(ROOM, USER, NOW, true, &facts, NOW);
    let is_kept_out = matches!(check_kick_and_lock(&row, USER), Err("kicked" | "locked"));
    // The caller is a holder of the identity, which may be kicked itself.
    let is_own = row.get("userId").and_then(Value::as_str) == Some(USER);
    assert!(judged == Join::Allowed || is_kept_out || !is_own, "{row}");
}

fn moderate(checks: &mut Checks, row: &Value, facts: &Facts, caller: &Caller) {
    let body = parse_body(br#"{"participantIdentity":"guest","locked":true}"#).expect("a body");
    for (name, action) in
        [("kick", "KICK_USER"), ("remove", "KICK_USER"), ("lock", "UPDATE_CHANNEL"), ("end", "UPDATE_CHANNEL")]
    {
        let request = RawModeration::from_object(name, &body).expect("a request of this name");
        let decided = authorize_moderation(caller, ROOM, request, facts, NOW).map(|_| ());
        agrees(&decide(row, action, true), row, &decided);
        checks.result("moderation", decided);
    }
    // A kicked moderator may not end a kick.
    let request = RawModeration::from_object("lift", &body).expect("a request of this name");
    let decided = authorize_moderation(caller, ROOM, request, facts, NOW).map(|_| ());
    let is_kept_out = is_kicked(row, USER) && !is_owner(row);
    let expected = decide(row, "KICK_USER", true).and(if is_kept_out { Err("kicked") } else { Ok(()) });
    agrees(&expected, row, &decided);
    checks.result("lift", decided);
}

fn join(checks: &mut Checks, row: &Value, facts: &Facts, caller: &Caller, config: &LivekitConfig) {
    let is_full = config.grants == GrantPolicy::Full;
    for identity in [None, Some(GUEST), Some(USER)] {
        let field = |text: &str| Field::String(text.into());
        let request = RawCreateToken {
            room_id: field(ROOM),
            identity: identity.map_or(Field::Absent, field),
            ..RawCreateToken::default()
        };
        let granted = authorize_join(caller, request, facts, config, NOW);
        if let Ok(granted) = &granted {
            let (request, grant) = (&granted.request, &granted.grant);
            let is_listener = !is_full && is_timed_out(row) && !is_owner(row);
            let expected = if is_listener { USER } else { identity.unwrap_or(USER) };
            assert_eq!(
                (request.room_id.as_str(), request.identity.as_str(), grant.room.as_str()),
                (ROOM, expected, ROOM)
            );
            assert!(
                expected != GUEST || row.get("identityIsUser").is_some_and(is_false),
                "the id of another user: {row}"
            );
            let sources: Vec<_> =
                SOURCES.iter().filter(|(action, _)| may(row, action)).map(|(_, source)| *source).collect();
            if is_listener {
                assert_eq!((grant.can_publish, grant.can_publish_data), (Some(false), Some(false)), "{row}");
            } else {
                assert_eq!(grant.can_publish, Some(!sources.is_empty()), "{row}");
                let is_all = is_full && sources.len() == 4 && grant.can_publish_sources.is_empty();
                assert!(is_all || grant.can_publish_sources == sources, "{sources:?} of {row}");
            }
            assert_eq!(grant.room_admin, !is_full && !is_listener && may(row, "MUTE_PARTICIPANT"), "{row}");
            assert!(
                grant.room_join && !(grant.room_create || grant.hidden || grant.room_record || grant.room_list),
                "{row}"
            );
        }
        let decided = granted.map(|_| ());
        agrees(&decide_join(row, identity, is_full), row, &decided);
        checks.result("join", decided);
    }
}

fn source(checks: &mut Checks, row: &Value, facts: &Facts, caller: &Caller, config: &LivekitConfig) {
    let body = parse_body(br#"{"room_name":"r"}"#).expect("a body");
    let request = RawTokenSource::from_object(&body).expect("a request");
    let decided = authorize_token_source(caller, request, facts, config, NOW).map(|_| ());
    agrees(&decide_join(row, None, config.grants == GrantPolicy::Full), row, &decided);
    checks.result("source", decided);
}

/// Only members of a group may join it.
fn group(checks: &mut Checks, row: &Value, facts: &Facts, caller: &Caller, config: &LivekitConfig) {
    let request = RawCreateToken { room_id: Field::String(ROOM.into()), ..RawCreateToken::default() };
    let granted = authorize_group(caller, request, facts, config);
    if let Ok(granted) = &granted {
        assert_eq!(row.get("groupId").and_then(Value::as_str), Some(ROOM), "{row}");
        assert!(row.get("groupIsChannel").is_none_or(is_false) && is_admitted(row), "{row}");
        assert_eq!((granted.grant.room.as_str(), granted.request.identity.as_str()), (ROOM, USER));
    }
    checks.result("group", granted);
}

const SOURCES: [(&str, TrackSource); 4] = [
    ("VIDEO", TrackSource::Camera),
    ("SPEAK", TrackSource::Microphone),
    ("SCREEN_SHARE", TrackSource::ScreenShare),
    ("SCREEN_SHARE", TrackSource::ScreenShareAudio),
];

/// Checks that a decision agrees with the literal implementation, including the reason.
fn agrees(expected: &Result<(), &str>, row: &Value, decided: &Result<(), LivekitError>) {
    match decided {
        Ok(()) => assert_eq!(*expected, Ok(()), "{row}"),
        Err(LivekitError::Forbidden(reason)) => assert_eq!(*expected, Err(reason.code()), "{row}"),
        Err(error) => assert_eq!(*expected, Err("unauthorized"), "{error:?}: {row}"),
    }
}
