//! What is wrong with settings, and what some of them mean, as JavaScript objects.

use crate::{convert::to_js, error::error_to_js};
use livekit_edge::{
    Algorithm, LivekitConfig, LivekitError, SettingError, check_settings,
    check_settings::parse_database_url,
    json::{self, Fields},
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A setting that is wrong. Nothing in it is from the setting's value. */
export interface SettingErrorObject {
  setting: string; code: string; message: string; severity: 'error' | 'warning' | 'advice';
}
/** A signature algorithm (`alg`) and the only kind of key that it is used with (`kty`, `crv`). */
export interface Algorithm { name: string; keyType: string; curve?: string }
/** How to connect to a PostgreSQL database, or what is wrong with its address. */
export interface DatabaseUrlObject {
  error?: SettingErrorObject; address: string; host?: string; ssl?: string; directSsl: boolean; prepare: boolean;
  max?: number; maxLifetime?: number; targetSessionAttrs?: string; parameters: [name: string, value: string][];
}
"#;

/// Lists what is wrong with settings. `settings` is the JSON text of an object: settings of an environment by name.
#[wasm_bindgen(js_name = checkSettings, unchecked_return_type = "SettingErrorObject[]")]
pub fn check(settings: &str) -> Result<JsValue, JsValue> {
    let object = json::parse_object(settings.as_bytes()).map_err(|_| error_to_js(LivekitError::NotConfigured))?;
    let errors = check_settings(&|name| LivekitConfig::setting_of(&Fields::new(&object), name));
    Ok(to_js(&errors.iter().map(SettingErrorObject::from).collect::<Vec<_>>()))
}

/// Parses the address of a PostgreSQL database.
#[wasm_bindgen(js_name = parseDatabaseUrl, unchecked_return_type = "DatabaseUrlObject")]
pub fn parse_database(url: &str) -> JsValue {
    let (error, url) = match parse_database_url(url) {
        Ok(url) => (None, url),
        Err(error) => (Some(error), livekit_edge::database_url::DatabaseUrl::default()),
    };
    to_js(&DatabaseUrlObject {
        error: error.as_ref().map(SettingErrorObject::from),
        address: &url.address,
        host: url.host.as_deref(),
        ssl: url.ssl,
        direct_ssl: url.direct_ssl,
        prepare: url.prepare,
        max: url.max,
        max_lifetime: url.max_lifetime,
        target_session_attrs: url.target_session_attrs,
        parameters: &url.parameters,
    })
}

#[derive(Serialize)]
struct SettingErrorObject {
    setting: &'static str,
    code: &'static str,
    message: String,
    severity: &'static str,
}

impl From<&SettingError> for SettingErrorObject {
    fn from(error: &SettingError) -> Self {
        Self {
            setting: error.setting(),
            code: error.code(),
            message: error.message(),
            severity: error.severity().name(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlgorithmObject {
    name: &'static str,
    key_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<&'static str>,
}

impl From<&Algorithm> for AlgorithmObject {
    fn from(algorithm: &Algorithm) -> Self {
        Self { name: algorithm.name, key_type: algorithm.key_type, curve: algorithm.curve }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DatabaseUrlObject<'u> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<SettingErrorObject>,
    address: &'u str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'u str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssl: Option<&'static str>,
    direct_ssl: bool,
    prepare: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_lifetime: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_session_attrs: Option<&'static str>,
    parameters: &'u [(String, String)],
}
