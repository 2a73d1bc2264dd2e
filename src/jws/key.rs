//! The HMAC-SHA256 key of HS256.

use super::Secret;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// An HMAC-SHA256 key whose two padded key blocks are already hashed, so that computing a tag hashes only the message.
/// Redacted in `Debug`, zeroized on drop.
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Length of a tag in bytes.
    pub const TAG_BYTES: usize = 32;

    /// Creates the key of a secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self::prepare(secret.as_bytes())
    }

    /// Creates a key of any bytes; `None` for an empty key, which is no secret.
    #[must_use]
    pub fn from_bytes(key: &[u8]) -> Option<Self> {
        (!key.is_empty()).then(|| Self::prepare(key))
    }

    #[expect(clippy::panic, reason = "an invariant of hmac; `expect` would link the formatting of errors")]
    fn prepare(key: &[u8]) -> Self {
        match Hmac::new_from_slice(key) {
            Ok(hmac) => Self(hmac),
            Err(_) => panic!("HMAC takes keys of any length"),
        }
    }

    /// The tag of `message` (RFC 2104).
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; Self::TAG_BYTES] {
        tag_after(&self.0, message)
    }

    /// HMAC state before the first byte of a message.
    pub(super) const fn state(&self) -> &Hmac<Sha256> {
        &self.0
    }

    /// True if `tag` is the tag of `message`. The comparison takes constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        let mut hmac = self.0.clone();
        hmac.update(message);
        hmac.verify_slice(tag).is_ok()
    }
}

/// The tag of a message: `state` has already hashed its first bytes, and `rest` is the remainder.
pub(super) fn tag_after(state: &Hmac<Sha256>, rest: &[u8]) -> [u8; SigningKey::TAG_BYTES] {
    let mut hmac = state.clone();
    hmac.update(rest);
    hmac.finalize().into_bytes().into()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}
