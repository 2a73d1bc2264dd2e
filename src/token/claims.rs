//! What a token says.

use super::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, ClaimFault, InferenceGrant, KindDetail, ObservabilityGrant,
    ParticipantKind, Problem, RoomConfiguration, SipGrant, VideoGrant,
    members::{Members, members},
    table::{self, Kind, Origin, Row, check},
};
use crate::{
    json::{Object, ObjectWriter, Value},
    text::{MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_ROOM_BYTES},
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

members! {
    /// Claims of a LiveKit access token (RFC 7519 section 4.1; LiveKit `protocol/auth/grants.go`, `ClaimGrants`).
    /// Times are whole Unix seconds. What is unset is not written, and no key comes from a caller.
    ///
    /// Members stand in the order in which they are written. What the tokens of one service share comes first, then what
    /// those of one second do, so that it need be encoded and hashed only once.
    pub struct Claims {
        /// The API key whose secret signs the token.
        iss: String = "iss",
        /// From this second on the token is refused. It limits the first connection, not the stay in the room.
        exp: Option<u64> = "exp",
        /// Before this second the token is refused. It should be the time of issue: LiveKit revokes by it.
        nbf: Option<u64> = "nbf",
        /// What the holder may do in rooms.
        video: Option<VideoGrant> = "video",
        /// Time of issue; LiveKit's server does not read it.
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
        /// How to set up the room if the holder is the first in it.
        room_config: Option<RoomConfiguration> = "roomConfig",
    }
}

/// Claims that LiveKit's server reads and that mean nothing here.
const OTHERS: &[Row] = &[Row { name: "aud", kind: Kind::TextOrTexts }, Row { name: "identity", kind: Kind::Text }];

impl Claims {
    /// The claims as the JSON text that is signed. Fails for what a LiveKit server would refuse when the token is used.
    pub(crate) fn to_json(&self) -> Result<String, ClaimFault> {
        let claims = self.give();
        check_limits(&claims, false).map(|()| write(&claims))
    }
}

/// Checks the claims of a token, whose signature was right: types and names.
pub(super) fn check_signed(claims: &Object<'_>) -> Result<(), ClaimFault> {
    check(claims, &[Claims::ROWS, OTHERS], Origin::Token)?;
    // LiveKit's server takes `jti` for the identity where there is no `sub`.
    missing("sub", text(claims, "sub").is_empty() && !text(claims, "jti").is_empty())
}

/// Checks what a LiveKit server would refuse when the token is used, and credentials unless they are allowed, of claims of the
/// right types.
pub(super) fn check_limits(claims: &Object<'_>, allow_credentials: bool) -> Result<(), ClaimFault> {
    let identity = text(claims, "sub");
    if let Some(Value::Object(video)) = claims.get("video") {
        let is_set = |name| video.get(name) == Some(&Value::Bool(true));
        let (room, join) = (text(video, "room"), is_set("roomJoin"));
        if join {
            missing("identity", identity.is_empty())?;
        }
        let of_video = |fault: ClaimFault| fault.within("video");
        missing("room", room.is_empty() && (join || is_set("roomAdmin"))).map_err(of_video)?;
        at_most("room", room.len(), MAX_ROOM_BYTES).map_err(of_video)?;
        at_most("destinationRoom", text(video, "destinationRoom").len(), MAX_ROOM_BYTES).map_err(of_video)?;
    }
    // As above.
    missing("identity", identity.is_empty() && !text(claims, "jti").is_empty())?;
    at_most("identity", identity.len(), MAX_IDENTITY_BYTES)?;
    at_most("metadata", text(claims, "metadata").len(), MAX_METADATA_BYTES)?;
    if let Some(Value::Object(attributes)) = claims.get("attributes") {
        let length =
            |(key, value): (&str, &Value<'_>)| key.len().saturating_add(value.as_text().unwrap_or_default().len());
        at_most("attributes", attributes.members().map(length).sum(), MAX_ATTRIBUTES_BYTES)?;
    }
    let Some(Value::Object(configuration)) = claims.get("roomConfig") else { return Ok(()) };
    let checked = RoomConfiguration::read(configuration, Origin::Application);
    checked
        .and_then(|configuration| configuration.check_for_signing(allow_credentials))
        .map_err(|fault| fault.within("roomConfig"))
}

/// The claims as the JSON text that is signed, in the order of [`Claims`].
pub(super) fn write(claims: &Object<'_>) -> String {
    let mut json = String::with_capacity(256);
    let mut out = ObjectWriter::new(&mut json);
    table::write(claims, Claims::ROWS, &mut out);
    out.end();
    json
}

/// A text, empty if it is not there.
pub(super) fn text<'c>(object: &'c Object<'_>, name: &str) -> &'c str {
    object.get(name).and_then(Value::as_text).unwrap_or_default()
}

fn missing(name: &str, is_missing: bool) -> Result<(), ClaimFault> {
    if is_missing { Err(ClaimFault::new(Problem::Missing).within(name)) } else { Ok(()) }
}

fn at_most(name: &str, length: usize, most: usize) -> Result<(), ClaimFault> {
    if length > most { Err(ClaimFault::new(Problem::TooLong(most)).within(name)) } else { Ok(()) }
}
