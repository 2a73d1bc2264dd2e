//! The WebAssembly boundary of livekit-edge: bytes in, bytes out, no imports and no rules.
//!
//! A call goes like this: the host asks [`input`] for room, writes the arguments there, calls an operation, and
//! reads as many bytes at [`output`] as the operation returned. A negative count means an error, whose JSON
//! text has the count without its sign. `pkg/src/wasm/instance.ts` is the other half.
#![deny(unsafe_code)]

mod access_tokens;
#[cfg(any(test, target_arch = "wasm32"))]
mod allocator;
mod arguments;
mod buffers;
mod keys;
mod operations;
mod routes;
mod services;

use arguments::Codes;
use buffers::{with_buffers, with_json, with_json_and_bytes};
use keys::with_key;
use livekit_edge::{LivekitError, TokenFault};
use services::with_service;

// pkg/src/wasm/service-handle.ts cuts texts at this length, which must be beyond every limit.
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
    /// Where the texts of [`generate_token`] and [`verify_short_token`] may be written if they are short: 4096 bytes that
    /// stay where they are.
    fn standing_input() -> *const u8 {
        with_buffers(|buffers| buffers.standing())
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
        with_json(LivekitError::NotConfigured, &|settings| Ok(Ok(services::create(settings))))
    }
}

export! {
    /// Forgets a service and wipes its keys.
    fn drop_service(service: usize) -> i32 {
        services::forget(service);
        0
    }
}

/// Exports operations that take bytes and return JSON.
macro_rules! export_on_bytes {
    ($($(#[$meta:meta])* fn $name:ident = $operation:path;)+) => {$(
        export! {
            $(#[$meta])*
            fn $name() -> i32 {
                with_buffers(|buffers| buffers.run(|bytes| $operation(bytes).map(String::into_bytes)))
            }
        }
    )+};
}

export_on_bytes! {
    /// Body of a request for a token → `{fields, id, identity}`: its four fields, and the ids worth asking the store
    /// about.
    fn read_create_token = routes::read_create_token;
    /// Body of a request for a token in the form of LiveKit's clients → the same.
    fn read_token_source = routes::read_token_source;
    /// Body of a request to mute someone → the same.
    fn read_mute_participant = routes::read_mute_participant;
    /// A text from a path → `true` if it can be the id of a channel.
    fn check_id = routes::check_id;
}

export! {
    /// A user token → the caller.
    fn authenticate(service: usize, now: f64) -> i32 {
        with_service(service, |service| {
            with_buffers(|buffers| buffers.run(|token| operations::authenticate(token, &service.user_tokens, now)))
        })
    }
}

export! {
    /// `{caller, facts}` → `null` if the store knows the caller.
    fn admit() -> i32 {
        with_json(LivekitError::StoreUnavailable, &operations::admit)
    }
}

export! {
    /// `{payload, now}`: the claims of a user token whose signature was checked → the caller.
    fn authenticate_claims(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::Unauthorized(TokenFault::Claims), &|arguments| {
                routes::authenticate_claims(arguments, &service.user_tokens)
            })
        })
    }
}

export! {
    /// `{route, caller, facts, now}`, `request` and `channelId` where the route has them → what may be granted or done.
    fn authorize(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::StoreUnavailable, &|arguments| {
                routes::authorize(arguments, service.livekit.config())
            })
        })
    }
}

export! {
    /// The arguments of [`authorize`] for a route that answers with a token, in `length` bytes, then sixteen random bytes
    /// or none → `{roomId, identity, token, expiresAt, jti?}`.
    fn authorize_and_generate(service: usize, length: usize) -> i32 {
        with_service(service, |service| {
            with_json_and_bytes(length, LivekitError::StoreUnavailable, &|arguments, random| {
                routes::authorize_and_generate(&service.livekit, arguments, random)
            })
        })
    }
}

export! {
    /// `{granted, now}` in `length` bytes, then sixteen random bytes or none → `{token, expiresAt, jti?}`.
    fn generate_granted(service: usize, length: usize) -> i32 {
        with_service(service, |service| {
            with_json_and_bytes(length, LivekitError::GrantRefused("type"), &|arguments, random| {
                routes::generate_granted(&service.livekit, arguments, random)
            })
        })
    }
}

export! {
    /// `{room, now}` → a token with which the service itself administers the room.
    fn generate_admin_token(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::TokenGeneration, &|arguments| {
                routes::generate_admin_token(arguments, &service.livekit)
            })
        })
    }
}

export! {
    /// `{authorization, now}` → `null` if the body of this webhook is worth reading.
    fn check_webhook(service: usize) -> i32 {
        with_service(service, |service| {
            with_json(LivekitError::Unauthorized(TokenFault::Malformed), &|arguments| {
                routes::check_webhook(arguments, service.webhooks.as_ref())
            })
        })
    }
}

export! {
    /// `{authorization, now}` in `length` bytes, then the body of a webhook → what it changes in who is in which room,
    /// or `null`.
    fn read_webhook(service: usize, length: usize) -> i32 {
        with_service(service, |service| {
            with_json_and_bytes(length, LivekitError::Unauthorized(TokenFault::Malformed), &|arguments, body| {
                routes::read_webhook(arguments, body, service.webhooks.as_ref())
            })
        })
    }
}

export! {
    /// Mints a token from the texts in the input, or in the first `standing` bytes of the standing input: room, identity, name, then 16
    /// random bytes if `random`. A length below zero says what a field is instead of text, see [`Codes`]. The result is the token's end in Unix seconds (f64,
    /// little endian), the token, and its `jti` (22 characters) if `random`.
    fn generate_token(
        service: usize,
        room: i32,
        identity: i32,
        name: i32,
        ttl_kind: i32,
        ttl: f64,
        random: i32,
        standing: usize,
        now: f64,
    ) -> i32 {
        with_service(service, |service| {
            let codes = Codes { room, identity, name, ttl_kind, ttl, random: random != 0 };
            let generate = |input: &[u8], output: &mut Vec<u8>| {
                operations::generate_token(&service.livekit, codes, now, input, output)
            };
            with_buffers(|buffers| match standing {
                0 => buffers.run(|input| {
                    let mut output = Vec::new();
                    generate(input, &mut output).map(|()| output)
                }),
                _ => buffers.run_standing(standing, generate),
            })
        })
    }
}

export! {
    /// `{apiKey, apiSecret}` → the number of a key that is prepared for the operations below.
    fn create_key() -> i32 {
        with_json(LivekitError::NotConfigured, &keys::create)
    }
}

export! {
    /// Forgets a key and wipes it.
    fn drop_key(key: usize) -> i32 {
        keys::forget(key);
        0
    }
}

export! {
    /// `{claims, identity?, ttl?, allowSensitiveCredentials?, now}` → an access token.
    fn sign_access_token(key: usize) -> i32 {
        with_key(key, |key| {
            with_json(LivekitError::ClaimsTooComplex, &|arguments| access_tokens::sign(arguments, key))
        })
    }
}

export! {
    /// `{token, clockTolerance?, refuseFutureIat?, now}` → the token's payload.
    fn verify_access_token(key: usize) -> i32 {
        with_key(key, |key| {
            with_json(LivekitError::InvalidToken(TokenFault::Malformed), &|arguments| {
                access_tokens::verify(arguments, key)
            })
        })
    }
}

export! {
    /// As [`verify_access_token`], of the token in the first `length` bytes of the standing input.
    fn verify_short_token(key: usize, length: usize, tolerance: f64, refuse_future_iat: i32, now: f64) -> i32 {
        with_key(key, |key| {
            with_buffers(|buffers| {
                buffers.run_standing(length, |token, output| {
                    access_tokens::verify_plain(key, token, (tolerance, refuse_future_iat != 0, now), output)
                })
            })
        })
    }
}

export! {
    /// As [`verify_access_token`] for the token of a webhook, with `length` bytes of arguments before the body → `null`.
    fn verify_webhook(key: usize, length: usize) -> i32 {
        with_key(key, |key| {
            with_json_and_bytes(length, LivekitError::InvalidToken(TokenFault::Malformed), &|arguments, body| {
                access_tokens::verify_webhook(arguments, key, body)
            })
        })
    }
}
