//! What a token says.

use super::VideoGrant;
use alloc::{collections::BTreeMap, string::String};
use serde::{Deserialize, Serialize};

/// Claims of a LiveKit access token (RFC 7519 section 4.1; LiveKit `protocol/auth/grants.go`, `ClaimGrants`).
/// Times are whole Unix seconds. What is unset is not written, and no key comes from a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The API key whose secret signs the token.
    pub iss: String,
    /// Identity of the participant, at most [`MAX_IDENTITY_BYTES`](crate::MAX_IDENTITY_BYTES).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub: String,
    /// From this second on the token is refused. It limits the first connection, not the stay in the room.
    pub exp: u64,
    /// Before this second the token is refused. It should be the time of issue: LiveKit revokes by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    /// Time of issue; LiveKit's server does not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// Identifier of this token, for audit trails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Display name of the participant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What the holder may do in rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoGrant>,
    /// Free text for the application, often JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub metadata: String,
    /// Free key-value pairs for the application.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Claims {
    /// The claims as the JSON text that is signed.
    pub(crate) fn to_json(&self) -> Option<alloc::vec::Vec<u8>> {
        serde_json::to_vec(self).ok()
    }
}
