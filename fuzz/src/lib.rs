//! Fuzz targets of livekit-edge. `npm run fuzz` runs them on stable Rust, and `cargo fuzz run <target>` on nightly.

mod checks;
mod other;

pub use checks::line;

use checks::Checks;
use std::cell::RefCell;

thread_local! {
    static CHECKS: RefCell<Checks> = RefCell::new(Checks::new(other::verify));
}

/// Checks one input of a target.
///
/// # Panics
/// As [`Checks::run`]. libFuzzer then saves the input.
pub fn run(target: &str, input: &[u8]) {
    CHECKS.with_borrow_mut(|checks| checks.run(target, input).len());
}

/// Names of all targets.
pub fn targets() -> impl Iterator<Item = &'static str> {
    checks::TARGETS.iter().map(|(name, _)| *name)
}

/// Returns the results of the rules for an input of a target.
///
/// # Panics
/// As [`Checks::run`].
#[must_use]
pub fn answers(target: &str, input: &[u8]) -> Vec<(&'static str, &'static str)> {
    CHECKS.with_borrow_mut(|checks| checks.run(target, input).to_vec())
}
