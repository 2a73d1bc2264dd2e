//! Why an authenticated user is rejected.

/// Why a known user may not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForbiddenReason {
    /// There is no such channel.
    UnknownChannel,
    /// The user is banned from the channel's community.
    CommunityBan,
    /// The user is timed out in the channel's community.
    CommunityTimeout,
    /// The channel is private and the user is not a member of it.
    NotAMember,
    /// No role of the user allows the action in the channel's community.
    MissingAction,
    /// The requested identity is another user's id.
    IdentityTaken,
    /// The group of direct messages has the same id as a channel: LiveKit would put both in one room.
    RoomOfChannel,
    /// A moderator has kicked the user, or the requested identity, from the channel.
    Kicked,
    /// The channel is locked, and no role of the user allows managing it.
    Locked,
}

impl ForbiddenReason {
    /// Stable name of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownChannel => "unknown_channel",
            Self::CommunityBan => "community_ban",
            Self::CommunityTimeout => "community_timeout",
            Self::NotAMember => "not_a_member",
            Self::MissingAction => "missing_action",
            Self::IdentityTaken => "identity_taken",
            Self::RoomOfChannel => "room_of_channel",
            Self::Kicked => "kicked",
            Self::Locked => "locked",
        }
    }
}
