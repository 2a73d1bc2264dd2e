//! Permission overwrites of a channel (`ChannelPermissionOverwrite` of Kraken, since called Semaphore).

use super::RbacAction;
use crate::json::{Fields, Value, WrongType};
use alloc::{string::String, vec::Vec};

/// Target of an overwrite. Later ones in this list override earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverwriteTarget {
    /// `EVERYONE` in the channel's community.
    Everyone,
    /// `ROLE`: the holders of a role.
    Role,
    /// `MEMBER`: one user.
    Member,
}

/// An overwrite that applies to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overwrite {
    /// Whom it applies to.
    pub target: OverwriteTarget,
    /// Names of the actions that it allows.
    pub allow: Vec<String>,
    /// Names of the actions that it denies.
    pub deny: Vec<String>,
}

const FIELDS: [&str; 3] = ["targetType", "allow", "deny"];

impl Overwrite {
    /// Reads an array of overwrites: exactly the fields `targetType`, `allow` and `deny`.
    ///
    /// # Errors
    /// [`WrongType`] for any other shape, a target that is not known, and actions that are not an array of strings: what
    /// they deny must not be lost.
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

/// Applies the overwrites to an action: those of everyone, then those of all roles together, then the member's own. For one
/// target, `allow` overrides `deny`. If `may_allow` is false the overwrites can only deny.
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
