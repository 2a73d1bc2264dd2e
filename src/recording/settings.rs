//! The operator's settings for recordings.

use super::storage::{RecordingStorage, file_outputs};
use crate::{
    json::Object,
    setting::{self, Settings},
    token::ENCODING_OPTIONS_PRESET,
};
use alloc::{borrow::Cow, string::String};

/// Default path of a file, as a template of the egress service.
const DEFAULT_FILEPATH: &str = "{room_name}/{time}";

/// Maximum length of the setting in bytes.
const MAX_FILEPATH_BYTES: usize = 1024;

/// How channels are recorded. Clients cannot change it.
#[derive(Debug)]
pub struct RecordingSettings {
    /// `RECORDING_STORAGE`: storage that files are uploaded to; the default is the storage in the egress service's
    /// configuration.
    storage: Option<RecordingStorage>,
    /// `RECORDING_FILEPATH`
    filepath: Option<String>,
    /// `RECORDING_LAYOUT`: the layout of the video; the default is the egress service's.
    layout: Option<String>,
    /// `RECORDING_PRESET`: an `EncodingOptionsPreset` of LiveKit; the default is the egress service's.
    preset: Option<String>,
}

impl RecordingSettings {
    /// Parses the settings, which `setting` returns by name; `None` if recording is off: `RECORDING_STORAGE` and
    /// `RECORDING_FILEPATH` are both unset, or one of them is invalid.
    #[must_use]
    pub fn from_settings(setting: Settings<'_>) -> Option<Self> {
        let text = |name| setting::text(setting, name);
        let (storage, filepath) = (text("RECORDING_STORAGE"), text("RECORDING_FILEPATH"));
        if storage.is_none() && filepath.is_none() || filepath.as_deref().is_some_and(|path| !is_filepath(path)) {
            return None;
        }
        let storage = match storage {
            None => None,
            // An invalid storage turns recording off, so that no file is uploaded to another place than intended.
            Some(text) => Some(RecordingStorage::parse(&text)?),
        };
        let preset = text("RECORDING_PRESET").filter(|name| is_preset(name));
        Some(Self { storage, filepath, layout: text("RECORDING_LAYOUT"), preset })
    }

    /// Path of a file, as a template of the egress service.
    #[must_use]
    pub fn filepath(&self) -> &str {
        self.filepath.as_deref().unwrap_or(DEFAULT_FILEPATH)
    }

    /// [`Self::filepath`] for a room. The egress service cleans the path before it replaces `{room_name}`. A room name
    /// that could leave the operator's folder is therefore inserted here, percent-encoded.
    #[must_use]
    pub fn filepath_for_room(&self, room: &str) -> Cow<'_, str> {
        let template = self.filepath();
        if is_relative(room) {
            return template.into();
        }
        let (name, mut path, mut rest) = (percent_encoded(room), String::new(), template);
        while let Some((before, after)) = rest.split_once("{room_name}") {
            path.extend([before, &name]);
            rest = after;
        }
        path.push_str(rest);
        // If the template ends with `/`, the egress service names the file by the room.
        if template.ends_with('/') {
            path.extend([&name, "-{time}"]);
        }
        path.into()
    }

    /// The JSON of a `RoomCompositeEgressRequest`, with the credentials of the storage. Send it only to the egress
    /// service.
    #[must_use]
    pub fn request<'a>(&'a self, room: &'a str, audio_only: bool) -> Object<'a> {
        let video = |setting: &'a Option<String>| setting.as_deref().filter(|_| !audio_only);
        Object::default()
            .with("roomName", room)
            .with("audioOnly", audio_only)
            .with_some("layout", video(&self.layout))
            .with_some("preset", video(&self.preset))
            .with("fileOutputs", file_outputs(self.filepath_for_room(room), self.storage.as_ref()))
    }
}

/// True for a name that, as part of a path, stays in its folder: `a` and `a/b`, not `/a`, `../a` or `a/`.
fn is_relative(room: &str) -> bool {
    room.split(['/', '\\']).all(|part| !matches!(part, "" | "." | ".."))
}

/// Percent-encodes (RFC 3986 section 2.1) every byte except ASCII letters and digits, `-` and `_`: the result contains
/// no separator, and no brace of the template.
fn percent_encoded(name: &str) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).map(|digit| digit.to_ascii_uppercase());
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].into_iter().filter_map(digit));
        }
    }
    encoded
}

/// True for a path that the egress service can use.
pub(crate) fn is_filepath(path: &str) -> bool {
    path.len() <= MAX_FILEPATH_BYTES && !path.chars().any(char::is_control)
}

/// True for a preset that room recordings may use. `PASSTHROUGH` is for single tracks.
pub(crate) fn is_preset(name: &str) -> bool {
    name != "PASSTHROUGH" && ENCODING_OPTIONS_PRESET.contains(&name)
}
