//! Facts of the store about a user and a channel.

use super::RbacAction;
use crate::{
    error::LivekitError,
    json::{self, Fields, WrongType},
};
use alloc::{string::String, vec::Vec};

/// Facts about one user and, where a channel was asked for, one channel, from a row of
/// `pkg/src/server/store/facts.sql.ts`. A row of any other shape is an error, never a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The user; `None` if there is none with the caller's id.
    pub user: Option<UserFacts>,
    /// The channel; `None` if there is none with the requested id.
    pub channel: Option<ChannelFacts>,
    /// Id of the requested group of direct messages; `None` if there is none or the user is not a member.
    pub group_id: Option<String>,
    /// True if the requested identity is the id of a user (perhaps the caller's own).
    pub identity_is_user: bool,
}

/// Facts about the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFacts {
    /// The user's id.
    pub id: String,
    /// True if the user owns the instance.
    pub owner: bool,
    /// True if the user is banned from the instance.
    pub banned: bool,
    /// True if the caller's token was revoked.
    pub token_revoked: bool,
}

/// Facts about the requested channel, and about the caller in it and its community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFacts {
    /// The channel's id.
    pub id: String,
    /// True if only members may enter.
    pub private: bool,
    /// True if the caller is a member.
    pub member: bool,
    /// Names of the actions that the caller's roles in the channel's community allow.
    pub actions: Vec<String>,
    /// The caller's ban from the channel's community, if there is a row.
    pub ban: Option<CommunityBan>,
    /// Unix second at which the caller's timeout in the channel's community ends, if there is a row.
    pub timeout_ends: Option<u64>,
}

impl ChannelFacts {
    /// True if a role of the caller allows `action`.
    #[must_use]
    pub fn allows(&self, action: RbacAction) -> bool {
        self.actions.iter().any(|name| name == action.name())
    }

    /// True if the caller is timed out at `now` (Unix seconds).
    #[must_use]
    pub fn is_timed_out(&self, now: u64) -> bool {
        self.timeout_ends.is_some_and(|ends| ends > now)
    }
}

/// A row of `CommunityBan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityBan {
    /// False if the ban was lifted.
    pub active: bool,
    /// Unix second at which the ban ends; `None` for never.
    pub ends: Option<u64>,
}

/// The fields of a row.
const ROW: [&str; 13] = [
    "userId",
    "role",
    "banned",
    "tokenRevoked",
    "channelId",
    "isPrivate",
    "isMember",
    "groupId",
    "actions",
    "banActive",
    "banEnds",
    "timeoutEnds",
    "identityIsUser",
];

impl Facts {
    /// Reads the store's row: exactly these fields. `null` is allowed only where it means "no such row".
    ///
    /// # Errors
    /// [`WrongType`] for any other shape.
    pub fn from_row(row: &Fields<'_>) -> Result<Self, WrongType> {
        if !row.are_exactly(&ROW) {
            return Err(WrongType);
        }
        // Every field is checked, needed or not: one of a wrong type makes the row invalid.
        let (role, banned) = (row.string("role")?, row.database_boolean("banned")?);
        let (private, member) =
            (row.database_boolean("isPrivate")?, row.database_boolean("isMember")?.ok_or(WrongType)?);
        let actions = row.strings("actions")?.ok_or(WrongType)?.into_iter().map(Into::into).collect();
        let (ban_active, ban_ends) = (row.database_boolean("banActive")?, row.integer("banEnds")?);
        let timeout_ends = row.integer("timeoutEnds")?;
        let token_revoked = row.database_boolean("tokenRevoked")?.ok_or(WrongType)?;
        let group_id = row.string("groupId")?.map(Into::into);
        let identity_is_user = row.database_boolean("identityIsUser")?.ok_or(WrongType)?;
        let user = match row.string("userId")? {
            None => None,
            Some(id) => Some(UserFacts {
                id: id.into(),
                owner: role.ok_or(WrongType)? == "OWNER",
                banned: banned.ok_or(WrongType)?,
                token_revoked,
            }),
        };
        let channel = match row.string("channelId")? {
            None => None,
            Some(id) => Some(ChannelFacts {
                id: id.into(),
                private: private.ok_or(WrongType)?,
                member,
                actions,
                ban: ban_active.map(|active| CommunityBan { active, ends: ban_ends }),
                timeout_ends,
            }),
        };
        Ok(Self { user, channel, group_id, identity_is_user })
    }

    /// Reads the store's row from JSON text.
    ///
    /// # Errors
    /// [`LivekitError::StoreUnavailable`] for any other shape.
    pub fn from_json(row: &[u8]) -> Result<Self, LivekitError> {
        let row = json::parse_object(row).map_err(|_| LivekitError::StoreUnavailable)?;
        Self::from_row(&Fields::new(&row)).map_err(|WrongType| LivekitError::StoreUnavailable)
    }
}
