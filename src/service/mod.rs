//! The specified module: configuration, the create-token request, and the service that issues tokens.

mod config;
mod create_token;
mod livekit_service;
mod mute_participant;
mod raw_create_token;
mod raw_fields;
mod token_source;

pub use config::{DEFAULT_MAX_TTL, DEFAULT_TOKEN_TTL, LivekitConfig};
pub use create_token::CreateToken;
pub use livekit_service::{IssuedToken, LivekitService, TokenPrefix, TokenResponse};
pub use mute_participant::{MuteParticipant, RawMuteParticipant};
pub use raw_create_token::{JoinRequest, RawCreateToken};
pub use raw_fields::{Field, parse_body};
pub use token_source::RawTokenSource;
