//! A literal implementation of Kraken's rules on a row of the store, to compare with the crate.

use super::NOW;
use serde_json::Value;

/// The id of the caller.
pub(super) const USER: &str = "u";
/// An identity that is not the caller's id.
pub(super) const GUEST: &str = "guest";
/// The id of the requested channel or group.
pub(super) const ROOM: &str = "r";

/// Decides whether the caller may join, with a requested identity or the caller's own.
pub(super) fn decide_join(row: &Value, identity: Option<&str>, is_full: bool) -> Result<(), &'static str> {
    decide(row, "JOIN_CHANNEL", is_full)?;
    let is_listener = is_timed_out(row) && !is_owner(row);
    let identity = if is_listener { USER } else { identity.unwrap_or(USER) };
    if identity != USER && row.get("identityIsUser").is_some_and(is_true) {
        return Err("identity_taken");
    }
    check_kick_and_lock(row, identity)
}

/// True if the caller is kicked, or the identity if it is not the caller's id.
pub(super) fn is_kicked(row: &Value, identity: &str) -> bool {
    let lasts = |name: &str| time(row, name).is_some_and(|until| until > NOW);
    lasts("kickedUntil") || (identity != USER && lasts("identityKickedUntil"))
}

/// Applies kicks and locks.
pub(super) fn check_kick_and_lock(row: &Value, identity: &str) -> Result<(), &'static str> {
    let reasons = [
        (is_kicked(row, identity), "kicked"),
        (time(row, "lockedAt").is_some() && !may(row, "UPDATE_CHANNEL"), "locked"),
    ];
    let first = reasons.iter().find(|(applies, _)| *applies && !is_owner(row));
    first.map_or(Ok(()), |(_, reason)| Err(reason))
}

pub(super) fn decide(row: &Value, action: &str, timeouts: bool) -> Result<(), &'static str> {
    if is_admitted(row) { in_channel(row, action, timeouts) } else { Err("unauthorized") }
}

/// As [`decide`], for a user without a token.
pub(super) fn in_channel(row: &Value, action: &str, timeouts: bool) -> Result<(), &'static str> {
    let reasons = [
        (row.get("channelId").and_then(Value::as_str) != Some(ROOM), "unknown_channel"),
        (!is_owner(row) && is_banned(row), "community_ban"),
        (!is_owner(row) && timeouts && is_timed_out(row), "community_timeout"),
        (
            !is_owner(row) && row.get("isPrivate").is_some_and(is_true) && !row.get("isMember").is_some_and(is_true),
            "not_a_member",
        ),
        (!may(row, action), "missing_action"),
    ];
    reasons.iter().find(|(applies, _)| *applies).map_or(Ok(()), |(_, reason)| Err(reason))
}

/// True for a boolean of PostgreSQL, or 1 of SQLite.
pub(super) fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_u64() == Some(1)
}

pub(super) fn is_false(value: &Value) -> bool {
    *value == Value::Bool(false) || value.as_u64() == Some(0)
}

fn time(row: &Value, name: &str) -> Option<u64> {
    row.get(name).and_then(Value::as_u64)
}

pub(super) fn is_owner(row: &Value) -> bool {
    row.get("role").and_then(Value::as_str) == Some("OWNER")
}

pub(super) fn is_admitted(row: &Value) -> bool {
    let is_set = |name: &str| row.get(name).is_some_and(is_true);
    let is_cut_off = time(row, "revokedUntil").is_some_and(|until| NOW - 60 <= until);
    let is_known = row.get("userId").and_then(Value::as_str) == Some(USER);
    is_known && !is_cut_off && !["banned", "tokenRevoked", "sessionRevoked"].into_iter().any(is_set)
}

fn is_banned(row: &Value) -> bool {
    row.get("banActive").is_some_and(is_true) && time(row, "banEnds").is_none_or(|ends| ends > NOW)
}

pub(super) fn is_timed_out(row: &Value) -> bool {
    time(row, "timeoutEnds").is_some_and(|ends| ends > NOW)
}

/// True if the caller may do an action in the channel. An owner may do anything. Any other caller needs `READ_CHANNEL`
/// not to be denied, and the action after roles and overwrites.
pub(super) fn may(row: &Value, action: &str) -> bool {
    is_owner(row) || (overwritten(row, "READ_CHANNEL", true) && overwritten(row, action, by_role(row, action)))
}

/// Actions by role. `JOIN_CHANNEL` implies the voice actions if no role has one.
fn by_role(row: &Value, action: &str) -> bool {
    const VOICE: [&str; 3] = ["SPEAK", "VIDEO", "SCREEN_SHARE"];
    let names = |action: &str| lists(row.get("actions"), action);
    let is_implied = VOICE.contains(&action)
        && !row.get("voiceByRole").is_some_and(is_true)
        && !VOICE.into_iter().any(names)
        && overwritten(row, "JOIN_CHANNEL", names("JOIN_CHANNEL"));
    names(action) || is_implied
}

/// Applies overwrites: each target removes its denied actions, then adds its allowed ones if the caller has a role in
/// the community. Only actions of a channel can be overwritten.
fn overwritten(row: &Value, action: &str, mut allowed: bool) -> bool {
    if ["KICK_USER", "UPDATE_CHANNEL"].contains(&action) {
        return allowed;
    }
    let has_role = row.get("hasRole").is_some_and(is_true);
    for target in ["EVERYONE", "ROLE", "MEMBER"] {
        let all = row.get("overwrites").and_then(Value::as_array).into_iter().flatten();
        let of_target: Vec<_> =
            all.filter(|one| one.get("targetType").and_then(Value::as_str) == Some(target)).collect();
        let has = |list: &str| of_target.iter().any(|one| lists(one.get(list), action));
        allowed = (allowed && !has("deny")) || (has("allow") && has_role);
    }
    allowed
}

fn lists(list: Option<&Value>, action: &str) -> bool {
    list.and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == action))
}
