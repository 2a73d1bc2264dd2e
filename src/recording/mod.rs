//! Recordings of a channel: what LiveKit's egress service is asked, and what it says about them.

mod change;
mod settings;
mod status;
mod storage;

pub use change::{RecordingChange, RecordingFile};
pub use settings::RecordingSettings;
pub use status::RecordingStatus;
pub use storage::RecordingStorage;

pub(crate) use settings::{is_filepath, is_preset};
