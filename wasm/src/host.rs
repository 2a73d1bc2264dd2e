//! Clock and randomness of the JavaScript runtime.

use livekit_edge::{LivekitError, whole_seconds};

/// Unix seconds.
pub(crate) fn now() -> Result<u64, LivekitError> {
    whole_seconds(js_sys::Date::now() / 1000.0).ok_or(LivekitError::TokenGeneration)
}

/// Sixteen random bytes for a `jti`, if one is wanted.
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
