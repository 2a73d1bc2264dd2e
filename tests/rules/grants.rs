//! GrantPolicy and Permission: grants of an authorized caller (rows 22-28; W2, W5, W8).

use crate::common::{NOW, config, from_settings, permitted, verify};
use livekit_edge::{
    Caller, Facts, GrantPolicy, Granted, LivekitConfig, LivekitError, RawCreateToken, RbacAction, TrackSource,
    VideoGrant, check_settings, decide,
    rbac::{
        ChannelFacts, CommunityBan, UserFacts, authorize_group, authorize_join, authorize_mute, authorize_presence,
    },
    request::{Field, RawMuteParticipant, parse_body},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-abc123";

const SOURCES: [TrackSource; 4] =
    [TrackSource::Camera, TrackSource::Microphone, TrackSource::ScreenShare, TrackSource::ScreenShareAudio];

fn caller() -> Caller {
    Caller { user_id: "user-456".into(), token_id: None, ..Caller::default() }
}

fn request() -> RawCreateToken {
    RawCreateToken { room_id: Field::String(ROOM.into()), ..RawCreateToken::default() }
}

fn mute() -> RawMuteParticipant {
    RawMuteParticipant::from_object(&parse_body(br#"{"participantIdentity":"user-789","mute":true}"#).unwrap())
}

/// The grant of the token that is issued for the application's grants.
fn own_grant(grant: &Value) -> Result<VideoGrant, LivekitError> {
    let token = permitted(&json!({"room": ROOM, "identity": "user-456", "grants": grant}), ROOM, &[])?;
    Ok(verify(&token).unwrap().video.unwrap())
}

fn video_json(grant: &VideoGrant) -> Value {
    serde_json::to_value(grant).unwrap()
}

/// The facts that the rules distinguish, in a channel.
#[derive(Clone, Debug)]
struct Case {
    owner: bool,
    actions: Vec<&'static str>,
    private: bool,
    member: bool,
    ban: Option<(bool, Option<u64>)>,
    timeout: Option<u64>,
    policy: GrantPolicy,
    own_metadata: bool,
}

impl Case {
    fn facts(&self) -> Facts {
        let user = UserFacts {
            id: "user-456".into(),
            owner: self.owner,
            banned: false,
            token_revoked: false,
            ..UserFacts::default()
        };
        let channel = ChannelFacts {
            id: ROOM.into(),
            private: self.private,
            member: self.member,
            actions: self.actions.iter().map(|name| (*name).into()).collect(),
            ban: self.ban.map(|(active, ends)| CommunityBan { active, ends }),
            timeout_ends: self.timeout,
            ..ChannelFacts::default()
        };
        Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
    }

    fn config(&self) -> LivekitConfig {
        LivekitConfig { grants: self.policy, can_update_own_metadata: self.own_metadata, ..config() }
    }

    fn has(&self, action: &str) -> bool {
        self.actions.contains(&action)
    }

    fn is_timed_out(&self) -> bool {
        self.timeout == Some(NOW + 1)
    }

    /// The first reason that applies.
    fn reason(&self, action: &str, timeouts_deny: bool) -> Option<&'static str> {
        let is_banned = matches!(self.ban, Some((true, None))) || self.ban == Some((true, Some(NOW + 1)));
        let reasons = [
            (!self.owner && is_banned, "community_ban"),
            (!self.owner && timeouts_deny && self.is_timed_out(), "community_timeout"),
            (!self.owner && self.private && !self.member, "not_a_member"),
            (!self.owner && !self.has(action), "missing_action"),
        ];
        reasons.iter().find(|(applies, _)| *applies).map(|(_, reason)| *reason)
    }

    /// The expected claim `video`.
    fn video(&self) -> Value {
        let role = self.policy == GrantPolicy::Role;
        if role && self.is_timed_out() && !self.owner {
            return json!({"room": ROOM, "roomJoin": true, "canPublish": false, "canSubscribe": true, "canPublishData": false});
        }
        let mut video =
            json!({"room": ROOM, "roomJoin": true, "canPublish": true, "canSubscribe": true, "canPublishData": true});
        if role {
            video["canPublishSources"] = json!(["camera", "microphone", "screen_share", "screen_share_audio"]);
        }
        if role && (self.owner || self.has("MUTE_PARTICIPANT")) {
            video["roomAdmin"] = json!(true);
        }
        if self.own_metadata {
            video["canUpdateOwnMetadata"] = json!(true);
        }
        video
    }
}

/// Every subset of the relevant actions and of an irrelevant one.
fn sets_of_actions() -> Vec<Vec<&'static str>> {
    let names = ["JOIN_CHANNEL", "MUTE_PARTICIPANT", "READ_CHANNEL", "UPDATE_CHANNEL"];
    (0..16_u8).map(|bits| (0..4).filter(|bit| bits >> bit & 1 == 1).map(|bit| names[bit]).collect()).collect()
}

fn every_case(mut test: impl FnMut(&Case)) {
    let bans = [
        None,
        Some((false, None)),
        Some((false, Some(NOW + 1))),
        Some((true, Some(NOW))),
        Some((true, Some(NOW + 1))),
        Some((true, None)),
    ];
    for bits in 0..32_u8 {
        let [owner, private, member, is_role, own_metadata] = [0, 1, 2, 3, 4].map(|bit| bits >> bit & 1 == 1);
        let policy = if is_role { GrantPolicy::Role } else { GrantPolicy::Full };
        for actions in sets_of_actions() {
            for ban in bans {
                for timeout in [None, Some(0), Some(NOW), Some(NOW + 1)] {
                    test(&Case {
                        owner,
                        actions: actions.clone(),
                        private,
                        member,
                        ban,
                        timeout,
                        policy,
                        own_metadata,
                    });
                }
            }
        }
    }
}

/// The grant does not reach beyond the room and does not hide the participant.
fn assert_is_for_clients(grant: &VideoGrant, room: &str) {
    let VideoGrant { room_create, room_list, room_record, ingress_admin, hidden, recorder, agent, .. } = grant;
    let beyond = [room_create, room_list, room_record, ingress_admin, hidden, recorder, agent];
    assert!(beyond.iter().all(|flag| !**flag), "{grant:?}");
    assert_eq!((grant.room.as_str(), grant.room_join), (room, true), "{grant:?}");
    assert_eq!(grant.destination_room, "", "{grant:?}");
}

#[track_caller]
fn reason<T: std::fmt::Debug>(result: &Result<T, LivekitError>) -> Option<&'static str> {
    match result {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(error.code(), "forbidden", "{error:?}");
            error.reason()
        }
    }
}

/// Rows 22-28; W2, W5, W8: every combination of facts is compared with a literal implementation of the rules.
#[test]
fn rows_22_to_28_who_may_join_and_with_which_grants() {
    let (mut all, mut granted, mut admins, mut listeners) = (0, 0, 0, 0);
    every_case(|case| {
        all += 1;
        let result = authorize_join(&caller(), request(), &case.facts(), &case.config(), NOW);
        let expected = case.reason("JOIN_CHANNEL", case.policy == GrantPolicy::Full);
        assert_eq!(reason(&result), expected, "{case:?}");
        let Ok(Granted { grant, timed_out, metadata, attributes, .. }) = result else { return };
        granted += 1;
        let video = video_json(&grant);
        assert_eq!(video, case.video(), "{case:?}");
        assert_eq!((timed_out, metadata.as_str(), attributes.len()), (case.is_timed_out(), "", 0), "{case:?}");
        assert_is_for_clients(&grant, ROOM);
        assert_eq!(own_grant(&video), Ok(grant.clone()), "{case:?}");
        if grant.room_admin {
            admins += 1;
            assert!(case.owner || case.has("MUTE_PARTICIPANT") && !case.is_timed_out(), "{case:?}");
        }
        if grant.can_publish == Some(false) {
            listeners += 1;
            let silent =
                VideoGrant { can_publish_data: Some(false), can_publish: Some(false), ..VideoGrant::full(ROOM) };
            assert_eq!(grant, silent, "{case:?}");
        }
    });
    assert_eq!(all, 32 * 16 * 6 * 4);
    assert!(granted > 1000 && admins > 100 && listeners > 50, "{granted} {admins} {listeners}");
}

/// A timed-out moderator may not mute, with both policies; a listener may see the participants.
#[test]
fn muting_and_presence_depend_on_the_same_facts() {
    every_case(|case| {
        let (facts, config) = (case.facts(), case.config());
        let muted = authorize_mute(&caller(), ROOM, mute(), &facts, NOW);
        assert_eq!(reason(&muted), case.reason("MUTE_PARTICIPANT", true), "{case:?}");
        let decided = decide(facts.user.as_ref().unwrap(), &facts, RbacAction::MuteParticipant, NOW);
        assert_eq!(muted.map(|_| ()), decided, "{case:?}");
        let seen = authorize_presence(&caller(), ROOM, None, &facts, &config, NOW).map(|_| ());
        assert_eq!(reason(&seen), case.reason("READ_CHANNEL", case.policy == GrantPolicy::Full), "{case:?}");
        let mut elsewhere = facts.clone();
        elsewhere.channel.as_mut().unwrap().id = "CHANNEL-ABC123".into();
        for channel in [None, elsewhere.channel] {
            let nowhere = Facts { channel, ..facts.clone() };
            let muted = authorize_mute(&caller(), ROOM, mute(), &nowhere, NOW);
            let seen = authorize_presence(&caller(), ROOM, None, &nowhere, &config, NOW).map(|_| ());
            assert_eq!((reason(&muted), reason(&seen)), (Some("unknown_channel"), Some("unknown_channel")), "{case:?}");
        }
    });
}

/// A group of direct messages has no roles and no community: every member may publish.
#[test]
fn only_membership_matters_in_a_group() {
    every_case(|case| {
        let config = case.config();
        // A database that ignores case or trailing spaces may return another id than the requested one.
        for group_id in [None, Some(ROOM.to_uppercase()), Some(format!("{ROOM} ")), Some(ROOM.into())] {
            for channel in [None, case.facts().channel] {
                let facts = Facts { group_id: group_id.clone(), channel, ..case.facts() };
                let result = authorize_group(&caller(), request(), &facts, &config);
                assert_eq!(reason(&result), (group_id.as_deref() != Some(ROOM)).then_some("not_a_member"), "{case:?}");
                let Ok(Granted { grant, timed_out, .. }) = result else { continue };
                let can_publish_sources = if case.policy == GrantPolicy::Role { SOURCES.into() } else { Vec::new() };
                let can_update_own_metadata = case.own_metadata.then_some(true);
                let full = VideoGrant::full(ROOM);
                assert_eq!(grant, VideoGrant { can_publish_sources, can_update_own_metadata, ..full }, "{case:?}");
                assert!(!timed_out, "{case:?}");
            }
        }
    });
}

#[test]
fn errors_of_a_group_are_in_the_order_401_400_403() {
    let case = Case {
        owner: true,
        actions: vec!["JOIN_CHANNEL"],
        private: false,
        member: true,
        ban: None,
        timeout: None,
        policy: GrantPolicy::Full,
        own_metadata: false,
    };
    let facts = case.facts();
    let ask = |request, facts: &Facts| authorize_group(&caller(), request, facts, &case.config()).unwrap_err();
    let banned = |banned, token_revoked| {
        let user = facts.user.clone().map(|user| UserFacts { banned, token_revoked, ..user });
        Facts { user, ..facts.clone() }
    };
    let unknown = Facts { user: None, ..facts.clone() };
    assert_eq!(ask(RawCreateToken::default(), &unknown).code(), "unauthorized");
    assert_eq!(ask(RawCreateToken::default(), &banned(true, true)), LivekitError::TokenRevoked);
    assert_eq!(ask(RawCreateToken::default(), &banned(true, false)), LivekitError::AccountBanned);
    assert_eq!(ask(RawCreateToken::default(), &facts).code(), "invalid_request");
    assert_eq!(ask(request(), &facts).code(), "forbidden");
    let taken = Facts { group_id: Some(ROOM.into()), identity_is_user: true, ..facts.clone() };
    let other = RawCreateToken { identity: Field::String("user-789".into()), ..request() };
    assert_eq!(ask(other, &taken).reason(), Some("identity_taken"));
}

#[test]
fn a_policy_is_parsed_by_its_name_and_an_invalid_one_is_reported() {
    for (name, policy) in [
        ("full", Some(GrantPolicy::Full)),
        ("role", Some(GrantPolicy::Role)),
        (" role\n", Some(GrantPolicy::Role)),
        ("Role", None),
        ("roles", None),
        ("true", None),
        ("", None),
    ] {
        assert_eq!(GrantPolicy::from_name(name), policy, "{name:?}");
        assert_eq!(from_settings(&[("LIVEKIT_GRANTS", name)]).grants, policy.unwrap_or_default(), "{name:?}");
        let invalid = check_settings(&|asked| (asked == "LIVEKIT_GRANTS").then(|| name.into()), []);
        let is_invalid = policy.is_none() && !name.is_empty();
        let is_listed = invalid.iter().any(|error| error.setting() == "LIVEKIT_GRANTS");
        assert_eq!(is_listed, is_invalid, "{name:?}");
    }
    assert_eq!((GrantPolicy::default(), from_settings(&[]).grants), (GrantPolicy::Full, GrantPolicy::Full));
}

/// The application's grants may restrict, and add moderation and three-state permissions, but no privileged grants.
#[test]
fn a_client_grant_gets_the_room_and_no_privileged_grant() {
    let issued = |grant: Value| own_grant(&grant);
    let joined = VideoGrant { room: ROOM.into(), room_join: true, ..VideoGrant::default() };
    for grant in [
        json!({}),
        json!({"room": ""}),
        json!({"room": ROOM, "roomJoin": true}),
        json!({"room": null, "roomJoin": null, "hidden": null, "canPublish": null}),
        json!({"roomCreate": false, "hidden": false, "destinationRoom": ""}),
    ] {
        assert_eq!(issued(grant.clone()), Ok(joined.clone()), "{grant}");
    }
    let moderator = json!({"roomAdmin": true, "canPublish": false, "canSubscribeMetrics": true, "canPublishSources": [1, "microphone"]});
    let expected = VideoGrant {
        room_admin: true,
        can_publish: Some(false),
        can_subscribe_metrics: Some(true),
        can_publish_sources: vec![TrackSource::Camera, TrackSource::Microphone],
        ..joined
    };
    assert_eq!(issued(moderator), Ok(expected));
    for name in ["roomCreate", "roomList", "roomRecord", "ingressAdmin", "hidden", "recorder", "agent"] {
        assert_eq!(issued(json!({name: true})), Err(LivekitError::GrantRefused(name)));
    }
    assert_eq!(issued(json!({"destinationRoom": "x"})), Err(LivekitError::GrantRefused("destinationRoom")));
    for room in ["channel-abc12", "CHANNEL-ABC123", "channel-abc123 ", "*"] {
        assert_eq!(issued(json!({"room": room})), Err(LivekitError::GrantRefused("room")), "{room}");
    }
    for join in [json!(false), json!(1), json!("true"), json!([]), json!({})] {
        assert_eq!(issued(json!({"roomJoin": join})), Err(LivekitError::GrantRefused("roomJoin")), "{join}");
    }
    for grant in [
        json!({"room": 1}),
        json!({"room": 0}),
        json!({"room": false}),
        json!({"room": []}),
        json!({"room": {}}),
        json!({"roomAdmin": "true"}),
        json!({"hidden": 1}),
        json!({"canPublish": 0}),
        json!({"canPublishSources": []}),
        json!({"canPublishSources": ["CAMERA"]}),
        json!({"canPublishSources": "camera"}),
        json!({"roomadmin": true}),
        json!({"RoomCreate": true}),
        json!({"canpublish": true}),
        json!({"hidden ": true}),
        json!({"x": null}),
        json!({"video": {"hidden": true}}),
    ] {
        let error = issued(grant.clone()).unwrap_err();
        let is_in_grants = error.path().is_some_and(|path| path.starts_with("grants"));
        assert!(error.code() == "grant_refused" && is_in_grants, "{grant}: {error:?}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

    /// Names of grants, in any case, with valid and invalid values.
    fn any_grant() -> impl Strategy<Value = Value> {
        let names = vec![
            "room",
            "roomJoin",
            "canPublish",
            "canSubscribe",
            "canPublishData",
            "canPublishSources",
            "canUpdateOwnMetadata",
            "canSubscribeMetrics",
            "canManageAgentSession",
            "roomCreate",
            "roomList",
            "roomRecord",
            "roomAdmin",
            "ingressAdmin",
            "hidden",
            "recorder",
            "agent",
            "destinationRoom",
            "roomjoin",
            "Hidden",
            "x",
        ];
        let flag = any::<bool>().prop_map(Value::Bool);
        let known = select(vec![
            json!(ROOM),
            json!(""),
            json!(null),
            json!(["camera", 2]),
            json!([]),
            json!(1),
            json!(0),
            json!({}),
        ]);
        let value = prop_oneof![3 => flag, 2 => known, 1 => any::<String>().prop_map(Value::String)];
        let mostly_known = prop_oneof![9 => select(names).prop_map(String::from), 1 => any::<String>()];
        vec((mostly_known, value), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect()))
    }

    proptest! {
        #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

        #[test]
        fn a_client_grant_is_an_error_or_for_exactly_the_room(given in any_grant()) {
            match own_grant(&given) {
                Err(error) => {
                    prop_assert_eq!(error.code(), "grant_refused");
                    prop_assert_eq!(error.to_string(), "Failed to generate token");
                }
                Ok(grant) => {
                    assert_is_for_clients(&grant, ROOM);
                    let written = video_json(&grant);
                    prop_assert_eq!(own_grant(&written), Ok(grant), "{}", given);
                    // Only unset fields are omitted, and only the room and `roomJoin` are added.
                    for (name, value) in given.as_object().unwrap() {
                        let is_unset = value.is_null() || *value == json!("") || *value == json!(false) && !name.starts_with("can");
                        let is_list = name == "canPublishSources";
                        prop_assert!(is_unset || is_list || written.get(name) == Some(value), "{} -> {}", given, written);
                    }
                    for name in written.as_object().unwrap().keys() {
                        prop_assert!(given.get(name).is_some() || matches!(name.as_str(), "room" | "roomJoin"), "{given} -> {written}");
                    }
                }
            }
        }
    }
}
