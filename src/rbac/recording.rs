//! Authorizes requests about recordings of a channel.

use super::{
    Facts, RbacAction,
    admit::{admit, check_channel_id},
    decide::{Timeouts, decide_with},
};
use crate::{error::LivekitError, request::RawStartRecording, user_token::Caller};

/// Decides whether the caller may start, list and stop recordings of the channel `channel_id`, at `now` (Unix seconds).
/// Returns whether a recording that the request starts has only audio.
///
/// # Errors
/// As [`admit`]; then [`LivekitError::InvalidRequest`]; then as [`decide`](super::decide).
pub fn authorize_recording(
    caller: &Caller,
    channel_id: &str,
    request: &RawStartRecording,
    facts: &Facts,
    now: u64,
) -> Result<bool, LivekitError> {
    let user = admit(caller, facts)?;
    let audio_only = request.validate()?;
    check_channel_id(channel_id, facts)?;
    decide_with(user, facts, RbacAction::RecordChannel, Timeouts::Deny, now)?;
    Ok(audio_only)
}
