//! What the holder may do in rooms.

use super::super::{
    TrackSource,
    members::{Members, members},
    table::write,
};
use crate::json::ObjectWriter;
use alloc::{string::String, vec::Vec};

members! {
    /// The `video` claim (LiveKit `protocol/auth/grants.go`, `VideoGrant`): all 18 fields.
    ///
    /// A `bool` that is false, an empty string and an empty list are not written. The six `Option<bool>` are
    /// three-state: unset leaves the choice to the server, `Some(false)` is written and denies.
    pub struct VideoGrant {
        /// Join `room`.
        room_join: bool = "roomJoin",
        /// Publish tracks; unset means yes.
        can_publish: Option<bool> = "canPublish",
        /// Subscribe to others' tracks; unset means yes.
        can_subscribe: Option<bool> = "canSubscribe",
        /// Send data messages; unset means as `can_publish`.
        can_publish_data: Option<bool> = "canPublishData",
        /// The only sources that may be published. Empty means **all** of them; denying all is `can_publish: false`.
        can_publish_sources: Vec<TrackSource> = "canPublishSources",
        /// Change one's own name, metadata and attributes; unset means no.
        can_update_own_metadata: Option<bool> = "canUpdateOwnMetadata",
        /// Read the metrics of others; unset means no.
        can_subscribe_metrics: Option<bool> = "canSubscribeMetrics",
        /// Manage an agent's session; unset means no.
        can_manage_agent_session: Option<bool> = "canManageAgentSession",
        /// Create **and delete any** room. Never in a client's token.
        room_create: bool = "roomCreate",
        /// List every room.
        room_list: bool = "roomList",
        /// Record any room.
        room_record: bool = "roomRecord",
        /// Administer `room`: mute, remove, update participants.
        room_admin: bool = "roomAdmin",
        /// Manage every ingress.
        ingress_admin: bool = "ingressAdmin",
        /// Be invisible to other participants.
        hidden: bool = "hidden",
        /// Count as a recorder: the room shows that it is being recorded.
        recorder: bool = "recorder",
        /// Be an agent, and register as an agent worker.
        agent: bool = "agent",
        /// The room that the grant is for, at most [`MAX_ROOM_BYTES`](crate::MAX_ROOM_BYTES).
        room: String = "room",
        /// The room that participants may be forwarded or moved to (with `room_admin`).
        destination_room: String = "destinationRoom",
    }
}

impl VideoGrant {
    /// The specification's five grants: join `room`, publish anything, subscribe, send data.
    #[must_use]
    pub fn full(room: impl Into<String>) -> Self {
        Self {
            room: room.into(),
            room_join: true,
            can_publish: Some(true),
            can_subscribe: Some(true),
            can_publish_data: Some(true),
            ..Self::default()
        }
    }

    /// The grant as the JSON text of the claim `video`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        let mut out = ObjectWriter::new(&mut json);
        write(&self.give(), Self::ROWS, &mut out);
        out.end();
        json
    }
}
