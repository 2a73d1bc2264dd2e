//! Why a claim is invalid.

use alloc::string::{String, ToString};
use core::fmt;

/// An invalid claim: its path and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimError {
    path: String,
    kind: ClaimErrorKind,
}

/// Why a claim is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimErrorKind {
    /// The claim must have the named type.
    WrongType(&'static str),
    /// The claim is required.
    Missing,
    /// LiveKit does not know this value of an enum.
    UnknownName,
    /// The object has a field that LiveKit does not know, or that differs from a known one in case only.
    UnknownField,
    /// LiveKit does not know this field; the known field with the most similar name.
    UnknownFieldNear(&'static str),
    /// The field is set in two spellings, or together with another field of its protobuf oneof.
    Ambiguous,
    /// Longer than this number of bytes.
    TooLong(usize),
    /// The claim is a credential, which the holder of the token could read.
    Credential,
    /// The array is empty, which LiveKit takes as all values.
    EmptyList,
    /// The time is in the past.
    Expired,
    /// The time is in the future.
    NotYetValid,
}

impl ClaimErrorKind {
    /// Stable name of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongType(_) => "wrong_type",
            Self::Missing => "missing",
            Self::UnknownName => "unknown_name",
            Self::UnknownField | Self::UnknownFieldNear(_) => "unknown_field",
            Self::Ambiguous => "ambiguous",
            Self::TooLong(_) => "too_long",
            Self::Credential => "credential",
            Self::EmptyList => "empty_list",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
        }
    }
}

impl ClaimError {
    pub(crate) const fn new(path: String, kind: ClaimErrorKind) -> Self {
        Self { path, kind }
    }

    /// Path of the claim: names of fields, separated by dots; empty for the claims as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> ClaimErrorKind {
        self.kind
    }

    /// One sentence that starts with the path.
    #[must_use]
    pub fn message(&self) -> String {
        let path = if self.path.is_empty() { "claims" } else { &self.path };
        let (reason, detail, end) = match self.kind {
            ClaimErrorKind::WrongType(expected) => (" must be ", expected, ""),
            ClaimErrorKind::TooLong(max) => (" must not be longer than ", &*max.to_string(), " bytes"),
            ClaimErrorKind::Missing => (" is required", "", ""),
            ClaimErrorKind::UnknownName => (" is not a name that LiveKit knows", "", ""),
            ClaimErrorKind::UnknownField => (" has a field that LiveKit does not know", "", ""),
            ClaimErrorKind::UnknownFieldNear(near) => {
                (" is a field that LiveKit does not know; did you mean ", near, "?")
            }
            ClaimErrorKind::Ambiguous => (" is set twice, or together with a field that excludes it", "", ""),
            ClaimErrorKind::Credential => (" contains a credential, which must not be in a token", "", ""),
            ClaimErrorKind::EmptyList => (" must not be empty", "", ""),
            ClaimErrorKind::Expired => (" is in the past", "", ""),
            ClaimErrorKind::NotYetValid => (" is in the future", "", ""),
        };
        [path, reason, detail, end].concat()
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
