//! Rights of a participant in a room, as grants and as LiveKit's `ParticipantPermission`.

use crate::{
    json::{Fields, Object, Value, WrongType},
    token::TrackSource,
};
use alloc::vec::Vec;

/// The fields of LiveKit's `ParticipantPermission` that grants decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParticipantRights {
    subscribe: bool,
    publish: bool,
    publish_data: bool,
    /// Empty means every source, including sources that LiveKit adds later.
    sources: Sources,
    update_metadata: bool,
    /// `None` leaves the field unchanged.
    subscribe_metrics: Option<bool>,
    /// `None` leaves the field unchanged.
    manage_agent_session: Option<bool>,
}

/// A set of track sources: a flag for each of [`TrackSource::ALL`], and one for any unknown source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sources {
    known: [bool; TrackSource::ALL.len()],
    other: bool,
}

impl Sources {
    fn new(sources: &[Option<TrackSource>]) -> Self {
        Self { known: TrackSource::ALL.map(|source| sources.contains(&Some(source))), other: sources.contains(&None) }
    }

    fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl ParticipantRights {
    /// The rights of checked grants. For unset ones LiveKit's defaults apply (`VideoGrant.ToPermission` of
    /// `protocol/auth/grants.go`).
    pub(super) fn from_grants(grants: &Object<'_>) -> Self {
        let flag = |name| if let Some(Value::Bool(flag)) = grants.get(name) { Some(*flag) } else { None };
        let publish = flag("canPublish").unwrap_or(true);
        let sources: Vec<_> = match grants.get("canPublishSources") {
            Some(Value::Array(sources)) => sources.iter().map(TrackSource::from_value).collect(),
            _ => Vec::new(),
        };
        Self {
            subscribe: flag("canSubscribe").unwrap_or(true),
            publish,
            publish_data: flag("canPublishData").unwrap_or(publish),
            sources: Sources::new(&sources),
            update_metadata: flag("canUpdateOwnMetadata").unwrap_or(false),
            subscribe_metrics: flag("canSubscribeMetrics"),
            manage_agent_session: flag("canManageAgentSession"),
        }
    }

    pub(super) fn from_permission(permission: &Object<'_>) -> Result<Self, WrongType> {
        let fields = Fields::new(permission);
        let flag = |[snake, camel]: [&str; 2]| Ok(fields.boolean(snake)?.or(fields.boolean(camel)?).unwrap_or(false));
        let sources = match SOURCES.into_iter().find_map(|name| fields.value(name)) {
            None => Vec::new(),
            Some(Value::Array(sources)) => sources.iter().map(source).collect::<Result<_, _>>()?,
            Some(_) => return Err(WrongType),
        };
        Ok(Self {
            subscribe: flag(SUBSCRIBE)?,
            publish: flag(PUBLISH)?,
            publish_data: flag(PUBLISH_DATA)?,
            sources: Sources::new(&sources),
            update_metadata: flag(UPDATE_METADATA)?,
            subscribe_metrics: Some(flag(SUBSCRIBE_METRICS)?),
            manage_agent_session: Some(flag(MANAGE_AGENT_SESSION)?),
        })
    }

    /// The rights that both allow. An optional right is allowed only if both set it to true.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let both = |ours: Option<bool>, theirs: Option<bool>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(ours && theirs),
            (Some(false), None) | (None, Some(false)) => Some(false),
            _ => None,
        };
        let sources = match (self.sources, other.sources) {
            (sources, all) | (all, sources) if all.is_empty() => sources,
            (ours, theirs) => {
                let mut known = ours.known;
                for (source, is_theirs) in known.iter_mut().zip(theirs.known) {
                    *source &= is_theirs;
                }
                Sources { known, other: ours.other && theirs.other }
            }
        };
        // Without a common source the participant may not publish, because an empty list would mean every source.
        let is_nothing = sources.is_empty() && !(self.sources.is_empty() && other.sources.is_empty());
        Self {
            subscribe: self.subscribe && other.subscribe,
            publish: self.publish && other.publish && !is_nothing,
            publish_data: self.publish_data && other.publish_data,
            sources,
            update_metadata: self.update_metadata && other.update_metadata,
            subscribe_metrics: both(self.subscribe_metrics, other.subscribe_metrics),
            manage_agent_session: both(self.manage_agent_session, other.manage_agent_session),
        }
    }

    /// True if these rights of a permission equal the wanted ones. Sources are compared only if the participant may
    /// publish.
    pub(super) fn is(self, wanted: Self) -> bool {
        let wanted = Self {
            sources: if wanted.publish { wanted.sources } else { self.sources },
            subscribe_metrics: wanted.subscribe_metrics.or(self.subscribe_metrics),
            manage_agent_session: wanted.manage_agent_session.or(self.manage_agent_session),
            ..wanted
        };
        self == wanted
    }

    /// Replaces these rights in a permission, and leaves its other fields unchanged.
    pub(super) fn write<'p>(self, permission: &Object<'p>) -> Object<'p> {
        let mut written = permission.clone();
        let mut set = |[snake, camel]: [&'static str; 2], value: Value<'p>| {
            written.remove(camel);
            written.set(snake, value);
        };
        let sources = TrackSource::ALL.into_iter().zip(self.sources.known).filter(|(_, is_allowed)| *is_allowed);
        let sources = sources.filter(|_| self.publish).map(|(source, _)| source.protocol_name());
        set(SUBSCRIBE, self.subscribe.into());
        set(PUBLISH, self.publish.into());
        set(PUBLISH_DATA, self.publish_data.into());
        set(SOURCES, sources.collect());
        set(UPDATE_METADATA, self.update_metadata.into());
        let others = [(SUBSCRIBE_METRICS, self.subscribe_metrics), (MANAGE_AGENT_SESSION, self.manage_agent_session)];
        for (names, flag) in others {
            if let Some(flag) = flag {
                set(names, flag.into());
            }
        }
        written
    }
}

/// Names of fields: in snake_case, as in LiveKit's responses, and in camelCase, the default of proto3 JSON.
const SUBSCRIBE: [&str; 2] = ["can_subscribe", "canSubscribe"];
const PUBLISH: [&str; 2] = ["can_publish", "canPublish"];
const PUBLISH_DATA: [&str; 2] = ["can_publish_data", "canPublishData"];
const SOURCES: [&str; 2] = ["can_publish_sources", "canPublishSources"];
const UPDATE_METADATA: [&str; 2] = ["can_update_metadata", "canUpdateMetadata"];
const SUBSCRIBE_METRICS: [&str; 2] = ["can_subscribe_metrics", "canSubscribeMetrics"];
const MANAGE_AGENT_SESSION: [&str; 2] = ["can_manage_agent_session", "canManageAgentSession"];

/// Parses a source from its name or number; `None` for `UNKNOWN` and for a source of a newer LiveKit.
fn source(value: &Value<'_>) -> Result<Option<TrackSource>, WrongType> {
    match value {
        Value::String(name) => Ok(TrackSource::ALL.into_iter().find(|source| source.protocol_name() == name.as_ref())),
        Value::Number(number) => Ok(number.as_u64().and_then(TrackSource::from_number)),
        _ => Err(WrongType),
    }
}
