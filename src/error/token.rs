//! Why a token is invalid.

/// Why a token is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no token.
    Missing,
    /// Not three parts of canonical base64url.
    Malformed,
    /// Signed with another key, or changed after signing.
    Signature,
    /// The header names another algorithm than HS256.
    Algorithm,
    /// The header is malformed, or requires an extension.
    Header,
    /// The payload is not a JSON object of claims.
    Claims,
    /// This claim is missing, has the wrong type, or is not allowed.
    Claim(&'static str),
    /// `exp` is in the past.
    Expired,
    /// `nbf` is in the future.
    NotYetValid,
    /// `iss` is another issuer.
    Issuer,
    /// `aud` does not name this service.
    Audience,
    /// `azp` or `client_id` is another client, or both are missing.
    Client,
    /// `sha256` is not the digest of the webhook's body.
    Digest,
    /// The subject is not a known user.
    UnknownUser,
    /// No user-token secret is configured, so that every token is invalid.
    NotConfigured,
}

impl TokenError {
    /// Stable name of the error.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Signature => "signature",
            Self::Algorithm => "algorithm",
            Self::Header => "header",
            Self::Claims | Self::Claim(_) => "claims",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Client => "client",
            Self::Digest => "digest",
            Self::UnknownUser => "unknown_user",
            Self::NotConfigured => "not_configured",
        }
    }

    /// Name of the claim that the error is about, if it is about one.
    #[must_use]
    pub const fn claim(self) -> Option<&'static str> {
        match self {
            Self::Claim(name) => Some(name),
            Self::Expired => Some("exp"),
            Self::NotYetValid => Some("nbf"),
            Self::Issuer => Some("iss"),
            Self::Audience => Some("aud"),
            Self::Client => Some("azp"),
            Self::UnknownUser => Some("sub"),
            _ => None,
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Missing => "token is missing",
            Self::Malformed => "token is malformed",
            Self::Signature => "token signature does not match",
            Self::Algorithm => "token algorithm is not HS256",
            Self::Header => "token header is not plain HS256",
            Self::Claims | Self::Claim(_) => "token claims are missing or of the wrong type",
            Self::Expired => "token has expired",
            Self::NotYetValid => "token is not valid yet",
            Self::Issuer => "token has another issuer",
            Self::Audience => "token is for another audience",
            Self::Client => "token is for another client",
            Self::Digest => "sha256 checksum of body does not match",
            Self::UnknownUser => "token is for an unknown user",
            Self::NotConfigured => "no secret is configured to verify tokens with",
        }
    }
}
