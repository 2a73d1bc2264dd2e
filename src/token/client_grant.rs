//! Checks of the grants of a client's token.

use super::{
    VideoGrant,
    schema::{Checker, ClaimObject, Origin, Path},
};
use crate::{
    error::LivekitError,
    json::{Object, Value},
};
use alloc::string::String;

/// Checks the grants that a function of the application returned for `room`, and adds the room and `roomJoin`.
///
/// # Errors
/// As [`check_client_grant`].
pub(crate) fn complete_client_grant<'g>(
    grant: &Object<'g>,
    room: &'g str,
    allowed: &[String],
) -> Result<Object<'g>, LivekitError> {
    if grant.get("roomJoin").is_some_and(|join| *join != Value::Bool(true)) {
        return Err(LivekitError::GrantRefused("roomJoin"));
    }
    let mut grant = grant.clone();
    if grant.get("room").is_none_or(|room| room.as_str() == Some("")) {
        grant.set("room", Value::from(room));
    }
    grant.set("roomJoin", Value::Bool(true));
    check_client_grant(&grant, room, allowed)?;
    Ok(grant)
}

/// Grants that reach beyond the room or hide the participant. A client's token may have one only if the operator allows
/// it by name.
pub const PRIVILEGED_GRANTS: [&str; 8] =
    ["roomCreate", "roomList", "roomRecord", "ingressAdmin", "hidden", "recorder", "agent", "destinationRoom"];

/// Checks that a grant is for joining `room`, and that it contains no privileged grant but those in `allowed`.
///
/// # Errors
/// [`LivekitError::PermissionRefused`] for grants that LiveKit does not know, [`LivekitError::GrantRefused`] with the name of the
/// grant.
pub(crate) fn check_client_grant(grant: &Object<'_>, room: &str, allowed: &[String]) -> Result<(), LivekitError> {
    let mut checker = Checker::new(Origin::Application);
    checker.object(grant, VideoGrant::SCHEMA, &Path::ROOT.field("grants"));
    if let Some(error) = checker.into_errors(false).into_iter().next() {
        return Err(LivekitError::PermissionRefused(error.into()));
    }
    if grant.str("room") != room {
        return Err(LivekitError::GrantRefused("room"));
    }
    if grant.get("roomJoin") != Some(&Value::Bool(true)) {
        return Err(LivekitError::GrantRefused("roomJoin"));
    }
    let is_refused = |name: &&&str| {
        grant.get(name).is_some_and(|value| !value.is_empty()) && !allowed.iter().any(|allowed| allowed == **name)
    };
    PRIVILEGED_GRANTS.iter().find(is_refused).map_or(Ok(()), |name| Err(LivekitError::GrantRefused(name)))
}
