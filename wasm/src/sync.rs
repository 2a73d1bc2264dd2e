//! Sync: compares participants with the current rights of their users.

use crate::{
    convert::to_js,
    endpoint::{Endpoint, grant_facts},
    error::error_to_js,
    host,
};
use livekit_edge::{
    Facts, Identity, LivekitError, RoomName, is_recorder,
    json::{self, Fields, Object, Value, WrongType},
    rbac::{RoomKind, Standing, SyncAction, Wanted, compare, is_synced},
    request::{SyncRequest, parse_body},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The target of a sync: every participant of a room, or one user. */
export type SyncTarget = { room: string; user?: undefined } | { room?: undefined; user: string };
/**
 * The action for a participant. `none`: the permission is already right; `unknown`: no user is known for the identity;
 * `invalid`: LiveKit's response is malformed; `remove`; `update`, where `permission` is the whole
 * `ParticipantPermission`.
 */
export type SyncDecision =
  { action: 'none' | 'unknown' | 'invalid' | 'remove' } | { action: 'update'; permission: object };
"#;

/// Parses the body of a request to sync.
#[wasm_bindgen(js_name = parseSync, unchecked_return_type = "SyncTarget")]
pub fn parse_sync(body: &[u8]) -> Result<JsValue, JsValue> {
    let target = parse_body(body).and_then(|object| SyncRequest::from_object(&object)).map_err(error_to_js)?;
    let target = match &target {
        SyncRequest::Room(room) => Object::default().with("room", RoomName::as_str(room)),
        SyncRequest::User(user) => Object::default().with("user", Identity::as_str(user)),
    };
    Ok(to_js(&target))
}

/// True for a participant that is synchronized: a visible person. `undefined` if `participant`, its JSON text, is
/// invalid.
#[wasm_bindgen(js_name = isSynced)]
pub fn is_synced_participant(participant: &str) -> Option<bool> {
    let object = json::parse_object(participant.as_bytes()).ok()?;
    is_synced(&Fields::new(&object)).ok()
}

/// True for a recorder. `undefined` if `participant`, its JSON text, is invalid.
#[wasm_bindgen(js_name = isRecorder)]
pub fn is_recording_participant(participant: &str) -> Option<bool> {
    let object = json::parse_object(participant.as_bytes()).ok()?;
    is_recorder(&Fields::new(&object)).ok()
}

#[wasm_bindgen]
impl Endpoint {
    /// True if the key is the operator's key.
    #[wasm_bindgen(js_name = isOperator)]
    pub fn is_operator(&self, key: &str) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.verify(key))
    }

    /// What a user may do in a room now. Returns the JSON text of `{ refusal }` with the reason, `{ grants, facts }`,
    /// or `{ unknown: 'user' | 'room' }`.
    pub fn standing(
        &self,
        kind: &str,
        room: &str,
        identity: &str,
        user_id: &str,
        facts: &str,
    ) -> Result<String, JsValue> {
        let standing = || {
            let facts = Facts::from_json(facts.as_bytes())?;
            let (name, kind) =
                if kind == "group" { ("group", RoomKind::Group) } else { ("channel", RoomKind::Channel) };
            let standing = Standing::new(user_id, identity, room, kind, &facts, self.livekit.config(), host::now()?);
            Ok(json::object_to_string(&match &standing {
                Standing::UnknownUser => Object::default().with("unknown", "user"),
                Standing::UnknownRoom => Object::default().with("unknown", "room"),
                Standing::Refused(error) => {
                    Object::default().with("refusal", error.reason().unwrap_or_else(|| error.code()))
                }
                Standing::Granted { grant, timed_out } => Object::default()
                    .with("grants", grant.to_set_fields())
                    .with("facts", grant_facts(name, room, identity, *timed_out, &facts)),
            }))
        };
        standing().map_err(error_to_js)
    }
}

/// Compares a participant with the standing of each user who may be the participant. `participant` is the JSON text of
/// a `ParticipantInfo`; `standings` is the JSON text of an array of `{ refusal }` and `{ grants }`.
#[wasm_bindgen(js_name = decideSync, unchecked_return_type = "SyncDecision")]
pub fn decide_sync(
    participant: &str,
    standings: &str,
    room: &str,
    allowed_grants: Vec<String>,
) -> Result<JsValue, JsValue> {
    let wanted = wanted(standings, room, &allowed_grants).map_err(error_to_js)?;
    let object = json::parse_object(participant.as_bytes()).map_err(|_| WrongType);
    let decision = object.as_ref().map_err(|error| *error).and_then(|object| compare(&Fields::new(object), &wanted));
    let action = |name: &'static str| Object::default().with("action", name);
    Ok(to_js(&match decision {
        Ok(SyncAction::None) => action("none"),
        Ok(SyncAction::Update(permission)) => action("update").with("permission", permission),
        Ok(SyncAction::Remove) => action("remove"),
        Ok(_) => action("unknown"),
        Err(WrongType) => action("invalid"),
    }))
}

fn wanted(standings: &str, room: &str, allowed_grants: &[String]) -> Result<Vec<Wanted>, LivekitError> {
    let refused = || LivekitError::GrantRefused("type");
    let Ok(Value::Array(standings)) = json::parse(standings.as_bytes()) else { return Err(refused()) };
    let parse = |standing: &Value<'_>| {
        let Value::Object(standing) = standing else { return Err(refused()) };
        let fields = Fields::new(standing);
        if fields.has("refusal") {
            return Ok(Wanted::Refused);
        }
        let grants = fields.object("grants").ok().flatten().ok_or_else(refused)?;
        Wanted::from_grants(grants, room, allowed_grants)
    };
    standings.iter().map(parse).collect()
}
