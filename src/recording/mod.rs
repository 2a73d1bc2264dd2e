//! Recordings of a channel: requests to LiveKit's egress service, and their state.

mod change;
mod settings;
mod status;
mod storage;

pub use change::{RecordingChange, RecordingFile};
pub use settings::RecordingSettings;
pub use status::RecordingStatus;
pub use storage::RecordingStorage;

pub(crate) use settings::{is_filepath, is_preset};
