//! decide, admit and authorize_join: who may join (rows 2, 5, 9, 11, 16, 17, 20; W1, W5-W8; X2, X15).

use crate::common::{NOW, config};
use livekit_edge::{
    Caller, CreateToken, Facts, ForbiddenReason, IdentityPolicy, LivekitConfig, LivekitError, RawCreateToken,
    RbacAction, TokenError, decide,
    rbac::{ChannelFacts, CommunityBan, UserFacts, admit, authorize_join},
    service::Field,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn caller() -> Caller {
    Caller { user_id: "user-456".into(), token_id: None }
}

/// A plain member of the channel's community who may join.
fn facts() -> Facts {
    let user = UserFacts { id: "user-456".into(), owner: false, banned: false, token_revoked: false };
    let channel = ChannelFacts {
        id: "channel-abc123".into(),
        private: false,
        member: false,
        actions: vec!["READ_CHANNEL".into(), "JOIN_CHANNEL".into()],
        ban: None,
        timeout_ends: None,
    };
    Facts { user: Some(user), channel: Some(channel), group_id: None, identity_is_user: false }
}

fn request(room: &str, identity: Option<&str>) -> RawCreateToken {
    let identity = identity.map_or(Field::Absent, |identity| Field::String(identity.into()));
    RawCreateToken { room_id: Field::String(room.into()), identity, ..RawCreateToken::default() }
}

fn join(request: RawCreateToken, facts: &Facts) -> Result<CreateToken, LivekitError> {
    authorize_join(&caller(), request, facts, &config(), NOW).map(|granted| granted.request)
}

fn denied(denial: ForbiddenReason) -> Result<CreateToken, LivekitError> {
    Err(LivekitError::Forbidden(denial))
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Asks {
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
    asks: Asks,
    policy: IdentityPolicy,
}

/// The rules as a list of refusals in their order, with no cleverness: the first that applies is the answer.
fn oracle(case: &Case) -> Result<&'static str, &'static str> {
    let [owner, banned, revoked, private, member, may_join] = case.flags;
    let refusals = [
        (revoked, "token_revoked"),
        (banned, "account_banned"),
        (case.channel != Some("channel-abc123"), "unknown_channel"),
        (!owner && case.ban == Some((true, None)), "community_ban"),
        (!owner && case.ban == Some((true, Some(NOW + 1))), "community_ban"),
        (!owner && case.timeout == Some(NOW + 1), "community_timeout"),
        (!owner && private && !member, "not_a_member"),
        (!owner && !may_join, "missing_action"),
        (case.asks == Asks::OtherUser && case.policy == IdentityPolicy::Preserve, "identity_taken"),
    ];
    if let Some((_, refusal)) = refusals.iter().find(|(applies, _)| *applies) {
        return Err(refusal);
    }
    let free = case.asks == Asks::Free && case.policy == IdentityPolicy::Preserve;
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
        }),
        group_id: None,
        identity_is_user: matches!(case.asks, Asks::Own | Asks::OtherUser),
    };
    let identity = match case.asks {
        Asks::Nothing => None,
        Asks::Own => Some("user-456"),
        Asks::OtherUser => Some("user-789"),
        Asks::Free => Some("custom-identity"),
    };
    let config = LivekitConfig { identity_policy: case.policy, ..config() };
    authorize_join(&caller(), request("channel-abc123", identity), &facts, &config, NOW).map(|granted| granted.request)
}

/// Rows 2, 9, 11, 16, 17; W1, W5, W8: every combination of everything that the decision depends on.
#[test]
fn the_whole_truth_table() {
    let (mut granted, mut refused) = (0, 0);
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
                    for asks in [Asks::Nothing, Asks::Own, Asks::OtherUser, Asks::Free] {
                        for policy in [IdentityPolicy::Preserve, IdentityPolicy::Own] {
                            let case = Case { flags, channel, ban, timeout, asks, policy };
                            match (answer(&case), oracle(&case)) {
                                (Ok(request), Ok(identity)) => {
                                    granted += 1;
                                    assert_eq!(request, CreateToken::new("channel-abc123", identity), "{case:?}");
                                }
                                (Err(error), Err(refusal)) => {
                                    refused += 1;
                                    assert_eq!(error.reason().unwrap_or(error.code()), refusal, "{case:?}");
                                    assert_eq!(
                                        error.status(),
                                        if matches!(refusal, "token_revoked" | "account_banned") { 401 } else { 403 }
                                    );
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
    assert_eq!(granted + refused, 64 * 3 * 7 * 5 * 4 * 2);
    assert!(granted > 1000, "the table is not all refusals: {granted}");
}

#[test]
fn row_20_an_omitted_name_stays_omitted() {
    assert_eq!(join(request("channel-abc123", None), &facts()), Ok(CreateToken::new("channel-abc123", "user-456")));
    let full = RawCreateToken {
        name: Field::String("Alice".into()),
        ttl: Field::Number(7200.5),
        ..request("channel-abc123", None)
    };
    let expected =
        CreateToken { name: Some("Alice".into()), ttl: Some(7200), ..CreateToken::new("channel-abc123", "user-456") };
    assert_eq!(join(full, &facts()), Ok(expected));
}

/// W6, W7: each request breaks as many rules as it can; the one that is told is the first in the order.
#[test]
fn refusals_come_in_the_order_401_400_403() {
    let bad = RawCreateToken::default;
    let forbidden = Facts { channel: None, ..facts() };
    let user = |change: fn(UserFacts) -> UserFacts| Facts { user: facts().user.map(change), ..forbidden.clone() };
    let unknown = Facts { user: None, ..forbidden.clone() };
    let worst = user(|user| UserFacts { banned: true, token_revoked: true, ..user });
    assert_eq!(join(bad(), &unknown), Err(LivekitError::Unauthorized(TokenError::UnknownUser)));
    assert_eq!(join(bad(), &worst), Err(LivekitError::TokenRevoked));
    assert_eq!(join(bad(), &user(|user| UserFacts { banned: true, ..user })), Err(LivekitError::AccountBanned));
    for request in [bad(), request("", None), request("\0", None), RawCreateToken { room_id: Field::Other, ..bad() }] {
        let error = join(request, &forbidden).unwrap_err();
        assert_eq!((error.status(), error.label()), (400, Some("Bad Request")));
    }
    assert_eq!(join(request("channel-abc123", Some("user-789")), &forbidden), denied(ForbiddenReason::UnknownChannel));
}

/// W7: no room is no instance-wide check, not even for an owner.
#[test]
fn w7_w8_an_owner_needs_a_room_that_exists() {
    let owner = Facts { user: facts().user.map(|user| UserFacts { owner: true, ..user }), ..facts() };
    assert_eq!(join(RawCreateToken::default(), &owner).unwrap_err().status(), 400);
    assert!(join(request("channel-abc123", None), &owner).is_ok());
    let nowhere = Facts { channel: None, ..owner };
    assert_eq!(join(request("channel-abc123", None), &nowhere), denied(ForbiddenReason::UnknownChannel));
    assert!(decide(nowhere.user.as_ref().unwrap(), &nowhere, RbacAction::JoinChannel, NOW).is_err());
}

/// A database that compares without case or trailing space answers with another id than was asked for.
#[test]
fn w9_ids_match_exactly_or_not_at_all() {
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
        assert_eq!(join(request("channel-abc123", None), &other), denied(ForbiddenReason::UnknownChannel), "{id:?}");
    }
    for id in ["User-456", "user-456 ", " user-456", "user-4567", "user-45", ""] {
        let other = Facts { user: facts().user.map(|user| UserFacts { id: id.into(), ..user }), ..facts() };
        let unknown = LivekitError::Unauthorized(TokenError::UnknownUser);
        assert_eq!(admit(&caller(), &other).err(), Some(unknown.clone()), "{id:?}");
        assert_eq!(join(request("channel-abc123", None), &other), Err(unknown), "{id:?}");
    }
    assert_eq!(admit(&caller(), &facts()).map(|user| user.id.clone()), Ok("user-456".into()));
}

/// W1: an identity that the database takes for a user's, whatever its spelling, is that user's.
#[test]
fn w1_an_identity_of_another_user_is_refused_in_any_spelling() {
    let taken = Facts { identity_is_user: true, ..facts() };
    for identity in ["user-789", "USER-789", "üser-789", "User-456", "user-４56"] {
        assert_eq!(
            join(request("channel-abc123", Some(identity)), &taken),
            denied(ForbiddenReason::IdentityTaken),
            "{identity}"
        );
    }
    assert_eq!(join(request("channel-abc123", Some("user-456")), &taken).unwrap().identity, "user-456");
}
