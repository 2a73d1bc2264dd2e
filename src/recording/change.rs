//! Parses the state of a recording from LiveKit's webhooks and from responses of its egress service.

use super::{RecordingSettings, RecordingStatus};
use crate::{
    error::LivekitError,
    json::{self, Fields, Object, Value, WrongType},
    request::parse_body,
    time::{MAX_SAFE_INTEGER, parse_digits},
};
use alloc::{string::String, vec::Vec};

/// Maximum number of stored files of a recording.
const MAX_FILES: usize = 16;
/// Maximum length of a stored name, location or id in bytes.
const MAX_TEXT_BYTES: usize = 2048;

/// A file of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingFile {
    /// Path of the file.
    pub name: String,
    /// URL or path of the uploaded file, without its query, which may be a credential; `None` if it contains a user
    /// name.
    pub location: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// Duration in milliseconds.
    pub duration: u64,
}

/// The state of a recording at one time. States may arrive repeatedly and out of order, and the store updates its state
/// only to a greater one, by stage and then by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingChange {
    /// Id of the egress.
    pub id: String,
    /// Name of the room.
    pub room: String,
    /// The status.
    pub status: RecordingStatus,
    /// Unix second at which the recording started.
    pub started_at: Option<u64>,
    /// Unix second at which the recording ended.
    pub ended_at: Option<u64>,
    /// Time of this state in Unix milliseconds, by LiveKit's clock.
    pub changed_at: u64,
    /// Files of the recording.
    pub files: Vec<RecordingFile>,
    /// True if it matches the settings: a recording of the whole room with the same path. A recording that another
    /// service started may match too.
    pub is_as_requested: bool,
}

impl RecordingChange {
    /// Parses the body of a verified webhook; `None` for an event that is not about a recording, and for an unknown
    /// status.
    ///
    /// # Errors
    /// As [`parse_body`]; [`LivekitError::BodyNotEvent`] for an object that is not a LiveKit event.
    pub fn from_body(body: &[u8], settings: &RecordingSettings) -> Result<Option<Self>, LivekitError> {
        let event = parse_body(body)?;
        Self::from_event(&event, settings).map_err(|WrongType| LivekitError::BodyNotEvent)
    }

    /// Parses an `EgressInfo` of LiveKit; `None` for an unknown status.
    ///
    /// # Errors
    /// [`WrongType`] for any other shape.
    pub fn from_info(text: &str, settings: Option<&RecordingSettings>) -> Result<Option<Self>, WrongType> {
        let info = json::parse_object(text.as_bytes()).map_err(|_| WrongType)?;
        parse_info(&Fields::new(&info), settings)
    }

    /// Parses the recordings of a `ListEgressResponse` of LiveKit, except those with an unknown status.
    ///
    /// # Errors
    /// [`WrongType`] for any other shape.
    pub fn from_list(text: &str, settings: Option<&RecordingSettings>) -> Result<Vec<Self>, WrongType> {
        let response = json::parse_object(text.as_bytes()).map_err(|_| WrongType)?;
        let infos = objects(response.get("items"))?;
        let changes = infos.into_iter().map(|info| parse_info(&Fields::new(info), settings).transpose());
        changes.flatten().collect()
    }

    fn from_event(event: &Object<'_>, settings: &RecordingSettings) -> Result<Option<Self>, WrongType> {
        let event = Fields::new(event);
        if !matches!(event.string("event")?, Some("egress_started" | "egress_updated" | "egress_ended")) {
            return Ok(None);
        }
        let info = Fields::new(event.object("egressInfo")?.ok_or(WrongType)?);
        // A recording of a web page has no room.
        if text(&info, ["roomName", "room_name"])?.is_empty() {
            return Ok(None);
        }
        parse_info(&info, Some(settings))
    }
}

fn parse_info(info: &Fields<'_>, settings: Option<&RecordingSettings>) -> Result<Option<RecordingChange>, WrongType> {
    let Some(status) = RecordingStatus::parse(info.value("status"))? else { return Ok(None) };
    Ok(Some(RecordingChange {
        id: id(info, ["egressId", "egress_id"])?,
        room: id(info, ["roomName", "room_name"])?,
        status,
        started_at: seconds(info, ["startedAt", "started_at"])?,
        ended_at: seconds(info, ["endedAt", "ended_at"])?,
        changed_at: integer(info, ["updatedAt", "updated_at"])?.checked_div(1_000_000).ok_or(WrongType)?,
        files: files(info)?,
        is_as_requested: settings.is_some_and(|settings| is_as_requested(info, settings)),
    }))
}

fn files(info: &Fields<'_>) -> Result<Vec<RecordingFile>, WrongType> {
    let results = info.value("fileResults").or_else(|| info.value("file_results"));
    let legacy_file = info.object("file")?;
    let results = objects(results)?.into_iter().chain(legacy_file).take(MAX_FILES);
    let mut files: Vec<RecordingFile> = Vec::new();
    for result in results {
        let file = Fields::new(result);
        let name = text(&file, ["filename", "filename"])?;
        let is_storable = name.len() <= MAX_TEXT_BYTES && !name.is_empty() && !name.contains('\0');
        // LiveKit repeats a single file in the fields `file` and `fileResults`.
        if !is_storable || files.iter().any(|known| known.name == name) {
            continue;
        }
        files.push(RecordingFile {
            name: name.into(),
            location: without_credentials(text(&file, ["location", "location"])?),
            size: integer(&file, ["size", "size"])?.min(MAX_SAFE_INTEGER),
            duration: integer(&file, ["duration", "duration"])?.checked_div(1_000_000).ok_or(WrongType)?,
        });
    }
    Ok(files)
}

/// Removes the parts of a location that may be credentials.
fn without_credentials(location: &str) -> Option<String> {
    let location = match location.split_once("://") {
        None => location,
        Some((scheme, rest)) => {
            let end = rest.find(['?', '#']).unwrap_or(rest.len());
            let path = rest.get(..end)?;
            if path.split('/').next()?.contains('@') {
                return None;
            }
            // The scheme, `://`, and the path.
            location.get(..scheme.len().checked_add(3)?.checked_add(path.len())?)?
        }
    };
    let is_storable = !location.is_empty() && location.len() <= MAX_TEXT_BYTES && !location.contains('\0');
    is_storable.then(|| location.into())
}

fn is_as_requested(info: &Fields<'_>, settings: &RecordingSettings) -> bool {
    let request = object(info, ["roomComposite", "room_composite"]);
    let outputs = request.and_then(|request| {
        let request = Fields::new(request);
        request.value("fileOutputs").or_else(|| request.value("file_outputs"))
    });
    let Ok(outputs) = objects(outputs) else { return false };
    let Ok(room) = text(info, ["roomName", "room_name"]) else { return false };
    outputs.iter().any(|output| output.str("filepath") == settings.filepath_for_room(room))
}

/// Gets a field by its camelCase name, which webhooks use, or its snake_case name, which responses of Twirp use.
fn value<'v>(fields: &Fields<'v>, [camel, snake]: [&str; 2]) -> Option<&'v Value<'v>> {
    fields.value(camel).or_else(|| fields.value(snake))
}

fn object<'v>(fields: &Fields<'v>, names: [&str; 2]) -> Option<&'v Object<'v>> {
    match value(fields, names) {
        Some(Value::Object(object)) => Some(object),
        _ => None,
    }
}

fn objects<'v>(value: Option<&'v Value<'v>>) -> Result<Vec<&'v Object<'v>>, WrongType> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| if let Value::Object(object) = item { Ok(object) } else { Err(WrongType) })
            .collect(),
        Some(_) => Err(WrongType),
    }
}

fn text<'v>(fields: &Fields<'v>, names: [&str; 2]) -> Result<&'v str, WrongType> {
    value(fields, names).map_or(Ok(""), |value| value.as_str().ok_or(WrongType))
}

/// A required string without U+0000, which PostgreSQL cannot store.
fn id(fields: &Fields<'_>, names: [&str; 2]) -> Result<String, WrongType> {
    let text = text(fields, names)?;
    if text.is_empty() || text.len() > MAX_TEXT_BYTES || text.contains('\0') { Err(WrongType) } else { Ok(text.into()) }
}

/// An integer of 64 bits. Proto3 JSON serializes it as a string, and omits zero.
fn integer(fields: &Fields<'_>, names: [&str; 2]) -> Result<u64, WrongType> {
    match value(fields, names) {
        None => Ok(0),
        Some(Value::String(text)) => parse_digits(text).ok_or(WrongType),
        Some(Value::Number(number)) => number.as_u64().ok_or(WrongType),
        Some(_) => Err(WrongType),
    }
}

/// Converts nanoseconds to seconds; `None` for zero, which means unset.
fn seconds(fields: &Fields<'_>, names: [&str; 2]) -> Result<Option<u64>, WrongType> {
    let seconds = integer(fields, names)?.checked_div(1_000_000_000).ok_or(WrongType)?;
    Ok((seconds > 0).then_some(seconds))
}
