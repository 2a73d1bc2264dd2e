//! What a published track shows or plays.

use serde::{Deserialize, Serialize};

/// Source of a track, by the lower-case name that a token uses (`livekit_models.proto`, `TrackSource`). The
/// server compares names exactly: `CAMERA` would deny the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
