//! The module of the endpoint: who asks, what they may, and the token that follows.

mod bodies;
mod callers;
mod endpoints;
mod routes;
mod webhooks;

use crate::buffers::{with_buffers, with_json, with_json_and_bytes};
use alloc::string::String;
use endpoints::ENDPOINTS;
use livekit_edge::{LivekitError, TokenFault};

export! {
    /// Settings by name, as JSON → what is to be known of the endpoint that they make; `service` is its number.
    fn create_endpoint() -> i32 {
        with_json(LivekitError::NotConfigured, &|settings| Ok(Ok(endpoints::create(settings))))
    }
}

export! {
    /// Forgets an endpoint and wipes its keys.
    fn drop_endpoint(endpoint: usize) -> i32 {
        ENDPOINTS.forget(endpoint);
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
    fn read_create_token = bodies::read_create_token;
    /// Body of a request for a token in the form of LiveKit's clients → the same.
    fn read_token_source = bodies::read_token_source;
    /// Body of a request to mute someone → the same.
    fn read_mute_participant = bodies::read_mute_participant;
    /// A text from a path → `true` if it can be the id of a channel.
    fn check_id = bodies::check_id;
}

export! {
    /// A user token → the caller.
    fn authenticate(endpoint: usize, now: f64) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_buffers(|buffers| buffers.run(|token| callers::authenticate(token, &endpoint.user_tokens, now)))
        })
    }
}

export! {
    /// `{caller, facts}` → `null` if the store knows the caller.
    fn admit() -> i32 {
        with_json(LivekitError::StoreUnavailable, &callers::admit)
    }
}

export! {
    /// `{payload, now}`: the claims of a user token whose signature was checked → the caller.
    fn authenticate_claims(endpoint: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json(LivekitError::Unauthorized(TokenFault::Claims), &|arguments| {
                routes::authenticate_claims(arguments, &endpoint.user_tokens)
            })
        })
    }
}

export! {
    /// `{route, caller, facts, now}`, `request` and `channelId` where the route has them → what may be granted or done.
    fn authorize(endpoint: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json(LivekitError::StoreUnavailable, &|arguments| {
                routes::authorize(arguments, endpoint.livekit.config())
            })
        })
    }
}

export! {
    /// The arguments of [`authorize`] for a route that answers with a token, in `length` bytes, then sixteen random bytes
    /// or none → `{roomId, identity, token, expiresAt, jti?}`.
    fn authorize_and_generate(endpoint: usize, length: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json_and_bytes(length, LivekitError::StoreUnavailable, &|arguments, random| {
                routes::authorize_and_generate(&endpoint.livekit, arguments, random)
            })
        })
    }
}

export! {
    /// `{granted, now}` in `length` bytes, then sixteen random bytes or none → the same.
    fn generate_granted(endpoint: usize, length: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json_and_bytes(length, LivekitError::GrantRefused("type"), &|arguments, random| {
                routes::generate_granted(&endpoint.livekit, arguments, random)
            })
        })
    }
}

export! {
    /// `{room, now}` → a token with which the service itself administers the room.
    fn generate_admin_token(endpoint: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json(LivekitError::TokenGeneration, &|arguments| {
                routes::generate_admin_token(arguments, &endpoint.livekit)
            })
        })
    }
}

export! {
    /// `{authorization, now}` → `null` if the body of this webhook is worth reading.
    fn check_webhook(endpoint: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json(LivekitError::Unauthorized(TokenFault::Malformed), &|arguments| {
                webhooks::check_webhook(arguments, endpoint.webhooks.as_ref())
            })
        })
    }
}

export! {
    /// `{authorization, now}` in `length` bytes, then the body of a webhook → what it changes in who is in which room,
    /// or `null`.
    fn read_webhook(endpoint: usize, length: usize) -> i32 {
        ENDPOINTS.with(endpoint, |endpoint| {
            with_json_and_bytes(length, LivekitError::Unauthorized(TokenFault::Malformed), &|arguments, body| {
                webhooks::read_webhook(arguments, body, endpoint.webhooks.as_ref())
            })
        })
    }
}
