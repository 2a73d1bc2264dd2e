//! Standings of users in a room are compared with a literal implementation of the rules, and with the grants of a new
//! token.

use super::{
    Checks, NOW,
    kraken::{GUEST, ROOM, USER, in_channel, is_false, is_kicked, is_owner, is_timed_out, is_true},
};
use livekit_edge::{
    Caller, Facts, GrantPolicy, LivekitConfig, LivekitError, RawCreateToken,
    rbac::{RoomKind, Standing, authorize_join},
    request::Field,
};
use serde_json::Value;

pub(super) fn check(checks: &mut Checks, row: &Value, facts: &Facts, caller: &Caller, config: &LivekitConfig) {
    for identity in [USER, GUEST] {
        let standing = Standing::new(USER, identity, ROOM, RoomKind::Channel, facts, config, NOW);
        assert_eq!(outcome(&standing), in_channel_now(row, identity, config), "{row}");
        compare_with_token(&standing, identity, row, facts, caller, config);
        checks.option("standing", granted(&standing));
    }
    let standing = Standing::new(USER, USER, ROOM, RoomKind::Group, facts, config, NOW);
    assert_eq!(outcome(&standing), in_group_now(row), "{row}");
    checks.option("standing in a group", granted(&standing));
}

fn granted(standing: &Standing) -> Option<()> {
    matches!(standing, Standing::Granted { .. }).then_some(())
}

fn outcome(standing: &Standing) -> &'static str {
    match standing {
        Standing::UnknownRoom => "unknown room",
        Standing::UnknownUser => "unknown user",
        Standing::Refused(LivekitError::AccountBanned) => "banned",
        Standing::Refused(error) => error.reason().expect("a reason of 403"),
        Standing::Granted { .. } => "granted",
    }
}

fn in_channel_now(row: &Value, identity: &str, config: &LivekitConfig) -> &'static str {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let identity_is_kicked = row.get("identityKickedUntil").and_then(Value::as_u64).is_some_and(|until| until > NOW);
    match () {
        () if text("channelId") != Some(ROOM) => "unknown room",
        () if text("userId") != Some(USER) && identity_is_kicked => "kicked",
        () if text("userId") != Some(USER) => "unknown user",
        () if row.get("banned").is_some_and(is_true) => "banned",
        () => match in_channel(row, "JOIN_CHANNEL", config.grants == GrantPolicy::Full) {
            Err(reason) => reason,
            Ok(()) if is_kicked(row, identity) && !is_owner(row) => "kicked",
            Ok(()) => "granted",
        },
    }
}

/// Kicks, timeouts and community bans do not apply to groups.
fn in_group_now(row: &Value) -> &'static str {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    match () {
        () if row.get("groupIsChannel").is_some_and(|is_channel| !is_false(is_channel)) => "unknown room",
        () if text("groupId").is_some_and(|group| group != ROOM) => "unknown room",
        () if text("userId") != Some(USER) => "unknown user",
        () if row.get("banned").is_some_and(is_true) => "banned",
        () if text("groupId").is_none() => "not_a_member",
        () => "granted",
    }
}

/// A user who would get a token may stay, with the grants of that token.
fn compare_with_token(
    standing: &Standing,
    identity: &str,
    row: &Value,
    facts: &Facts,
    caller: &Caller,
    config: &LivekitConfig,
) {
    let field = |text: &str| Field::String(text.into());
    let request = RawCreateToken { room_id: field(ROOM), identity: field(identity), ..RawCreateToken::default() };
    let Ok(joined) = authorize_join(caller, request, facts, config, NOW) else { return };
    // A participant who may not publish gets their own id as identity.
    if joined.request.identity.as_str() != identity {
        return;
    }
    let timed_out = is_timed_out(row);
    assert_eq!(*standing, Standing::Granted { grant: joined.grant, timed_out }, "{row}");
}
