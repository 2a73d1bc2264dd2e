//! The claims of a LiveKit access token.

use super::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, InferenceGrant, KindDetail, ObservabilityGrant, ParticipantKind,
    RoomConfiguration, SipGrant, VideoGrant,
    numeric_date::{check_expiry, check_not_before},
    schema::{Checker, ClaimObject, Field, Kind, Origin, Path, Schema, claim_object, to_json},
};
use crate::{
    error::{ClaimError, ClaimErrorKind, TokenError},
    json::{Object, Value},
    limits::{MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_ROOM_BYTES, MAX_ROOM_CONFIG_BYTES},
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

claim_object! {
    /// Claims of a LiveKit access token (RFC 7519 section 4.1; LiveKit `protocol/auth/grants.go`, `ClaimGrants`).
    /// Times are Unix seconds. Unset claims are not serialized.
    ///
    /// Fields are serialized in this order. The claims that all tokens of a service share come first, so that they are
    /// encoded and hashed once.
    pub struct Claims {
        /// The API key whose secret signs the token.
        iss: String = "iss",
        /// Start of validity. It should be the time of issue, because LiveKit's revocation compares it.
        nbf: Option<u64> = "nbf",
        /// What the holder may do in rooms.
        video: Option<VideoGrant> = "video",
        /// Expiry: the token is invalid from this second on. It limits when the holder may join, not how long they may
        /// stay.
        exp: Option<u64> = "exp",
        /// Time of issue; LiveKit's server ignores it.
        iat: Option<u64> = "iat",
        /// Identifier of this token, for audit trails.
        jti: String = "jti",
        /// Identity of the participant, at most [`MAX_IDENTITY_BYTES`].
        sub: String = "sub",
        /// Display name of the participant.
        name: String = "name",
        /// What the holder may do with telephony.
        sip: Option<SipGrant> = "sip",
        /// What the holder may do with agents.
        agent: Option<AgentGrant> = "agent",
        /// Which agent endpoints the holder may call.
        agent_endpoint: Option<AgentEndpointGrant> = "agentEndpoint",
        /// What the holder may do with agents' threads.
        agent_thread: Option<AgentThreadGrant> = "agentThread",
        /// What the holder may do with hosted models.
        inference: Option<InferenceGrant> = "inference",
        /// What the holder may do with observability data.
        observability: Option<ObservabilityGrant> = "observability",
        /// Kind of participant; unset means standard.
        kind: Option<ParticipantKind> = "kind",
        /// Details of the kind.
        kind_details: Vec<KindDetail> = "kindDetails",
        /// Free text for the application, often JSON, at most [`MAX_METADATA_BYTES`].
        metadata: String = "metadata",
        /// Free key-value pairs for the application, at most [`MAX_ATTRIBUTES_BYTES`] together.
        attributes: BTreeMap<String, String> = "attributes",
        /// Digest of a webhook's body: base64 (RFC 4648 section 4) of its SHA-256.
        sha256: String = "sha256",
        /// Name of a room preset (LiveKit Cloud).
        room_preset: String = "roomPreset",
        /// Configuration that LiveKit creates the room with, if the holder is the first to join.
        room_config: Option<RoomConfiguration> = "roomConfig",
    }
}

/// Two more claims that a LiveKit server parses; this crate ignores their values.
static VERIFIED: Schema =
    Schema::new(&[Field::new("aud", Kind::StringOrStrings), Field::new("identity", Kind::String)], false);

/// Lists the errors of claims to sign, at most 1000: wrong types, unknown fields, values above LiveKit's limits, and
/// credentials in the room configuration. The claims that signing sets (`iss`, `nbf`, `exp`) may be missing.
///
/// ```
/// use livekit_edge::{json, validate_claims};
///
/// let claims = json::parse_object(br#"{"sub":"alice","video":{"roomJoin":true}}"#).expect("valid JSON");
/// let errors = validate_claims(&claims);
/// assert_eq!(errors.iter().map(|error| error.path()).collect::<Vec<_>>(), ["video.room"]);
/// ```
#[must_use]
pub fn validate_claims(claims: &Object<'_>) -> Vec<ClaimError> {
    check_for_signing(claims, false)
}

/// Lists the errors for which a LiveKit server would reject a token with these claims at `now` (Unix seconds), if its
/// signature is valid. As [`validate_claims`], but `iss` and `exp` are required, and unknown fields are allowed, since
/// a newer LiveKit may have added them.
///
/// ```
/// use livekit_edge::{json, validate_token_claims};
///
/// let claims = json::parse_object(br#"{"iss":"devkey","sub":"alice","exp":1600000000}"#).expect("valid JSON");
/// let errors = validate_token_claims(&claims, 1_700_000_000, 60);
/// assert_eq!(errors.iter().map(|error| error.path()).collect::<Vec<_>>(), ["exp"]);
/// ```
#[must_use]
pub fn validate_token_claims(claims: &Object<'_>, now: u64, tolerance: u64) -> Vec<ClaimError> {
    let mut checker = Checker::new(Origin::Token).naming_unknown();
    check_types_of_token(claims, &mut checker);
    for name in ["iss", "exp"] {
        if is_missing(claims, name) {
            checker.error(&Path::ROOT.field(name), ClaimErrorKind::Missing);
        }
    }
    if check_expiry(claims, now, tolerance) == Err(TokenError::Expired) {
        checker.error(&Path::ROOT.field("exp"), ClaimErrorKind::Expired);
    }
    if check_not_before(claims, now, tolerance) == Err(TokenError::NotYetValid) {
        checker.error(&Path::ROOT.field("nbf"), ClaimErrorKind::NotYetValid);
    }
    check_limits(claims, &mut checker);
    checker.into_errors(true)
}

pub(super) fn check_for_signing(claims: &Object<'_>, allow_credentials: bool) -> Vec<ClaimError> {
    let mut checker = Checker::new(Origin::Application);
    checker.object(claims, Claims::SCHEMA, &Path::ROOT);
    check_limits(claims, &mut checker);
    checker.into_errors(allow_credentials)
}

/// Checks the claims of a verified token.
pub(super) fn check_verified(claims: &Object<'_>) -> Result<(), ClaimError> {
    let mut checker = Checker::new(Origin::Token);
    check_types_of_token(claims, &mut checker);
    checker.into_errors(true).into_iter().next().map_or(Ok(()), Err)
}

fn check_types_of_token(claims: &Object<'_>, checker: &mut Checker) {
    checker.token_object(claims, &[Claims::SCHEMA, &VERIFIED]);
    // LiveKit's server uses `jti` as the identity if `sub` is missing.
    if claims.str("sub").is_empty() && !claims.str("jti").is_empty() {
        checker.error(&Path::ROOT.field("sub"), ClaimErrorKind::Missing);
    }
}

/// Checks the rules that a LiveKit server applies when the token is used.
fn check_limits(claims: &Object<'_>, checker: &mut Checker) {
    let mut require = |path: &Path<'_>, is_missing: bool| {
        if is_missing {
            checker.error(path, ClaimErrorKind::Missing);
        }
    };
    let identity = claims.str("sub");
    let identity_path = Path::ROOT.field("identity");
    let video_path = Path::ROOT.field("video");
    let empty = Object::default();
    let video = if let Some(Value::Object(video)) = claims.get("video") { video } else { &empty };
    let is_set = |name| video.get(name) == Some(&Value::Bool(true));
    let needs_room = is_set("roomAdmin") || (is_set("roomJoin") && !GRANTS_WITHOUT_ROOM.iter().copied().any(is_set));
    // LiveKit's server uses `jti` as the identity if `sub` is missing.
    require(&identity_path, is_missing(claims, "sub") && (is_set("roomJoin") || !claims.str("jti").is_empty()));
    require(&video_path.field("room"), is_missing(video, "room") && needs_room);

    let mut limit = |path: &Path<'_>, length: usize, max: usize| {
        if length > max {
            checker.error(path, ClaimErrorKind::TooLong(max));
        }
    };
    limit(&video_path.field("room"), video.str("room").len(), MAX_ROOM_BYTES);
    limit(&video_path.field("destinationRoom"), video.str("destinationRoom").len(), MAX_ROOM_BYTES);
    limit(&identity_path, identity.len(), MAX_IDENTITY_BYTES);
    limit(&Path::ROOT.field("metadata"), claims.str("metadata").len(), MAX_METADATA_BYTES);
    if let Some(Value::Object(attributes)) = claims.get("attributes") {
        let length =
            |(name, value): (&str, &Value<'_>)| name.len().saturating_add(value.as_str().unwrap_or_default().len());
        let total = attributes.members().map(length).fold(0, usize::saturating_add);
        limit(&Path::ROOT.field("attributes"), total, MAX_ATTRIBUTES_BYTES);
    }
    if let Some(Value::Object(configuration)) = claims.get("roomConfig") {
        let length = to_json(configuration, RoomConfiguration::SCHEMA).len();
        limit(&Path::ROOT.field("roomConfig"), length, MAX_ROOM_CONFIG_BYTES);
    }
}

/// True for a field that is unset or an empty string. A value of another type gets another error.
fn is_missing(object: &Object<'_>, name: &str) -> bool {
    object.get(name).is_none_or(|value| value.as_str() == Some(""))
}

/// Grants that need no room: they are for LiveKit's server API.
const GRANTS_WITHOUT_ROOM: [&str; 4] = ["roomCreate", "roomList", "roomRecord", "ingressAdmin"];
