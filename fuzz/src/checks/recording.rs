//! Recordings in webhooks and in responses of LiveKit's egress: no location contains a query, which may be a signature.

use super::Checks;
use livekit_edge::{RecordingChange, RecordingSettings};

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let storage = |name: &str| (name == "RECORDING_STORAGE").then(|| text.clone().into_owned());
    checks.option("storage", RecordingSettings::from_settings(&storage));
    let settings = RecordingSettings::from_settings(&|name| (name == "RECORDING_FILEPATH").then(|| "f".into()));
    let settings = settings.expect("a path");
    checks.result("recording", RecordingChange::from_body(input, &settings));
    let change = RecordingChange::from_info(&text, Some(&settings)).ok().flatten();
    for location in change.iter().flat_map(|change| &change.files).filter_map(|file| file.location.as_deref()) {
        assert!(!location.contains("://") || !location.contains('?'), "{location}");
    }
    checks.option("egress", change);
}
