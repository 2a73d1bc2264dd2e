//! Errors of this crate.
//!
//! They contain no HTTP status: `pkg/src/exception.ts` maps codes to statuses.

mod claim;
mod forbidden;
mod request;
mod setting;
mod token;

pub use claim::{ClaimError, ClaimErrorKind};
pub use forbidden::ForbiddenReason;
pub use request::{FieldError, RequestField};
pub use setting::{SettingError, SettingErrorKind, Severity};
pub use token::TokenError;

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::fmt;

/// Error of a call. No message contains a secret, a token or client input.
///
/// Large variants are boxed, because every `?` moves the error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LivekitError {
    /// API key or secret is missing or blank.
    NotConfigured,
    /// The API keys are invalid: one is repeated.
    InvalidSetting(Box<SettingError>),
    /// The application named a LiveKit server that is not configured.
    UnknownServer,
    /// The token could not be created.
    TokenGeneration,
    /// The application's grants contain a field that a client's token must not contain; its name is for logs.
    GrantRefused(&'static str),
    /// The application's permission has a claim that a LiveKit server would reject; the first error.
    PermissionRefused(Box<ClaimError>),
    /// The claims to sign are invalid; the first error.
    InvalidClaim(Box<ClaimError>),
    /// The claims to sign are too large, nested too deeply, or have too many fields.
    ClaimsTooComplex,
    /// The TTL is below one second or above [`Ttl::MAX_SECONDS`](crate::Ttl::MAX_SECONDS).
    InvalidTtl,
    /// The clock tolerance is negative or longer than one day.
    InvalidClockTolerance,
    /// A LiveKit token is invalid.
    InvalidToken(TokenError),
    /// A claim of a LiveKit token is invalid.
    InvalidTokenClaim(Box<ClaimError>),
    /// The request body is not JSON.
    BodyNotJson,
    /// The request body is not a JSON object.
    BodyNotObject,
    /// The request body is nested too deeply or has too many fields.
    BodyTooComplex,
    /// The request body repeats a field, so that two parsers could see different requests.
    BodyRepeatsField,
    /// The body of a webhook is a JSON object, but not a LiveKit event.
    BodyNotEvent,
    /// Fields of the request are invalid; the errors in the order of the fields.
    InvalidRequest(Box<[FieldError]>),
    /// The user token is missing or invalid, or its user is unknown. The reason is for logs.
    Unauthorized(TokenError),
    /// The user token was revoked.
    TokenRevoked,
    /// The user is banned from the instance.
    AccountBanned,
    /// The user may not do this. The reason is for logs.
    Forbidden(ForbiddenReason),
    /// The store did not answer, or its answer is malformed.
    StoreUnavailable,
    /// The settings of recordings are unset or invalid.
    RecordingNotConfigured,
}

impl LivekitError {
    /// Stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured | Self::InvalidSetting(_) => "not_configured",
            Self::UnknownServer => "unknown_server",
            Self::TokenGeneration => "token_generation",
            Self::GrantRefused(_) | Self::PermissionRefused(_) => "grant_refused",
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
            Self::RecordingNotConfigured => "recording_not_configured",
        }
    }

    /// The error for the holder of an invalid token. It does not say which check failed.
    #[must_use]
    pub fn into_unauthorized(self) -> Self {
        match self {
            Self::InvalidToken(error) => Self::Unauthorized(error),
            Self::InvalidTokenClaim(_) => Self::Unauthorized(TokenError::Claims),
            other => other,
        }
    }

    /// The exact reason, for the operator's log. Clients never receive it.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::InvalidToken(error) | Self::Unauthorized(error) => Some(error.code()),
            Self::Forbidden(reason) => Some(reason.code()),
            Self::GrantRefused(grant) => Some(grant),
            Self::PermissionRefused(error) => Some(error.kind().code()),
            _ => None,
        }
    }

    /// The claim that the error is about: names of fields, separated by dots.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::InvalidClaim(error) | Self::InvalidTokenClaim(error) | Self::PermissionRefused(error) => {
                Some(error.path())
            }
            Self::Unauthorized(error) => error.claim(),
            _ => None,
        }
    }

    /// The messages of [`Self::InvalidRequest`], in order; empty for every other error.
    #[must_use]
    pub fn field_messages(&self) -> Vec<String> {
        match self {
            Self::InvalidRequest(errors) => errors.iter().map(FieldError::message).collect(),
            _ => Vec::new(),
        }
    }

    /// The message for the client, also written by `Display`.
    #[must_use]
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotConfigured => "LiveKit credentials not configured",
            Self::UnknownServer => "LiveKit server not configured",
            Self::InvalidSetting(error) => return Cow::Owned(error.message()),
            Self::TokenGeneration | Self::GrantRefused(_) | Self::PermissionRefused(_) => "Failed to generate token",
            Self::InvalidClaim(error) | Self::InvalidTokenClaim(error) => return Cow::Owned(error.message()),
            Self::ClaimsTooComplex => "claims are too large, nested too deeply or have too many fields",
            Self::InvalidClockTolerance => {
                "clockTolerance must be a number of seconds or a duration such as \"1m\", at most one day"
            }
            Self::InvalidTtl => "ttl must be from 1 to 4294967295 seconds: a number, or a duration such as \"10m\"",
            Self::InvalidToken(error) => error.message(),
            Self::BodyNotJson => "Request body is not valid JSON",
            Self::BodyNotObject => "Request body must be a JSON object",
            Self::BodyTooComplex => "Request body is nested too deeply or has too many fields",
            Self::BodyRepeatsField => "Request body must not give a field twice",
            Self::BodyNotEvent => "Request body is not an event of LiveKit",
            Self::InvalidRequest(_) => return Cow::Owned(self.field_messages().join(", ")),
            Self::Unauthorized(_) => "Unauthorized",
            Self::TokenRevoked => "Token has been revoked",
            Self::AccountBanned => "Account has been banned",
            Self::Forbidden(_) => "Forbidden resource",
            Self::StoreUnavailable => "Service Unavailable",
            Self::RecordingNotConfigured => "Recording is not configured",
        })
    }
}

impl fmt::Display for LivekitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for LivekitError {}

impl From<FieldError> for LivekitError {
    fn from(error: FieldError) -> Self {
        Self::InvalidRequest([error].into())
    }
}

impl From<TokenError> for LivekitError {
    fn from(error: TokenError) -> Self {
        Self::InvalidToken(error)
    }
}
