//! HMAC-SHA256 (RFC 2104) with a prepared key.

use super::{
    Secret,
    sha256::{Midstate, digest},
};
use core::fmt;
use ctutils::CtEq;
use zeroize::Zeroizing;

/// An HMAC-SHA256 key whose two key blocks are hashed already, so that a tag costs only the message. Redacted
/// in `Debug`, wiped when dropped.
pub struct HmacKey {
    inner: Midstate,
    outer: Midstate,
}

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
        let mut hashed = Zeroizing::new([0; 32]);
        let key = if key.len() > block.len() {
            *hashed = digest(key);
            hashed.as_slice()
        } else {
            key
        };
        block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
        let after = |pad| {
            let mut padded = block.clone();
            padded.iter_mut().for_each(|byte| *byte ^= pad);
            let mut midstate = Midstate::START;
            midstate.update(padded.as_slice());
            midstate
        };
        Self { inner: after(0x36), outer: after(0x5c) }
    }

    /// The 32-byte tag of `message`.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        self.tag_after(self.start(), message)
    }

    /// Where the tag of every message begins; the beginning that many of them share can be hashed into it once.
    pub(super) fn start(&self) -> Midstate {
        self.inner.clone()
    }

    /// The tag of a message whose beginning was hashed into `start`, and that ends with `rest`.
    pub(super) fn tag_after(&self, start: Midstate, rest: &[u8]) -> [u8; 32] {
        self.outer.clone().finish(&start.finish(rest))
    }

    /// True if `tag` is the tag of `message`, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        self.tag(message).as_slice().ct_eq(tag).to_bool()
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(redacted)")
    }
}
