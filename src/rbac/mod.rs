//! Role-based access control: parses the store's facts, decides, and chooses the grants.

mod action;
mod admit;
mod authorize;
mod decide;
mod facts;
mod grants;
mod identity;
mod moderation;
mod overwrites;
mod participant_rights;
mod recording;
mod standing;
mod sync;

pub use action::RbacAction;
pub use admit::admit;
pub use authorize::{
    Granted, authorize_group, authorize_join, authorize_mute, authorize_presence, authorize_token_source,
    check_permission_metadata,
};
pub use decide::decide;
pub use facts::{ChannelFacts, CommunityBan, Facts, UserFacts};
pub use moderation::{Join, authorize_moderation, judge_join};
pub use overwrites::{Overwrite, OverwriteTarget};
pub use participant_rights::ParticipantRights;
pub use recording::authorize_recording;
pub use standing::{RoomKind, Standing};
pub use sync::{SyncAction, Wanted, compare, is_synced};
