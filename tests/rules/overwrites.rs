//! Overwrites of a channel, revoked sessions and revocations by time: their effect, and malformed rows.

use crate::common::{NOW, config};
use livekit_edge::{
    Caller, Facts, ForbiddenReason, GrantPolicy, LivekitConfig, LivekitError, RawCreateToken, RbacAction, TrackSource,
    VideoGrant,
    rbac::{ChannelFacts, Overwrite, OverwriteTarget, UserFacts, admit, authorize_group, authorize_join},
    request::Field,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-abc123";
const MEMBER: [&str; 2] = ["READ_CHANNEL", "JOIN_CHANNEL"];
const TARGETS: [OverwriteTarget; 3] = [OverwriteTarget::Everyone, OverwriteTarget::Role, OverwriteTarget::Member];

fn caller() -> Caller {
    Caller { user_id: "user-456".into(), ..Caller::default() }
}

fn names(actions: &[&str]) -> Vec<String> {
    actions.iter().map(|name| (*name).into()).collect()
}

fn channel(actions: &[&str], overwrites: &[(OverwriteTarget, &[&str], &[&str])]) -> ChannelFacts {
    let overwrite =
        |(target, allow, deny): &(_, &[_], &[_])| Overwrite { target: *target, allow: names(allow), deny: names(deny) };
    ChannelFacts {
        id: ROOM.into(),
        actions: names(actions),
        has_role: true,
        overwrites: overwrites.iter().map(overwrite).collect(),
        ..ChannelFacts::default()
    }
}

fn facts(channel: ChannelFacts) -> Facts {
    let user = UserFacts { id: "user-456".into(), ..UserFacts::default() };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn request() -> RawCreateToken {
    RawCreateToken { room_id: Field::String(ROOM.into()), ..RawCreateToken::default() }
}

fn grant(channel: ChannelFacts, grants: GrantPolicy) -> Result<VideoGrant, LivekitError> {
    let config = LivekitConfig { grants, ..config() };
    authorize_join(&caller(), request(), &facts(channel), &config, NOW).map(|granted| granted.grant)
}

/// The sources that may be published; all four if the grant names none.
fn sources(channel: ChannelFacts) -> Vec<TrackSource> {
    let both = [GrantPolicy::Full, GrantPolicy::Role].map(|policy| grant(channel.clone(), policy).unwrap());
    let [full, role] = both;
    let full = match (full.can_publish, full.can_publish_sources.is_empty()) {
        (Some(true), true) => ALL.to_vec(),
        _ => full.can_publish_sources,
    };
    assert_eq!(full, role.can_publish_sources);
    assert_eq!(role.can_publish, Some(!full.is_empty()));
    full
}

const ALL: [TrackSource; 4] =
    [TrackSource::Camera, TrackSource::Microphone, TrackSource::ScreenShare, TrackSource::ScreenShareAudio];

/// A literal implementation of the order: each target removes its denied actions, then adds its allowed ones.
#[test]
fn every_combination_of_contradicting_overwrites_is_decided_in_their_order() {
    let both: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];
    for base in [false, true] {
        for case in 0..64_usize {
            let of_target = [both[case % 4], both[case / 4 % 4], both[case / 16]];
            let mut expected = base;
            let mut overwrites: Vec<(OverwriteTarget, &[&str], &[&str])> = Vec::new();
            for (target, (allow, deny)) in TARGETS.into_iter().zip(of_target) {
                expected = (expected && !deny) || allow;
                // Two rows of one target, the allowing one first.
                overwrites.push((target, if allow { &["JOIN_CHANNEL"] } else { &[] }, &[]));
                overwrites.push((target, &["NO_SUCH_ACTION"], if deny { &["JOIN_CHANNEL"] } else { &[] }));
            }
            let actions: &[&str] = if base { &MEMBER } else { &["READ_CHANNEL"] };
            for reversed in [false, true] {
                if reversed {
                    overwrites.reverse();
                }
                let found = grant(channel(actions, &overwrites), GrantPolicy::Full);
                assert_eq!(found.is_ok(), expected, "{base} {of_target:?}");
                if let Err(error) = found {
                    assert_eq!(error, LivekitError::Forbidden(ForbiddenReason::MissingAction));
                }
            }
        }
    }
}

#[test]
fn speak_video_and_screen_share_decide_the_sources() {
    let everyone = OverwriteTarget::Everyone;
    let [camera, microphone, screen, screen_audio] = ALL;
    assert_eq!(sources(channel(&MEMBER, &[])), ALL);
    assert_eq!(sources(channel(&MEMBER, &[(everyone, &[], &["SPEAK"])])), [camera, screen, screen_audio]);
    assert_eq!(sources(channel(&MEMBER, &[(everyone, &[], &["VIDEO", "SCREEN_SHARE"])])), [microphone]);
    assert_eq!(sources(channel(&MEMBER, &[(everyone, &[], &["SPEAK", "VIDEO", "SCREEN_SHARE"])])), []);
    let stage: [(OverwriteTarget, &[&str], &[&str]); 2] =
        [(everyone, &[], &["SPEAK", "VIDEO", "SCREEN_SHARE"]), (OverwriteTarget::Member, &["SPEAK"], &[])];
    assert_eq!(sources(channel(&MEMBER, &stage)), [microphone]);
    // A caller who may publish no source may still subscribe and send data.
    let listener = grant(channel(&MEMBER, &stage[..1]), GrantPolicy::Full).unwrap();
    assert_eq!((listener.can_subscribe, listener.can_publish_data), (Some(true), Some(true)));
    assert_eq!(listener.can_publish, Some(false), "an empty list would be all sources");
}

/// `JOIN_CHANNEL` implies the voice actions, unless a role has one of them, or the database says that roles decide.
#[test]
fn join_channel_implies_voice_actions_that_no_role_has() {
    let named = ["JOIN_CHANNEL", "VIDEO"];
    assert_eq!(sources(channel(&named, &[])), [TrackSource::Camera]);
    let strict = ChannelFacts { voice_by_role: true, ..channel(&MEMBER, &[]) };
    assert_eq!(sources(strict), []);
    let strict = ChannelFacts { voice_by_role: true, ..channel(&named, &[(OverwriteTarget::Role, &["SPEAK"], &[])]) };
    assert_eq!(sources(strict), [TrackSource::Camera, TrackSource::Microphone]);
    let invited = channel(&["READ_CHANNEL"], &[(OverwriteTarget::Member, &["JOIN_CHANNEL"], &[])]);
    assert_eq!(sources(invited), ALL);
}

/// A user who was removed from a community has no role there. A remaining overwrite must not allow the user anything.
#[test]
fn without_a_role_in_the_community_overwrites_only_deny() {
    for target in TARGETS {
        let none = ChannelFacts { has_role: false, ..channel(&[], &[(target, &["JOIN_CHANNEL", "SPEAK"], &[])]) };
        assert!(grant(none, GrantPolicy::Full).is_err());
        let denied =
            ChannelFacts { has_role: false, ..channel(&MEMBER, &[(target, &["JOIN_CHANNEL"], &["JOIN_CHANNEL"])]) };
        assert!(grant(denied, GrantPolicy::Full).is_err(), "as a store without `hasRole` has it");
    }
}

#[test]
fn a_caller_who_may_not_read_the_channel_may_do_nothing_in_it() {
    let hidden = channel(&MEMBER, &[(OverwriteTarget::Everyone, &["JOIN_CHANNEL"], &["READ_CHANNEL"])]);
    assert!(grant(hidden, GrantPolicy::Full).is_err());
    // As without overwrites, joining does not require READ_CHANNEL of a role.
    assert!(
        grant(channel(&["JOIN_CHANNEL"], &[(OverwriteTarget::Everyone, &[], &["SPEAK"])]), GrantPolicy::Full).is_ok()
    );
}

#[test]
fn overwrites_do_not_affect_owners_bans_timeouts_and_private_channels() {
    let denied = || channel(&[], &[(OverwriteTarget::Member, &[], &["JOIN_CHANNEL", "SPEAK", "READ_CHANNEL"])]);
    let mut owner = facts(denied());
    owner.user = owner.user.map(|user| UserFacts { owner: true, ..user });
    let granted = authorize_join(&caller(), request(), &owner, &config(), NOW).unwrap();
    assert_eq!(granted.grant, VideoGrant::full(ROOM));
    let allowed = || channel(&MEMBER, &[(OverwriteTarget::Member, &["JOIN_CHANNEL", "SPEAK", "READ_CHANNEL"], &[])]);
    let forbidden = |reason| Err(LivekitError::Forbidden(reason));
    let private = ChannelFacts { private: true, ..allowed() };
    assert_eq!(grant(private, GrantPolicy::Full), forbidden(ForbiddenReason::NotAMember));
    let timed_out = ChannelFacts { timeout_ends: Some(NOW + 1), ..allowed() };
    assert_eq!(grant(timed_out.clone(), GrantPolicy::Full), forbidden(ForbiddenReason::CommunityTimeout));
    assert_eq!(grant(timed_out, GrantPolicy::Role).unwrap().can_publish, Some(false));
}

#[test]
fn an_overwrite_has_no_effect_on_actions_of_the_community() {
    let overwrites: [(OverwriteTarget, &[&str], &[&str]); 1] =
        [(OverwriteTarget::Everyone, &["BAN_USER", "UPDATE_CHANNEL"], &["KICK_USER"])];
    let channel = channel(&["KICK_USER"], &overwrites);
    assert!(channel.allows(RbacAction::KickUser));
    assert!(!channel.allows(RbacAction::BanUser) && !channel.allows(RbacAction::UpdateChannel));
}

#[test]
fn an_application_sees_what_is_allowed_after_the_overwrites() {
    assert_eq!(channel(&["X", "JOIN_CHANNEL"], &[]).allowed_actions(), names(&["X", "JOIN_CHANNEL"]));
    let overwrites: [(OverwriteTarget, &[&str], &[&str]); 1] =
        [(OverwriteTarget::Everyone, &["MUTE_PARTICIPANT"], &["SPEAK", "READ_MESSAGE"])];
    let mut found = channel(&["X", "JOIN_CHANNEL", "READ_MESSAGE"], &overwrites).allowed_actions();
    found.sort();
    assert_eq!(found, names(&["JOIN_CHANNEL", "MUTE_PARTICIPANT", "SCREEN_SHARE", "VIDEO", "X"]));
}

#[test]
fn a_token_is_revoked_by_its_session_or_by_a_cut_off_time() {
    let admitted = |change: fn(&mut UserFacts), issued_at| {
        let mut facts = facts(channel(&MEMBER, &[]));
        facts.user.iter_mut().for_each(change);
        admit(&Caller { issued_at, ..caller() }, &facts).map(|_| ())
    };
    let revoked = Err(LivekitError::TokenRevoked);
    assert_eq!(admitted(|user| user.session_revoked = true, Some(NOW)), revoked);
    let cut_off: fn(&mut UserFacts) = |user| user.revoked_until = Some(NOW);
    for (issued_at, expected) in [
        (Some(NOW + 1), Ok(())),
        (Some(NOW), revoked.clone()),
        (Some(NOW - 1), revoked.clone()),
        (Some(0), revoked.clone()),
        (None, revoked),
    ] {
        assert_eq!(admitted(cut_off, issued_at), expected, "{issued_at:?}");
        assert_eq!(admitted(|_| (), issued_at), Ok(()), "without a cut-off time");
    }
}

/// A group and a channel with the same id would share a room.
#[test]
fn a_group_with_the_id_of_a_channel_is_refused() {
    let group = Facts { group_id: Some(ROOM.into()), channel: None, ..facts(ChannelFacts::default()) };
    assert!(authorize_group(&caller(), request(), &group, &config()).is_ok());
    let shared = Facts { group_is_channel: true, ..group.clone() };
    let error = authorize_group(&caller(), request(), &shared, &config()).unwrap_err();
    assert_eq!(error, LivekitError::Forbidden(ForbiddenReason::RoomOfChannel));
    let stranger = Facts { group_id: None, ..shared };
    let error = authorize_group(&caller(), request(), &stranger, &config()).unwrap_err();
    assert_eq!(error, LivekitError::Forbidden(ForbiddenReason::NotAMember));
}

fn row() -> Value {
    json!({
        "userId": "user-456", "role": "USER", "banned": 0, "tokenRevoked": 0, "sessionRevoked": 0, "revokedUntil": null,
        "channelId": ROOM, "isPrivate": 0, "isMember": 0, "groupId": null, "groupIsChannel": 0, "actions": ["JOIN_CHANNEL"], "hasRole": 1,
        "voiceByRole": false, "overwrites": [{"targetType": "ROLE", "allow": [], "deny": ["SPEAK"]}],
        "banActive": null, "banEnds": null, "timeoutEnds": null, "identityIsUser": 0,
    })
}

fn read(row: &Value) -> Option<Facts> {
    let found = Facts::from_json(row.to_string().as_bytes());
    assert!(matches!(found, Ok(_) | Err(LivekitError::StoreUnavailable)));
    found.ok()
}

#[test]
fn a_malformed_row_is_an_error() {
    let found = read(&row()).unwrap();
    let expected = channel(&["JOIN_CHANNEL"], &[(OverwriteTarget::Role, &[], &["SPEAK"])]);
    assert_eq!(found.channel, Some(expected));
    for (field, wrong) in [
        ("sessionRevoked", vec![json!(null), json!(2), json!("1"), json!([])]),
        ("hasRole", vec![json!(null), json!(2), json!("true")]),
        ("groupIsChannel", vec![json!(null), json!(2), json!("true")]),
        ("voiceByRole", vec![json!(null), json!(-1), json!("")]),
        ("revokedUntil", vec![json!("1"), json!(-1), json!(1.5), json!(true), json!("not a time")]),
        (
            "overwrites",
            vec![json!(null), json!("[]"), json!({}), json!([null]), json!([[]]), json!(["ROLE"]), json!([{}])],
        ),
    ] {
        for value in wrong {
            let mut row = row();
            row[field] = value.clone();
            assert_eq!(read(&row), None, "{field} {value}");
        }
    }
    for (field, wrong) in [
        ("targetType", vec![json!(null), json!("role"), json!("ROLES"), json!(""), json!(1)]),
        ("allow", vec![json!(null), json!("SPEAK"), json!({}), json!([1]), json!([null]), json!("{SPEAK}")]),
        ("deny", vec![json!(null), json!("SPEAK"), json!({}), json!([["SPEAK"]]), json!(0)]),
        ("roleId", vec![json!("role-member")]),
    ] {
        for value in wrong {
            let mut row = row();
            row["overwrites"][0][field] = value.clone();
            assert_eq!(read(&row), None, "{field} {value}");
        }
    }
}

/// The row of an application's store that does not have these fields yet.
#[test]
fn optional_fields_of_a_row_may_be_missing() {
    let mut row = row();
    for field in ["sessionRevoked", "revokedUntil", "groupIsChannel", "hasRole", "voiceByRole", "overwrites"] {
        row.as_object_mut().unwrap().remove(field);
        assert!(read(&row).is_some(), "without {field}");
    }
    row["overwrite"] = json!([]);
    assert_eq!(read(&row), None, "an unknown field");
}
