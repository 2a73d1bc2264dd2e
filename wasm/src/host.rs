//! Imports the clock and randomness of the JavaScript runtime.

use livekit_edge::{LivekitError, whole_seconds};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// As `js_sys::Date::now`, but catches an exception: an application may have replaced the clock.
    #[wasm_bindgen(catch, js_namespace = Date, js_name = now)]
    fn date_now() -> Result<f64, JsValue>;
}

/// The current time in Unix seconds.
pub(crate) fn now() -> Result<u64, LivekitError> {
    date_now().ok().and_then(|milliseconds| whole_seconds(milliseconds / 1000.0)).ok_or(LivekitError::TokenGeneration)
}

/// Sixteen random bytes for a `jti`; `None` if `is_wanted` is false.
///
/// # Errors
/// [`LivekitError::TokenGeneration`] if the runtime has no randomness, as at the top level of a Worker.
pub(crate) fn random(is_wanted: bool) -> Result<Option<[u8; 16]>, LivekitError> {
    if !is_wanted {
        return Ok(None);
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| LivekitError::TokenGeneration)?;
    Ok(Some(bytes))
}
