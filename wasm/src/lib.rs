//! The WebAssembly boundary of livekit-edge: bytes in, bytes out, no imports and no rules.
//!
//! A call goes like this: the host asks [`input`] for room, writes the arguments there, calls an operation, and
//! reads as many bytes at [`output`] as the operation returned. A negative count means an error, whose JSON
//! text has the count without its sign. `pkg/src/wasm/core.ts` is the other half.
#![deny(unsafe_code)]

mod buffers;
mod operations;

use buffers::{with_buffers, with_json, with_json_and_bytes};
use livekit_edge::{LivekitError, LivekitService, TokenFault};
use operations::{Field, GenerateArguments};
use std::cell::RefCell;

thread_local! {
    static SERVICES: RefCell<Vec<Option<LivekitService>>> = const { RefCell::new(Vec::new()) };
}

/// Names an operation for the host. The attribute is what the lint calls unsafe; no body is.
macro_rules! export {
    ($(#[doc = $doc:literal])* fn $name:ident($($argument:ident: $kind:ty),*) $(-> $result:ty)? $body:block) => {
        $(#[doc = $doc])*
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: $kind),*) $(-> $result)? $body
    };
}

export! {
    #[doc = "Makes room for `length` bytes of arguments and returns where; 0 if that is more than any call needs."]
    fn input(length: usize) -> *const u8 {
        with_buffers(|buffers| buffers.reserve(length))
    }
}

export! {
    #[doc = "Where the result of the last operation is."]
    fn output() -> *const u8 {
        with_buffers(|buffers| buffers.output())
    }
}

export! {
    #[doc = "Request body → `{fields, channelId, identity}`, as JSON: its four fields, and the ids worth asking the store about."]
    fn read_create_token() -> i32 {
        with_buffers(|buffers| buffers.run(|body| operations::read_create_token(body).map(String::into_bytes)))
    }
}

export! {
    #[doc = "`{token, secret?, issuer?, audience?, now}` → the caller, as JSON."]
    fn authenticate() -> i32 {
        with_json(LivekitError::Unauthorized(TokenFault::Malformed), operations::authenticate)
    }
}

export! {
    #[doc = "`{caller, facts}` → `null` if the store knows the caller."]
    fn admit() -> i32 {
        with_json(LivekitError::StoreUnavailable, operations::admit)
    }
}

export! {
    #[doc = "`{caller, request, facts, now}` → the request that may be granted, as JSON."]
    fn authorize_join(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::StoreUnavailable, |arguments| operations::authorize_join(arguments, service.config()))
        })
    }
}

export! {
    #[doc = "Settings by name, as JSON → `{service, missing, url?, jti, shortSecret}`; `service` is the number to call it by."]
    fn create_service() -> i32 {
        with_json(LivekitError::NotConfigured, |settings| {
            let service = operations::create_service(settings);
            SERVICES.with_borrow_mut(|services| {
                let number = services.iter().position(Option::is_none).unwrap_or(services.len());
                let description = operations::describe(number, &service);
                match services.get_mut(number) {
                    Some(place) => *place = Some(service),
                    None => services.push(Some(service)),
                }
                Ok(Ok(description))
            })
        })
    }
}

export! {
    #[doc = "Forgets a service and wipes its key."]
    fn drop_service(service: usize) {
        SERVICES.with_borrow_mut(|services| {
            if let Some(place) = services.get_mut(service) {
                *place = None;
            }
        });
    }
}

export! {
    #[doc = "Mints a token from the texts in the input (room, identity, name, then 16 random bytes if `random`). A length below zero says what a field is instead of text; see `Field`. Result: `expiresAt` in Unix seconds (f64, little endian), `jti` (22 characters) if `random`, token."]
    fn generate_token(service: usize, room: i32, identity: i32, name: i32, ttl_kind: i32, ttl: f64, random: i32, now: f64) -> i32 {
        with_service(service, |service| {
            let arguments = GenerateArguments {
                room: Field::from_code(room),
                identity: Field::from_code(identity),
                name: Field::from_code(name),
                ttl: Field::from_code(ttl_kind).or_number(ttl),
                random: random != 0,
                now,
            };
            with_buffers(|buffers| buffers.run(|input| operations::generate_token(service, arguments, input)))
        })
    }
}

export! {
    #[doc = "`{apiKey, apiSecret, claims, identity?, ttl?, allowSensitiveCredentials?, now}` → an access token."]
    fn sign_access_token() -> i32 {
        with_json(LivekitError::ClaimsTooComplex, operations::sign_access_token)
    }
}

export! {
    #[doc = "`{apiKey, apiSecret, token, clockTolerance?, refuseFutureIat?, now}` → the token's payload."]
    fn verify_access_token() -> i32 {
        with_json(LivekitError::InvalidToken(TokenFault::Malformed), operations::verify_access_token)
    }
}

export! {
    #[doc = "As `verify_access_token` for the token of a webhook, with `length` bytes of arguments before the body → `null`."]
    fn verify_webhook(length: usize) -> i32 {
        with_json_and_bytes(length, LivekitError::InvalidToken(TokenFault::Malformed), operations::verify_webhook)
    }
}

fn with_service(number: usize, call: impl FnOnce(&LivekitService) -> i32) -> i32 {
    SERVICES.with_borrow(|services| match services.get(number) {
        Some(Some(service)) => call(service),
        _ => with_buffers(|buffers| buffers.run(|_| Err(LivekitError::NotConfigured))),
    })
}
