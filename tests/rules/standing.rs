//! Standing: what a user who is already in a room may do there.

use crate::common::{NOW, config};
use livekit_edge::{
    Caller, Facts, GrantPolicy, LivekitConfig, RawCreateToken, VideoGrant,
    rbac::{ChannelFacts, CommunityBan, RoomKind, Standing, UserFacts, authorize_group, authorize_join},
    request::Field,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROOM: &str = "channel-1";
const USER: &str = "user-1";

/// A member with the role's usual actions.
fn facts() -> Facts {
    let channel = ChannelFacts {
        id: ROOM.into(),
        actions: ["READ_CHANNEL", "JOIN_CHANNEL"].map(String::from).into(),
        has_role: true,
        ..ChannelFacts::default()
    };
    let user = UserFacts { id: USER.into(), ..UserFacts::default() };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn with(change: impl FnOnce(&mut UserFacts, &mut ChannelFacts)) -> Facts {
    let mut facts = facts();
    let Facts { user: Some(user), channel: Some(channel), .. } = &mut facts else { panic!("both are there") };
    change(user, channel);
    facts
}

fn in_channel(facts: &Facts, config: &LivekitConfig) -> Standing {
    Standing::new(USER, USER, ROOM, RoomKind::Channel, facts, config, NOW)
}

fn in_group(facts: &Facts) -> Standing {
    Standing::new(USER, USER, "group-1", RoomKind::Group, facts, &config(), NOW)
}

fn by_role() -> LivekitConfig {
    LivekitConfig { grants: GrantPolicy::Role, ..config() }
}

fn refusal(standing: &Standing) -> &'static str {
    match standing {
        Standing::Refused(error) => error.reason().unwrap_or_else(|| error.code()),
        other => panic!("{other:?}"),
    }
}

fn grant(standing: Standing) -> VideoGrant {
    match standing {
        Standing::Granted { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_standing_is_what_a_token_would_contain() {
    let caller = Caller { user_id: USER.into(), ..Caller::default() };
    let request = |room: &str| RawCreateToken { room_id: Field::String(room.into()), ..RawCreateToken::default() };
    for policy in [GrantPolicy::Full, GrantPolicy::Role] {
        for can_update_own_metadata in [false, true] {
            let config = LivekitConfig { grants: policy, can_update_own_metadata, ..config() };
            for change in CHANGES {
                let facts = with(change);
                let token = authorize_join(&caller, request(ROOM), &facts, &config, NOW);
                match in_channel(&facts, &config) {
                    Standing::Granted { grant, timed_out } => {
                        let granted = token.unwrap();
                        assert_eq!((grant, timed_out), (granted.grant, granted.timed_out));
                    }
                    standing => assert_eq!(refusal(&standing), token.unwrap_err().reason().unwrap()),
                }
            }
            let facts = Facts { group_id: Some("group-1".into()), channel: None, ..facts() };
            let granted = authorize_group(&caller, request("group-1"), &facts, &config).unwrap();
            let standing = Standing::new(USER, USER, "group-1", RoomKind::Group, &facts, &config, NOW);
            assert_eq!(grant(standing), granted.grant);
        }
    }
}

type Change = fn(&mut UserFacts, &mut ChannelFacts);

const CHANGES: [Change; 9] = [
    |_, _| {},
    |user, _| user.owner = true,
    |_, channel| channel.actions.clear(),
    |_, channel| channel.private = true,
    |_, channel| (channel.private, channel.member) = (true, true),
    |_, channel| channel.timeout_ends = Some(NOW + 1),
    |_, channel| channel.timeout_ends = Some(NOW),
    |_, channel| channel.ban = Some(CommunityBan { active: true, ends: None }),
    |_, channel| channel.actions.extend(["SPEAK", "MUTE_PARTICIPANT"].map(String::from)),
];

#[test]
fn a_banned_account_is_refused_even_for_an_owner_and_a_revoked_token_is_ignored() {
    let banned = with(|user, _| (user.banned, user.owner) = (true, true));
    assert_eq!(refusal(&in_channel(&banned, &config())), "account_banned");
    let in_a_group = Facts { group_id: Some("group-1".into()), ..banned };
    assert_eq!(refusal(&in_group(&in_a_group)), "account_banned");
    let revoked = with(|user, _| {
        (user.token_revoked, user.session_revoked, user.revoked_until) = (true, true, Some(NOW + 60));
    });
    assert_eq!(grant(in_channel(&revoked, &config())), VideoGrant::full(ROOM));
}

#[test]
fn a_timed_out_user_is_refused_under_full_and_listens_under_role() {
    let facts = with(|_, channel| channel.timeout_ends = Some(NOW + 1));
    assert_eq!(refusal(&in_channel(&facts, &config())), "community_timeout");
    let grant = grant(in_channel(&facts, &by_role()));
    assert_eq!((grant.can_publish, grant.can_publish_data), (Some(false), Some(false)));
}

#[test]
fn kicks_apply_except_to_owners_and_locks_are_ignored() {
    let as_guest = |facts: &Facts| Standing::new(USER, "guest", ROOM, RoomKind::Channel, facts, &config(), NOW);
    let kicked = with(|_, channel| channel.kicked_until = Some(NOW + 1));
    assert_eq!(refusal(&in_channel(&kicked, &config())), "kicked");
    let kicked_guest = with(|_, channel| channel.identity_kicked_until = Some(NOW + 1));
    assert_eq!(refusal(&as_guest(&kicked_guest)), "kicked");
    assert_eq!(refusal(&as_guest(&Facts { user: None, ..kicked_guest })), "kicked");
    for facts in [
        with(|_, channel| channel.kicked_until = Some(NOW)),
        with(|_, channel| channel.identity_kicked_until = Some(NOW)),
        with(|user, channel| (user.owner, channel.kicked_until) = (true, Some(NOW + 1))),
        with(|_, channel| channel.locked_at = Some(NOW - 1)),
    ] {
        assert_eq!(grant(as_guest(&facts)), VideoGrant::full(ROOM));
    }
}

#[test]
fn only_members_may_join_a_group() {
    assert_eq!(refusal(&in_group(&facts())), "not_a_member");
    let owner = with(|user, _| user.owner = true);
    assert_eq!(refusal(&in_group(&owner)), "not_a_member");
}

#[test]
fn an_unknown_user_or_room_is_reported_as_unknown() {
    assert_eq!(in_channel(&Facts { user: None, ..facts() }, &config()), Standing::UnknownUser);
    assert_eq!(in_channel(&with(|user, _| user.id = "USER-1".into()), &config()), Standing::UnknownUser);
    assert_eq!(in_channel(&Facts { channel: None, ..facts() }, &config()), Standing::UnknownRoom);
    assert_eq!(in_channel(&with(|_, channel| channel.id = "CHANNEL-1".into()), &config()), Standing::UnknownRoom);
    let other = Facts { group_id: Some("GROUP-1".into()), ..facts() };
    assert_eq!(in_group(&other), Standing::UnknownRoom);
    let of_channel = Facts { group_id: Some("group-1".into()), group_is_channel: true, ..facts() };
    assert_eq!(in_group(&of_channel), Standing::UnknownRoom);
}
