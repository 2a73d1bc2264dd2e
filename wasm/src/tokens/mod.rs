//! The module of tokens: minting for a request, signing any claims, checking.

mod access_tokens;
mod arguments;
mod keys;
mod mint;
mod services;

use crate::buffers::{with_buffers, with_json, with_json_and_bytes};
use alloc::vec::Vec;
use arguments::Codes;
use keys::KEYS;
use livekit_edge::{LivekitError, TokenFault};
use services::SERVICES;

// pkg/src/wasm/service-handle.ts cuts texts at this length, which must be beyond every limit.
const _: () = assert!(
    livekit_edge::MAX_IDENTITY_BYTES < 1024
        && livekit_edge::MAX_ROOM_BYTES < 1024
        && livekit_edge::MAX_NAME_BYTES < 1024
);

export! {
    /// Where the texts of [`generate_token`] and [`verify_short_token`] may be written if they are short: 4096 bytes that
    /// stay where they are.
    fn standing_input() -> *const u8 {
        with_buffers(|buffers| buffers.standing())
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
        SERVICES.forget(service);
        0
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
        SERVICES.with(service, |service| {
            let codes = Codes { room, identity, name, ttl_kind, ttl, random: random != 0 };
            let generate = |input: &[u8], output: &mut Vec<u8>| {
                mint::generate_token(service, codes, now, input, output)
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
        KEYS.forget(key);
        0
    }
}

export! {
    /// `{claims, identity?, ttl?, allowSensitiveCredentials?, now}` → an access token.
    fn sign_access_token(key: usize) -> i32 {
        KEYS.with(key, |key| {
            with_json(LivekitError::ClaimsTooComplex, &|arguments| access_tokens::sign(arguments, key))
        })
    }
}

export! {
    /// `{token, clockTolerance?, refuseFutureIat?, now}` → the token's payload.
    fn verify_access_token(key: usize) -> i32 {
        KEYS.with(key, |key| {
            with_json(LivekitError::InvalidToken(TokenFault::Malformed), &|arguments| {
                access_tokens::verify(arguments, key)
            })
        })
    }
}

export! {
    /// As [`verify_access_token`], of the token in the first `length` bytes of the standing input.
    fn verify_short_token(key: usize, length: usize, tolerance: f64, refuse_future_iat: i32, now: f64) -> i32 {
        KEYS.with(key, |key| {
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
        KEYS.with(key, |key| {
            with_json_and_bytes(length, LivekitError::InvalidToken(TokenFault::Malformed), &|arguments, body| {
                access_tokens::verify_webhook(arguments, key, body)
            })
        })
    }
}
