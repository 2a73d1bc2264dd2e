//! Moderation: kicks, removals, locks and ended rooms.

use crate::{
    convert::{seconds, to_js},
    endpoint::{Endpoint, caller},
    error::error_to_js,
    host,
};
use livekit_edge::{
    Facts, LivekitError,
    json::Object,
    rbac::{self, Join},
    request::{Moderation, RawModeration, parse_body},
    whole_seconds,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The authorized action by the name of the request. `until` is the end of a kick in Unix seconds. */
export interface AuthorizedModerations {
  kick: { identity: string; until: number }; lift: { identity: string }; remove: { identity: string };
  lock: { locked: boolean }; end: object;
}
/** Names of the requests of a moderator. */
export type ModerationName = keyof AuthorizedModerations;
/** Decision about a participant who joined; `holders`: the users who got a token for the identity must be judged. */
export type JudgedJoin = 'allowed' | 'kicked' | 'locked' | 'holders';
"#;

/// The body of a request of a moderator.
#[wasm_bindgen]
pub struct ModerationRequest(RawModeration);

#[wasm_bindgen]
impl ModerationRequest {
    /// Parses a body. Throws if it is not a JSON object, or repeats a field.
    pub fn parse(
        #[wasm_bindgen(unchecked_param_type = "ModerationName")] name: &str,
        body: &[u8],
    ) -> Result<Self, JsValue> {
        let parse = || {
            let object = parse_body(body)?;
            RawModeration::from_object(name, &object).map(Self).ok_or(LivekitError::BodyNotObject)
        };
        parse().map_err(error_to_js)
    }
}

#[wasm_bindgen]
impl Endpoint {
    /// Decides whether the caller may do the requested action in a channel.
    #[wasm_bindgen(js_name = authorizeModeration, unchecked_return_type = "AuthorizedModerations[ModerationName]")]
    pub fn authorize_moderation(
        &self,
        user_id: String,
        token_id: Option<String>,
        issued_at: Option<f64>,
        channel_id: &str,
        request: &ModerationRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (caller, facts) = (caller(user_id, token_id, issued_at), Facts::from_json(facts.as_bytes())?);
            let now = host::now()?;
            let moderation = rbac::authorize_moderation(&caller, channel_id, request.0.clone(), &facts, now)?;
            Ok(to_js(&moderation_object(&moderation, now)))
        };
        authorize().map_err(error_to_js)
    }

    /// Decides whether a participant who joined a room at `joined_at` (Unix seconds) may stay. The facts are about the
    /// user of that identity, or about a user who got a token for it.
    #[wasm_bindgen(js_name = judgeJoin, unchecked_return_type = "JudgedJoin")]
    pub fn judge_join(
        &self,
        room: &str,
        identity: &str,
        joined_at: f64,
        knows_holders: bool,
        facts: &str,
    ) -> Result<String, JsValue> {
        let judge = || {
            let (facts, joined_at) =
                (Facts::from_json(facts.as_bytes())?, whole_seconds(joined_at).unwrap_or(u64::MAX));
            Ok(rbac::judge_join(room, identity, joined_at, knows_holders, &facts, host::now()?))
        };
        let judged = judge().map_err(error_to_js)?;
        Ok(match judged {
            Join::Refused(reason) => reason.code(),
            Join::JudgeHolders => "holders",
            _ => "allowed",
        }
        .into())
    }

    /// Start of the period in which a user who got a token counts as a holder of its identity, as a Unix second.
    #[wasm_bindgen(js_name = heldSince)]
    pub fn held_since(&self) -> Result<f64, JsValue> {
        host::now().map(|now| seconds(self.livekit.config().held_since(now))).map_err(error_to_js)
    }
}

fn moderation_object(moderation: &Moderation, now: u64) -> Object<'_> {
    let object = Object::default();
    match moderation {
        Moderation::Kick { identity, seconds: duration } => {
            object.with("identity", identity.as_str()).with("until", seconds(now.saturating_add(*duration)))
        }
        Moderation::LiftKick { identity } | Moderation::Remove { identity } => {
            object.with("identity", identity.as_str())
        }
        Moderation::Lock { locked } => object.with("locked", *locked),
        _ => object,
    }
}
