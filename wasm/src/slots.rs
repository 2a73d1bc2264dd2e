//! What the host has made and knows by a number.

use crate::{buffers::with_buffers, single::Single};
use alloc::vec::Vec;
use core::cell::RefCell;
use livekit_edge::LivekitError;

/// Things by their numbers.
pub(crate) struct Slots<T>(Single<RefCell<Vec<Option<T>>>>);

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Self(Single::new(RefCell::new(Vec::new())))
    }

    /// Keeps a thing and returns its number, one that is free.
    pub(crate) fn keep(&self, thing: T) -> u64 {
        let mut places = self.0.get().borrow_mut();
        let number = places.iter().position(Option::is_none).unwrap_or(places.len());
        match places.get_mut(number) {
            Some(place) => *place = Some(thing),
            None => places.push(Some(thing)),
        }
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    pub(crate) fn forget(&self, number: usize) {
        if let Some(place) = self.0.get().borrow_mut().get_mut(number) {
            *place = None;
        }
    }

    /// Runs an operation on a thing, if it is still there.
    pub(crate) fn with(&self, number: usize, call: impl FnOnce(&T) -> i32) -> i32 {
        match self.0.get().borrow().get(number) {
            Some(Some(thing)) => call(thing),
            _ => with_buffers(|buffers| buffers.run(|_| Err(LivekitError::NotConfigured))),
        }
    }
}
