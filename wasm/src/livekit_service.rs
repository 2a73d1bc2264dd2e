//! The token service: `generateToken`, `validateConfiguration` and the class `LivekitService`.

use crate::{
    access_token,
    convert::{expiry_seconds, field, own_field, to_js},
    error::error_to_js,
    host,
};
use core::cell::RefCell;
use js_sys::{Date, JSON, Reflect};
use livekit_edge::{
    LivekitConfig, LivekitError, RawCreateToken, TokenResponse,
    json::{self, Fields, Object, Value},
    request::Field,
    service::TokenPrefix,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Room and participant of a token. */
export interface CreateTokenRequest { roomId: string; identity: string; name?: string; ttl?: number }
/** Configuration; a missing credential is an error of `generateToken`. */
export interface LivekitConfig {
  apiKey?: string; apiSecret?: string; url?: string; tokenTtl?: number; maxTtl?: number;
  canUpdateOwnMetadata?: boolean; jti?: boolean;
}
/** A token, and the data that its holder needs. */
export interface TokenResponse {
  token: string; identity: string; roomId: string; url?: string; expiresAt: Date; jti?: string;
}
/** The effective settings of a service. */
export interface ServiceDescription {
  configured: boolean; missing: string[]; url?: string; jti: boolean; servers: number;
}
/** An access token, and the URL that its holder connects to. */
export interface SignedToken { token: string; url?: string }
"#;

/// Issues a token. Throws `{ code, message, … }` if a credential is missing or the request is invalid.
#[wasm_bindgen(js_name = generateToken, unchecked_return_type = "TokenResponse")]
pub fn generate_token(
    #[wasm_bindgen(unchecked_param_type = "CreateTokenRequest")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "LivekitConfig")] config: &JsValue,
) -> Result<JsValue, JsValue> {
    let request = RawCreateToken {
        room_id: own_field(request, "roomId"),
        identity: own_field(request, "identity"),
        name: own_field(request, "name"),
        ttl: own_field(request, "ttl"),
    };
    let service = create_service(config).ok_or(LivekitError::NotConfigured);
    let (response, expires_at) = service.and_then(|service| service.generate(request)).map_err(error_to_js)?;
    let object = to_js(
        &Object::default()
            .with("token", response.token)
            .with("identity", response.identity)
            .with("roomId", response.room_id)
            .with_some("url", response.url)
            .with_some("jti", response.jti),
    );
    // `Reflect::set` fails for frozen objects only.
    let _ = Reflect::set(&object, &"expiresAt".into(), &Date::new(&(expires_at * 1000.0).into()));
    Ok(object)
}

/// True if key, secret and URL are set. Never throws.
#[wasm_bindgen(js_name = validateConfiguration)]
pub fn validate_configuration(#[wasm_bindgen(unchecked_param_type = "LivekitConfig")] config: &JsValue) -> bool {
    create_service(config).is_some_and(|service| service.service.validate_configuration())
}

/// Maximum length of a configuration as JSON text, in UTF-16 units.
const MAX_CONFIG_LENGTH: u32 = 1024 * 1024;

/// Creates a service from a configuration of any type. `JSON.stringify` runs its getters before anything is borrowed.
fn create_service(config: &JsValue) -> Option<LivekitService> {
    // `undefined` for a value that is not JSON.
    let text = JSON::stringify(config).ok().filter(|text| text.is_string() && text.length() <= MAX_CONFIG_LENGTH)?;
    LivekitService::parse(&String::from(text))
}

/// Issues tokens with one configuration, whose key is prepared once.
#[wasm_bindgen]
pub struct LivekitService {
    service: livekit_edge::LivekitService,
    /// The start that all tokens of the current second share. Boxed, because it is moved for each token.
    prefix: RefCell<Option<Box<TokenPrefix>>>,
    /// `exp` and `jti` of the last token. Returning them as an object would take longer than issuing the token.
    last: RefCell<(f64, Option<String>)>,
}

#[wasm_bindgen]
impl LivekitService {
    /// `settings` is the JSON text of an object: settings of an environment by name, or properties of a
    /// `LivekitConfig`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &str) -> Result<Self, JsValue> {
        Self::parse(settings).ok_or_else(|| error_to_js(LivekitError::NotConfigured))
    }

    /// The effective settings, without credentials.
    #[wasm_bindgen(unchecked_return_type = "ServiceDescription")]
    pub fn describe(&self) -> JsValue {
        to_js(
            &Object::default()
                .with("configured", self.service.validate_configuration())
                .with("missing", self.service.config().missing().into_iter().collect::<Value<'_>>())
                .with_some("url", self.service.connection_url())
                .with("jti", self.service.config().jti)
                .with("servers", json::count(self.service.servers().as_slice().len())),
        )
    }

    /// Issues a token for well-formed strings and returns it.
    #[wasm_bindgen(js_name = generateToken)]
    pub fn generate_token(
        &self,
        room_id: String,
        identity: String,
        name: Option<String>,
        ttl: Option<f64>,
    ) -> Result<String, JsValue> {
        self.issue(RawCreateToken {
            room_id: Field::String(room_id),
            identity: Field::String(identity),
            name: name.map_or(Field::Absent, Field::String),
            ttl: ttl.map_or(Field::Absent, Field::Number),
        })
    }

    /// As `generateToken`, for arguments of any type.
    #[wasm_bindgen(js_name = generateTokenOfAny)]
    pub fn generate_token_of_any(
        &self,
        #[wasm_bindgen(unchecked_param_type = "unknown")] room_id: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "unknown")] identity: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "unknown")] name: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "unknown")] ttl: &JsValue,
    ) -> Result<String, JsValue> {
        self.issue(RawCreateToken {
            room_id: field(room_id),
            identity: field(identity),
            name: field(name),
            ttl: field(ttl),
        })
    }

    /// Signs an access token of arbitrary claims with the key of a LiveKit server: the server `named`, else the server
    /// of `room`. `token` is as in `AccessTokenSigner.sign`.
    #[wasm_bindgen(js_name = signAccessToken, unchecked_return_type = "SignedToken")]
    pub fn sign_access_token(&self, room: &str, named: Option<String>, token: &[u8]) -> Result<JsValue, JsValue> {
        let server = self.service.servers().for_room(room, named.as_deref()).map_err(error_to_js)?;
        let token = access_token::sign(server.keys.signer(), token, false).map_err(error_to_js)?;
        Ok(to_js(&Object::default().with("token", token).with_some("url", server.url.as_deref())))
    }

    /// URL of the LiveKit server of a room, if it is configured.
    #[wasm_bindgen(js_name = urlForRoom)]
    pub fn url_for_room(&self, room: &str) -> Option<String> {
        self.service.servers().for_room(room, None).ok().and_then(|server| server.url.clone())
    }

    /// `exp` of the last token, in Unix seconds.
    #[wasm_bindgen(getter, js_name = expiresAt)]
    pub fn expires_at(&self) -> f64 {
        self.last.borrow().0
    }

    /// `jti` of the last token, if the configuration requires one.
    #[wasm_bindgen(getter)]
    pub fn jti(&self) -> Option<String> {
        self.last.borrow().1.clone()
    }
}

impl LivekitService {
    fn parse(settings: &str) -> Option<Self> {
        let settings = json::parse_object(settings.as_bytes()).ok()?;
        let setting = |name: &str| LivekitConfig::setting_of(&Fields::new(&settings), name);
        let service = livekit_edge::LivekitService::new(LivekitConfig::from_settings(&setting));
        Some(Self { service, prefix: RefCell::default(), last: RefCell::default() })
    }

    fn issue(&self, request: RawCreateToken) -> Result<String, JsValue> {
        let (token, last) = self.issue_at(request).map_err(error_to_js)?;
        self.last.replace(last);
        Ok(token)
    }

    /// The token, and its `exp` and `jti`.
    fn issue_at(&self, request: RawCreateToken) -> Result<(String, (f64, Option<String>)), LivekitError> {
        let now = host::now()?;
        // Taken, not borrowed: the application may have replaced `crypto` with an object that calls this service.
        let mut prefix = match self.prefix.take() {
            Some(prefix) if prefix.now() == now => prefix,
            _ => self.service.prefix("", now)?.into(),
        };
        let request = request.validate_complete(self.service.config().max_ttl)?;
        if self.service.servers().as_slice().len() > 1 {
            prefix = self.service.prefix(request.room_id.as_str(), now)?.into();
        }
        let issued = self.service.issue(&prefix, &request, host::random(self.service.config().jti)?)?;
        self.prefix.replace(Some(prefix));
        Ok((issued.token, (expiry_seconds(issued.expires_at)?, issued.jti)))
    }

    /// The response, and its `exp`.
    fn generate(&self, request: RawCreateToken) -> Result<(TokenResponse, f64), LivekitError> {
        let random = host::random(self.service.config().jti)?;
        let response = self.service.generate_token_raw(request, host::now()?, random)?;
        let expires_at = expiry_seconds(response.expires_at)?;
        Ok((response, expires_at))
    }
}
