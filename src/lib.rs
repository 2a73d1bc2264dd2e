//! Issues and verifies [LiveKit](https://livekit.io) access tokens, and decides which caller may have one.
//!
//! The crate contains every rule of the token endpoint and does no I/O: no clock, randomness, environment or globals.
//! Times (Unix seconds), random bytes and keys are arguments, so that it behaves the same in a browser, at the edge and
//! in a native server.
//!
//! A request passes the modules in this order: [`user_token`] → [`request`] → [`rbac`] → [`Permission`] → [`service`] →
//! [`token`] → [`jws`].
//!
//! ```
//! use livekit_edge::{CreateToken, LivekitConfig, LivekitService, Secret, TokenVerifier};
//!
//! let service = LivekitService::new(LivekitConfig {
//!     api_key: Some("devkey".into()),
//!     api_secret: Secret::new("secret"),
//!     url: Some("ws://127.0.0.1:7880".into()),
//!     ..LivekitConfig::default()
//! });
//! let now = 1_700_000_000; // Unix seconds: the crate reads no clock
//! let response = service.generate_token(CreateToken::new("channel-abc123", "user-456")?, now, None)?;
//! assert_eq!(response.expires_at, now + 3600);
//!
//! let claims = TokenVerifier::new("devkey", "secret")?.verify(&response.token, now)?;
//! assert_eq!(claims.sub, "user-456");
//! assert_eq!(claims.video.map(|video| video.room), Some("channel-abc123".into()));
//! # Ok::<(), livekit_edge::LivekitError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod algorithm;
pub mod check_settings;
pub mod config;
pub mod database_url;
pub mod json;
pub mod jws;
pub mod keys;
pub mod presence;
pub mod rbac;
pub mod reconciliation;
pub mod recording;
pub mod request;
pub mod servers;
pub mod service;
mod service_access;
pub mod setting;
pub mod token;
pub mod user_token;
pub mod webhook;

mod error;
mod limits;
mod names;
mod operator_key;
mod participant;
mod permission;
mod similar_name;
mod time;
mod url;

pub use algorithm::Algorithm;
pub use check_settings::check_settings;
pub use config::{GrantPolicy, IdentityPolicy, LivekitConfig};
pub use error::{
    ClaimError, ClaimErrorKind, FieldError, ForbiddenReason, LivekitError, RequestField, SettingError,
    SettingErrorKind, Severity, TokenError,
};
pub use jws::{Secret, SigningKey};
pub use keys::ApiKeys;
pub use limits::{
    MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_NAME_BYTES, MAX_ROOM_BYTES, MAX_ROOM_CONFIG_BYTES,
};
pub use names::{DisplayName, Identity, NameError, RoomName};
pub use operator_key::OperatorKey;
pub use participant::is_recorder;
pub use permission::{Bounds, Permission};
pub use rbac::{Facts, Granted, RbacAction, decide};
pub use recording::{RecordingChange, RecordingFile, RecordingSettings, RecordingStatus};
pub use request::{CreateToken, RawCreateToken};
pub use servers::{Server, Servers};
pub use service::{LivekitService, TokenResponse};
pub use service_access::ServiceAction;
pub use time::{LAST_DATE, MAX_CLOCK_TOLERANCE, clock_tolerance, whole_seconds};
pub use token::{
    AccessToken, AgentEndpointGrant, AgentGrant, AgentThreadGrant, ApiCredentials, Claims, InferenceGrant, KindDetail,
    ObservabilityGrant, PRIVILEGED_GRANTS, ParticipantKind, RawAccessToken, RoomConfiguration, SipGrant, TokenVerifier,
    TrackSource, Ttl, VideoGrant, validate_claims, validate_token_claims,
};
pub use user_token::{Caller, UserTokenRules};
pub use webhook::WebhookVerifier;

/// The Rust example of docs/tokens.md, as a test.
#[cfg(doctest)]
#[doc = include_str!("../docs/tokens.md")]
struct TokensPage;
