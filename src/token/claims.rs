//! What a token says.

use super::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, ClaimFault, InferenceGrant, KindDetail, ObservabilityGrant,
    ParticipantKind, Problem, RoomConfiguration, SipGrant, VideoGrant,
    members::{Members, members},
};
use crate::{
    json::ObjectWriter,
    text::{MAX_ATTRIBUTES_BYTES, MAX_IDENTITY_BYTES, MAX_METADATA_BYTES, MAX_ROOM_BYTES, MAX_ROOM_CONFIG_BYTES},
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

impl Claims {
    /// The claims as the JSON text that is signed.
    pub(crate) fn to_json(&self) -> String {
        let mut json = String::with_capacity(256);
        let mut out = ObjectWriter::new(&mut json);
        self.write(&mut out);
        out.end();
        json
    }

    /// Checks what a LiveKit server would refuse when the token is used.
    pub(crate) fn check(&self) -> Result<(), ClaimFault> {
        let missing = |name, is_missing| if is_missing { at(name, Problem::Missing) } else { Ok(()) };
        if let Some(video) = &self.video {
            let of_video = |fault: ClaimFault| fault.within("video");
            if video.room_join {
                missing("identity", self.sub.is_empty())?;
            }
            missing("room", video.room.is_empty() && (video.room_join || video.room_admin)).map_err(of_video)?;
            at_most("room", video.room.len(), MAX_ROOM_BYTES).map_err(of_video)?;
            at_most("destinationRoom", video.destination_room.len(), MAX_ROOM_BYTES).map_err(of_video)?;
        }
        // LiveKit's server takes `jti` for the identity where there is no `sub`.
        missing("identity", self.sub.is_empty() && !self.jti.is_empty())?;
        at_most("identity", self.sub.len(), MAX_IDENTITY_BYTES)?;
        at_most("metadata", self.metadata.len(), MAX_METADATA_BYTES)?;
        let room_config = self.room_config.as_ref().map_or(0, |configuration| configuration.as_json().len());
        at_most("roomConfig", room_config, MAX_ROOM_CONFIG_BYTES)?;
        let attributes = self.attributes.iter().map(|(key, value)| key.len().saturating_add(value.len()));
        at_most("attributes", attributes.sum(), MAX_ATTRIBUTES_BYTES)
    }
}

fn at(name: &str, problem: Problem) -> Result<(), ClaimFault> {
    Err(ClaimFault::new(problem).within(name))
}

fn at_most(name: &str, length: usize, most: usize) -> Result<(), ClaimFault> {
    if length > most { at(name, Problem::TooLong(most)) } else { Ok(()) }
}
