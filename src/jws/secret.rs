//! A shared secret that does not leak by accident.

use alloc::string::String;
use core::fmt;
use zeroize::Zeroizing;

/// A non-blank shared secret: its raw UTF-8 bytes are the key, as LiveKit uses them. Redacted in `Debug`, wiped
/// when dropped, not cloneable.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Bytes below which a secret is easier to guess than the hash it keys (RFC 7518 section 3.2).
    pub const RECOMMENDED_BYTES: usize = 32;

    /// Takes a secret; `None` if it is empty or all white space, which is what a forgotten setting looks like.
    pub fn new(secret: impl Into<String>) -> Option<Self> {
        let secret = Zeroizing::new(secret.into());
        (!secret.trim().is_empty()).then_some(Self(secret))
    }

    /// True if the secret is shorter than [`Self::RECOMMENDED_BYTES`]. It works, but deserves a warning.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.0.len() < Self::RECOMMENDED_BYTES
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn blank_is_no_secret() {
        for blank in ["", " ", "\t\r\n"] {
            assert!(Secret::new(blank).is_none());
        }
    }

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Some(Secret(redacted))");
    }

    #[test]
    fn short_is_under_32_bytes() {
        assert!(Secret::new("x".repeat(31)).is_some_and(|secret| secret.is_short()));
        assert!(Secret::new("x".repeat(32)).is_some_and(|secret| !secret.is_short()));
    }
}
