//! The rules of the token endpoint, for one set of settings.

use crate::{
    convert::{expiry_seconds, to_js},
    error::error_to_js,
    host,
    presence::presence_object,
    requests::{Body, MuteRequest, TokenRequest},
    settings::algorithm_object,
};
use livekit_edge::{
    Bounds, Caller, DisplayName, Facts, Granted, Identity, LivekitConfig, LivekitError, LivekitService, OperatorKey,
    Permission, RecordingSettings, RoomName, ServiceAction, TokenError, TokenResponse, Ttl, UserTokenRules,
    WebhookVerifier,
    json::{self, Fields, Object, Value},
    presence::{PresenceChange, PresenceCursor},
    rbac::{self, ChannelFacts},
    user_token, whole_seconds,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The effective settings of an endpoint. */
export interface EndpointDescription {
  configured: boolean; jwksUrl?: string; algorithms: Algorithm[]; url?: string; servers: number; createRooms: boolean;
  hasOperator: boolean;
  recording: boolean;
}
/** Name and URL of a LiveKit server. */
export interface ServerOfRoom { name: string; url?: string }
/** An action of the service on a LiveKit server. */
export type ServiceAction = 'administer' | 'create' | 'list' | 'record';
/** URL and token for calls of the service to a LiveKit server. Clients must not receive the token. */
export interface ServerAccess { url?: string; token: string }
/** The caller that a user token names. */
export interface Caller { userId: string; tokenId?: string; sessionId?: string; issuedAt?: number }
/** An issued token; `expiresAt` is in Unix seconds, `url` is the LiveKit server that clients connect to. */
export interface GrantedToken {
  roomId: string; identity: string; token: string; expiresAt: number; jti?: string; url?: string;
}
/** The participant to mute. */
export interface AuthorizedMute { identity: string; mute: boolean }
/** The participant that a page of presence starts after; `joinedAt` is in Unix seconds. */
export interface PresenceCursor { joinedAt: number; identity: string }
"#;

/// Token service, user-token rules and webhook verifier of one set of settings. Their keys are prepared once.
#[wasm_bindgen]
pub struct Endpoint {
    pub(crate) livekit: LivekitService,
    user_tokens: UserTokenRules,
    webhooks: Option<WebhookVerifier>,
    pub(crate) operator: Option<OperatorKey>,
}

#[wasm_bindgen]
impl Endpoint {
    /// `settings` is the JSON text of an object: settings of an environment by name.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &str) -> Result<Self, JsValue> {
        let object = json::parse_object(settings.as_bytes()).map_err(|_| error_to_js(LivekitError::NotConfigured))?;
        let setting = |name: &str| LivekitConfig::setting_of(&Fields::new(&object), name);
        let config = LivekitConfig::from_settings(&setting);
        let user_tokens = UserTokenRules::from_settings(&setting).refuse_livekit_tokens(&config);
        let operator = OperatorKey::from_settings(&setting, &config).ok().flatten();
        let livekit = LivekitService::new(config);
        let webhooks = livekit.servers().keys().map(WebhookVerifier::with_keys);
        Ok(Self { livekit, user_tokens, webhooks, operator })
    }

    /// The effective settings, without credentials.
    #[wasm_bindgen(unchecked_return_type = "EndpointDescription")]
    pub fn describe(&self) -> JsValue {
        let rules = &self.user_tokens;
        to_js(
            &Object::default()
                .with("configured", self.livekit.validate_configuration())
                .with_some("jwksUrl", rules.jwks_url.as_deref())
                .with("algorithms", rules.algorithms.iter().map(algorithm_object).collect::<Value<'_>>())
                .with_some("url", self.livekit.connection_url())
                .with("servers", json::count(self.livekit.servers().as_slice().len()))
                .with("createRooms", self.livekit.config().create_rooms)
                .with("hasOperator", self.operator.is_some())
                .with("recording", self.recording_settings().is_some()),
        )
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

    /// Authorizes a token request by Kraken's rules. Returns the JSON text of `{ permission, facts }`.
    pub fn authorize(
        &self,
        route: &str,
        user_id: String,
        token_id: Option<String>,
        issued_at: Option<f64>,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<String, JsValue> {
        let authorize = || {
            let (granted, facts) = self.authorize_token(route, caller(user_id, token_id, issued_at), request, facts)?;
            let kind = if route == "dm-token" { "group" } else { "channel" };
            Ok(authorized_json(&granted, kind, &facts))
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
        issued_at: Option<f64>,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let generate = || {
            let (granted, _) = self.authorize_token(route, caller(user_id, token_id, issued_at), request, facts)?;
            self.livekit.generate_granted(granted, host::now()?, self.random()?).and_then(token_object)
        };
        generate().map_err(error_to_js)
    }

    /// Checks a token request that the application's own function will authorize. Returns the JSON text of a
    /// `TokenAsk`.
    #[wasm_bindgen(js_name = describeRequest)]
    pub fn describe_request(&self, route: &str, request: &TokenRequest) -> Result<String, JsValue> {
        self.ask_json(route, request).map_err(error_to_js)
    }

    /// Issues the token of a permission for `room`. `permission` is the JSON text of a `Permission`; `server` is the
    /// name of the LiveKit server if the permission names none; `allowed_grants` are the privileged grants that it may
    /// contain.
    #[wasm_bindgen(unchecked_return_type = "GrantedToken")]
    pub fn issue(
        &self,
        permission: &str,
        room: &str,
        server: Option<String>,
        allowed_grants: Vec<String>,
    ) -> Result<JsValue, JsValue> {
        let issue = || {
            let object = json::parse_object(permission.as_bytes()).map_err(|_| LivekitError::GrantRefused("type"))?;
            let (max_ttl, server) = (self.livekit.config().max_ttl, server.as_deref());
            let bounds = Bounds { room, max_ttl, server, allowed_grants: &allowed_grants };
            let permission = Permission::from_fields(&Fields::new(&object), bounds)?;
            self.livekit.generate_permitted(permission, host::now()?, self.random()?).and_then(token_object)
        };
        issue().map_err(error_to_js)
    }

    /// Decides whether the caller may mute a participant, and returns the participant.
    #[wasm_bindgen(js_name = authorizeMute, unchecked_return_type = "AuthorizedMute")]
    pub fn authorize_mute(
        &self,
        user_id: String,
        token_id: Option<String>,
        issued_at: Option<f64>,
        channel_id: &str,
        request: &MuteRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (caller, facts) = (caller(user_id, token_id, issued_at), Facts::from_json(facts.as_bytes())?);
            rbac::authorize_mute(&caller, channel_id, request.0.clone(), &facts, host::now()?)
        };
        let request = authorize().map_err(error_to_js)?;
        Ok(to_js(&Object::default().with("identity", request.identity.as_str()).with("mute", request.mute)))
    }

    /// Decides whether the caller may see the participants of a channel, and returns the position that the page starts
    /// after.
    #[wasm_bindgen(js_name = authorizePresence, unchecked_return_type = "PresenceCursor | null")]
    pub fn authorize_presence(
        &self,
        user_id: String,
        token_id: Option<String>,
        issued_at: Option<f64>,
        channel_id: &str,
        after: Option<String>,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let authorize = || {
            let (caller, facts) = (caller(user_id, token_id, issued_at), Facts::from_json(facts.as_bytes())?);
            let config = self.livekit.config();
            rbac::authorize_presence(&caller, channel_id, after.as_deref(), &facts, config, host::now()?)
        };
        let cursor = |PresenceCursor { joined_at, identity }| {
            to_js(&Object::default().with("joinedAt", joined_at).with("identity", identity))
        };
        authorize().map(|after| after.map_or(JsValue::NULL, cursor)).map_err(error_to_js)
    }

    /// Names of the LiveKit servers in the order of the settings. The name of a single server is empty.
    #[wasm_bindgen(js_name = serverNames)]
    pub fn server_names(&self) -> Vec<String> {
        self.livekit.servers().as_slice().iter().map(|server| server.name.clone()).collect()
    }

    /// The LiveKit server of a room: the server that the application named, else by rendezvous hashing.
    #[wasm_bindgen(js_name = serverOfRoom, unchecked_return_type = "ServerOfRoom")]
    pub fn server_of_room(&self, room: &str, named: Option<String>) -> Result<JsValue, JsValue> {
        let server = self.livekit.connection_info(room, named.as_deref()).map_err(error_to_js)?;
        Ok(to_js(&Object::default().with("name", server.name.as_str()).with_some("url", server.url.as_deref())))
    }

    /// URL and token for an action of the service (`ServiceAction` in Rust) on the server that the application named,
    /// else on the server of `room`.
    #[wasm_bindgen(js_name = serviceAccess, unchecked_return_type = "ServerAccess")]
    pub fn service_access(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ServiceAction")] action: &str,
        room: &str,
        named: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let access = || {
            let action = ServiceAction::ALL.into_iter().find(|known| known.name() == action);
            let action = action.ok_or(LivekitError::TokenGeneration)?;
            let server = self.livekit.servers().for_room(room, named.as_deref())?;
            let token = server.generate_service_token(action, room, host::now()?)?;
            Ok(to_js(&Object::default().with_some("url", server.api_url()).with("token", token)))
        };
        access().map_err(error_to_js)
    }

    /// Verifies the `Authorization` header of a webhook, before its body is read.
    #[wasm_bindgen(js_name = verifyWebhookSender)]
    pub fn verify_webhook_sender(&self, authorization: &str) -> Result<(), JsValue> {
        let verify = || self.webhooks()?.verify_sender(authorization, host::now()?);
        verify().map_err(|error: LivekitError| error_to_js(error.into_unauthorized()))
    }

    /// Verifies a webhook and returns its change of presence, or `null` for any other event.
    #[wasm_bindgen(js_name = parseWebhook)]
    pub fn parse_webhook(&self, authorization: &str, body: &[u8]) -> Result<JsValue, JsValue> {
        let verify = || self.webhooks()?.verify(body, authorization, host::now()?);
        verify().map_err(|error: LivekitError| error_to_js(error.into_unauthorized()))?;
        let change = host::now().and_then(|now| PresenceChange::from_body(body, now)).map_err(error_to_js)?;
        Ok(change.map_or(JsValue::NULL, |change| to_js(&presence_object(&change))))
    }
}

/// Checks that the store knows the caller, and that neither the token is revoked nor the user banned.
#[wasm_bindgen]
pub fn admit(user_id: String, token_id: Option<String>, issued_at: Option<f64>, facts: &str) -> Result<(), JsValue> {
    let facts = Facts::from_json(facts.as_bytes());
    let admit = |facts| rbac::admit(&caller(user_id, token_id, issued_at), &facts).map(|_| ());
    facts.and_then(admit).map_err(error_to_js)
}

impl Endpoint {
    /// How channels are recorded; `None` if recording is off.
    pub(crate) fn recording_settings(&self) -> Option<&RecordingSettings> {
        self.livekit.config().recording.as_ref()
    }

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

    fn ask_json(&self, route: &str, request: &TokenRequest) -> Result<String, LivekitError> {
        let config = self.livekit.config();
        let generated = generated_room()?;
        let asked = match request.0.clone() {
            Body::CreateToken(request) => request.validate(config.max_ttl)?,
            Body::TokenSource(request) => {
                config.check_url()?;
                request.validate_for_application(generated.clone())?
            }
        };
        let room_config = asked.room_config.as_ref().map(|config| Value::Object(config.to_object()));
        let ask = Object::default()
            .with("route", route)
            .with("room", asked.room_id.as_str())
            .with("isGeneratedRoom", asked.room_id == generated)
            .with_some("identity", asked.identity.as_ref().map(Identity::as_str))
            .with_some("name", asked.name.as_ref().map(DisplayName::as_str))
            .with_some("ttl", asked.ttl.map(Ttl::seconds))
            .with_some("metadata", (!asked.metadata.is_empty()).then_some(asked.metadata.as_str()))
            .with_some("attributes", attributes_value(&asked.attributes))
            .with_some("roomConfig", room_config);
        Ok(json::object_to_string(&ask))
    }
}

/// An unguessable room name, for a request without a room.
fn generated_room() -> Result<RoomName, LivekitError> {
    let random = host::random(true)?.ok_or(LivekitError::TokenGeneration)?;
    Ok(RoomName::generated(random))
}

/// Checks a permission whose grants the application's `grants` function changed: it must still allow the metadata,
/// attributes and agents that the client requested. `permission` is its JSON text.
#[wasm_bindgen(js_name = checkMetadata)]
pub fn check_metadata(permission: &str) -> Result<(), JsValue> {
    let check = || {
        let object = json::parse_object(permission.as_bytes()).map_err(|_| LivekitError::GrantRefused("type"))?;
        rbac::check_permission_metadata(&object)
    };
    check().map_err(error_to_js)
}

/// Creates a caller. It needs no session id, which only the store's query uses.
pub(crate) fn caller(user_id: String, token_id: Option<String>, issued_at: Option<f64>) -> Caller {
    Caller { user_id, token_id, session_id: None, issued_at: issued_at.and_then(whole_seconds) }
}

fn caller_or_error(caller: Result<Caller, LivekitError>) -> Result<JsValue, JsValue> {
    let caller = caller.map_err(error_to_js)?;
    let object = Object::default()
        .with("userId", caller.user_id)
        .with_some("tokenId", caller.token_id)
        .with_some("sessionId", caller.session_id)
        .with_some("issuedAt", caller.issued_at);
    Ok(to_js(&object))
}

fn authorized_json(granted: &Granted, kind: &'static str, facts: &Facts) -> String {
    let Granted { request, grant, metadata, attributes, room_config, timed_out } = granted;
    let permission = Object::default()
        .with("room", request.room_id.as_str())
        .with("identity", request.identity.as_str())
        .with_some("name", request.name.as_ref().map(DisplayName::as_str))
        .with_some("ttl", request.ttl.map(Ttl::seconds))
        .with("grants", Value::Object(grant.to_set_fields()))
        .with_some("metadata", (!metadata.is_empty()).then_some(metadata.as_str()))
        .with_some("attributes", attributes_value(attributes))
        .with_some("roomConfig", room_config.as_ref().map(|config| Value::Object(config.to_object())));
    let facts = grant_facts(kind, request.room_id.as_str(), request.identity.as_str(), *timed_out, facts);
    json::object_to_string(
        &Object::default().with("permission", Value::Object(permission)).with("facts", Value::Object(facts)),
    )
}

/// `GrantFacts` for the application's `grants` function.
pub(crate) fn grant_facts<'f>(
    kind: &'static str,
    room: &'f str,
    identity: &'f str,
    timed_out: bool,
    facts: &'f Facts,
) -> Object<'f> {
    let channel = facts.channel.as_ref();
    let actions = channel.map(ChannelFacts::allowed_actions).unwrap_or_default();
    Object::default()
        .with("kind", kind)
        .with("roomId", room)
        .with("identity", identity)
        .with("isTimedOut", timed_out)
        .with_some("userId", facts.user.as_ref().map(|user| user.id.as_str()))
        .with_some("isOwner", facts.user.as_ref().map(|user| user.owner))
        .with("isPrivate", channel.is_some_and(|channel| channel.private))
        .with("isMember", channel.map_or(facts.group_id.is_some(), |channel| channel.member))
        .with("actions", actions.into_iter().map(Value::from).collect::<Value<'_>>())
}

/// Attributes as an object; `None` if there are none.
fn attributes_value(attributes: &[(String, String)]) -> Option<Value<'_>> {
    let pairs = attributes.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str())));
    (!attributes.is_empty()).then(|| Value::Object(pairs.collect()))
}

fn token_object(response: TokenResponse) -> Result<JsValue, LivekitError> {
    Ok(to_js(
        &Object::default()
            .with("roomId", response.room_id)
            .with("identity", response.identity)
            .with("token", response.token)
            .with("expiresAt", expiry_seconds(response.expires_at)?)
            .with_some("jti", response.jti)
            .with_some("url", response.url),
    ))
}
