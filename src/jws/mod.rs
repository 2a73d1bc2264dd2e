//! HS256 JWS in compact serialization (RFC 7515, RFC 7518 section 3.2). It does not depend on LiveKit.

mod key;
mod secret;
mod sign;
mod verify;

pub use key::SigningKey;
pub use secret::Secret;
pub use sign::sign;
pub(crate) use sign::{SharedPrefix, base64url};
pub(crate) use verify::unverified_payload;
pub use verify::{VerifiedPayload, verify};
