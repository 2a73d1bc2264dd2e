//! LiveKit access tokens: claims, signing and verifying.

mod access_token;
mod api_credentials;
mod claims;
mod client_grant;
mod grants;
mod kind;
mod numeric_date;
mod room_config;
mod schema;
mod track_source;
mod ttl;
mod verifier;

pub(crate) use access_token::sign_claims;
pub use access_token::{AccessToken, RawAccessToken};
pub use api_credentials::ApiCredentials;
pub use claims::{Claims, validate_claims, validate_token_claims};
pub use client_grant::PRIVILEGED_GRANTS;
pub(crate) use client_grant::{check_client_grant, complete_client_grant};
pub use grants::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, InferenceGrant, ObservabilityGrant, SipGrant, VideoGrant,
};
pub use kind::{KindDetail, ParticipantKind};
pub(crate) use numeric_date::{check_times, time};
pub(crate) use room_config::ENCODING_OPTIONS_PRESET;
pub use room_config::RoomConfiguration;
pub(crate) use schema::ClaimObject;
pub use track_source::TrackSource;
pub use ttl::{DEFAULT_ACCESS_TOKEN_TTL, Ttl, parse_duration};
pub use verifier::TokenVerifier;
