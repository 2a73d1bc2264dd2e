//! The WebAssembly boundary of livekit-edge. It converts arguments, calls the crate `livekit-edge`, which contains
//! every rule, and converts results.
//!
//! Clock and randomness come from JavaScript. Errors are plain objects `{ code, message, reason?, path?, violations? }`.

/// Allocator: as fast as the default one, and 6 KB smaller.
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
