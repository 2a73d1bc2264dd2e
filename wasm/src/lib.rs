//! The WebAssembly boundary of livekit-edge: it converts arguments, calls the rules of the crate `livekit-edge`, and converts
//! results. It has no rule of its own.
//!
//! Clock and randomness come from JavaScript. Errors are plain objects `{ code, message, reason?, path?, violations? }`.

/// As fast as the default allocator, and 6 KB smaller.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

mod access_token;
mod convert;
mod endpoint;
mod error;
mod host;
mod livekit_service;
mod moderation;
mod presence;
mod recording;
mod requests;
mod settings;
mod sync;
mod token_verifier;
