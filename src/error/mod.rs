//! Every way in which this crate says no.

mod denial;
mod token_fault;
mod violation;

pub use denial::Denial;
pub use token_fault::TokenFault;
pub use violation::{RequestField, Violation};

use crate::token::ClaimFault;
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

/// Why a call failed: a stable code, an HTTP status and a message. No text carries a secret, a token or
/// anything that a caller sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LivekitError {
    /// API key or secret is missing or blank.
    NotConfigured,
    /// The token could not be written.
    TokenGeneration,
    /// The application's own grants hold something that must not get into a client's token; which is for logs.
    GrantRefused(&'static str),
    /// A claim that is to be signed is refused, by name.
    InvalidClaim(ClaimFault),
    /// The claims that are to be signed are too large, nested too deeply or have too many members.
    ClaimsTooComplex,
    /// The life of a token is none, or less than a second, or more than 136 years.
    InvalidTtl,
    /// The clock tolerance is not a time span.
    InvalidClockTolerance,
    /// A LiveKit token does not hold.
    InvalidToken(TokenFault),
    /// A claim of a LiveKit token is refused, by name.
    InvalidTokenClaim(ClaimFault),
    /// The request body is not JSON.
    BodyNotJson,
    /// The request body is JSON, but not an object.
    BodyNotObject,
    /// The request body is nested too deeply or has too many fields.
    BodyTooComplex,
    /// The request body gives one field twice, so that two readers could see two requests.
    BodyRepeatsField,
    /// The body of a webhook is an object, but no event of LiveKit's.
    BodyNotEvent,
    /// The request's fields break rules, listed in the order of the fields.
    InvalidRequest(Vec<Violation>),
    /// The caller showed no valid user token, or one of an unknown user. The reason is for logs.
    Unauthorized(TokenFault),
    /// The user token was revoked.
    TokenRevoked,
    /// The user is banned from the whole instance.
    AccountBanned,
    /// The user may not do this. The reason is for logs.
    Forbidden(Denial),
    /// The store did not answer, or not with facts.
    StoreUnavailable,
}

impl LivekitError {
    /// A stable name to match on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::TokenGeneration => "token_generation",
            Self::GrantRefused(_) => "grant_refused",
            Self::InvalidClaim(_) | Self::ClaimsTooComplex => "invalid_claim",
            Self::InvalidTtl => "invalid_ttl",
            Self::InvalidClockTolerance => "invalid_clock_tolerance",
            Self::InvalidToken(_) | Self::InvalidTokenClaim(_) => "invalid_token",
            Self::BodyNotJson => "body_not_json",
            Self::BodyNotObject => "body_not_object",
            Self::BodyTooComplex => "body_too_complex",
            Self::BodyRepeatsField => "body_repeats_field",
            Self::BodyNotEvent => "body_not_event",
            Self::InvalidRequest(_) => "invalid_request",
            Self::Unauthorized(_) => "unauthorized",
            Self::TokenRevoked => "token_revoked",
            Self::AccountBanned => "account_banned",
            Self::Forbidden(_) => "forbidden",
            Self::StoreUnavailable => "store_unavailable",
        }
    }

    /// A token that does not hold as a refusal of who showed it, which never says which check failed.
    #[must_use]
    pub fn as_unauthorized(self) -> Self {
        match self {
            Self::InvalidToken(fault) => Self::Unauthorized(fault),
            Self::InvalidTokenClaim(_) => Self::Unauthorized(TokenFault::Claims),
            other => other,
        }
    }

    /// The HTTP status that the endpoint answers.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotConfigured | Self::TokenGeneration | Self::GrantRefused(_) => 500,
            Self::BodyNotJson
            | Self::BodyNotObject
            | Self::BodyTooComplex
            | Self::BodyRepeatsField
            | Self::BodyNotEvent
            | Self::InvalidRequest(_)
            | Self::InvalidClaim(_)
            | Self::ClaimsTooComplex
            | Self::InvalidTtl
            | Self::InvalidClockTolerance => 400,
            Self::InvalidToken(_)
            | Self::InvalidTokenClaim(_)
            | Self::Unauthorized(_)
            | Self::TokenRevoked
            | Self::AccountBanned => 401,
            Self::Forbidden(_) => 403,
            Self::StoreUnavailable => 503,
        }
    }

    /// The `error` member of the response body, where it has one (NestJS adds it to a custom text).
    #[must_use]
    pub const fn label(&self) -> Option<&'static str> {
        match self {
            Self::TokenRevoked | Self::AccountBanned => Some("Unauthorized"),
            Self::Forbidden(_) => Some("Forbidden"),
            _ if self.status() == 400 => Some("Bad Request"),
            _ => None,
        }
    }

    /// Why exactly, for an operator's log and never for the caller.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::InvalidToken(fault) | Self::Unauthorized(fault) => Some(fault.code()),
            Self::Forbidden(denial) => Some(denial.code()),
            Self::GrantRefused(grant) => Some(grant),
            _ => None,
        }
    }

    /// The texts of [`Self::InvalidRequest`], in order; empty for every other error.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        match self {
            Self::InvalidRequest(violations) => violations.iter().map(Violation::message).collect(),
            _ => Vec::new(),
        }
    }

    /// What the caller is told; `Display` gives the same.
    #[must_use]
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotConfigured => "LiveKit credentials not configured",
            Self::TokenGeneration | Self::GrantRefused(_) => "Failed to generate token",
            Self::InvalidClaim(fault) | Self::InvalidTokenClaim(fault) => return Cow::Owned(fault.message()),
            Self::ClaimsTooComplex => "claims are too large, nested too deeply or have too many members",
            Self::InvalidClockTolerance => "clockTolerance must be a number of seconds or a span such as \"1m\"",
            Self::InvalidTtl => "ttl must be from 1 to 4294967295 seconds: a number, or a span such as \"10m\"",
            Self::InvalidToken(fault) => fault.message(),
            Self::BodyNotJson => "Request body is not valid JSON",
            Self::BodyNotObject => "Request body must be a JSON object",
            Self::BodyTooComplex => "Request body is nested too deeply or has too many fields",
            Self::BodyRepeatsField => "Request body must not give a field twice",
            Self::BodyNotEvent => "Request body is not an event of LiveKit",
            Self::InvalidRequest(_) => return Cow::Owned(self.violations().join(", ")),
            Self::Unauthorized(_) => "Unauthorized",
            Self::TokenRevoked => "Token has been revoked",
            Self::AccountBanned => "Account has been banned",
            Self::Forbidden(_) => "Forbidden resource",
            Self::StoreUnavailable => "Service Unavailable",
        })
    }
}

impl fmt::Display for LivekitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for LivekitError {}

impl From<TokenFault> for LivekitError {
    fn from(fault: TokenFault) -> Self {
        Self::InvalidToken(fault)
    }
}
