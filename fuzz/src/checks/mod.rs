//! One check for each fuzz target, which panics if a property of the rules is violated. libFuzzer runs the checks
//! (`fuzz_targets/`), and `cargo test` runs them on the corpus and on regressions (`tests/rules/fuzz.rs`).

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the obvious rules compute with doubles"
)]

mod bodies;
mod claims;
mod facts;
mod json;
mod jws;
mod keyed;
mod kraken;
mod names;
mod reconciliation;
mod recording;
mod settings;
mod standing;
mod sync;
mod token;
mod user_token;
mod webhook;

pub use keyed::{API_KEY, API_SECRET, NOW};

use keyed::Keyed;
use livekit_edge::LivekitError;
use serde_json::Value;

/// A second implementation that verifies HS256 tokens of [`API_SECRET`] and, if set, their issuer. It returns the
/// claims of a token with a valid signature, without checking times.
pub type OtherVerifier = fn(token: &str, issuer: Option<&str>) -> Option<Value>;

/// The targets by name.
pub const TARGETS: [(&str, Check); 12] = [
    ("bodies", bodies::check),
    ("claims", claims::check),
    ("facts", facts::check),
    ("json", json::check),
    ("jws", jws::check),
    ("names", names::check),
    ("reconciliation", reconciliation::check),
    ("settings", settings::check),
    ("sync", sync::check),
    ("token", token::check),
    ("user_token", user_token::check),
    ("webhook", webhook::check),
];

type Check = fn(&mut Checks, &[u8]);

/// A string that no message may contain. Inputs contain it in place of a secret.
pub const CANARY: &str = "canary-7f3a-9c";

/// Formats the results for an input: each rule and its result.
#[must_use]
pub fn line(answers: &[(&str, &str)]) -> String {
    answers.iter().map(|(rule, answer)| format!("{rule}: {answer}")).collect::<Vec<_>>().join(", ")
}

/// The keys and services of the checks, and the results of the rules.
pub struct Checks {
    keyed: Keyed,
    other: OtherVerifier,
    answers: Vec<(&'static str, &'static str)>,
}

impl Checks {
    /// Creates the checks, which compare with the implementation `other`.
    #[must_use]
    pub fn new(other: OtherVerifier) -> Self {
        Self { keyed: Keyed::new(), other, answers: Vec::new() }
    }

    /// Checks an input of a target. Returns each rule that was called and its result: `ok`, or the reason or code of
    /// the error.
    ///
    /// # Panics
    /// For an unknown target, and if a check fails.
    pub fn run(&mut self, target: &str, input: &[u8]) -> &[(&'static str, &'static str)] {
        let (_, check) = TARGETS.iter().find(|(name, _)| *name == target).expect("one of `TARGETS`");
        self.answers.clear();
        check(self, input);
        &self.answers
    }

    /// Records a result. Checks that an error has a code and a message without any input.
    fn result<T>(&mut self, rule: &'static str, result: Result<T, LivekitError>) -> Option<T> {
        let answer = match &result {
            Ok(_) => "ok",
            Err(error) => {
                let message = error.to_string();
                assert!(!error.code().is_empty() && !message.is_empty(), "{rule}: {error:?}");
                assert!(!message.contains(CANARY), "{rule}: {message}");
                match error {
                    LivekitError::InvalidClaim(error) | LivekitError::InvalidTokenClaim(error) => error.kind().code(),
                    error => error.reason().unwrap_or(error.code()),
                }
            }
        };
        self.answers.push((rule, answer));
        result.ok()
    }

    fn option<T>(&mut self, rule: &'static str, option: Option<T>) -> Option<T> {
        self.answers.push((rule, if option.is_some() { "ok" } else { "none" }));
        option
    }
}
