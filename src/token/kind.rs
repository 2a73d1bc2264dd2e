//! What sort of participant a token is for.

use super::{members::Member, table::Kind};
use crate::json::Value;
use alloc::vec::Vec;

macro_rules! names {
    ($(#[$meta:meta])* pub enum $kind:ident { $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $kind {
            $($(#[$variant_meta])* #[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl $kind {
            /// Every one, in LiveKit's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name in a token.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The one of this name in any case, as LiveKit's server reads it.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

names! {
    /// Kind of participant (`livekit_models.proto`, `ParticipantInfo.Kind`). It is a privilege: agents and egress are
    /// treated differently by the server.
    pub enum ParticipantKind {
        Standard = "standard",
        Ingress = "ingress",
        Egress = "egress",
        Sip = "sip",
        Agent = "agent",
        Connector = "connector",
        Bridge = "bridge",
    }
}

names! {
    /// Detail of a participant's kind (`ParticipantInfo.KindDetail`).
    pub enum KindDetail {
        CloudAgent = "cloud_agent",
        Forwarded = "forwarded",
        ConnectorWhatsapp = "connector_whatsapp",
        ConnectorTwilio = "connector_twilio",
        BridgeRtsp = "bridge_rtsp",
        Simulation = "simulation",
    }
}

impl Member for Option<ParticipantKind> {
    const KIND: Kind = Kind::Name(ParticipantKind::NAMES);
    fn take(value: &Value<'_>) -> Self {
        ParticipantKind::from_name(value.as_text()?)
    }
    fn give(&self) -> Value<'_> {
        self.map_or(Value::Null, |kind| Value::text(kind.name()))
    }
}

impl Member for Vec<KindDetail> {
    const KIND: Kind = Kind::Names(KindDetail::NAMES);
    fn take(value: &Value<'_>) -> Self {
        value.items().iter().filter_map(|item| KindDetail::from_name(item.as_text()?)).collect()
    }
    fn give(&self) -> Value<'_> {
        Value::List(self.iter().map(|detail| Value::text(detail.name())).collect())
    }
}
