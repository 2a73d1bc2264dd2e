//! HS256 JWS in compact serialisation (RFC 7515, RFC 7518 section 3.2); knows nothing of LiveKit.

pub(crate) mod base64url;
mod hmac;
mod secret;
pub(crate) mod sha256;
mod sign;
mod verify;

pub use hmac::HmacKey;
pub use secret::Secret;
pub(crate) use sign::Opening;
pub use sign::sign;
pub use verify::{VerifiedPayload, verify};
