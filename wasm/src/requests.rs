//! Parsed request bodies of the endpoint.

use crate::error::error_to_js;
use livekit_edge::{
    LivekitError, RoomName,
    request::{RawCreateToken, RawMuteParticipant, RawTokenSource, parse_body},
};
use wasm_bindgen::prelude::*;

/// The body of a token request.
#[wasm_bindgen]
pub struct TokenRequest(pub(crate) Body);

/// The two forms of a token request.
#[derive(Clone)]
pub(crate) enum Body {
    CreateToken(RawCreateToken),
    TokenSource(RawTokenSource),
}

#[wasm_bindgen]
impl TokenRequest {
    /// Parses a body in this endpoint's own form (`roomId`, `identity`, `name`, `ttl`). Throws if it is not a JSON
    /// object, or repeats a field.
    #[wasm_bindgen(js_name = parseCreateToken)]
    pub fn parse_create_token(body: &[u8]) -> Result<Self, JsValue> {
        RawCreateToken::from_body(body).map(|request| Self(Body::CreateToken(request))).map_err(error_to_js)
    }

    /// As `parseCreateToken`, in the form of LiveKit's client SDKs (`room_name`, `participant_identity` and so on).
    #[wasm_bindgen(js_name = parseTokenSource)]
    pub fn parse_token_source(body: &[u8]) -> Result<Self, JsValue> {
        let parse = || -> Result<Self, LivekitError> {
            Ok(Self(Body::TokenSource(RawTokenSource::from_object(&parse_body(body)?)?)))
        };
        parse().map_err(error_to_js)
    }

    /// The requested room, if it is valid. Only valid names are looked up in the store.
    #[wasm_bindgen(getter, js_name = roomId)]
    pub fn room_id(&self) -> Option<String> {
        self.lookup().0.map(Into::into)
    }

    /// The requested identity, if it is valid. Only valid identities are looked up in the store.
    #[wasm_bindgen(getter)]
    pub fn identity(&self) -> Option<String> {
        self.lookup().1.map(Into::into)
    }
}

impl TokenRequest {
    fn lookup(&self) -> (Option<&str>, Option<&str>) {
        match &self.0 {
            Body::CreateToken(request) => request.lookup(),
            Body::TokenSource(request) => request.lookup(),
        }
    }
}

/// The body of a request to mute a participant.
#[wasm_bindgen]
pub struct MuteRequest(pub(crate) RawMuteParticipant);

#[wasm_bindgen]
impl MuteRequest {
    /// Parses a body. Throws if it is not a JSON object, or repeats a field.
    pub fn parse(body: &[u8]) -> Result<Self, JsValue> {
        parse_body(body).map(|object| Self(RawMuteParticipant::from_object(&object))).map_err(error_to_js)
    }
}

/// True for a valid room name. Only valid names are looked up in the store.
#[wasm_bindgen(js_name = isRoomName)]
pub fn is_room_name(name: &str) -> bool {
    RoomName::is_valid(name)
}
