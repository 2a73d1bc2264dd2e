//! Checks settings and parses some of them into JavaScript objects.

use crate::{convert::to_js, error::error_to_js};
use livekit_edge::{
    Algorithm, LivekitConfig, LivekitError, SettingError, check_settings,
    check_settings::parse_database_url,
    json::{self, Fields, Object, Value},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An error of a setting. It never contains the setting's value. */
export interface SettingErrorObject {
  setting: string; code: string; message: string; severity: 'error' | 'warning' | 'advice';
}
/** A signature algorithm (`alg`) and the type of key that it requires (`kty`, `crv`). */
export interface Algorithm { name: string; keyType: string; curve?: string }
/** How to connect to a PostgreSQL database, or the error in its URL. */
export type DatabaseUrlObject = { error: SettingErrorObject } | {
  error?: undefined; address: string; host?: string; ssl?: string; directSsl: boolean; prepare: boolean;
  max?: number; maxLifetime?: number; targetSessionAttrs?: string; parameters: [name: string, value: string][];
}
"#;

/// Lists the errors of settings. `settings` is the JSON text of an object: settings of an environment by name. `names`
/// are all names in that environment, to find misspelled ones.
#[wasm_bindgen(js_name = checkSettings, unchecked_return_type = "SettingErrorObject[]")]
pub fn check(settings: &str, names: Vec<String>) -> Result<JsValue, JsValue> {
    let object = json::parse_object(settings.as_bytes()).map_err(|_| error_to_js(LivekitError::NotConfigured))?;
    let setting = |name: &str| LivekitConfig::setting_of(&Fields::new(&object), name);
    let errors = check_settings(&setting, names.iter().map(String::as_str));
    Ok(to_js(&errors.iter().map(error_object).collect::<Value<'_>>()))
}

/// Parses the URL of a PostgreSQL database.
#[wasm_bindgen(js_name = parseDatabaseUrl, unchecked_return_type = "DatabaseUrlObject")]
pub fn parse_database(url: &str) -> JsValue {
    let url = match parse_database_url(url) {
        Ok(url) => url,
        Err(error) => return to_js(&Object::default().with("error", error_object(&error))),
    };
    let pair = |(name, value): (String, String)| [name, value].into_iter().collect::<Value<'_>>();
    to_js(
        &Object::default()
            .with("address", url.address)
            .with_some("host", url.host)
            .with_some("ssl", url.ssl)
            .with("directSsl", url.direct_ssl)
            .with("prepare", url.prepare)
            .with_some("max", url.max)
            .with_some("maxLifetime", url.max_lifetime)
            .with_some("targetSessionAttrs", url.target_session_attrs)
            .with("parameters", url.parameters.into_iter().map(pair).collect::<Value<'_>>()),
    )
}

fn error_object(error: &SettingError) -> Object<'_> {
    Object::default()
        .with("setting", error.setting())
        .with("code", error.code())
        .with("message", error.message())
        .with("severity", error.severity().name())
}

pub(crate) fn algorithm_object<'a>(algorithm: &Algorithm) -> Object<'a> {
    Object::default()
        .with("name", algorithm.name)
        .with("keyType", algorithm.key_type)
        .with_some("curve", algorithm.curve)
}
