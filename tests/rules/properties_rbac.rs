//! Properties of RBAC for any roles, overwrites, bans and timeouts (rows 2, 9, 11, 16, 17; W1, W5, W8): a restriction
//! never adds a permission.

use crate::{
    common::NOW,
    fuzz::{checks::Checks, verify_slowly},
};
use livekit_edge::{
    Facts, RbacAction, decide,
    rbac::{ChannelFacts, CommunityBan, Overwrite, OverwriteTarget, UserFacts},
};
use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::Config};
use serde_json::{Value, json};

/// Requested actions. All but the last can be overwritten in a channel.
const ACTIONS: [RbacAction; 7] = [
    RbacAction::JoinChannel,
    RbacAction::ReadChannel,
    RbacAction::MuteParticipant,
    RbacAction::Speak,
    RbacAction::Video,
    RbacAction::ScreenShare,
    RbacAction::BanUser,
];

fn names() -> impl Strategy<Value = Vec<String>> {
    let known = ACTIONS.map(|action| action.name().to_owned());
    vec(prop_oneof![9 => select(known.to_vec()), 1 => "[A-Z_]{0,6}"], 0..4)
}

fn overwrites() -> impl Strategy<Value = Vec<Overwrite>> {
    let target = select(vec![OverwriteTarget::Everyone, OverwriteTarget::Role, OverwriteTarget::Member]);
    let overwrite = (target, names(), names()).prop_map(|(target, allow, deny)| Overwrite { target, allow, deny });
    vec(overwrite, 0..5)
}

fn time() -> impl Strategy<Value = Option<u64>> {
    option::of(NOW - 2..NOW + 3)
}

prop_compose! {
    fn channel()(
        flags in any::<[bool; 5]>(),
        actions in names(),
        ban in option::of((any::<bool>(), time())),
        timeout_ends in time(),
        overwrites in overwrites(),
    ) -> ChannelFacts {
        let [private, member, has_role, voice_by_role, is_limited] = flags;
        ChannelFacts {
            id: "r".into(),
            private,
            member,
            actions,
            ban: ban.filter(|_| is_limited).map(|(active, ends)| CommunityBan { active, ends }),
            timeout_ends: timeout_ends.filter(|_| is_limited),
            has_role,
            voice_by_role,
            overwrites,
            ..ChannelFacts::default()
        }
    }
}

fn user(owner: bool) -> UserFacts {
    UserFacts { id: "u".into(), owner, ..UserFacts::default() }
}

/// The decision about a caller who is not an owner.
fn may_at(channel: &ChannelFacts, action: RbacAction, now: u64) -> bool {
    let facts = Facts { channel: Some(channel.clone()), ..Facts::default() };
    decide(&user(false), &facts, action, now).is_ok()
}

fn may(channel: &ChannelFacts, action: RbacAction) -> bool {
    may_at(channel, action, NOW)
}

/// A row of the store, as from `facts.sql.ts`.
fn row(channel: &ChannelFacts, owner: bool, identity_is_user: bool) -> Value {
    let overwrite = |overwrite: &Overwrite| {
        let target = match overwrite.target {
            OverwriteTarget::Everyone => "EVERYONE",
            OverwriteTarget::Role => "ROLE",
            OverwriteTarget::Member => "MEMBER",
        };
        json!({"targetType": target, "allow": overwrite.allow, "deny": overwrite.deny})
    };
    json!({
        "userId": "u", "role": if owner { "OWNER" } else { "USER" }, "banned": 0, "tokenRevoked": false,
        "channelId": channel.id, "isPrivate": channel.private, "isMember": u8::from(channel.member), "groupId": null,
        "actions": channel.actions, "banActive": channel.ban.map(|ban| ban.active),
        "banEnds": channel.ban.and_then(|ban| ban.ends), "timeoutEnds": channel.timeout_ends,
        "hasRole": channel.has_role, "voiceByRole": channel.voice_by_role,
        "overwrites": channel.overwrites.iter().map(overwrite).collect::<Vec<_>>(), "identityIsUser": identity_is_user,
    })
}

proptest! {
    #![proptest_config(Config { cases: 2000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_row_is_decided_as_by_the_literal_rules(channel in channel(), owner: bool, identity_is_user: bool) {
        let row = row(&channel, owner, identity_is_user).to_string();
        let mut checks = Checks::new(verify_slowly);
        let answers = checks.run("facts", row.as_bytes());
        prop_assert_eq!(answers[0], ("facts", "ok"));
        let facts = Facts::from_json(row.as_bytes()).unwrap();
        prop_assert_eq!(facts.channel, Some(channel));
    }

    #[test]
    fn what_is_denied_in_addition_allows_nothing(channel in channel(), denied in names(), at: prop::sample::Index, action in select(ACTIONS.to_vec())) {
        let mut stricter = channel.clone();
        let target = [OverwriteTarget::Everyone, OverwriteTarget::Role, OverwriteTarget::Member][at.index(3)];
        stricter.overwrites.push(Overwrite { target, allow: Vec::new(), deny: denied });
        prop_assert!(may(&channel, action) || !may(&stricter, action));
    }

    #[test]
    fn what_is_allowed_in_addition_denies_nothing(channel in channel(), allowed in names(), at: prop::sample::Index, action in select(ACTIONS.to_vec())) {
        let mut laxer = channel.clone();
        let target = [OverwriteTarget::Everyone, OverwriteTarget::Role, OverwriteTarget::Member][at.index(3)];
        laxer.overwrites.push(Overwrite { target, allow: allowed, deny: Vec::new() });
        prop_assert!(may(&laxer, action) || !may(&channel, action));
    }

    /// Only if roles can have the voice actions. Otherwise a role with one of them allows only that one.
    #[test]
    fn a_role_that_is_taken_away_allows_nothing(channel in channel(), at: prop::sample::Index, action in select(ACTIONS.to_vec())) {
        let channel = ChannelFacts { voice_by_role: true, ..channel };
        let mut without = channel.clone();
        if !without.actions.is_empty() {
            without.actions.remove(at.index(channel.actions.len()));
        }
        prop_assert!(may(&channel, action) || !may(&without, action));
    }

    #[test]
    fn the_order_of_overwrites_and_of_roles_is_irrelevant(channel in channel(), seed in any::<u64>(), action in select(ACTIONS.to_vec())) {
        let mut other = channel.clone();
        let key = |index: usize| seed.rotate_left(u32::try_from(index * 7 % 64).unwrap());
        let mut overwrites: Vec<_> = other.overwrites.drain(..).enumerate().collect();
        overwrites.sort_by_key(|(index, _)| key(*index));
        other.overwrites = overwrites.into_iter().map(|(_, overwrite)| overwrite).collect();
        other.actions.reverse();
        prop_assert_eq!(may(&channel, action), may(&other, action));
    }

    #[test]
    fn overwrites_allow_nothing_to_a_caller_without_a_role(channel in channel(), action in select(ACTIONS.to_vec())) {
        let channel = ChannelFacts { has_role: false, ..channel };
        let bare = ChannelFacts { overwrites: Vec::new(), ..channel.clone() };
        prop_assert!(may(&bare, action) || !may(&channel, action));
    }

    #[test]
    fn an_unknown_or_unscoped_action_in_overwrites_changes_nothing(channel in channel(), name in "[A-Z_]{0,8}|BAN_USER|DELETE_CHANNEL", action in select(ACTIONS.to_vec())) {
        prop_assume!(!RbacAction::ALL.iter().any(|known| known.name() == name && known.is_channel_scoped()));
        let mut other = channel.clone();
        for overwrite in &mut other.overwrites {
            overwrite.allow.push(name.clone());
            overwrite.deny.push(name.clone());
        }
        prop_assert_eq!(may(&channel, action), may(&other, action));
    }

    #[test]
    fn a_ban_in_force_and_a_timeout_that_runs_refuse_everything(channel in channel(), is_ban: bool, action in select(ACTIONS.to_vec())) {
        let ban = CommunityBan { active: true, ends: Some(NOW + 1) };
        let limited = if is_ban { ChannelFacts { ban: Some(ban), ..channel } } else { ChannelFacts { timeout_ends: Some(NOW + 1), ..channel } };
        prop_assert!(!may(&limited, action));
        let facts = Facts { channel: Some(limited), ..Facts::default() };
        prop_assert!(decide(&user(true), &facts, action, NOW).is_ok(), "an owner");
    }

    /// Bans and timeouts only end.
    #[test]
    fn an_allowed_action_stays_allowed_later(channel in channel(), later in 0..9_u64, action in select(ACTIONS.to_vec())) {
        prop_assert!(!may(&channel, action) || may_at(&channel, action, NOW + later));
    }

    #[test]
    fn a_user_who_is_not_a_member_may_not_join_a_private_channel(channel in channel(), action in select(ACTIONS.to_vec())) {
        let channel = ChannelFacts { private: true, member: false, ..channel };
        prop_assert!(!may(&channel, action));
    }
}
