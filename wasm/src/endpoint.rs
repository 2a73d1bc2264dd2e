//! The rules of the token endpoint with one set of settings.

use crate::{
    convert::{expiry_seconds, seconds, to_js},
    error::error_to_js,
    host,
    requests::{Body, MuteRequest, TokenRequest},
};
use livekit_edge::{
    ApiCredentials, ApiKeys, Bounds, Caller, DisplayName, Facts, Granted, Identity, LivekitConfig, LivekitError,
    LivekitService, Permission, RoomConfiguration, RoomName, Secret, Server, SettingError, TokenError, TokenResponse,
    Ttl, UserTokenRules, VideoGrant, WebhookVerifier,
    json::{self, Fields, Object, Value},
    presence::{PresenceChange, PresenceKind, PresentParticipant},
    rbac, user_token,
};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What the settings of an endpoint mean. */
export interface EndpointDescription {
  configured: boolean; missing: string[]; misread: string[]; short: string[]; userTokens: boolean;
  jwksUrl?: string; issuer: boolean; audience: boolean; url?: string; servers: number; createRooms: boolean; errors: string[];
}
/** A LiveKit server as clients know it. */
export interface ServerOfRoom { name: string; url?: string }
/** How the service itself calls a LiveKit server: `token` is never for a client. */
export interface ServerAccess { url?: string; token: string }
/** Who a user token names. */
export interface Caller { userId: string; tokenId?: string }
/** A token and what it is for; `expiresAt` in Unix seconds, `url` where to connect. */
export interface GrantedToken {
  roomId: string; identity: string; token: string; expiresAt: number; jti?: string; url?: string;
}
/** The participant to mute. */
export interface AuthorizedMute { identity: string; mute: boolean }
"#;

/// Service, user-token rules and webhooks of one set of settings; their keys are prepared once.
#[wasm_bindgen]
pub struct Endpoint {
    livekit: LivekitService,
    user_tokens: UserTokenRules,
    webhooks: Option<WebhookVerifier>,
    short: Vec<&'static str>,
    invalid: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'e> {
    configured: bool,
    missing: Vec<&'static str>,
    misread: &'e [&'static str],
    short: &'e [&'static str],
    user_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_url: Option<&'e str>,
    issuer: bool,
    audience: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'e str>,
    servers: usize,
    create_rooms: bool,
    errors: Vec<String>,
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
        let livekit = LivekitService::new(LivekitConfig::from_settings(&setting));
        let has_short = |keys: &ApiKeys| keys.iter().any(ApiCredentials::has_short_secret);
        let has_short_key = livekit.config().keys.as_ref().is_some_and(has_short);
        let several = setting("LIVEKIT_SERVERS").is_some();
        let has_short_server = several && livekit.servers().as_slice().iter().any(|server| has_short(&server.keys));
        let short_keys = [("LIVEKIT_KEYS", has_short_key), ("LIVEKIT_SERVERS", has_short_server)];
        let keys = livekit.servers().keys();
        let is_short = |name: &str| setting(name).and_then(Secret::new).is_some_and(|secret| secret.is_short());
        Ok(Self {
            user_tokens: keys.iter().fold(UserTokenRules::from_settings(&setting), UserTokenRules::refuse_issuers),
            webhooks: keys.map(WebhookVerifier::with_keys),
            short: ["LIVEKIT_API_SECRET", "JWT_SECRET"]
                .into_iter()
                .filter(|name| is_short(name))
                .chain(short_keys.into_iter().filter_map(|(name, is_short)| is_short.then_some(name)))
                .collect(),
            invalid: LivekitConfig::invalid_settings(&setting),
            livekit,
        })
    }

    /// What the settings mean, without any credential.
    #[wasm_bindgen(unchecked_return_type = "EndpointDescription")]
    pub fn describe(&self) -> JsValue {
        let rules = &self.user_tokens;
        to_js(&Description {
            configured: self.livekit.validate_configuration(),
            missing: self.livekit.config().missing(),
            misread: &self.invalid,
            short: &self.short,
            user_tokens: rules.key.is_some() || rules.jwks_url.is_some(),
            jwks_url: rules.jwks_url.as_deref(),
            issuer: rules.issuer.is_some(),
            audience: rules.audience.is_some(),
            url: self.livekit.connection_url(),
            servers: self.livekit.servers().as_slice().len(),
            create_rooms: self.livekit.config().create_rooms,
            errors: self.livekit.config().errors.iter().map(SettingError::message).collect(),
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

    /// Authorizes a request for a token by Kraken's rules. Returns the JSON text of `{ permission, facts }`.
    pub fn authorize(
        &self,
        route: &str,
        user_id: String,
        token_id: Option<String>,
        request: &TokenRequest,
        facts: &str,
    ) -> Result<String, JsValue> {
        let authorize = || {
            let (granted, facts) = self.authorize_token(route, Caller { user_id, token_id }, request, facts)?;
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
        request: &TokenRequest,
        facts: &str,
    ) -> Result<JsValue, JsValue> {
        let generate = || {
            let (granted, _) = self.authorize_token(route, Caller { user_id, token_id }, request, facts)?;
            self.livekit.generate_granted(granted, host::now()?, self.random()?).and_then(token_object)
        };
        generate().map_err(error_to_js)
    }

    /// Checks a request for a token for an application that authorizes it itself. Returns the JSON text of a `TokenAsk`.
    #[wasm_bindgen(js_name = describeRequest)]
    pub fn describe_request(&self, route: &str, request: &TokenRequest) -> Result<String, JsValue> {
        self.ask_json(route, request).map_err(error_to_js)
    }

    /// Issues the token of a permission for `room`. `permission` is the JSON text of a `Permission`; `server` names the LiveKit
    /// server where it does not; `allowed_grants` names the privileged grants that it may have.
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

    /// The LiveKit server that a room is on: the one of the name that the application gave, or the one that the rules choose.
    #[wasm_bindgen(js_name = serverOfRoom, unchecked_return_type = "ServerOfRoom")]
    pub fn server_of_room(&self, room: &str, named: Option<String>) -> Result<JsValue, JsValue> {
        let server = self.livekit.connection_info(room, named.as_deref()).map_err(error_to_js)?;
        Ok(to_js(&ServerObject { name: &server.name, url: server.url.as_deref() }))
    }

    /// How the service itself administers a room.
    #[wasm_bindgen(js_name = administerRoom, unchecked_return_type = "ServerAccess")]
    pub fn administer_room(&self, room: &str, named: Option<String>) -> Result<JsValue, JsValue> {
        self.access(room, named, |server, now| server.generate_admin_token(room, now)).map_err(error_to_js)
    }

    /// How the service itself creates a room.
    #[wasm_bindgen(js_name = createRoom, unchecked_return_type = "ServerAccess")]
    pub fn create_room(&self, room: &str, named: Option<String>) -> Result<JsValue, JsValue> {
        self.access(room, named, Server::generate_create_room_token).map_err(error_to_js)
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

    fn access(
        &self,
        room: &str,
        named: Option<String>,
        token: impl FnOnce(&Server, u64) -> Result<String, LivekitError>,
    ) -> Result<JsValue, LivekitError> {
        let server = self.livekit.servers().for_room(room, named.as_deref())?;
        Ok(to_js(&AccessObject { url: server.api_url(), token: &token(server, host::now()?)? }))
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
                // LiveKit's clients accept a response without a URL, and fail later.
                if !config.has_url() {
                    return Err(LivekitError::NotConfigured);
                }
                request.validate_for_application(generated.clone())?
            }
        };
        let room_config = asked.room_config.as_ref().map(RoomConfiguration::to_object);
        Ok(json::to_string(&Ask {
            route,
            room: asked.room_id.as_str(),
            is_generated_room: asked.room_id == generated,
            identity: asked.identity.as_ref().map(Identity::as_str),
            name: asked.name.as_ref().map(DisplayName::as_str),
            ttl: asked.ttl.map(Ttl::seconds),
            metadata: &asked.metadata,
            attributes: Attributes(&asked.attributes),
            room_config: room_config.as_ref(),
        }))
    }
}

/// Name of a room for a request that names none: it cannot be guessed.
fn generated_room() -> Result<RoomName, LivekitError> {
    let random = host::random(true)?.ok_or(LivekitError::TokenGeneration)?;
    Ok(RoomName::generated(random))
}

/// True if the permission that an application's own table of grants led to may set what the client asked for: metadata,
/// attributes and agents. Throws 403 otherwise.
#[wasm_bindgen(js_name = checkMetadata)]
pub fn check_metadata(permission: &str) -> Result<(), JsValue> {
    let check = || {
        let object = json::parse_object(permission.as_bytes()).map_err(|_| LivekitError::GrantRefused("type"))?;
        let has_metadata = ["metadata", "attributes", "roomConfig"].iter().any(|name| object.get(name).is_some());
        let grants = Fields::new(&object).object("grants").map_err(|_| LivekitError::GrantRefused("grants"))?;
        let may_publish = grants.is_none_or(|grants| grants.get("canPublish") != Some(&Value::Bool(false)));
        rbac::check_metadata(may_publish, has_metadata)
    };
    check().map_err(error_to_js)
}

/// A checked request, as an application's own function gets it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ask<'a> {
    route: &'a str,
    room: &'a str,
    is_generated_room: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    metadata: &'a str,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    attributes: Attributes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_config: Option<&'a Object<'a>>,
}

/// Attributes as an object.
struct Attributes<'a>(&'a [(String, String)]);

impl Attributes<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn caller_or_error(caller: Result<Caller, LivekitError>) -> Result<JsValue, JsValue> {
    let caller = caller.map_err(error_to_js)?;
    Ok(to_js(&CallerObject { user_id: &caller.user_id, token_id: caller.token_id.as_deref() }))
}

/// What Kraken's rules say about a request.
#[derive(Serialize)]
struct Authorized<'g> {
    permission: PermissionObject<'g>,
    facts: GrantFacts<'g>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PermissionObject<'g> {
    room: &'g str,
    identity: &'g str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
    grants: &'g VideoGrant,
    #[serde(skip_serializing_if = "str::is_empty")]
    metadata: &'g str,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    attributes: Attributes<'g>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_config: Option<Object<'g>>,
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

fn authorized_json(granted: &Granted, kind: &'static str, facts: &Facts) -> String {
    let Granted { request, grant, metadata, attributes, room_config, timed_out } = granted;
    let channel = facts.channel.as_ref();
    json::to_string(&Authorized {
        permission: PermissionObject {
            room: request.room_id.as_str(),
            identity: request.identity.as_str(),
            name: request.name.as_ref().map(DisplayName::as_str),
            ttl: request.ttl.map(Ttl::seconds),
            grants: grant,
            metadata,
            attributes: Attributes(attributes),
            room_config: room_config.as_ref().map(RoomConfiguration::to_object),
        },
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
    })
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
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'t str>,
}

fn token_object(response: TokenResponse) -> Result<JsValue, LivekitError> {
    Ok(to_js(&TokenObject {
        room_id: &response.room_id,
        identity: &response.identity,
        token: &response.token,
        expires_at: expiry_seconds(response.expires_at)?,
        jti: response.jti.as_deref(),
        url: response.url.as_deref(),
    }))
}

#[derive(Serialize)]
struct ServerObject<'s> {
    name: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'s str>,
}

#[derive(Serialize)]
struct AccessObject<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'s str>,
    token: &'s str,
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
