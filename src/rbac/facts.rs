//! What the store knows of a user and a channel, in one answer.

use alloc::{string::String, vec::Vec};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// Facts about one user and, where a channel was asked for, one channel. Deserialises from a row of
/// `pkg/src/server/store/facts.sql.ts`; a row of any other shape is an error, never a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The user; `None` if there is none with the caller's id.
    pub user: Option<UserFacts>,
    /// The channel; `None` if there is none with the requested id.
    pub channel: Option<ChannelFacts>,
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

/// Facts about the requested channel, and the caller's standing in it and its community.
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

/// A row of `CommunityBan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityBan {
    /// False if the ban was lifted.
    pub active: bool,
    /// Unix second at which the ban ends; `None` is for ever.
    pub ends: Option<u64>,
}

/// The row as the store's query returns it. `null` is allowed only where it means "no such row".
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    user_id: Option<String>,
    role: Option<String>,
    banned: Option<Flag>,
    token_revoked: Flag,
    channel_id: Option<String>,
    is_private: Option<Flag>,
    is_member: Flag,
    actions: Vec<String>,
    ban_active: Option<Flag>,
    ban_ends: Option<u64>,
    timeout_ends: Option<u64>,
    identity_is_user: Flag,
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Row::deserialize(deserializer)?;
        let user = match (row.user_id, row.role, row.banned) {
            (None, _, _) => None,
            (Some(id), Some(role), Some(banned)) => {
                Some(UserFacts { id, owner: role == "OWNER", banned: banned.0, token_revoked: row.token_revoked.0 })
            }
            _ => return Err(D::Error::custom("a user without role or ban flag")),
        };
        let channel = match (row.channel_id, row.is_private) {
            (None, _) => None,
            (Some(id), Some(private)) => Some(ChannelFacts {
                id,
                private: private.0,
                member: row.is_member.0,
                actions: row.actions,
                ban: row.ban_active.map(|active| CommunityBan { active: active.0, ends: row.ban_ends }),
                timeout_ends: row.timeout_ends,
            }),
            _ => return Err(D::Error::custom("a channel without privacy flag")),
        };
        Ok(Self { user, channel, identity_is_user: row.identity_is_user.0 })
    }
}

/// A truth value as databases give it: PostgreSQL `true`, SQLite `1`. Anything else is an error.
struct Flag(bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("true, false, 1 or 0")
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Flag, E> {
                match value {
                    0 => Ok(Flag(false)),
                    1 => Ok(Flag(true)),
                    _ => Err(E::custom("a flag above 1")),
                }
            }
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}
