//! State of the one thread that the module has.
#![allow(unsafe_code)]

/// A value that one thread uses.
pub(crate) struct Single<T>(T);

// SAFETY: the module has one thread. Compiled for anything else, as the tests are, nothing calls its operations.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) const fn get(&self) -> &T {
        &self.0
    }
}
