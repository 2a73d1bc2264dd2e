//! A valid token request.

use crate::{
    error::{LivekitError, RequestField},
    names::{DisplayName, Identity, RoomName},
    token::Ttl,
};
use alloc::string::String;

/// Room and participant of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateToken {
    /// Room to join: the channel's id, unchanged.
    pub room_id: RoomName,
    /// Identity of the participant.
    pub identity: Identity,
    /// Display name; the default is the identity, also for a blank name.
    pub name: Option<DisplayName>,
    /// TTL of the token; the default is that of the configuration.
    pub ttl: Option<Ttl>,
    /// Name of the LiveKit server of the room, if the application chose one. It never comes from a client.
    pub server: Option<String>,
}

impl CreateToken {
    /// A request with the default name and TTL.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with the first invalid field.
    pub fn new(room_id: impl Into<String>, identity: impl Into<String>) -> Result<Self, LivekitError> {
        Ok(Self {
            identity: RequestField::Identity.identity(identity.into())?,
            room_id: RequestField::RoomId.room_name(room_id.into())?,
            name: None,
            ttl: None,
            server: None,
        })
    }

    /// The name that other participants see.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let name = self.name.as_ref().map(DisplayName::as_str).filter(|name| !name.trim().is_empty());
        name.unwrap_or(self.identity.as_str())
    }
}
