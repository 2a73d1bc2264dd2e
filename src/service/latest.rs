//! What the tokens of a service share, encoded and hashed once.

use super::LivekitConfig;
use crate::{
    json::{write_number, write_text},
    jws::Opening,
    token::{Credentials, VideoGrant},
};
use alloc::string::String;
use spin::Mutex;

/// When a token begins and ends, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) now: u64,
    pub(super) expires_at: u64,
}

/// The opening of the latest token's times.
#[derive(Debug, Default)]
pub(super) struct Latest(Mutex<Option<(Times, Opening)>>);

impl Latest {
    /// Signs with the opening of these times. The lock is only tried: whoever finds it taken does without.
    pub(super) fn with(&self, times: Times, open: impl Fn() -> Opening, sign: impl FnOnce(&Opening)) {
        match self.0.try_lock() {
            None => sign(&open()),
            Some(mut latest) => match &mut *latest {
                Some((known, opening)) if *known == times => sign(opening),
                other => sign(&other.insert((times, open())).1),
            },
        }
    }
}

impl Times {
    /// What all tokens with the specification's five grants and these times begin with, as `Claims` would write it.
    pub(super) fn opening(self, credentials: &Credentials, config: &LivekitConfig) -> Opening {
        let mut start = String::with_capacity(256);
        start.push_str(r#"{"iss":"#);
        write_text(&credentials.api_key, &mut start);
        start.push_str(r#","exp":"#);
        write_number(self.expires_at, &mut start);
        start.push_str(r#","nbf":"#);
        write_number(self.now, &mut start);
        start.push_str(r#","video":"#);
        start.push_str(grant_to_room(config));
        Opening::new(&start, &credentials.key)
    }
}

/// The specification's five grants, and the one that a setting adds.
pub(super) fn full_grant(room: &str, config: &LivekitConfig) -> VideoGrant {
    VideoGrant { can_update_own_metadata: config.can_update_own_metadata.then_some(true), ..VideoGrant::full(room) }
}

/// [`full_grant`] as it is written, up to the name of the room, which comes last.
const fn grant_to_room(config: &LivekitConfig) -> &'static str {
    if config.can_update_own_metadata {
        r#"{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":true,"canUpdateOwnMetadata":true,"room":"#
    } else {
        r#"{"roomJoin":true,"canPublish":true,"canSubscribe":true,"canPublishData":true,"room":"#
    }
}
