//! The rules of the token endpoint with one set of settings.

use crate::{
    convert::{expiry_seconds, seconds, to_js},
    error::error_to_js,
    host,
    requests::{Body, MuteRequest, TokenRequest},
    settings::AlgorithmObject,
};
use js_sys::{Array, Object as JsObject, Reflect};
use livekit_edge::{
    Caller, CreateToken, DisplayName, Facts, Granted, LivekitConfig, LivekitError, LivekitService, TokenError,
    TokenResponse, Ttl, UserTokenRules, WebhookVerifier,
    json::{self, Fields, Value, WrongType},
    presence::{PresenceChange, PresenceKind, PresentParticipant},
    rbac::{self, complete_client_grant},
    user_token,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What the settings of an endpoint mean. */
export interface EndpointDescription {
  configured: boolean; jwksUrl?: string; algorithms: Algorithm[]; url?: string;
}
/** Who a user token names. */
export interface Caller { userId: string; tokenId?: string }
/** A token and what it is for; `expiresAt` in Unix seconds. */
export interface GrantedToken { roomId: string; identity: string; token: string; expiresAt: number; jti?: string }
/** The participant to mute. */
export interface AuthorizedMute { identity: string; mute: boolean }
"#;

/// Service, user-token rules and webhooks of one set of settings; their keys are prepared once.
#[wasm_bindgen]
pub struct Endpoint {
    livekit: LivekitService,
    user_tokens: UserTokenRules,
    webhooks: Option<WebhookVerifier>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'e> {
    configured: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_url: Option<&'e str>,
    algorithms: Vec<AlgorithmObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'e str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallerObject<'c> {
    user_id: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<&'c str>,
}

#[wasm_bindgen]
impl Endpoint {
    /// `settings` is the JSON text of an object: settings of an environment by name.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &str) -> Result<Self, JsValue> {
        let object = json::parse_object(settings.as_bytes()).map_err(|_| error_to_js(LivekitError::NotConfigured))?;
        let setting = |name: &str| LivekitConfig::setting_of(&Fields::new(&object), name);
        Ok(Self {
            livekit: LivekitService::new(LivekitConfig::from_settings(&setting)),
            user_tokens: UserTokenRules::from_settings(&setting),
            webhooks: WebhookVerifier::from_settings(&setting),
        })
    }

    /// What the settings mean, without any credential.
    #[wasm_bindgen(unchecked_return_type = "EndpointDescription")]
    pub fn describe(&self) -> JsValue {
        let rules = &self.user_tokens;
        to_js(&Description {
            configured: self.livekit.validate_configuration(),
            jwks_url: rules.jwks_url.as_deref(),
            algorithms: rules.algorithms.iter().map(AlgorithmObject::from).collect(),
            url: self.livekit.connection_url(),
        })
    }

    /// Verifies a user token and returns the caller.
    #[wasm_bindgen(unchecked_return_type = "Caller")]
    pub fn authenticate(&self, token: &str) -> Result<JsValue, JsValue> {
        caller_or_error(host::now().and_then(|now| user_token::authenticate(token, &self.user_tokens, now)))
    }

    /// Checks the claims of a user token whose signature was verified, and returns the caller.
    #[wasm_bindgen(js_name = authenticateClaims, unchecked_return_type = "Caller")]
    pub fn authenticate_claims(&self, payload: &str) -> Result<JsValue, JsValue> {
        caller_or_error(host::now().and_then(|now| user_token::authenticate_claims(payload, &self.user_tokens, now)))
    }

    /// Authorizes a request for a token and returns what may be granted.
    pub fn authorize(
        &self,
        route: &str,
        user_id: String,
        token_id: Option<String>,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (granted, facts) = self.authorize_token(route, Caller { user_id, token_id }, request, facts)?;
            let kind = if route == "dm-token" { "group" } else { "channel" };
            Ok(granted_object(&granted, kind, &facts))
        };
        authorize().map_err(error_to_js)
    }

    /// As `authorize`, and issues the token.
    #[wasm_bindgen(js_name = authorizeAndGenerate, unchecked_return_type = "GrantedToken")]
    pub fn authorize_and_generate(
        &self,
        route: &str,
        user_id: String,
        token_id: Option<String>,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let generate = || {
            let (granted, _) = self.authorize_token(route, Caller { user_id, token_id }, request, facts)?;
            self.livekit.generate_granted(granted, host::now()?, self.random()?).and_then(token_object)
        };
        generate().map_err(error_to_js)
    }

    /// Issues the token of an authorized request with a grant of the application's own. `granted` is the JSON text of an object
    /// as `authorize` returns it.
    #[wasm_bindgen(js_name = generateGranted, unchecked_return_type = "GrantedToken")]
    pub fn generate_granted(&self, granted: &str) -> Result<JsValue, JsValue> {
        let generate = || {
            let granted = json::parse_object(granted.as_bytes()).map_err(|_| LivekitError::GrantRefused("type"))?;
            self.generate_with_grant(&Fields::new(&granted)).and_then(token_object)
        };
        generate().map_err(error_to_js)
    }

    /// Decides whether the caller may mute a participant, and returns whom.
    #[wasm_bindgen(js_name = authorizeMute, unchecked_return_type = "AuthorizedMute")]
    pub fn authorize_mute(
        &self,
        user_id: String,
        token_id: Option<String>,
        channel_id: &str,
        request: &MuteRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (caller, facts) = (Caller { user_id, token_id }, Facts::from_json(facts.as_bytes())?);
            rbac::authorize_mute(&caller, channel_id, request.0.clone(), &facts, host::now()?)
        };
        let request = authorize().map_err(error_to_js)?;
        Ok(to_js(&MuteObject { identity: request.identity.as_str(), mute: request.mute }))
    }

    /// Decides whether the caller may see who is in a channel.
    #[wasm_bindgen(js_name = authorizePresence)]
    pub fn authorize_presence(
        &self,
        user_id: String,
        token_id: Option<String>,
        channel_id: &str,
        facts: &str,
    ) -> Result<(), JsValue> {
        let authorize = || {
            let (caller, facts) = (Caller { user_id, token_id }, Facts::from_json(facts.as_bytes())?);
            rbac::authorize_presence(&caller, channel_id, &facts, self.livekit.config(), host::now()?)
        };
        authorize().map_err(error_to_js)
    }

    /// Issues a token with which the service itself administers a room.
    #[wasm_bindgen(js_name = generateAdminToken)]
    pub fn generate_admin_token(&self, room: &str) -> Result<String, JsValue> {
        host::now().and_then(|now| self.livekit.generate_admin_token(room, now)).map_err(error_to_js)
    }

    /// Verifies the `Authorization` header of a webhook before its body is read.
    #[wasm_bindgen(js_name = verifyWebhookSender)]
    pub fn verify_webhook_sender(&self, authorization: &str) -> Result<(), JsValue> {
        let verify = || self.webhooks()?.verify_sender(authorization, host::now()?);
        verify().map_err(|error: LivekitError| error_to_js(error.into_unauthorized()))
    }

    /// Verifies a webhook and returns its change of presence, or `null`.
    #[wasm_bindgen(js_name = parseWebhook)]
    pub fn parse_webhook(&self, authorization: &str, body: &[u8]) -> Result<JsValue, JsValue> {
        let verify = || self.webhooks()?.verify(body, authorization, host::now()?);
        verify().map_err(|error: LivekitError| error_to_js(error.into_unauthorized()))?;
        let change = PresenceChange::from_body(body).map_err(error_to_js)?;
        Ok(change.map_or(JsValue::NULL, |change| to_js(&PresenceObject::from(&change))))
    }
}

/// Admits a caller whom the store knows.
#[wasm_bindgen]
pub fn admit(user_id: String, token_id: Option<String>, facts: &str) -> Result<(), JsValue> {
    let facts = Facts::from_json(facts.as_bytes());
    let admit = |facts| rbac::admit(&Caller { user_id, token_id }, &facts).map(|_| ());
    facts.and_then(admit).map_err(error_to_js)
}

impl Endpoint {
    fn random(&self) -> Result<Option<[u8; 16]>, LivekitError> {
        host::random(self.livekit.config().jti)
    }

    fn webhooks(&self) -> Result<&WebhookVerifier, LivekitError> {
        self.webhooks.as_ref().ok_or(LivekitError::Unauthorized(TokenError::NotConfigured))
    }

    fn authorize_token(
        &self,
        route: &str,
        caller: Caller,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<(Granted, Facts), LivekitError> {
        let facts = Facts::from_json(facts.as_bytes())?;
        let (now, config) = (host::now()?, self.livekit.config());
        let granted = match (route, request.0.clone()) {
            ("token", Body::CreateToken(request)) => rbac::authorize_join(&caller, request, &facts, config, now),
            ("dm-token", Body::CreateToken(request)) => rbac::authorize_group(&caller, request, &facts, config),
            ("token-source", Body::TokenSource(request)) => {
                rbac::authorize_token_source(&caller, request, &facts, config, now)
            }
            _ => Err(LivekitError::TokenGeneration),
        };
        Ok((granted?, facts))
    }

    fn generate_with_grant(&self, granted: &Fields<'_>) -> Result<TokenResponse, LivekitError> {
        let wrong = |WrongType| LivekitError::GrantRefused("type");
        let string = |name| granted.string(name).map_err(wrong);
        let mut request =
            CreateToken::new(string("roomId")?.unwrap_or_default(), string("identity")?.unwrap_or_default())?;
        request.name = string("name")?.map(DisplayName::new).transpose().map_err(|_| wrong(WrongType))?;
        request.ttl = granted.integer("ttl").map_err(wrong)?.map(Ttl::try_from).transpose()?;
        let attributes: Vec<(String, String)> = match granted.object("attributes").map_err(wrong)? {
            None => Vec::new(),
            Some(object) => object.strings().ok_or(WrongType).map_err(wrong)?,
        };
        let Some(Value::Object(grant)) = granted.value("grant") else {
            return Err(LivekitError::GrantRefused("type"));
        };
        let room = request.room_id.clone();
        let grant = complete_client_grant(grant, room.as_str())?;
        let metadata = string("metadata")?.unwrap_or_default();
        self.livekit.generate_with_grant(request, &grant, metadata, &attributes, host::now()?, self.random()?)
    }
}

fn caller_or_error(caller: Result<Caller, LivekitError>) -> Result<JsValue, JsValue> {
    let caller = caller.map_err(error_to_js)?;
    Ok(to_js(&CallerObject { user_id: &caller.user_id, token_id: caller.token_id.as_deref() }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantedObject<'g> {
    room_id: &'g str,
    identity: &'g str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    metadata: &'g str,
    grant: &'g livekit_edge::VideoGrant,
    facts: GrantFacts<'g>,
}

/// What an application's own table of grants may look at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantFacts<'g> {
    kind: &'static str,
    room_id: &'g str,
    identity: &'g str,
    is_timed_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_owner: Option<bool>,
    is_private: bool,
    is_member: bool,
    actions: &'g [String],
}

fn granted_object(granted: &Granted, kind: &'static str, facts: &Facts) -> JsValue {
    let Granted { request, grant, metadata, attributes, timed_out } = granted;
    let channel = facts.channel.as_ref();
    let object = to_js(&GrantedObject {
        room_id: request.room_id.as_str(),
        identity: request.identity.as_str(),
        name: request.name.as_ref().map(DisplayName::as_str),
        ttl: request.ttl.map(Ttl::seconds),
        metadata,
        grant,
        facts: GrantFacts {
            kind,
            room_id: request.room_id.as_str(),
            identity: request.identity.as_str(),
            is_timed_out: *timed_out,
            user_id: facts.user.as_ref().map(|user| user.id.as_str()),
            is_owner: facts.user.as_ref().map(|user| user.owner),
            is_private: channel.is_some_and(|channel| channel.private),
            is_member: channel.map_or(facts.group_id.is_some(), |channel| channel.member),
            actions: channel.map(|channel| channel.actions.as_slice()).unwrap_or_default(),
        },
    });
    // Of entries, and so with an attribute that is called `__proto__`.
    let entry = |(name, value): &(String, String)| Array::of2(&name.into(), &value.into());
    let entries: Array = attributes.iter().map(entry).collect();
    if let Ok(attributes) = JsObject::from_entries(&entries) {
        // `Reflect::set` fails for frozen objects only.
        let _ = Reflect::set(&object, &"attributes".into(), &attributes);
    }
    object
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenObject<'t> {
    room_id: &'t str,
    identity: &'t str,
    token: &'t str,
    expires_at: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'t str>,
}

fn token_object(response: TokenResponse) -> Result<JsValue, LivekitError> {
    Ok(to_js(&TokenObject {
        room_id: &response.room_id,
        identity: &response.identity,
        token: &response.token,
        expires_at: expiry_seconds(response.expires_at)?,
        jti: response.jti.as_deref(),
    }))
}

#[derive(Serialize)]
struct MuteObject<'m> {
    identity: &'m str,
    mute: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PresenceObject<'p> {
    event_id: &'p str,
    created_at: f64,
    change: &'static str,
    room: &'p str,
    room_sid: &'p str,
    participant: Option<ParticipantObject<'p>>,
}

#[derive(Serialize)]
struct ParticipantObject<'p> {
    sid: &'p str,
    identity: &'p str,
    name: &'p str,
}

impl<'p> From<&'p PresentParticipant> for ParticipantObject<'p> {
    fn from(participant: &'p PresentParticipant) -> Self {
        Self { sid: &participant.sid, identity: &participant.identity, name: &participant.name }
    }
}

impl<'p> From<&'p PresenceChange> for PresenceObject<'p> {
    fn from(change: &'p PresenceChange) -> Self {
        let (kind, participant) = match &change.kind {
            PresenceKind::Joined(participant) => ("joined", Some(participant.into())),
            PresenceKind::Left(participant) => ("left", Some(participant.into())),
            PresenceKind::Ended => ("ended", None),
        };
        Self {
            event_id: &change.event_id,
            created_at: seconds(change.created_at),
            change: kind,
            room: &change.room,
            room_sid: &change.room_sid,
            participant,
        }
    }
}
