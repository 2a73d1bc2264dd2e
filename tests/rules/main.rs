//! Tests of every rule in one program, which runs natively, and as WebAssembly in Chromium and Firefox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    // A new field of a grant fails the tests in `claims`, instead of not compiling in every file.
    clippy::needless_update,
    missing_docs,
    reason = "tests"
)]

mod common;

mod access_token;
mod actions;
mod authenticate;
mod authenticate_claims;
mod authenticate_settings;
mod check_settings;
mod claims;
mod config;
mod create_token_body;
mod database_url;
mod errors;
mod facts;
mod fuzz;
// Native only, because it reads files.
#[cfg(not(target_arch = "wasm32"))]
mod fuzz_corpus;
mod generate_granted;
mod grants;
mod json;
mod jws;
mod keys;
mod moderation;
mod mute_participant;
mod names;
mod operator_key;
mod overwrites;
mod permission;
mod presence;
// Native only, because proptest needs the randomness of an operating system.
#[cfg(not(target_arch = "wasm32"))]
mod properties;
#[cfg(not(target_arch = "wasm32"))]
mod properties_body;
#[cfg(not(target_arch = "wasm32"))]
mod properties_moderation;
#[cfg(not(target_arch = "wasm32"))]
mod properties_rbac;
mod rbac;
mod reconciliation;
mod recording;
mod room_config;
mod servers;
mod service;
mod standing;
mod sync;
mod sync_request;
mod time;
mod token_source;
mod ttl;
mod validate_claims;
mod validation;
mod verifier;
mod webhook;
mod wycheproof;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
