//! Authorizes the requests of the routes. Errors come in this order: unauthorized, invalid request, forbidden.

use super::{
    Facts, RbacAction, UserFacts,
    admit::{admit, check_channel_id},
    decide::{Timeouts, decide_with},
    moderation::check_kick_and_lock,
};
use crate::{
    config::{GrantPolicy, LivekitConfig},
    error::{ForbiddenReason, LivekitError},
    json::{Fields, Object, Value},
    presence::PresenceCursor,
    request::{CreateToken, JoinRequest, MuteParticipant, RawCreateToken, RawMuteParticipant, RawTokenSource},
    token::{RoomConfiguration, VideoGrant},
    user_token::Caller,
};
use alloc::{string::String, vec::Vec};

/// An authorized token request and its grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Room and participant.
    pub request: CreateToken,
    /// What the participant may do in the room.
    pub grant: VideoGrant,
    /// The participant's metadata; empty for none.
    pub metadata: String,
    /// The participant's attributes.
    pub attributes: Vec<(String, String)>,
    /// The agents to dispatch.
    pub room_config: Option<RoomConfiguration>,
    /// True if the caller is timed out in the channel's community.
    pub timed_out: bool,
}

/// Authorizes a request to join a channel at `now` (Unix seconds).
///
/// The room in the grant is exactly the channel's id in the facts, even if the database compares ids by a collation.
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then [`LivekitError::Forbidden`] as [`decide`](super::decide),
/// also if the identity is another user's id, the caller or identity is kicked, or the channel is locked.
pub fn authorize_join(
    caller: &Caller,
    request: RawCreateToken,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<Granted, LivekitError> {
    let user = admit(caller, facts)?;
    join_channel(user, request.validate(config.max_ttl)?, facts, config, now)
}

/// As [`authorize_join`], for a token request of LiveKit's client SDKs.
///
/// # Errors
/// As [`authorize_join`]; then [`LivekitError::NotConfigured`] if no URL is configured.
pub fn authorize_token_source(
    caller: &Caller,
    request: RawTokenSource,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<Granted, LivekitError> {
    let user = admit(caller, facts)?;
    let granted = join_channel(user, request.validate(config, &user.id)?, facts, config, now)?;
    config.check_url().map(|()| granted)
}

/// As [`authorize_join`], for a call in a group of direct messages. Only members may join; being an owner makes no
/// difference. The room in the grant is exactly the group's id in the facts.
///
/// # Errors
/// As [`authorize_join`]; [`LivekitError::Forbidden`] also if a channel has the same id as the group, because both
/// would share a room although their members differ.
pub fn authorize_group(
    caller: &Caller,
    request: RawCreateToken,
    facts: &Facts,
    config: &LivekitConfig,
) -> Result<Granted, LivekitError> {
    let user = admit(caller, facts)?;
    let request = request.validate(config.max_ttl)?;
    if facts.group_id.as_deref() != Some(request.room_id.as_str()) {
        return Err(LivekitError::Forbidden(ForbiddenReason::NotAMember));
    }
    if facts.group_is_channel {
        return Err(LivekitError::Forbidden(ForbiddenReason::RoomOfChannel));
    }
    let grant = config.grants.in_group(request.room_id.as_str());
    grant_to(user, request, grant, false, facts, config)
}

/// Decides whether the caller may mute a participant in the channel `channel_id`, at `now` (Unix seconds).
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then as [`decide`](super::decide).
pub fn authorize_mute(
    caller: &Caller,
    channel_id: &str,
    request: RawMuteParticipant,
    facts: &Facts,
    now: u64,
) -> Result<MuteParticipant, LivekitError> {
    let user = admit(caller, facts)?;
    let request = request.validate()?;
    check_channel_id(channel_id, facts)?;
    decide_with(user, facts, RbacAction::MuteParticipant, Timeouts::Deny, now)?;
    Ok(request)
}

/// Decides whether the caller may see the participants of the channel `channel_id`, at `now` (Unix seconds). Returns
/// the position that the page starts after.
///
/// # Errors
/// As [`admit`]; then as [`PresenceCursor::parse`]; then as [`decide`](super::decide), except that a timed-out caller
/// who may still subscribe may also see the participants.
pub fn authorize_presence<'a>(
    caller: &Caller,
    channel_id: &str,
    after: Option<&'a str>,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<Option<PresenceCursor<'a>>, LivekitError> {
    let user = admit(caller, facts)?;
    let after = after.map(PresenceCursor::parse).transpose()?;
    check_channel_id(channel_id, facts)?;
    decide_with(user, facts, RbacAction::ReadChannel, timeouts(config), now)?;
    Ok(after)
}

fn join_channel(
    user: &UserFacts,
    request: JoinRequest,
    facts: &Facts,
    config: &LivekitConfig,
    now: u64,
) -> Result<Granted, LivekitError> {
    check_channel_id(request.room_id.as_str(), facts)?;
    let channel = decide_with(user, facts, RbacAction::JoinChannel, timeouts(config), now)?;
    let grant = config.grants.in_channel(user, channel, now);
    let granted = grant_to(user, request, grant, channel.is_timed_out(now), facts, config)?;
    check_kick_and_lock(user, channel, granted.request.identity.as_str(), now)?;
    Ok(granted)
}

fn grant_to(
    user: &UserFacts,
    request: JoinRequest,
    grant: VideoGrant,
    timed_out: bool,
    facts: &Facts,
    config: &LivekitConfig,
) -> Result<Granted, LivekitError> {
    let JoinRequest { room_id, identity, name, ttl, metadata, attributes, room_config } = request;
    let has_metadata = !metadata.is_empty() || !attributes.is_empty();
    let may_publish = grant.can_publish == Some(true);
    let reason = if timed_out { ForbiddenReason::CommunityTimeout } else { ForbiddenReason::MissingAction };
    check_metadata(may_publish, has_metadata || room_config.is_some(), reason)?;
    let grant = config.with_own_metadata(grant);
    // Other participants see the name and identity, so that a timed-out caller may not choose them.
    let (identity, name) = if timed_out && !may_publish { (None, None) } else { (identity, name) };
    let identity = config.identity_policy.choose(identity, user, facts)?;
    let request = CreateToken { room_id, identity, name, ttl, server: None };
    Ok(Granted { request, grant, metadata, attributes, room_config, timed_out })
}

/// Checks a permission whose grants the application's `grants` function changed. As in [`authorize_join`], a
/// participant who may not publish may not set metadata or attributes, or dispatch agents.
///
/// # Errors
/// [`LivekitError::Forbidden`]; [`LivekitError::GrantRefused`] for grants that are not an object.
pub fn check_permission_metadata(permission: &Object<'_>) -> Result<(), LivekitError> {
    let has_metadata = ["metadata", "attributes", "roomConfig"].iter().any(|name| permission.get(name).is_some());
    let grants = Fields::new(permission).object("grants").map_err(|_| LivekitError::GrantRefused("grants"))?;
    let may_publish = grants.is_none_or(|grants| grants.get("canPublish") != Some(&Value::Bool(false)));
    check_metadata(may_publish, has_metadata, ForbiddenReason::MissingAction)
}

/// Rejects metadata, attributes and agents of a participant who may not publish.
///
/// # Errors
/// [`LivekitError::Forbidden`] with `reason`.
fn check_metadata(may_publish: bool, has_metadata: bool, reason: ForbiddenReason) -> Result<(), LivekitError> {
    if has_metadata && !may_publish { Err(LivekitError::Forbidden(reason)) } else { Ok(()) }
}

pub(super) const fn timeouts(config: &LivekitConfig) -> Timeouts {
    match config.grants {
        GrantPolicy::Full => Timeouts::Deny,
        GrantPolicy::Role => Timeouts::Allow,
    }
}
