//! The setting `LIVEKIT_SERVERS`.

use super::{Server, Servers, is_server_url};
use crate::{
    error::{SettingError, SettingErrorKind},
    json::{self, Fields, Object, Value},
    keys::ApiKeys,
    token::ApiCredentials,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

const SERVERS: &str = "LIVEKIT_SERVERS";

/// Maximum length of a server's name in characters.
const MAX_NAME: usize = 64;

impl Servers {
    /// Parses `LIVEKIT_SERVERS`: a JSON array of objects with the fields `name`, `url`, `keys` and, if it differs from
    /// `url`, `internalUrl`. `keys` is a string in the form of `LIVEKIT_KEYS`, or an array of objects with the fields
    /// `apiKey` and `apiSecret`.
    ///
    /// # Errors
    /// Every [`SettingError`]. With an error no server is returned.
    pub fn parse(text: &str) -> Result<Self, Vec<SettingError>> {
        let error = |kind| Vec::from([SettingError::new(SERVERS, kind)]);
        let value = json::parse(text.trim().as_bytes()).map_err(|_| error(SettingErrorKind::NotJson))?;
        let Value::Array(items) = value else { return Err(error(SettingErrorKind::NotServers)) };
        if items.is_empty() {
            return Err(error(SettingErrorKind::NotServers));
        }
        let (mut servers, mut errors) = (Vec::<Server>::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            let path = indexed(SERVERS, at);
            let Some(server) = parse_server(&path, item, &mut errors) else { continue };
            if servers.iter().any(|other| other.name == server.name) {
                errors.push(SettingError::new([&path, ".name"].concat(), SettingErrorKind::RepeatedName));
            }
            let is_other = |other: &Server| other.keys.clone().with_verifiers(&server.keys).is_err();
            if servers.iter().any(is_other) {
                errors.push(SettingError::new([&path, ".keys"].concat(), SettingErrorKind::OtherSecret));
            }
            servers.push(server);
        }
        if errors.is_empty() { Ok(Self(servers)) } else { Err(errors) }
    }
}

/// Parses one server; on failure adds its errors and returns `None`.
fn parse_server(path: &str, item: &Value<'_>, errors: &mut Vec<SettingError>) -> Option<Server> {
    let known = ["name", "url", "internalUrl", "keys"];
    let object = match item {
        Value::Object(object) if object.members().all(|(name, _)| known.contains(&name)) => object,
        _ => {
            errors.push(SettingError::new(path, SettingErrorKind::NotServer));
            return None;
        }
    };
    let mut string = |name: &str, kind, is_valid: fn(&str) -> bool| {
        let text = Fields::new(object).string(name).ok().flatten().filter(|text| is_valid(text));
        if text.is_none() {
            errors.push(SettingError::new([path, ".", name].concat(), kind));
        }
        text.map(String::from)
    };
    let name = string("name", SettingErrorKind::InvalidName, is_name);
    let url = string("url", SettingErrorKind::NotServerUrl, is_server_url);
    let internal_url =
        object.get("internalUrl").map(|_| string("internalUrl", SettingErrorKind::NotServerUrl, is_server_url));
    let keys = parse_keys(&[path, ".keys"].concat(), object).map_err(|error| errors.push(error)).ok();
    let internal_url = internal_url.map_or(Some(None), |url| url.map(Some))?;
    Some(Server { name: name?, url: Some(url?), internal_url, keys: keys? })
}

/// Parses `keys`: the form of `LIVEKIT_KEYS`, or an array of objects with the fields `apiKey` and `apiSecret`.
fn parse_keys(path: &str, server: &Object<'_>) -> Result<ApiKeys, SettingError> {
    match server.get("keys") {
        None => Err(SettingError::new(path, SettingErrorKind::NoKeys)),
        Some(Value::String(text)) => ApiKeys::parse(path, text),
        Some(Value::Array(items)) => {
            let credentials = items
                .iter()
                .enumerate()
                .map(|(at, item)| parse_credentials(item).map_err(|kind| SettingError::new(indexed(path, at), kind)));
            let credentials = credentials.collect::<Result<Vec<_>, _>>()?;
            ApiKeys::from_credentials(path, credentials)
        }
        Some(_) => Err(SettingError::new(path, SettingErrorKind::NotKeyAndSecret)),
    }
}

fn parse_credentials(item: &Value<'_>) -> Result<ApiCredentials, SettingErrorKind> {
    let Value::Object(object) = item else { return Err(SettingErrorKind::NotKeyAndSecret) };
    let fields = Fields::new(object);
    match (fields.are_exactly(&["apiKey", "apiSecret"]), fields.string("apiKey"), fields.string("apiSecret")) {
        (true, Ok(Some(_)), Ok(Some(secret))) if secret.trim().is_empty() => Err(SettingErrorKind::BlankSecret),
        (true, Ok(Some(api_key)), Ok(Some(secret))) => {
            ApiCredentials::new(api_key, secret).map_err(|_| SettingErrorKind::NotKeyAndSecret)
        }
        _ => Err(SettingErrorKind::NotKeyAndSecret),
    }
}

fn is_name(name: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    !name.is_empty() && name.chars().count() <= MAX_NAME && !name.contains(is_odd)
}

fn indexed(path: &str, at: usize) -> String {
    [path, "[", &at.to_string(), "]"].concat()
}
