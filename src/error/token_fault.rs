//! What can be wrong with a token.

use crate::json::WrongType;

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// There is none.
    Missing,
    /// Not three parts of canonical base64url.
    Malformed,
    /// Signed with another key, or changed since.
    Signature,
    /// The header is not plain HS256.
    Header,
    /// The claims are not the JSON they should be, or a required one is missing.
    Claims,
    /// `exp` has passed.
    Expired,
    /// `nbf` has not come.
    NotYetValid,
    /// `iss` is another.
    Issuer,
    /// `aud` does not name this service.
    Audience,
    /// `sha256` is not the digest of the webhook's body.
    Digest,
    /// The subject is not a known user.
    UnknownUser,
    /// No user-token secret is configured, so no token can be right.
    NotConfigured,
}

impl TokenFault {
    /// A stable name to match on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Signature => "signature",
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Digest => "digest",
            Self::UnknownUser => "unknown_user",
            Self::NotConfigured => "not_configured",
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Missing => "token is missing",
            Self::Malformed => "token is malformed",
            Self::Signature => "token signature does not match",
            Self::Header => "token header is not plain HS256",
            Self::Claims => "token claims are missing or of the wrong type",
            Self::Expired => "token has expired",
            Self::NotYetValid => "token is not valid yet",
            Self::Issuer => "token has another issuer",
            Self::Audience => "token is for another audience",
            Self::Digest => "sha256 checksum of body does not match",
            Self::UnknownUser => "token is of an unknown user",
            Self::NotConfigured => "no secret is configured to check tokens with",
        }
    }
}

impl From<WrongType> for TokenFault {
    fn from(_: WrongType) -> Self {
        Self::Claims
    }
}
