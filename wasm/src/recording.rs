//! Recordings: authorization, requests to LiveKit's egress service, and its responses.

use crate::{
    convert::{seconds, to_js},
    endpoint::{Endpoint, caller},
    error::error_to_js,
    host,
};
use livekit_edge::{
    Facts, LivekitError, RecordingChange, RecordingFile,
    json::{Object, Value},
    rbac,
    request::{RawStartRecording, parse_body},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An authorized request about recordings. */
export interface AuthorizedRecording { audioOnly: boolean }
/** The state of a recording. Times are in Unix seconds, `changedAt` in Unix milliseconds. */
export interface RecordingState {
  recordingId: string; room: string; status: string; stage: number; startedAt: number | null; endedAt: number | null;
  changedAt: number; files: { name: string; location?: string; size: number; duration: number }[]; isAsRequested: boolean;
}
"#;

/// The body of a request about a recording.
#[wasm_bindgen]
pub struct RecordingRequest(RawStartRecording);

#[wasm_bindgen]
impl RecordingRequest {
    /// Parses a body, which may be empty. Throws if it is not a JSON object, or repeats a field.
    pub fn parse(body: &[u8]) -> Result<Self, JsValue> {
        parse_body(body).map(|object| Self(RawStartRecording::from_object(&object))).map_err(error_to_js)
    }
}

#[wasm_bindgen]
impl Endpoint {
    /// Decides whether the caller may start, list and stop recordings of a channel.
    #[wasm_bindgen(js_name = authorizeRecording, unchecked_return_type = "AuthorizedRecording")]
    pub fn authorize_recording(
        &self,
        user_id: String,
        token_id: Option<String>,
        issued_at: Option<f64>,
        channel_id: &str,
        request: &RecordingRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (caller, facts) = (caller(user_id, token_id, issued_at), Facts::from_json(facts.as_bytes())?);
            rbac::authorize_recording(&caller, channel_id, &request.0, &facts, host::now()?)
        };
        authorize().map(|audio_only| to_js(&Object::default().with("audioOnly", audio_only))).map_err(error_to_js)
    }

    /// The JSON of a `RoomCompositeEgressRequest` with the credentials of the operator's storage. Send it only to
    /// LiveKit.
    #[wasm_bindgen(js_name = recordingRequest, unchecked_return_type = "Record<string, unknown>")]
    pub fn recording_request(&self, room: &str, audio_only: bool) -> Result<JsValue, JsValue> {
        let settings = self.recording_settings().ok_or_else(|| error_to_js(LivekitError::RecordingNotConfigured))?;
        Ok(to_js(&settings.request(room, audio_only)))
    }

    /// Parses the body of a verified webhook; `null` for an event that is not about a recording, or if recording is off.
    #[wasm_bindgen(js_name = parseRecordingEvent, unchecked_return_type = "RecordingState | null")]
    pub fn parse_recording_event(&self, body: &[u8]) -> Result<JsValue, JsValue> {
        let Some(settings) = self.recording_settings() else { return Ok(JsValue::NULL) };
        let change = RecordingChange::from_body(body, settings).map_err(error_to_js)?;
        Ok(change.map_or(JsValue::NULL, |change| to_js(&state_object(&change))))
    }

    /// Parses an `EgressInfo`; `null` if it is malformed or has an unknown status.
    #[wasm_bindgen(js_name = parseEgressInfo, unchecked_return_type = "RecordingState | null")]
    pub fn parse_egress_info(&self, text: &str) -> JsValue {
        let change = RecordingChange::from_info(text, self.recording_settings()).ok().flatten();
        change.map_or(JsValue::NULL, |change| to_js(&state_object(&change)))
    }

    /// Parses a `ListEgressResponse`; `null` if it is malformed.
    #[wasm_bindgen(js_name = parseEgressList, unchecked_return_type = "RecordingState[] | null")]
    pub fn parse_egress_list(&self, text: &str) -> JsValue {
        let changes = RecordingChange::from_list(text, self.recording_settings());
        changes.map_or(JsValue::NULL, |changes| to_js(&changes.iter().map(state_object).collect::<Value<'_>>()))
    }
}

fn state_object(change: &RecordingChange) -> Object<'_> {
    Object::default()
        .with("recordingId", change.id.as_str())
        .with("room", change.room.as_str())
        .with("status", change.status.name())
        .with("stage", seconds(change.status.stage()))
        .with("startedAt", change.started_at.map(seconds))
        .with("endedAt", change.ended_at.map(seconds))
        .with("changedAt", seconds(change.changed_at))
        .with("files", change.files.iter().map(file_object).collect::<Value<'_>>())
        .with("isAsRequested", change.is_as_requested)
}

fn file_object(file: &RecordingFile) -> Object<'_> {
    Object::default()
        .with("name", file.name.as_str())
        .with_some("location", file.location.as_deref())
        .with("size", seconds(file.size))
        .with("duration", seconds(file.duration))
}
