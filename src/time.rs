//! Times and durations in whole seconds.

use crate::error::LivekitError;

/// The largest integer that a double represents together with all smaller ones: 2^53 − 1.
pub(crate) const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// The last Unix second of JavaScript's `Date` (ECMA-262, Time Values and Time Range).
pub const LAST_DATE: u64 = 8_640_000_000_000;

/// The integer that these decimal digits denote; `None` for any other string, a sign, and more than 64 bits.
pub(crate) fn parse_digits(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The `exp` of a token that is issued at `now` for `ttl` seconds; `None` beyond what every reader represents exactly.
pub(crate) fn expiry(now: u64, ttl: u64) -> Option<u64> {
    now.checked_add(ttl).filter(|exp| *exp <= MAX_SAFE_INTEGER)
}

/// The longest clock tolerance in seconds: one day. With a longer one an expired token would live on.
pub const MAX_CLOCK_TOLERANCE: u64 = 86_400;

/// A clock tolerance of a host, rounded down to an integer of seconds.
///
/// # Errors
/// [`LivekitError::InvalidClockTolerance`] if it is not finite, negative, or above [`MAX_CLOCK_TOLERANCE`].
pub fn clock_tolerance(seconds: f64) -> Result<u64, LivekitError> {
    whole_seconds(seconds).filter(|seconds| *seconds <= MAX_CLOCK_TOLERANCE).ok_or(LivekitError::InvalidClockTolerance)
}

/// Rounds seconds down to an integer; `None` if they are not finite, negative, or above 2^53 − 1.
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
