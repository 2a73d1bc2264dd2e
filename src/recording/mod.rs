//! Recordings of a channel: what LiveKit's egress service is asked, and what it says about them.

mod change;
mod settings;
mod storage;

pub use change::{RecordingChange, RecordingFile, RecordingStatus};
pub use settings::RecordingSettings;
pub use storage::RecordingStorage;

pub(crate) use settings::{is_filepath, is_preset};
