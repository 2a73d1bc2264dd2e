//! Permission overwrites of a channel (`ChannelPermissionOverwrite` of Kraken, which was renamed Semaphore).

use super::RbacAction;
use crate::json::{Fields, Value, WrongType};
use alloc::{string::String, vec::Vec};

/// Target of an overwrite. Overwrites of later targets in this list override those of earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverwriteTarget {
    /// `EVERYONE`: every user of the channel's community.
    Everyone,
    /// `ROLE`: every user with a role.
    Role,
    /// `MEMBER`: one user.
    Member,
}

/// An overwrite that applies to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overwrite {
    /// Target.
    pub target: OverwriteTarget,
    /// Names of the allowed actions.
    pub allow: Vec<String>,
    /// Names of the denied actions.
    pub deny: Vec<String>,
}

const FIELDS: [&str; 3] = ["targetType", "allow", "deny"];

impl Overwrite {
    /// Parses an array of overwrites, objects with exactly the fields `targetType`, `allow` and `deny`.
    ///
    /// # Errors
    /// [`WrongType`] for any other shape, an unknown target, and actions that are not an array of strings. Ignoring
    /// these could ignore a denied action.
    pub(super) fn list(value: &Value<'_>) -> Result<Vec<Self>, WrongType> {
        let Value::Array(items) = value else { return Err(WrongType) };
        items.iter().map(Self::from_value).collect()
    }

    fn from_value(value: &Value<'_>) -> Result<Self, WrongType> {
        let Value::Object(object) = value else { return Err(WrongType) };
        let row = Fields::new(object);
        if !row.are_exactly(&FIELDS) {
            return Err(WrongType);
        }
        let target = match row.string("targetType")? {
            Some("EVERYONE") => OverwriteTarget::Everyone,
            Some("ROLE") => OverwriteTarget::Role,
            Some("MEMBER") => OverwriteTarget::Member,
            _ => return Err(WrongType),
        };
        let actions = |name| Ok(row.strings(name)?.ok_or(WrongType)?.into_iter().map(Into::into).collect());
        Ok(Self { target, allow: actions("allow")?, deny: actions("deny")? })
    }
}

/// Applies overwrites to an action: those of `EVERYONE`, then those of all roles together, then those of the member.
/// For one target, `allow` overrides `deny`. If `may_allow` is false, overwrites can only deny.
pub(super) fn overwrite(allowed: bool, action: RbacAction, overwrites: &[Overwrite], may_allow: bool) -> bool {
    if !action.is_channel_scoped() {
        return allowed;
    }
    let has = |names: &[String]| names.iter().any(|name| name == action.name());
    [OverwriteTarget::Everyone, OverwriteTarget::Role, OverwriteTarget::Member].into_iter().fold(
        allowed,
        |allowed, target| {
            let mut of_target = overwrites.iter().filter(|overwrite| overwrite.target == target);
            if of_target.clone().any(|overwrite| has(&overwrite.allow)) && may_allow {
                true
            } else {
                allowed && !of_target.any(|overwrite| has(&overwrite.deny))
            }
        },
    )
}
