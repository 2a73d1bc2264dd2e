//! The actions that a role may allow.

macro_rules! actions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// An RBAC action of Kraken, in the order of its schema (`enum RbacActions`). Kraken added the voice actions
        /// together with channel permission overwrites. The last action is this project's own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RbacAction {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl RbacAction {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the database.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

actions! {
    DeleteMessage = "DELETE_MESSAGE",
    DeleteChannel = "DELETE_CHANNEL",
    DeleteCommunity = "DELETE_COMMUNITY",
    DeleteInvite = "DELETE_INVITE",
    DeleteUser = "DELETE_USER",
    DeleteRole = "DELETE_ROLE",
    DeleteAliasGroup = "DELETE_ALIAS_GROUP",
    DeleteAliasGroupMember = "DELETE_ALIAS_GROUP_MEMBER",
    DeleteInstanceInvite = "DELETE_INSTANCE_INVITE",
    DeleteMember = "DELETE_MEMBER",
    DeleteReaction = "DELETE_REACTION",
    CreateMessage = "CREATE_MESSAGE",
    CreateChannel = "CREATE_CHANNEL",
    CreateCommunity = "CREATE_COMMUNITY",
    CreateInvite = "CREATE_INVITE",
    CreateRole = "CREATE_ROLE",
    CreateAliasGroup = "CREATE_ALIAS_GROUP",
    CreateAliasGroupMember = "CREATE_ALIAS_GROUP_MEMBER",
    CreateInstanceInvite = "CREATE_INSTANCE_INVITE",
    CreateMember = "CREATE_MEMBER",
    CreateReaction = "CREATE_REACTION",
    JoinChannel = "JOIN_CHANNEL",
    ReadMessage = "READ_MESSAGE",
    ReadChannel = "READ_CHANNEL",
    ReadCommunity = "READ_COMMUNITY",
    ReadAllCommunities = "READ_ALL_COMMUNITIES",
    ReadUser = "READ_USER",
    ReadRole = "READ_ROLE",
    ReadAliasGroup = "READ_ALIAS_GROUP",
    ReadAliasGroupMember = "READ_ALIAS_GROUP_MEMBER",
    ReadInstanceInvite = "READ_INSTANCE_INVITE",
    ReadMember = "READ_MEMBER",
    UpdateCommunity = "UPDATE_COMMUNITY",
    UpdateChannel = "UPDATE_CHANNEL",
    UpdateUser = "UPDATE_USER",
    UpdateRole = "UPDATE_ROLE",
    UpdateAliasGroup = "UPDATE_ALIAS_GROUP",
    UpdateAliasGroupMember = "UPDATE_ALIAS_GROUP_MEMBER",
    UpdateInstanceInvite = "UPDATE_INSTANCE_INVITE",
    UpdateMember = "UPDATE_MEMBER",
    CaptureReplay = "CAPTURE_REPLAY",
    ReadInstanceSettings = "READ_INSTANCE_SETTINGS",
    UpdateInstanceSettings = "UPDATE_INSTANCE_SETTINGS",
    ReadInstanceStats = "READ_INSTANCE_STATS",
    ManageUserStorage = "MANAGE_USER_STORAGE",
    BanUser = "BAN_USER",
    KickUser = "KICK_USER",
    TimeoutUser = "TIMEOUT_USER",
    UnbanUser = "UNBAN_USER",
    PinMessage = "PIN_MESSAGE",
    UnpinMessage = "UNPIN_MESSAGE",
    DeleteAnyMessage = "DELETE_ANY_MESSAGE",
    ViewBanList = "VIEW_BAN_LIST",
    ViewModerationLogs = "VIEW_MODERATION_LOGS",
    MuteParticipant = "MUTE_PARTICIPANT",
    Speak = "SPEAK",
    Video = "VIDEO",
    ScreenShare = "SCREEN_SHARE",
    RecordChannel = "RECORD_CHANNEL",
}

impl RbacAction {
    /// Voice actions. `JOIN_CHANNEL` implies them in a database whose roles do not have them.
    pub(super) const VOICE: [Self; 3] = [Self::Speak, Self::Video, Self::ScreenShare];

    /// True if a channel's overwrites can allow or deny the action. They have no effect on other actions.
    #[must_use]
    pub const fn is_channel_scoped(self) -> bool {
        matches!(
            self,
            Self::ReadChannel
                | Self::ReadMessage
                | Self::CreateMessage
                | Self::CreateReaction
                | Self::PinMessage
                | Self::UnpinMessage
                | Self::DeleteAnyMessage
                | Self::JoinChannel
                | Self::Speak
                | Self::Video
                | Self::ScreenShare
                | Self::MuteParticipant
                | Self::CaptureReplay
                | Self::RecordChannel
        )
    }
}
