//! The specified module: configuration, the create-token request, and the service that mints.

mod config;
mod create_token;
mod latest;
mod livekit_service;
mod mute_participant;
mod raw_create_token;
mod token_source;

pub use config::{DEFAULT_MAX_TTL, DEFAULT_TOKEN_TTL, LivekitConfig};
pub use create_token::{CreateToken, CreateTokenRef};
pub use livekit_service::{LivekitService, Minted, TokenResponse};
pub use mute_participant::{MuteParticipant, RawMuteParticipant};
pub use raw_create_token::{Field, JoinRequest, RawCreateToken, read_body};
pub use token_source::RawTokenSource;
