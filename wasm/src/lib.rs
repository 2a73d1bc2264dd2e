//! The WebAssembly boundary of livekit-edge: bytes in, bytes out, no imports and no rules.
//!
//! A call goes like this: the host asks [`input`] for room, writes the arguments there, calls an operation, and
//! reads as many bytes at [`output`] as the operation returned. A negative count means an error, whose JSON
//! text has the count without its sign. `pkg/src/wasm/instance.ts` is the other half.
#![deny(unsafe_code)]
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

/// Names an operation for the host. The attribute is what the lint calls unsafe; no body is.
macro_rules! export {
    ($(#[$meta:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: $kind),*) $(-> $result)? $body
    };
}

#[cfg(any(test, target_arch = "wasm32"))]
mod allocator;
mod buffers;
mod convert;
mod single;
mod slots;

// Two modules are made of this: whoever mints, checks and reads tokens alone carries nothing of the endpoint.
#[cfg(feature = "endpoint")]
mod endpoint;
#[cfg(feature = "tokens")]
mod tokens;

use buffers::with_buffers;

/// A trap: nobody reads a message, and without one the module needs no formatting.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

export! {
    /// Makes room for `length` bytes of arguments and returns where; 0 if that is more than any call needs. The next
    /// operation then finds arguments that are none.
    fn input(length: usize) -> *const u8 {
        with_buffers(|buffers| buffers.reserve(length))
    }
}

export! {
    /// Where the result of the last operation is.
    fn output() -> *const u8 {
        with_buffers(|buffers| buffers.output())
    }
}
