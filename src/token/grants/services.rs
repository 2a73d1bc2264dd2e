//! What the holder may do outside of rooms: LiveKit's other services.

use super::super::members::members;
use alloc::{string::String, vec::Vec};

members! {
    /// The `sip` claim (LiveKit `protocol/auth/grants.go`, `SIPGrant`).
    pub struct SipGrant {
        /// Manage SIP trunks and dispatch rules.
        admin: bool = "admin",
        /// Make outbound calls.
        call: bool = "call",
    }
}

members! {
    /// The `inference` claim (`InferenceGrant`).
    pub struct InferenceGrant {
        /// Use hosted models.
        perform: bool = "perform",
    }
}

members! {
    /// The `observability` claim (`ObservabilityGrant`).
    pub struct ObservabilityGrant {
        /// Publish observability data.
        write: bool = "write",
    }
}

members! {
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

members! {
    /// The `agentEndpoint` claim (livekit-token 0.4.0).
    pub struct AgentEndpointGrant {
        /// Call the endpoint.
        call: bool = "call",
        /// The agent that the grant is for. Empty means **all** of them.
        agent_name: String = "agentName",
        /// The deployment that the grant is for. Empty means **all** of them.
        deployment: String = "deployment",
    }
}

members! {
    /// The `agentThread` claim (livekit-token 0.4.0).
    pub struct AgentThreadGrant {
        /// Reach every thread.
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
