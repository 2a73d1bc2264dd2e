//! The bodies of requests: what a route knows of them, and the ids in them that are worth asking the store about.

use super::routes::write_texts;
use crate::convert::object;
use alloc::string::String;
use livekit_edge::{
    LivekitError, RequestField,
    json::{Object, ObjectWriter, Value, write_text},
    service::{self, Field, RawCreateToken, RawTokenSource},
    whole_seconds,
};

pub(crate) fn read_create_token(body: &[u8]) -> Result<String, LivekitError> {
    let body = service::read_body(body)?;
    let request = RawCreateToken::from_object(&body);
    Ok(read(request.lookup(), |out| write_fields(&body, out)))
}

pub(crate) fn read_token_source(body: &[u8]) -> Result<String, LivekitError> {
    let body = service::read_body(body)?;
    let request = RawTokenSource::from_object(&body)?;
    Ok(read(request.lookup(), |out| out.push_str(&token_source_fields(&request))))
}

pub(crate) fn read_mute_participant(body: &[u8]) -> Result<String, LivekitError> {
    let body = service::read_body(body)?;
    let fields = object(|out| {
        match body.get("participantIdentity") {
            None => {}
            Some(Value::Text(text)) => out.text("participantIdentity", text),
            Some(_) => out.flag("participantIdentity", false),
        }
        if let Some(Value::Bool(mute)) = body.get("mute") {
            out.flag("mute", *mute);
        }
    });
    Ok(read((None, None), |out| out.push_str(&fields)))
}

/// The fields of a request, so that `RawTokenSource::from_object` makes the same request of them.
fn token_source_fields(request: &RawTokenSource) -> String {
    object(|out| {
        for (name, field) in [
            ("room_name", &request.room),
            ("participant_name", &request.name),
            ("participant_identity", &request.identity),
            ("participant_metadata", &request.metadata),
        ] {
            match field {
                Field::Absent => {}
                Field::Text(text) => out.text(name, text),
                Field::IllFormedText | Field::Number(_) | Field::Other => out.flag(name, false),
            }
        }
        match &request.attributes {
            Some(attributes) => write_texts("participant_attributes", attributes, out),
            None => out.flag("participant_attributes", false),
        }
        out.flag_if_set("room_config", request.has_room_config);
    })
}

/// A body that was read, and those ids in it that are worth asking the store about.
fn read((id, identity): (Option<&str>, Option<&str>), write_fields: impl FnOnce(&mut String)) -> String {
    object(|out| {
        out.member("fields", write_fields);
        out.member("id", |out| text_or_null(id, out));
        out.member("identity", |out| text_or_null(identity, out));
    })
}

fn text_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

/// More than `LIVEKIT_MAX_TTL` can allow.
const TOO_MANY_SECONDS: u64 = 1 << 32;

/// The four fields of a request, so that `RawCreateToken::from_object` makes the same request of them.
fn write_fields(body: &Object<'_>, out: &mut String) {
    let mut fields = ObjectWriter::new(out);
    for name in ["roomId", "identity", "name", "ttl"] {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::Text(text)) => fields.text(name, text),
            // Its whole part is all that counts, and unlike its spelling survives the host's floating-point numbers.
            Some(Value::Number(number)) => match number.whole_part() {
                whole if whole < 0.0 => fields.member(name, |out| out.push_str("-1")),
                whole => fields.number(name, whole_seconds(whole).unwrap_or(TOO_MANY_SECONDS)),
            },
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => fields.flag(name, false),
        }
    }
    fields.end();
}

pub(crate) fn check_id(id: &[u8]) -> Result<String, LivekitError> {
    let is_id = core::str::from_utf8(id).is_ok_and(|id| RequestField::RoomId.is_valid_id(id));
    Ok(String::from(if is_id { "true" } else { "false" }))
}
