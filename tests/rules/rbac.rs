//! admit, decide and authorize_join: callers who may join (rows 2, 5, 9, 11, 16, 17, 20; W1, W5-W8; X2, X15).

use crate::common::{NOW, config, create_token, display_name, ttl};
use livekit_edge::{
    Caller, CreateToken, Facts, ForbiddenReason, IdentityPolicy, LivekitConfig, LivekitError, RawCreateToken,
    RbacAction, TokenError, decide,
    rbac::{ChannelFacts, CommunityBan, UserFacts, admit, authorize_join},
    request::Field,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn caller() -> Caller {
    Caller { user_id: "user-456".into(), token_id: None, ..Caller::default() }
}

/// A member of the channel's community who may join.
fn facts() -> Facts {
    let user =
        UserFacts { id: "user-456".into(), owner: false, banned: false, token_revoked: false, ..UserFacts::default() };
    let channel = ChannelFacts {
        id: "channel-abc123".into(),
        private: false,
        member: false,
        actions: vec!["READ_CHANNEL".into(), "JOIN_CHANNEL".into()],
        ban: None,
        timeout_ends: None,
        ..ChannelFacts::default()
    };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn request(room: &str, identity: Option<&str>) -> RawCreateToken {
    let identity = identity.map_or(Field::Absent, |identity| Field::String(identity.into()));
    RawCreateToken { room_id: Field::String(room.into()), identity, ..RawCreateToken::default() }
}

fn join(request: RawCreateToken, facts: &Facts) -> Result<CreateToken, LivekitError> {
    authorize_join(&caller(), request, facts, &config(), NOW).map(|granted| granted.request)
}

fn forbidden(reason: ForbiddenReason) -> Result<CreateToken, LivekitError> {
    Err(LivekitError::Forbidden(reason))
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Requested {
    Nothing,
    Own,
    OtherUser,
    Free,
}

#[derive(Clone, Debug)]
struct Case {
    flags: [bool; 6],
    channel: Option<&'static str>,
    ban: Option<(bool, Option<u64>)>,
    timeout: Option<u64>,
    identity: Requested,
    policy: IdentityPolicy,
}

/// A literal implementation of the rules: the first reason that applies.
fn oracle(case: &Case) -> Result<&'static str, &'static str> {
    let [owner, banned, revoked, private, member, may_join] = case.flags;
    let reasons = [
        (revoked, "token_revoked"),
        (banned, "account_banned"),
        (case.channel != Some("channel-abc123"), "unknown_channel"),
        (!owner && case.ban == Some((true, None)), "community_ban"),
        (!owner && case.ban == Some((true, Some(NOW + 1))), "community_ban"),
        (!owner && case.timeout == Some(NOW + 1), "community_timeout"),
        (!owner && private && !member, "not_a_member"),
        (!owner && !may_join, "missing_action"),
        (case.identity == Requested::OtherUser && case.policy == IdentityPolicy::Preserve, "identity_taken"),
    ];
    if let Some((_, reason)) = reasons.iter().find(|(applies, _)| *applies) {
        return Err(reason);
    }
    let free = case.identity == Requested::Free && case.policy == IdentityPolicy::Preserve;
    Ok(if free { "custom-identity" } else { "user-456" })
}

fn answer(case: &Case) -> Result<CreateToken, LivekitError> {
    let [owner, banned, token_revoked, private, member, may_join] = case.flags;
    let actions = if may_join { "JOIN_CHANNEL" } else { "READ_CHANNEL" };
    let facts = Facts {
        user: Some(UserFacts { owner, banned, token_revoked, ..facts().user.unwrap() }),
        channel: case.channel.map(|id| ChannelFacts {
            id: id.into(),
            private,
            member,
            actions: vec![actions.into()],
            ban: case.ban.map(|(active, ends)| CommunityBan { active, ends }),
            timeout_ends: case.timeout,
            ..ChannelFacts::default()
        }),
        identity_is_user: matches!(case.identity, Requested::Own | Requested::OtherUser),
        ..Facts::default()
    };
    let identity = match case.identity {
        Requested::Nothing => None,
        Requested::Own => Some("user-456"),
        Requested::OtherUser => Some("user-789"),
        Requested::Free => Some("custom-identity"),
    };
    let config = LivekitConfig { identity_policy: case.policy, ..config() };
    authorize_join(&caller(), request("channel-abc123", identity), &facts, &config, NOW).map(|granted| granted.request)
}

/// Rows 2, 9, 11, 16, 17; W1, W5, W8: every combination of facts.
#[test]
fn every_combination_of_facts_is_decided_by_the_rules() {
    let (mut granted, mut rejected) = (0, 0);
    let bans = [
        None,
        Some((false, None)),
        Some((false, Some(NOW + 1))),
        Some((true, Some(NOW - 1))),
        Some((true, Some(NOW))),
        Some((true, Some(NOW + 1))),
        Some((true, None)),
    ];
    for bits in 0..64_u8 {
        let flags = [0, 1, 2, 3, 4, 5].map(|bit| bits >> bit & 1 == 1);
        for channel in [Some("channel-abc123"), Some("CHANNEL-ABC123"), None] {
            for ban in bans {
                for timeout in [None, Some(0), Some(NOW - 1), Some(NOW), Some(NOW + 1)] {
                    for identity in [Requested::Nothing, Requested::Own, Requested::OtherUser, Requested::Free] {
                        for policy in [IdentityPolicy::Preserve, IdentityPolicy::Own] {
                            let case = Case { flags, channel, ban, timeout, identity, policy };
                            match (answer(&case), oracle(&case)) {
                                (Ok(request), Ok(expected)) => {
                                    granted += 1;
                                    assert_eq!(request, create_token("channel-abc123", expected), "{case:?}");
                                }
                                (Err(error), Err(reason)) => {
                                    rejected += 1;
                                    assert_eq!(error.reason().unwrap_or(error.code()), reason, "{case:?}");
                                    let is_unauthorized = matches!(reason, "token_revoked" | "account_banned");
                                    assert_eq!(error.code(), if is_unauthorized { reason } else { "forbidden" });
                                }
                                (found, expected) => {
                                    assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{case:?}")
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(granted + rejected, 64 * 3 * 7 * 5 * 4 * 2);
    assert!(granted > 1000, "not all are rejected: {granted}");
}

#[test]
fn row_20_an_omitted_name_stays_omitted() {
    assert_eq!(join(request("channel-abc123", None), &facts()), Ok(create_token("channel-abc123", "user-456")));
    let full = RawCreateToken {
        name: Field::String("Alice".into()),
        ttl: Field::Number(7200.5),
        ..request("channel-abc123", None)
    };
    let expected = CreateToken {
        name: Some(display_name("Alice")),
        ttl: Some(ttl(7200)),
        ..create_token("channel-abc123", "user-456")
    };
    assert_eq!(join(full, &facts()), Ok(expected));
}

/// W6, W7: of several errors, the first in this order is returned.
#[test]
fn errors_are_in_the_order_401_400_403() {
    let bad = RawCreateToken::default;
    let nowhere = Facts { channel: None, ..facts() };
    let user = |change: fn(UserFacts) -> UserFacts| Facts { user: facts().user.map(change), ..nowhere.clone() };
    let unknown = Facts { user: None, ..nowhere.clone() };
    let worst = user(|user| UserFacts { banned: true, token_revoked: true, ..user });
    assert_eq!(join(bad(), &unknown), Err(LivekitError::Unauthorized(TokenError::UnknownUser)));
    assert_eq!(join(bad(), &worst), Err(LivekitError::TokenRevoked));
    assert_eq!(join(bad(), &user(|user| UserFacts { banned: true, ..user })), Err(LivekitError::AccountBanned));
    for request in [bad(), request("", None), request("\0", None), RawCreateToken { room_id: Field::Other, ..bad() }] {
        assert_eq!(join(request, &nowhere).unwrap_err().code(), "invalid_request");
    }
    assert_eq!(join(request("channel-abc123", Some("user-789")), &nowhere), forbidden(ForbiddenReason::UnknownChannel));
}

/// W7: a missing room is an error for an owner too.
#[test]
fn w7_w8_an_owner_needs_a_room_that_exists() {
    let owner = Facts { user: facts().user.map(|user| UserFacts { owner: true, ..user }), ..facts() };
    assert_eq!(join(RawCreateToken::default(), &owner).unwrap_err().code(), "invalid_request");
    assert!(join(request("channel-abc123", None), &owner).is_ok());
    let nowhere = Facts { channel: None, ..owner };
    assert_eq!(join(request("channel-abc123", None), &nowhere), forbidden(ForbiddenReason::UnknownChannel));
    assert!(decide(nowhere.user.as_ref().unwrap(), &nowhere, RbacAction::JoinChannel, NOW).is_err());
}

/// A database that ignores case or trailing spaces may return another id than the requested one.
#[test]
fn w9_ids_must_match_exactly() {
    for id in [
        "Channel-abc123",
        "channel-abc123 ",
        " channel-abc123",
        "channel-abc123\u{200b}",
        "channel-ábc123",
        "channel-abc12",
        "",
    ] {
        let other =
            Facts { channel: facts().channel.map(|channel| ChannelFacts { id: id.into(), ..channel }), ..facts() };
        assert_eq!(join(request("channel-abc123", None), &other), forbidden(ForbiddenReason::UnknownChannel), "{id:?}");
    }
    for id in ["User-456", "user-456 ", " user-456", "user-4567", "user-45", ""] {
        let other = Facts { user: facts().user.map(|user| UserFacts { id: id.into(), ..user }), ..facts() };
        let unknown = LivekitError::Unauthorized(TokenError::UnknownUser);
        assert_eq!(admit(&caller(), &other).err(), Some(unknown.clone()), "{id:?}");
        assert_eq!(join(request("channel-abc123", None), &other), Err(unknown), "{id:?}");
    }
    assert_eq!(admit(&caller(), &facts()).map(|user| user.id.clone()), Ok("user-456".into()));
}

/// W1: an identity that the database considers equal to a user's id is rejected.
#[test]
fn w1_the_identity_of_another_user_is_forbidden_in_any_spelling() {
    let taken = Facts { identity_is_user: true, ..facts() };
    for identity in ["user-789", "USER-789", "üser-789", "User-456", "user-４56"] {
        assert_eq!(
            join(request("channel-abc123", Some(identity)), &taken),
            forbidden(ForbiddenReason::IdentityTaken),
            "{identity}"
        );
    }
    assert_eq!(join(request("channel-abc123", Some("user-456")), &taken).unwrap().identity.as_str(), "user-456");
}
