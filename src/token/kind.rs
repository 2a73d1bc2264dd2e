//! What sort of participant a token is for.

use super::{
    ClaimFault, Problem,
    members::{Member, Origin, not_a},
};
use crate::json::{ObjectWriter, Value};
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

            /// `None` for a name that a newer LiveKit has put into a token.
            fn read(value: &Value, origin: Origin) -> Result<Option<Self>, ClaimFault> {
                let Some(name) = value.as_text() else { return not_a("a well-formed string") };
                match (Self::from_name(name), origin) {
                    (None, Origin::Application) => Err(ClaimFault::new(Problem::UnknownName)),
                    (kind, _) => Ok(kind),
                }
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
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        ParticipantKind::read(value, origin)
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if let Some(kind) = self {
            out.text(name, kind.name());
        }
    }
}

impl Member for Vec<KindDetail> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        let Value::List(items) = value else { return not_a("a list of strings") };
        items.iter().filter_map(|item| KindDetail::read(item, origin).transpose()).collect()
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if !self.is_empty() {
            out.texts(name, self.iter().map(|detail| detail.name()));
        }
    }
}
