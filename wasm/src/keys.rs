//! The API keys that the host has prepared, each by its number.

use crate::{buffers::with_buffers, operations::JsonResult};
use livekit_edge::{
    ApiKey, LivekitError,
    json::{Fields, WrongType},
};
use std::cell::RefCell;

thread_local! {
    static KEYS: RefCell<Vec<Option<ApiKey>>> = const { RefCell::new(Vec::new()) };
}

/// Prepares a key and returns its number.
pub(crate) fn create(arguments: &Fields<'_>) -> JsonResult {
    let text = |name| arguments.text(name)?.ok_or(WrongType);
    let key = match ApiKey::new(text("apiKey")?, text("apiSecret")?) {
        Ok(key) => key,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(KEYS.with_borrow_mut(|keys| {
        let number = keys.iter().position(Option::is_none).unwrap_or(keys.len());
        match keys.get_mut(number) {
            Some(place) => *place = Some(key),
            None => keys.push(Some(key)),
        }
        number.to_string()
    })))
}

pub(crate) fn forget(number: usize) {
    KEYS.with_borrow_mut(|keys| {
        if let Some(place) = keys.get_mut(number) {
            *place = None;
        }
    });
}

pub(crate) fn with_key(number: usize, call: impl FnOnce(&ApiKey) -> i32) -> i32 {
    KEYS.with_borrow(|keys| match keys.get(number) {
        Some(Some(key)) => call(key),
        _ => with_buffers(|buffers| buffers.run(|_| Err(LivekitError::NotConfigured))),
    })
}
