//! LiveKit's token: grants, claims and their verification.

mod claims;
mod grants;
mod track_source;
mod verifier;

pub use claims::Claims;
pub use grants::VideoGrant;
pub use track_source::TrackSource;
pub use verifier::TokenVerifier;
pub(crate) use verifier::check_times;
