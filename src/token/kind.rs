//! Kinds of participants.

use super::schema::{ClaimValue, Kind};
use crate::json::Value;
use alloc::vec::Vec;

macro_rules! names {
    ($(#[$meta:meta])* pub enum $kind:ident { $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $kind {
            $($(#[$variant_meta])* #[doc = concat!("`", $name, "`")] #[serde(rename = $name)] $variant,)+
        }

        impl $kind {
            /// Every value, in LiveKit's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name in a token.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The value of this name, ignoring case as LiveKit's server does.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

names! {
    /// Kind of participant (`livekit_models.proto`, `ParticipantInfo.Kind`). It is a privilege, because the server
    /// treats agents and egress differently.
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

impl ClaimValue for Option<ParticipantKind> {
    const KIND: Kind = Kind::Name(ParticipantKind::NAMES);
    fn to_value(&self) -> Value<'_> {
        self.map_or(Value::Null, |kind| Value::from(kind.name()))
    }
}

impl ClaimValue for Vec<KindDetail> {
    const KIND: Kind = Kind::Names(KindDetail::NAMES);
    fn to_value(&self) -> Value<'_> {
        Value::Array(self.iter().map(|detail| Value::from(detail.name())).collect())
    }
}
