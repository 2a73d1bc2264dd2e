//! Sources of published tracks.

use crate::json::Value;

/// Source of a track (`livekit_models.proto`, `TrackSource`). Tokens contain its lower-case name, which the server
/// compares exactly: `CAMERA` would deny the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrackSource {
    /// `camera`
    Camera,
    /// `microphone`
    Microphone,
    /// `screen_share`
    ScreenShare,
    /// `screen_share_audio`
    ScreenShareAudio,
}

impl TrackSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Camera, Self::Microphone, Self::ScreenShare, Self::ScreenShareAudio];

    /// The name in a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::ScreenShare => "screen_share",
            Self::ScreenShareAudio => "screen_share_audio",
        }
    }

    /// The name in LiveKit's protobuf enum.
    pub(crate) const fn protocol_name(self) -> &'static str {
        match self {
            Self::Camera => "CAMERA",
            Self::Microphone => "MICROPHONE",
            Self::ScreenShare => "SCREEN_SHARE",
            Self::ScreenShareAudio => "SCREEN_SHARE_AUDIO",
        }
    }

    /// The source of this exact name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The source of a JSON value: its name or its number.
    pub(crate) fn from_value(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::String(name) => Self::from_name(name),
            Value::Number(number) => Self::from_number(number.as_u64()?),
            _ => None,
        }
    }

    /// The source of this number in LiveKit's protobuf enum. 0 (`UNKNOWN`) is no source.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::Camera),
            2 => Some(Self::Microphone),
            3 => Some(Self::ScreenShare),
            4 => Some(Self::ScreenShareAudio),
            _ => None,
        }
    }
}
