//! Tokens that the service itself uses to call a LiveKit server. Clients never receive them.

use crate::{
    error::LivekitError,
    json::Value,
    names::RoomName,
    servers::Server,
    token::{ClaimObject, Ttl, VideoGrant, sign_claims},
};
use alloc::string::String;

/// TTL of these tokens: one minute.
const TTL: Ttl = Ttl::clamped(60);

/// An action of the service on a LiveKit server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceAction {
    /// Acts on one room and its participants.
    Administer,
    /// Creates or deletes rooms. LiveKit's `roomCreate` is not limited to one room, and also allows deleting every
    /// room.
    Create,
    /// Lists rooms.
    List,
    /// Starts, lists and stops recordings. LiveKit's `roomRecord` is not limited to one room.
    Record,
}

impl ServiceAction {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Administer, Self::Create, Self::List, Self::Record];

    /// The name in TypeScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administer => "administer",
            Self::Create => "create",
            Self::List => "list",
            Self::Record => "record",
        }
    }
}

impl Server {
    /// Issues a token for an action at `now` (Unix seconds), with only the grant that the action needs.
    ///
    /// # Errors
    /// [`LivekitError::TokenGeneration`] for an invalid room name, if the action needs a room, and if the `exp` would
    /// be too large.
    pub fn generate_service_token(&self, action: ServiceAction, room: &str, now: u64) -> Result<String, LivekitError> {
        let grant = VideoGrant::default();
        let grant = match action {
            ServiceAction::Administer => {
                let room = RoomName::new(room).map_err(|_| LivekitError::TokenGeneration)?;
                VideoGrant { room: room.into_string(), room_admin: true, ..grant }
            }
            ServiceAction::Create => VideoGrant { room_create: true, ..grant },
            ServiceAction::List => VideoGrant { room_list: true, ..grant },
            ServiceAction::Record => VideoGrant { room_record: true, ..grant },
        };
        let claims = [("video", Value::Object(grant.to_object()))].into_iter().collect();
        sign_claims(claims, self.keys.signer(), TTL, false, now).map_err(|_| LivekitError::TokenGeneration)
    }
}
