//! SyncRequest: the body of a request to sync.

use crate::common::{identity, object, room_name};
use livekit_edge::{LivekitError, request::SyncRequest};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn parse(body: &str) -> Result<SyncRequest, LivekitError> {
    SyncRequest::from_object(&object(body))
}

#[test]
fn a_room_or_a_user_is_required() {
    assert_eq!(parse(r#"{"roomId":"channel-1"}"#), Ok(SyncRequest::Room(room_name("channel-1"))));
    assert_eq!(parse(r#"{"userId":"user-1","roomId":null,"x":1}"#), Ok(SyncRequest::User(identity("user-1"))));
}

#[test]
fn both_and_neither_are_refused() {
    let either = "exactly one of roomId and userId must be given";
    for (body, messages) in [
        ("{}", &[either][..]),
        (r#"{"roomId":null,"userId":null}"#, &[either]),
        (r#"{"roomId":"a","userId":"b"}"#, &[either]),
        (r#"{"roomId":1,"userId":"b"}"#, &[either, "roomId must be a string"]),
        (r#"{"roomId":["a"]}"#, &["roomId must be a string"]),
        (r#"{"roomId":""}"#, &["roomId should not be empty"]),
        (r#"{"userId":"a\u0000"}"#, &["userId must not contain control characters"]),
        (r#"{"userId":{}}"#, &["userId must be a string"]),
    ] {
        assert_eq!(parse(body).unwrap_err().field_messages(), messages, "{body}");
    }
    let long = format!(r#"{{"userId":"{}"}}"#, "x".repeat(257));
    assert_eq!(parse(&long).unwrap_err().field_messages(), ["userId must not be longer than 256 bytes"]);
}
