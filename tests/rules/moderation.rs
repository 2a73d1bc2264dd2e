//! RawModeration, authorize_moderation, judge_join: moderators, and the participants that kicks and locks keep out.

use crate::common::{MAX_TTL, NOW, config, identity};
use livekit_edge::{
    Caller, Facts, ForbiddenReason, IdentityPolicy, LivekitConfig, LivekitError, RawCreateToken, TokenError,
    rbac::{
        ChannelFacts, Join, Overwrite, OverwriteTarget, UserFacts, authorize_join, authorize_moderation, judge_join,
    },
    request::{Field, Moderation, RawModeration, parse_body},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-abc123";
const KICKED: LivekitError = LivekitError::Forbidden(ForbiddenReason::Kicked);
const LOCKED: LivekitError = LivekitError::Forbidden(ForbiddenReason::Locked);

fn parse(name: &str, body: &Value) -> RawModeration {
    RawModeration::from_object(name, &parse_body(body.to_string().as_bytes()).unwrap()).unwrap()
}

fn user(owner: bool) -> UserFacts {
    UserFacts { id: "user-456".into(), owner, ..UserFacts::default() }
}

fn channel(actions: &[&str]) -> ChannelFacts {
    ChannelFacts {
        id: ROOM.into(),
        actions: actions.iter().map(|action| (*action).into()).collect(),
        has_role: true,
        ..ChannelFacts::default()
    }
}

fn facts(user: UserFacts, channel: ChannelFacts) -> Facts {
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn caller() -> Caller {
    Caller { user_id: "user-456".into(), ..Caller::default() }
}

fn ask(name: &str, body: &Value, facts: &Facts) -> Result<Moderation, LivekitError> {
    authorize_moderation(&caller(), ROOM, parse(name, body), facts, NOW)
}

#[test]
fn each_request_has_its_fields_and_no_others() {
    let body = json!({
        "participantIdentity": "user-789", "durationSeconds": 60, "locked": true, "until": 5, "roomId": "other",
        "channelId": "other", "identity": "other", "mute": true,
    });
    let identity = || identity("user-789");
    assert_eq!(parse("kick", &body).validate(), Ok(Moderation::Kick { identity: identity(), seconds: 60 }));
    assert_eq!(parse("lift", &body).validate(), Ok(Moderation::LiftKick { identity: identity() }));
    assert_eq!(parse("remove", &body).validate(), Ok(Moderation::Remove { identity: identity() }));
    assert_eq!(parse("lock", &body).validate(), Ok(Moderation::Lock { locked: true }));
    assert_eq!(parse("end", &body).validate(), Ok(Moderation::End));
    assert_eq!(parse("end", &json!({})).validate(), Ok(Moderation::End));
    for unknown in ["", "mute", "Kick", "kick "] {
        assert_eq!(RawModeration::from_object(unknown, &parse_body(b"").unwrap()), None);
    }
}

#[test]
fn a_kick_lasts_an_hour_or_an_integer_of_seconds_up_to_30_days() {
    let kick = |seconds: Value| {
        let body = json!({"participantIdentity": "user-789", "durationSeconds": seconds});
        parse("kick", &body).validate()
    };
    for (given, seconds) in [
        (json!(null), 3600),
        (json!(1), 1),
        (json!(1.0), 1),
        (json!(3600), 3600),
        (json!(2_592_000), 2_592_000),
        (json!(2.592e6), 2_592_000),
    ] {
        assert_eq!(kick(given), Ok(Moderation::Kick { identity: identity("user-789"), seconds }));
    }
    for wrong in [
        json!(0),
        json!(-1),
        json!(0.5),
        json!(1.5),
        json!(2_592_001),
        json!(2_592_000.5),
        json!(1e300),
        json!(u64::MAX),
        json!("60"),
        json!(""),
        json!(true),
        json!([]),
        json!([60]),
        json!({}),
    ] {
        let error = kick(wrong.clone()).unwrap_err();
        assert_eq!(error.field_messages(), ["durationSeconds must be an integer from 1 to 2592000"], "{wrong}");
    }
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let raw = RawModeration::Kick { identity: Field::String("a".into()), seconds: Field::Number(wrong) };
        assert_eq!(raw.validate().unwrap_err().code(), "invalid_request");
    }
}

#[test]
fn every_error_of_a_request_is_reported() {
    let messages = |name: &str, body: Value| parse(name, &body).validate().unwrap_err().field_messages();
    let empty = "participantIdentity should not be empty";
    let not_string = "participantIdentity must be a string";
    let duration = "durationSeconds must be an integer from 1 to 2592000";
    assert_eq!(messages("kick", json!({})), [empty, not_string]);
    assert_eq!(messages("kick", json!({"participantIdentity": 1, "durationSeconds": "1"})), [not_string, duration]);
    assert_eq!(messages("kick", json!({"participantIdentity": "", "durationSeconds": 0})), [empty, duration]);
    for identity in [json!("a\n"), json!("a\u{200b}"), json!(" a")] {
        let text = "participantIdentity must not contain control characters";
        assert_eq!(messages("remove", json!({"participantIdentity": identity})), [text]);
    }
    let long = json!({"participantIdentity": "x".repeat(257)});
    assert_eq!(messages("remove", long), ["participantIdentity must not be longer than 256 bytes"]);
    for locked in [json!(null), json!("true"), json!(0), json!(1), json!([]), json!({})] {
        assert_eq!(messages("lock", json!({"locked": locked})), ["locked must be a boolean value"]);
    }
    assert_eq!(messages("lock", json!({})), ["locked must be a boolean value"]);
}

#[test]
fn each_request_needs_its_action_and_an_owner_needs_none() {
    let body = json!({"participantIdentity": "user-789", "locked": false});
    for (name, action) in [
        ("kick", "KICK_USER"),
        ("lift", "KICK_USER"),
        ("remove", "KICK_USER"),
        ("lock", "UPDATE_CHANNEL"),
        ("end", "UPDATE_CHANNEL"),
    ] {
        for allowed in ["KICK_USER", "UPDATE_CHANNEL", "MUTE_PARTICIPANT", "JOIN_CHANNEL", "BAN_USER"] {
            let answer = ask(name, &body, &facts(user(false), channel(&[allowed])));
            if allowed == action {
                assert!(answer.is_ok(), "{name}");
            } else {
                assert_eq!(answer, Err(LivekitError::Forbidden(ForbiddenReason::MissingAction)), "{name} {allowed}");
            }
        }
        assert!(ask(name, &body, &facts(user(true), channel(&[]))).is_ok(), "{name}");
    }
}

#[test]
fn errors_are_in_the_order_401_400_403() {
    for name in ["kick", "lift", "remove", "lock", "end"] {
        let good = json!({"participantIdentity": "user-789", "locked": true});
        let nowhere = Facts { channel: None, ..facts(user(true), channel(&[])) };
        let no_user = Facts { user: None, ..nowhere.clone() };
        assert_eq!(ask(name, &json!({}), &no_user), Err(LivekitError::Unauthorized(TokenError::UnknownUser)), "{name}");
        let banned = Facts { user: Some(UserFacts { banned: true, ..user(true) }), ..nowhere.clone() };
        assert_eq!(ask(name, &json!({}), &banned), Err(LivekitError::AccountBanned), "{name}");
        if name != "end" {
            assert_eq!(ask(name, &json!({}), &nowhere).unwrap_err().code(), "invalid_request", "{name}");
        }
        assert_eq!(ask(name, &good, &nowhere).unwrap_err().reason(), Some("unknown_channel"), "{name}");
        let other = ChannelFacts { id: "CHANNEL-ABC123".into(), ..channel(&["KICK_USER", "UPDATE_CHANNEL"]) };
        let other = ask(name, &good, &facts(user(true), other));
        assert_eq!(other.unwrap_err().reason(), Some("unknown_channel"), "{name}");
        let timed_out = ChannelFacts { timeout_ends: Some(NOW + 1), ..channel(&["KICK_USER", "UPDATE_CHANNEL"]) };
        let timed_out = ask(name, &good, &facts(user(false), timed_out));
        assert_eq!(timed_out.unwrap_err().reason(), Some("community_timeout"), "{name}");
    }
}

#[test]
fn a_kicked_moderator_cannot_end_a_kick_but_an_owner_can() {
    let body = json!({"participantIdentity": "user-789"});
    for (until, is_lifted) in [(None, true), (Some(NOW), true), (Some(NOW + 1), false)] {
        let kicked = ChannelFacts { kicked_until: until, ..channel(&["KICK_USER"]) };
        let lifted = ask("lift", &body, &facts(user(false), kicked.clone()));
        let moderation = Moderation::LiftKick { identity: identity("user-789") };
        assert_eq!(lifted, if is_lifted { Ok(moderation) } else { Err(KICKED) });
        assert!(ask("lift", &body, &facts(user(true), kicked.clone())).is_ok());
        assert!(ask("kick", &body, &facts(user(false), kicked)).is_ok());
    }
}

/// A token request of user-456 with an identity.
fn join(facts: &Facts, identity: Option<&str>, policy: IdentityPolicy) -> Result<String, LivekitError> {
    let identity = identity.map_or(Field::Absent, |identity| Field::String(identity.into()));
    let request = RawCreateToken { room_id: Field::String(ROOM.into()), identity, ..RawCreateToken::default() };
    let config = LivekitConfig { identity_policy: policy, ..config() };
    authorize_join(&caller(), request, facts, &config, NOW).map(|granted| granted.request.identity.into_string())
}

#[test]
fn a_kicked_user_gets_no_token_until_the_kick_ends() {
    for (until, expected) in [(None, Ok(())), (Some(NOW + 1), Err(KICKED)), (Some(NOW), Ok(())), (Some(0), Ok(()))] {
        for identity in [None, Some("user-456"), Some("another")] {
            let kicked = ChannelFacts { kicked_until: until, ..channel(&["JOIN_CHANNEL", "UPDATE_CHANNEL"]) };
            let answer = join(&facts(user(false), kicked), identity, IdentityPolicy::Preserve);
            assert_eq!(answer.map(|_| ()), expected, "{until:?} {identity:?}");
        }
    }
}

#[test]
fn a_kicked_identity_is_refused_to_every_user() {
    let kicked = ChannelFacts { identity_kicked_until: Some(NOW + 1), ..channel(&["JOIN_CHANNEL"]) };
    let kicked = facts(user(false), kicked);
    assert_eq!(join(&kicked, Some("guest"), IdentityPolicy::Preserve), Err(KICKED));
    assert_eq!(join(&kicked, Some("guest"), IdentityPolicy::Own), Ok("user-456".into()));
    let over = ChannelFacts { identity_kicked_until: Some(NOW), ..channel(&["JOIN_CHANNEL"]) };
    assert_eq!(join(&facts(user(false), over), Some("guest"), IdentityPolicy::Preserve), Ok("guest".into()));
}

#[test]
fn a_locked_channel_admits_users_who_may_manage_it() {
    let locked = |actions: &[&str]| ChannelFacts { locked_at: Some(NOW - 60), ..channel(actions) };
    let ask = |channel| join(&facts(user(false), channel), None, IdentityPolicy::Own).map(|_| ());
    assert_eq!(ask(locked(&["JOIN_CHANNEL"])), Err(LOCKED));
    assert_eq!(ask(locked(&["JOIN_CHANNEL", "KICK_USER", "MUTE_PARTICIPANT"])), Err(LOCKED));
    assert_eq!(ask(locked(&["JOIN_CHANNEL", "UPDATE_CHANNEL"])), Ok(()));
    // An overwrite that denies READ_CHANNEL denies every action, even with UPDATE_CHANNEL.
    let missing = Err(LivekitError::Forbidden(ForbiddenReason::MissingAction));
    assert_eq!(ask(locked(&["UPDATE_CHANNEL"])), missing);
    let hidden = Overwrite { target: OverwriteTarget::Everyone, allow: vec![], deny: vec!["READ_CHANNEL".into()] };
    let hidden = ChannelFacts { overwrites: vec![hidden], ..locked(&["JOIN_CHANNEL", "UPDATE_CHANNEL"]) };
    assert_eq!(ask(hidden), missing);
}

#[test]
fn kicks_and_locks_do_not_apply_to_an_owner() {
    let closed = ChannelFacts {
        kicked_until: Some(NOW + 1),
        identity_kicked_until: Some(NOW + 1),
        locked_at: Some(NOW),
        ..channel(&[])
    };
    for identity in [None, Some("guest")] {
        assert!(join(&facts(user(true), closed.clone()), identity, IdentityPolicy::Preserve).is_ok());
    }
}

fn judge(facts: &Facts, knows_holders: bool, joined_at: u64) -> Join {
    judge_join(ROOM, "user-456", joined_at, knows_holders, facts, NOW)
}

/// Every combination of the facts about a join is compared with a literal implementation of the rules.
#[test]
fn a_participant_who_joins_with_an_old_token_is_judged_by_the_same_rules() {
    let none_or = |time| [None, Some(time)];
    for owner in [None, Some(false), Some(true)] {
        for kicked in [None, Some(NOW), Some(NOW + 1)] {
            for identity_kicked in none_or(NOW + 1) {
                for locked_at in [None, Some(NOW - 10), Some(NOW - 5), Some(NOW)] {
                    for (actions, knows_holders) in
                        [(&["JOIN_CHANNEL"][..], false), (&["UPDATE_CHANNEL"], false), (&[], false), (&[], true)]
                    {
                        let channel = ChannelFacts {
                            kicked_until: kicked.filter(|_| owner.is_some()),
                            identity_kicked_until: identity_kicked,
                            locked_at,
                            ..channel(if owner.is_some() { actions } else { &[] })
                        };
                        let facts = Facts { user: owner.map(user), channel: Some(channel.clone()), ..Facts::default() };
                        let is_locked = locked_at.is_some_and(|at| at <= NOW - 5);
                        let may_manage = owner.is_some() && actions == ["UPDATE_CHANNEL"];
                        // Here the identity is the user's own id, so that only the user's kick applies.
                        let is_kicked = channel.kicked_until == Some(NOW + 1);
                        let expected = match owner {
                            Some(true) => Join::Allowed,
                            Some(false) if is_kicked => Join::Refused(ForbiddenReason::Kicked),
                            None if identity_kicked.is_some() => Join::Refused(ForbiddenReason::Kicked),
                            None if !knows_holders => Join::JudgeHolders,
                            _ if is_locked && !may_manage => Join::Refused(ForbiddenReason::Locked),
                            _ => Join::Allowed,
                        };
                        assert_eq!(judge(&facts, knows_holders, NOW - 5), expected, "{facts:?} {knows_holders}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_holder_of_a_kicked_identity_is_refused_too() {
    let kicked = ChannelFacts { identity_kicked_until: Some(NOW + 1), ..channel(&["JOIN_CHANNEL"]) };
    let judged = judge_join(ROOM, "guest", NOW, true, &facts(user(false), kicked), NOW);
    assert_eq!(judged, Join::Refused(ForbiddenReason::Kicked));
}

#[test]
fn a_room_that_is_not_a_channel_is_ignored() {
    let none = Facts { user: Some(user(false)), ..Facts::default() };
    assert_eq!(judge(&none, false, NOW), Join::Allowed);
    let closed = ChannelFacts { locked_at: Some(0), kicked_until: Some(NOW + 1), ..channel(&[]) };
    for id in ["CHANNEL-ABC123", "channel-abc123 ", ""] {
        let other = ChannelFacts { id: id.into(), ..closed.clone() };
        assert_eq!(judge(&facts(user(false), other), false, NOW), Join::Allowed, "{id:?}");
    }
    assert_eq!(judge(&facts(user(false), closed), false, NOW), Join::Refused(ForbiddenReason::Kicked));
}

#[test]
fn a_user_is_a_holder_for_as_long_as_the_token_may_be_valid() {
    assert_eq!(config().held_since(NOW), NOW - MAX_TTL);
    assert_eq!(config().held_since(1), 0);
}
