//! What the holder of a token may do.

mod services;
mod video;

pub use services::{AgentEndpointGrant, AgentGrant, AgentThreadGrant, InferenceGrant, ObservabilityGrant, SipGrant};
pub use video::VideoGrant;
