//! HMAC-SHA256 (RFC 2104) with a prepared key.

use super::Secret;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

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

    /// A key longer than a block is hashed first (RFC 2104 section 2).
    fn prepare(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; 64]);
        let mut digest = Zeroizing::new([0; 32]);
        let key = if key.len() > block.len() {
            digest.copy_from_slice(&Sha256::digest(key));
            digest.as_slice()
        } else {
            key
        };
        block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
        Self(Hmac::new((&*block).into()))
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
