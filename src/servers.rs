//! LiveKit servers, and the assignment of rooms to them.

mod parse;

use crate::{error::LivekitError, keys::ApiKeys, url::is_url};
use alloc::{string::String, vec::Vec};
use sha2::{Digest, Sha256};

/// True for a valid URL of a LiveKit server: scheme `wss`, `ws`, `https` or `http`, a host, an optional port and path,
/// all in ASCII (RFC 3986). User name and password, which `fetch` rejects, query and fragment are not allowed.
#[must_use]
pub fn is_server_url(url: &str) -> bool {
    is_url(url, &["wss", "ws", "https", "http"])
}

/// A LiveKit server.
#[derive(Debug)]
pub struct Server {
    /// Name of the server. Rooms are assigned by it, so that a new URL moves no room.
    pub name: String,
    /// URL that clients connect to. Issuing tokens does not require it.
    pub url: Option<String>,
    /// URL at which this service reaches the server's API; the default is [`Self::url`].
    pub internal_url: Option<String>,
    /// API keys of the server.
    pub keys: ApiKeys,
}

impl Server {
    /// URL at which this service reaches the server's API.
    #[must_use]
    pub fn api_url(&self) -> Option<&str> {
        self.internal_url.as_deref().or(self.url.as_deref())
    }
}

/// The LiveKit servers of a configuration: none, one, or several of different names.
#[derive(Debug, Default)]
pub struct Servers(Vec<Server>);

impl Servers {
    /// A configuration of one server.
    #[must_use]
    pub fn one(server: Server) -> Self {
        Self([server].into())
    }

    /// The servers in the order of the configuration.
    #[must_use]
    pub fn as_slice(&self) -> &[Server] {
        &self.0
    }

    /// Returns the server of a room: the server `named`, if the application named one, else by rendezvous hashing. The
    /// result does not depend on the order of the servers. A server that is added takes over an equal share of the
    /// rooms of each other server, and no other room moves.
    ///
    /// # Errors
    /// [`LivekitError::NotConfigured`] without a server, [`LivekitError::UnknownServer`] if no server has the name.
    pub fn for_room(&self, room: &str, named: Option<&str>) -> Result<&Server, LivekitError> {
        match (named, self.0.as_slice()) {
            (_, []) => Err(LivekitError::NotConfigured),
            (Some(name), all) => all.iter().find(|server| server.name == name).ok_or(LivekitError::UnknownServer),
            (None, [only]) => Ok(only),
            (None, all) => {
                all.iter().max_by_key(|server| weight(&server.name, room)).ok_or(LivekitError::NotConfigured)
            }
        }
    }

    /// The keys of all servers, which verify webhooks; `None` without a server.
    #[must_use]
    pub fn keys(&self) -> Option<ApiKeys> {
        let (first, others) = self.0.split_first()?;
        others.iter().try_fold(first.keys.clone(), |keys, server| keys.with_verifiers(&server.keys)).ok()
    }
}

/// Weight of a server for a room: SHA-256 of the server's name, a zero byte (which no name contains), and the room's
/// name. The server with the highest weight gets the room (rendezvous hashing, Thaler and Ravishankar 1998).
fn weight(server: &str, room: &str) -> [u8; 32] {
    Sha256::new().chain_update(server).chain_update([0]).chain_update(room).finalize().into()
}
