//! HMAC-SHA256 (RFC 2104) with a prepared key.

use super::Secret;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// An HMAC-SHA256 key whose two key blocks are hashed already, so that a tag costs only the message. Redacted
/// in `Debug`, wiped when dropped.
pub struct HmacKey(Hmac<Sha256>);

impl HmacKey {
    /// Prepares the key of a secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self::prepare(secret.as_bytes())
    }

    /// Prepares a key of any bytes; `None` for an empty one, which everybody knows.
    #[must_use]
    pub fn from_bytes(key: &[u8]) -> Option<Self> {
        (!key.is_empty()).then(|| Self::prepare(key))
    }

    fn prepare(key: &[u8]) -> Self {
        // HMAC takes a key of any length (RFC 2104 section 2), so the error of the trait cannot occur; the
        // fallback keeps the function total without a panic.
        Self(Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The 32-byte tag of `message`.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// True if `tag` is the tag of `message`, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.verify_slice(tag).is_ok()
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(redacted)")
    }
}
