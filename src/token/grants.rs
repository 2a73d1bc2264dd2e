//! Grants: the permissions in a token.

use super::{
    TrackSource,
    schema::{ClaimObject, claim_object},
};
use crate::json::Object;
use alloc::{string::String, vec::Vec};

claim_object! {
    /// The `video` claim (LiveKit `protocol/auth/grants.go`, `VideoGrant`): all 18 fields.
    ///
    /// False booleans, empty strings and empty lists are not serialized. The six `Option<bool>` have three states:
    /// `None` is not serialized and leaves the decision to the server; `Some(false)` is serialized and denies.
    pub struct VideoGrant {
        /// Join `room`.
        room_join: bool = "roomJoin",
        /// Publish tracks; unset means yes.
        can_publish: Option<bool> = "canPublish",
        /// Subscribe to tracks of other participants; unset means yes.
        can_subscribe: Option<bool> = "canSubscribe",
        /// Send data messages; unset means as `can_publish`.
        can_publish_data: Option<bool> = "canPublishData",
        /// The sources that may be published. Empty means **all** sources; to deny all, set `can_publish` to false.
        can_publish_sources: Vec<TrackSource> = "canPublishSources",
        /// Change one's own name, metadata and attributes; unset means no.
        can_update_own_metadata: Option<bool> = "canUpdateOwnMetadata",
        /// Read metrics of other participants; unset means no.
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
        /// Be a recorder: LiveKit marks the room as being recorded.
        recorder: bool = "recorder",
        /// Be an agent, and register as an agent worker.
        agent: bool = "agent",
        /// The room that the grant is for, at most [`MAX_ROOM_BYTES`](crate::limits::MAX_ROOM_BYTES).
        room: String = "room",
        /// The only room that participants may be forwarded or moved to (with `room_admin`).
        destination_room: String = "destinationRoom",
    }
}

impl VideoGrant {
    /// The fields that are set, as an object.
    #[must_use]
    pub fn to_set_fields(&self) -> Object<'_> {
        self.to_object().without_nulls()
    }

    /// The default grants: join `room`, publish every source, subscribe, and send data.
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
}

claim_object! {
    /// The `sip` claim (LiveKit `protocol/auth/grants.go`, `SIPGrant`).
    pub struct SipGrant {
        /// Manage SIP trunks and dispatch rules.
        admin: bool = "admin",
        /// Make outbound calls.
        call: bool = "call",
    }
}

claim_object! {
    /// The `inference` claim (`InferenceGrant`).
    pub struct InferenceGrant {
        /// Use hosted models.
        perform: bool = "perform",
    }
}

claim_object! {
    /// The `observability` claim (`ObservabilityGrant`).
    pub struct ObservabilityGrant {
        /// Publish observability data.
        write: bool = "write",
    }
}

claim_object! {
    /// The `agent` claim (`AgentGrant`; `dispatchAdmin` as in the Rust crate livekit-token 0.4.0).
    pub struct AgentGrant {
        /// Manage agents.
        admin: bool = "admin",
        /// Manage agent simulations.
        simulation_admin: bool = "simulationAdmin",
        /// Manage agent databases.
        database_admin: bool = "databaseAdmin",
        /// Manage agent dispatches.
        dispatch_admin: bool = "dispatchAdmin",
    }
}

claim_object! {
    /// The `agentEndpoint` claim (livekit-token 0.4.0).
    pub struct AgentEndpointGrant {
        /// Call the endpoint.
        call: bool = "call",
        /// The agent that the grant is for. Empty means **all** agents.
        agent_name: String = "agentName",
        /// The deployment that the grant is for. Empty means **all** deployments.
        deployment: String = "deployment",
    }
}

claim_object! {
    /// The `agentThread` claim (livekit-token 0.4.0).
    pub struct AgentThreadGrant {
        /// Access every thread.
        all: bool = "all",
        /// The scope of the threads that the grant is for.
        scope: String = "scope",
        /// The threads that the grant is for.
        thread_ids: Vec<String> = "threadIds",
        /// List threads.
        list: bool = "list",
        /// Create threads.
        create: bool = "create",
        /// Write to threads.
        write: bool = "write",
        /// Read threads.
        read: bool = "read",
        /// Delete threads.
        delete: bool = "delete",
    }
}
