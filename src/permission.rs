//! The permission of a caller in a room, as the application's `authorize` function returns it.

use crate::{
    error::LivekitError,
    json::{Fields, Object},
    names::{DisplayName, Identity, RoomName},
    request::CreateToken,
    token::{Ttl, check_client_grant, complete_client_grant},
};
use alloc::{string::String, vec::Vec};

/// The fields of a permission.
const FIELDS: [&str; 9] =
    ["room", "identity", "name", "grants", "metadata", "attributes", "roomConfig", "ttl", "server"];

/// A checked permission: everything in a token except its times and issuer.
#[derive(Clone, Debug, PartialEq)]
pub struct Permission<'p> {
    pub(crate) request: CreateToken,
    /// The `video` grant, for joining the room of the request.
    pub(crate) grants: Object<'p>,
    pub(crate) metadata: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) room_config: Option<Object<'p>>,
}

/// Limits of a permission.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'b> {
    /// The only room that the permission may be for.
    pub room: &'b str,
    /// Maximum TTL.
    pub max_ttl: Ttl,
    /// Name of the LiveKit server that the application chose for the room; used if the permission names none.
    pub server: Option<&'b str>,
    /// Privileged grants that the operator allows, by name.
    pub allowed_grants: &'b [String],
}

impl<'p> Permission<'p> {
    /// Creates a permission to join the room of `request` with `grants`, which must be for that room and contain no
    /// privileged grant.
    ///
    /// # Errors
    /// [`LivekitError::GrantRefused`] with the name of the grant.
    pub fn new(request: CreateToken, grants: Object<'p>) -> Result<Self, LivekitError> {
        check_client_grant(&grants, request.room_id.as_str(), &[])?;
        Ok(Self { request, grants, metadata: String::new(), attributes: Vec::new(), room_config: None })
    }

    /// Sets the participant's metadata and attributes. Their sizes are checked when the token is issued.
    #[must_use]
    pub fn describe(mut self, metadata: impl Into<String>, attributes: Vec<(String, String)>) -> Self {
        self.metadata = metadata.into();
        self.attributes = attributes;
        self
    }

    /// Sets the configuration that LiveKit creates the room with, if the participant is the first. It is checked when
    /// the token is issued.
    #[must_use]
    pub fn room_config(mut self, configuration: Option<Object<'p>>) -> Self {
        self.room_config = configuration;
        self
    }

    /// Checks a permission that a function of the application returned: the types of all fields, no unknown field,
    /// nothing beyond `bounds`. Adds the room and `roomJoin` to its grants.
    ///
    /// Metadata, attributes and room configuration are checked against LiveKit's limits when the token is issued.
    ///
    /// # Errors
    /// [`LivekitError::GrantRefused`] with the name of the field or grant, [`LivekitError::PermissionRefused`] for grants that
    /// LiveKit does not know.
    pub fn from_fields(fields: &Fields<'p>, bounds: Bounds<'p>) -> Result<Self, LivekitError> {
        let refused = |name: &'static str| move |_| LivekitError::GrantRefused(name);
        if !fields.are(&[], &FIELDS) {
            return Err(LivekitError::GrantRefused("unknown_field"));
        }
        let string = |name: &'static str| fields.string(name).map_err(refused(name));
        let room = string("room")?.filter(|room| *room == bounds.room).ok_or(LivekitError::GrantRefused("room"))?;
        let room_id = RoomName::new(room).map_err(|_| LivekitError::GrantRefused("room"))?;
        let identity = string("identity")?.ok_or(LivekitError::GrantRefused("identity"))?;
        let identity = Identity::new(identity).map_err(|_| LivekitError::GrantRefused("identity"))?;
        let name = string("name")?.map(DisplayName::new).transpose();
        let name = name.map_err(|_| LivekitError::GrantRefused("name"))?;
        let ttl = fields.value("ttl").map(Ttl::from_json).transpose().map_err(|_| LivekitError::GrantRefused("ttl"))?;
        if ttl.is_some_and(|ttl| ttl > bounds.max_ttl) {
            return Err(LivekitError::GrantRefused("ttl"));
        }
        let attributes = fields.object("attributes").map_err(refused("attributes"))?.map(Object::strings);
        let attributes =
            attributes.unwrap_or_else(|| Some(Vec::new())).ok_or(LivekitError::GrantRefused("attributes"))?;
        let server = string("server")?.or(bounds.server).map(Into::into);
        let metadata = string("metadata")?.unwrap_or_default().into();
        let room_config = fields.object("roomConfig").map_err(refused("roomConfig"))?.cloned();
        // An empty configuration counts as unset.
        let room_config = room_config.filter(|config| config.members().any(|(_, value)| !value.is_empty()));
        let grants = fields.object("grants").map_err(refused("grants"))?.ok_or(LivekitError::GrantRefused("grants"))?;
        let grants = complete_client_grant(grants, room, bounds.allowed_grants)?;
        let request = CreateToken { room_id, identity, name, ttl, server };
        Ok(Self { request, grants, metadata, attributes, room_config })
    }
}
