//! What the holder of a token may do.

use super::TrackSource;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The `video` claim (LiveKit `protocol/auth/grants.go`, `VideoGrant`): all 18 fields.
///
/// A `bool` that is false, an empty string and an empty list are not written. The six `Option<bool>` are
/// three-state: unset leaves the choice to the server, `Some(false)` is written and denies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VideoGrant {
    /// Join `room`.
    #[serde(skip_serializing_if = "is_false")]
    pub room_join: bool,
    /// The room that the grant is for, at most [`MAX_ROOM_BYTES`](crate::MAX_ROOM_BYTES).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub room: String,
    /// Publish tracks; unset means yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish: Option<bool>,
    /// Subscribe to others' tracks; unset means yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_subscribe: Option<bool>,
    /// Send data messages; unset means as `can_publish`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish_data: Option<bool>,
    /// The only sources that may be published. Empty means **all** of them; denying all is `can_publish: false`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub can_publish_sources: Vec<TrackSource>,
    /// Change one's own name, metadata and attributes; unset means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_update_own_metadata: Option<bool>,
    /// Read the metrics of others; unset means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_subscribe_metrics: Option<bool>,
    /// Manage an agent's session; unset means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_manage_agent_session: Option<bool>,
    /// Create **and delete any** room. Never in a client's token.
    #[serde(skip_serializing_if = "is_false")]
    pub room_create: bool,
    /// List every room.
    #[serde(skip_serializing_if = "is_false")]
    pub room_list: bool,
    /// Record any room.
    #[serde(skip_serializing_if = "is_false")]
    pub room_record: bool,
    /// Administer `room`: mute, remove, update participants.
    #[serde(skip_serializing_if = "is_false")]
    pub room_admin: bool,
    /// Manage every ingress.
    #[serde(skip_serializing_if = "is_false")]
    pub ingress_admin: bool,
    /// Be invisible to other participants.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Count as a recorder: the room shows that it is being recorded.
    #[serde(skip_serializing_if = "is_false")]
    pub recorder: bool,
    /// Be an agent, and register as an agent worker.
    #[serde(skip_serializing_if = "is_false")]
    pub agent: bool,
    /// The room that participants may be forwarded or moved to (with `room_admin`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub destination_room: String,
}

impl VideoGrant {
    /// The specification's five grants: join `room`, publish anything, subscribe, send data.
    #[must_use]
    pub fn full(room: impl Into<String>) -> Self {
        Self {
            room_join: true,
            room: room.into(),
            can_publish: Some(true),
            can_subscribe: Some(true),
            can_publish_data: Some(true),
            ..Self::default()
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
