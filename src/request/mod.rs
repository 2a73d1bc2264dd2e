//! Request bodies, before and after validation.

mod create_token;
mod moderation;
mod mute_participant;
mod raw_create_token;
mod raw_fields;
mod start_recording;
mod sync;
mod token_source;

pub use create_token::CreateToken;
pub use moderation::{Moderation, RawModeration};
pub use mute_participant::{MuteParticipant, RawMuteParticipant};
pub use raw_create_token::{JoinRequest, RawCreateToken};
pub use raw_fields::{Field, parse_body};
pub use start_recording::RawStartRecording;
pub use sync::SyncRequest;
pub use token_source::{RawRoomConfig, RawTokenSource};
