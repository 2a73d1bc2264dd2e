//! The specified module: configuration, the create-token request, and the service that mints.

mod config;
mod create_token;
mod livekit_service;
mod raw_create_token;

pub use config::{DEFAULT_MAX_TTL, DEFAULT_TOKEN_TTL, LivekitConfig};
pub use create_token::CreateToken;
pub use livekit_service::{LivekitService, TokenResponse};
pub use raw_create_token::{Field, JoinRequest, RawCreateToken, read_body};
