//! The newtype of a shared secret.

use alloc::string::String;
use core::fmt;
use zeroize::Zeroizing;

/// A non-blank shared secret; its raw UTF-8 bytes are the key, as in LiveKit. Redacted in `Debug`, zeroized on drop, not
/// cloneable.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Minimum length in bytes that RFC 7518 section 3.2 requires of an HS256 key.
    pub const RECOMMENDED_BYTES: usize = 32;

    /// Wraps a secret; `None` for a blank one: empty, or only white space and byte order marks. A blank value is an
    /// unset setting.
    pub fn new(secret: impl Into<String>) -> Option<Self> {
        let secret = Zeroizing::new(secret.into());
        let is_blank = secret.chars().all(|character| character.is_whitespace() || character == '\u{feff}');
        (!is_blank).then_some(Self(secret))
    }

    /// True if the secret is shorter than [`Self::RECOMMENDED_BYTES`]. It is accepted, but callers should warn about
    /// it.
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
    fn rejects_a_blank_secret() {
        for blank in ["", " ", "\t\r\n"] {
            assert!(Secret::new(blank).is_none());
        }
    }

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Some(Secret(redacted))");
    }

    #[test]
    fn is_short_below_32_bytes() {
        assert!(Secret::new("x".repeat(31)).is_some_and(|secret| secret.is_short()));
        assert!(Secret::new("x".repeat(32)).is_some_and(|secret| !secret.is_short()));
    }
}
