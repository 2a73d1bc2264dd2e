//! Times and durations in whole seconds.

use crate::error::LivekitError;

/// 2^53 − 1: doubles represent this integer and every smaller one exactly.
pub(crate) const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// The last Unix second of JavaScript's `Date` (ECMA-262, Time Values and Time Range).
pub const LAST_DATE: u64 = 8_640_000_000_000;

/// Parses decimal digits. `None` for any other character, such as a sign, and above 64 bits.
pub(crate) fn parse_digits(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The `exp` of a token that is issued at `now` for `ttl` seconds; `None` above 2^53 − 1, which JavaScript would round.
pub(crate) fn expiry(now: u64, ttl: u64) -> Option<u64> {
    now.checked_add(ttl).filter(|exp| *exp <= MAX_SAFE_INTEGER)
}

/// Maximum clock tolerance in seconds: one day. A longer one would accept tokens long after they expired.
pub const MAX_CLOCK_TOLERANCE: u64 = 86_400;

/// Validates a clock tolerance, and rounds it down to an integer of seconds.
///
/// # Errors
/// [`LivekitError::InvalidClockTolerance`] if it is not finite, negative, or above [`MAX_CLOCK_TOLERANCE`].
pub fn clock_tolerance(seconds: f64) -> Result<u64, LivekitError> {
    whole_seconds(seconds).filter(|seconds| *seconds <= MAX_CLOCK_TOLERANCE).ok_or(LivekitError::InvalidClockTolerance)
}

/// Rounds seconds down to an integer; `None` if they are negative, not finite, or above 2^53 − 1.
///
/// JavaScript passes times and durations as doubles.
#[must_use]
pub fn whole_seconds(seconds: f64) -> Option<u64> {
    if !(0.0..=9_007_199_254_740_991.0).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked above, and dropping the fraction is the purpose"
    )]
    Some(seconds as u64)
}
