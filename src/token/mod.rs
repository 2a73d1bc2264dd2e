//! LiveKit's token: grants, claims, and the two ways between claims and token.

mod access_token;
mod claims;
mod credentials;
mod fault;
mod grants;
mod kind;
mod members;
mod room_config;
mod table;
mod track_source;
mod ttl;
mod verifier;

pub use access_token::{AccessToken, RawAccessToken};
pub use claims::Claims;
pub use credentials::ApiKey;
pub(crate) use credentials::Credentials;
pub use fault::{ClaimFault, Problem};
pub use grants::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, InferenceGrant, ObservabilityGrant, SipGrant, VideoGrant,
};
pub use kind::{KindDetail, ParticipantKind};
pub(crate) use members::Members;
pub use room_config::RoomConfiguration;
pub(crate) use table::Origin;
pub use track_source::TrackSource;
pub use ttl::{DEFAULT_ACCESS_TOKEN_TTL, Ttl, time_span};
pub use verifier::TokenVerifier;
pub(crate) use verifier::check_times;
