//! The HMAC key that signs and verifies.

use super::Secret;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// An HMAC-SHA256 key with both key blocks already hashed, so that a tag costs only the message. Redacted in `Debug`,
/// zeroized on drop.
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Bytes of a tag.
    pub const TAG_BYTES: usize = 32;

    /// Prepares the key of a secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self::prepare(secret.as_bytes())
    }

    /// Prepares a key of any bytes; `None` for an empty key, which everyone knows.
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

    /// The state before the first byte of a message.
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

/// The tag of a message whose first bytes are in `state` and whose last bytes are `rest`.
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
