//! Facts about a user and a channel, from one row of the store.

use super::{Overwrite, RbacAction, overwrites::overwrite};
use crate::{
    error::LivekitError,
    json::{self, Fields, WrongType},
};
use alloc::{string::String, vec::Vec};

/// Facts about one user and, if one was requested, one channel, from a row of `pkg/src/server/stores/facts.sql.ts`. A
/// malformed row is an error; no field has a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The user; `None` if the caller's id is unknown.
    pub user: Option<UserFacts>,
    /// The channel; `None` if the requested id is unknown.
    pub channel: Option<ChannelFacts>,
    /// Id of the requested group of direct messages; `None` if it is unknown or the user is not a member.
    pub group_id: Option<String>,
    /// True if a channel has the id of the requested group.
    pub group_is_channel: bool,
    /// True if the requested identity is the id of a user, possibly the caller.
    pub identity_is_user: bool,
}

/// Facts about the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFacts {
    /// The user's id.
    pub id: String,
    /// True if the user owns the instance.
    pub owner: bool,
    /// True if the user is banned from the instance.
    pub banned: bool,
    /// True if the caller's token was revoked.
    pub token_revoked: bool,
    /// True if the session of the caller's token was revoked.
    pub session_revoked: bool,
    /// Unix second at which all tokens of the user were revoked, including those issued in that second; `None` for
    /// never.
    pub revoked_until: Option<u64>,
}

/// Facts about the requested channel, and about the caller in it and its community.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFacts {
    /// The channel's id.
    pub id: String,
    /// True if only members may enter.
    pub private: bool,
    /// True if the caller is a member.
    pub member: bool,
    /// Names of the actions that the caller's roles in the channel's community allow.
    pub actions: Vec<String>,
    /// The caller's ban from the channel's community, if any.
    pub ban: Option<CommunityBan>,
    /// Unix second at which the caller's timeout in the channel's community ends, if any.
    pub timeout_ends: Option<u64>,
    /// True if the caller has a role in the channel's community, which makes the caller a member.
    pub has_role: bool,
    /// True if roles in this database can have `SPEAK`, `VIDEO` and `SCREEN_SHARE`. Otherwise `JOIN_CHANNEL` implies
    /// them.
    pub voice_by_role: bool,
    /// The channel's overwrites that apply to the caller.
    pub overwrites: Vec<Overwrite>,
    /// Unix second at which the caller's last kick from the channel ends, if any.
    pub kicked_until: Option<u64>,
    /// Unix second at which the last kick of the requested identity from the channel ends, if any.
    pub identity_kicked_until: Option<u64>,
    /// Unix second at which the channel was locked; `None` if it is not locked.
    pub locked_at: Option<u64>,
}

impl ChannelFacts {
    /// True if the caller's roles and the channel's overwrites allow `action`. Overwrites can allow nothing to a caller
    /// without a role in the community. If they deny `READ_CHANNEL`, every action is denied.
    #[must_use]
    pub fn allows(&self, action: RbacAction) -> bool {
        let is_visible = overwrite(true, RbacAction::ReadChannel, &self.overwrites, self.has_role);
        is_visible && overwrite(self.base_allows(action), action, &self.overwrites, self.has_role)
    }

    /// Names of the allowed actions. With overwrites they include voice actions that no role has.
    #[must_use]
    pub fn allowed_actions(&self) -> Vec<String> {
        if self.overwrites.is_empty() {
            return self.actions.clone();
        }
        let known = |name: &String| RbacAction::ALL.iter().any(|action| action.name() == name);
        let unknown = self.actions.iter().filter(|name| !known(name)).cloned();
        let allowed = RbacAction::ALL.iter().filter(|action| self.allows(**action)).map(|action| action.name().into());
        allowed.chain(unknown).collect()
    }

    fn base_allows(&self, action: RbacAction) -> bool {
        let names = |action: RbacAction| self.actions.iter().any(|name| name == action.name());
        let is_implied = RbacAction::VOICE.contains(&action)
            && !self.voice_by_role
            && !RbacAction::VOICE.into_iter().any(names)
            && overwrite(names(RbacAction::JoinChannel), RbacAction::JoinChannel, &self.overwrites, self.has_role);
        is_implied || names(action)
    }

    /// True if the caller is timed out at `now` (Unix seconds).
    #[must_use]
    pub fn is_timed_out(&self, now: u64) -> bool {
        self.timeout_ends.is_some_and(|ends| ends > now)
    }
}

/// A ban from a community (a row of `CommunityBan`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityBan {
    /// False if the ban was lifted.
    pub active: bool,
    /// Unix second at which the ban ends; `None` for never.
    pub ends: Option<u64>,
}

/// The fields of every row.
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

/// Fields that are missing if the store has no sessions, revocations by time, groups, overwrites or moderation.
const OPTIONAL: [&str; 9] = [
    "sessionRevoked",
    "revokedUntil",
    "groupIsChannel",
    "hasRole",
    "voiceByRole",
    "overwrites",
    "kickedUntil",
    "identityKickedUntil",
    "lockedAt",
];

impl Facts {
    /// Parses a row, which must have exactly the known fields. `null` is allowed only where it means that there is no
    /// such row. An optional field is missing or of the right type.
    ///
    /// # Errors
    /// [`WrongType`] for any other shape.
    pub fn from_row(row: &Fields<'_>) -> Result<Self, WrongType> {
        if !row.are(&ROW, &OPTIONAL) {
            return Err(WrongType);
        }
        // Every field is checked, even if it is not needed: a wrong type makes the row invalid.
        let (role, banned) = (row.string("role")?, row.database_boolean("banned")?);
        let (private, member) =
            (row.database_boolean("isPrivate")?, row.database_boolean("isMember")?.ok_or(WrongType)?);
        let actions = row.strings("actions")?.ok_or(WrongType)?.into_iter().map(Into::into).collect();
        let (ban_active, ban_ends) = (row.database_boolean("banActive")?, row.integer("banEnds")?);
        let timeout_ends = row.integer("timeoutEnds")?;
        let token_revoked = row.database_boolean("tokenRevoked")?.ok_or(WrongType)?;
        let optional = |name| if row.has(name) { row.database_boolean(name)?.ok_or(WrongType) } else { Ok(false) };
        let (session_revoked, revoked_until) = (optional("sessionRevoked")?, row.integer("revokedUntil")?);
        let group_is_channel = optional("groupIsChannel")?;
        let (has_role, voice_by_role) = (optional("hasRole")?, optional("voiceByRole")?);
        let overwrites = if row.has("overwrites") {
            Overwrite::list(row.value("overwrites").ok_or(WrongType)?)?
        } else {
            Vec::new()
        };
        let (kicked_until, identity_kicked_until) = (row.integer("kickedUntil")?, row.integer("identityKickedUntil")?);
        let locked_at = row.integer("lockedAt")?;
        let group_id = row.string("groupId")?.map(Into::into);
        let identity_is_user = row.database_boolean("identityIsUser")?.ok_or(WrongType)?;
        let user = match row.string("userId")? {
            None => None,
            Some(id) => Some(UserFacts {
                id: id.into(),
                owner: role.ok_or(WrongType)? == "OWNER",
                banned: banned.ok_or(WrongType)?,
                token_revoked,
                session_revoked,
                revoked_until,
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
                has_role,
                voice_by_role,
                overwrites,
                kicked_until,
                identity_kicked_until,
                locked_at,
            }),
        };
        Ok(Self { user, channel, group_id, group_is_channel, identity_is_user })
    }

    /// Parses a row from JSON text.
    ///
    /// # Errors
    /// [`LivekitError::StoreUnavailable`] for any other shape.
    pub fn from_json(row: &[u8]) -> Result<Self, LivekitError> {
        let row = json::parse_object(row).map_err(|_| LivekitError::StoreUnavailable)?;
        Self::from_row(&Fields::new(&row)).map_err(|WrongType| LivekitError::StoreUnavailable)
    }
}
