//! The WebAssembly boundary of livekit-edge: bytes in, bytes out, no imports and no rules.
//!
//! A call goes like this: the host asks [`input`] for room, writes the arguments there, calls an operation, and
//! reads as many bytes at [`output`] as the operation returned. A negative count means an error, whose JSON
//! text has the count without its sign. `pkg/src/wasm/instance.ts` is the other half.
#![deny(unsafe_code)]

mod access_tokens;
mod arguments;
mod buffers;
mod operations;
mod services;

use arguments::{Field, GenerateArguments};
use buffers::{with_buffers, with_json, with_json_and_bytes};
use livekit_edge::{LivekitError, TokenFault};
use services::with_service;

// pkg/src/wasm/core.ts cuts texts at this length, which must be beyond every limit.
const _: () = assert!(
    livekit_edge::MAX_IDENTITY_BYTES < 1024
        && livekit_edge::MAX_ROOM_BYTES < 1024
        && livekit_edge::MAX_NAME_BYTES < 1024
);

/// Names an operation for the host. The attribute is what the lint calls unsafe; no body is.
macro_rules! export {
    ($(#[$meta:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: $kind),*) $(-> $result)? $body
    };
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

export! {
    /// Settings by name, as JSON → what is to be known of the service that they make; `service` is its number.
    fn create_service() -> i32 {
        with_json(LivekitError::NotConfigured, |settings| Ok(Ok(services::create(settings))))
    }
}

export! {
    /// Forgets a service and wipes its keys.
    fn drop_service(service: usize) -> i32 {
        services::forget(service);
        0
    }
}

export! {
    /// Request body → `{fields, channelId, identity}`: its four fields, and the ids worth asking the store about.
    fn read_create_token() -> i32 {
        with_buffers(|buffers| buffers.run(|body| operations::read_create_token(body).map(String::into_bytes)))
    }
}

export! {
    /// `{token, now}` → the caller.
    fn authenticate(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::Unauthorized(TokenFault::Malformed), |arguments| {
                operations::authenticate(arguments, &service.user_tokens)
            })
        })
    }
}

export! {
    /// `{caller, facts}` → `null` if the store knows the caller.
    fn admit() -> i32 {
        with_json(LivekitError::StoreUnavailable, operations::admit)
    }
}

export! {
    /// `{caller, request, facts, now}` → the request that may be granted.
    fn authorize_join(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::StoreUnavailable, |arguments| {
                operations::authorize_join(arguments, service.livekit.config())
            })
        })
    }
}

export! {
    /// Mints a token from the texts in the input: room, identity, name, then 16 random bytes if `random`. A length below
    /// zero says what a field is instead of text, see [`Field`]. The result is the token's end in Unix seconds (f64,
    /// little endian), its `jti` (22 characters) if `random`, and the token.
    fn generate_token(
        service: usize,
        room: i32,
        identity: i32,
        name: i32,
        ttl_kind: i32,
        ttl: f64,
        random: i32,
        now: f64,
    ) -> i32 {
        with_service(service, |service| {
            let arguments = GenerateArguments {
                room: Field::from_code(room),
                identity: Field::from_code(identity),
                name: Field::from_code(name),
                ttl: Field::from_code(ttl_kind).or_number(ttl),
                random: random != 0,
                now,
            };
            with_buffers(|buffers| buffers.run(|input| operations::generate_token(&service.livekit, arguments, input)))
        })
    }
}

export! {
    /// `{apiKey, apiSecret, claims, identity?, ttl?, allowSensitiveCredentials?, now}` → an access token.
    fn sign_access_token() -> i32 {
        with_json(LivekitError::ClaimsTooComplex, access_tokens::sign)
    }
}

export! {
    /// `{apiKey, apiSecret, token, clockTolerance?, refuseFutureIat?, now}` → the token's payload.
    fn verify_access_token() -> i32 {
        with_json(LivekitError::InvalidToken(TokenFault::Malformed), access_tokens::verify)
    }
}

export! {
    /// As [`verify_access_token`] for the token of a webhook, with `length` bytes of arguments before the body → `null`.
    fn verify_webhook(length: usize) -> i32 {
        with_json_and_bytes(length, LivekitError::InvalidToken(TokenFault::Malformed), access_tokens::verify_webhook)
    }
}
