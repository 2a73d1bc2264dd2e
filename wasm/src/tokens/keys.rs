//! The API keys that the host has prepared.

use crate::{convert::JsonResult, slots::Slots};
use livekit_edge::{
    ApiKey,
    json::{Fields, WrongType, decimal},
};

pub(crate) static KEYS: Slots<ApiKey> = Slots::new();

/// Prepares a key and returns its number.
pub(crate) fn create(arguments: &Fields<'_>) -> JsonResult {
    let text = |name| arguments.text(name)?.ok_or(WrongType);
    let key = ApiKey::new(text("apiKey")?, text("apiSecret")?);
    Ok(key.map(|key| decimal(KEYS.keep(key))))
}
