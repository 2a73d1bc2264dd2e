//! What the holder of a token may do.

use super::TrackSource;
use crate::json::{Fields, ObjectWriter, WrongType};
use alloc::{string::String, vec::Vec};

/// The `video` claim (LiveKit `protocol/auth/grants.go`, `VideoGrant`): all 18 fields.
///
/// A `bool` that is false, an empty string and an empty list are not written. The six `Option<bool>` are
/// three-state: unset leaves the choice to the server, `Some(false)` is written and denies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoGrant {
    /// Join `room`.
    pub room_join: bool,
    /// The room that the grant is for, at most [`MAX_ROOM_BYTES`](crate::MAX_ROOM_BYTES).
    pub room: String,
    /// Publish tracks; unset means yes.
    pub can_publish: Option<bool>,
    /// Subscribe to others' tracks; unset means yes.
    pub can_subscribe: Option<bool>,
    /// Send data messages; unset means as `can_publish`.
    pub can_publish_data: Option<bool>,
    /// The only sources that may be published. Empty means **all** of them; denying all is `can_publish: false`.
    pub can_publish_sources: Vec<TrackSource>,
    /// Change one's own name, metadata and attributes; unset means no.
    pub can_update_own_metadata: Option<bool>,
    /// Read the metrics of others; unset means no.
    pub can_subscribe_metrics: Option<bool>,
    /// Manage an agent's session; unset means no.
    pub can_manage_agent_session: Option<bool>,
    /// Create **and delete any** room. Never in a client's token.
    pub room_create: bool,
    /// List every room.
    pub room_list: bool,
    /// Record any room.
    pub room_record: bool,
    /// Administer `room`: mute, remove, update participants.
    pub room_admin: bool,
    /// Manage every ingress.
    pub ingress_admin: bool,
    /// Be invisible to other participants.
    pub hidden: bool,
    /// Count as a recorder: the room shows that it is being recorded.
    pub recorder: bool,
    /// Be an agent, and register as an agent worker.
    pub agent: bool,
    /// The room that participants may be forwarded or moved to (with `room_admin`).
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

    /// Appends the claim's value, in the order of the specification's example.
    pub(super) fn write(&self, out: &mut String) {
        let mut object = ObjectWriter::new(out);
        object.text_if_any("room", &self.room);
        for (name, flag) in [
            ("roomJoin", self.room_join),
            ("roomCreate", self.room_create),
            ("roomList", self.room_list),
            ("roomRecord", self.room_record),
            ("roomAdmin", self.room_admin),
            ("ingressAdmin", self.ingress_admin),
            ("hidden", self.hidden),
            ("recorder", self.recorder),
            ("agent", self.agent),
        ] {
            object.flag_if_set(name, flag);
        }
        for (name, state) in [
            ("canPublish", self.can_publish),
            ("canSubscribe", self.can_subscribe),
            ("canPublishData", self.can_publish_data),
            ("canUpdateOwnMetadata", self.can_update_own_metadata),
            ("canSubscribeMetrics", self.can_subscribe_metrics),
            ("canManageAgentSession", self.can_manage_agent_session),
        ] {
            if let Some(flag) = state {
                object.flag(name, flag);
            }
        }
        if !self.can_publish_sources.is_empty() {
            object.texts("canPublishSources", self.can_publish_sources.iter().map(|source| source.name()));
        }
        object.text_if_any("destinationRoom", &self.destination_room);
        object.end();
    }

    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, WrongType> {
        let flag = |name| Ok(fields.flag(name)?.unwrap_or(false));
        let sources = fields.texts("canPublishSources")?.unwrap_or_default();
        Ok(Self {
            room_join: flag("roomJoin")?,
            room: fields.text_or_empty("room")?,
            can_publish: fields.flag("canPublish")?,
            can_subscribe: fields.flag("canSubscribe")?,
            can_publish_data: fields.flag("canPublishData")?,
            can_publish_sources: sources
                .into_iter()
                .map(|name| TrackSource::from_name(name).ok_or(WrongType))
                .collect::<Result<_, _>>()?,
            can_update_own_metadata: fields.flag("canUpdateOwnMetadata")?,
            can_subscribe_metrics: fields.flag("canSubscribeMetrics")?,
            can_manage_agent_session: fields.flag("canManageAgentSession")?,
            room_create: flag("roomCreate")?,
            room_list: flag("roomList")?,
            room_record: flag("roomRecord")?,
            room_admin: flag("roomAdmin")?,
            ingress_admin: flag("ingressAdmin")?,
            hidden: flag("hidden")?,
            recorder: flag("recorder")?,
            agent: flag("agent")?,
            destination_room: fields.text_or_empty("destinationRoom")?,
        })
    }
}
