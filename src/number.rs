//! Numbers: the one place where a floating-point number from JavaScript becomes whole seconds, and digits a number.

/// The largest whole number that a floating-point number holds exactly: 2^53 − 1.
pub(crate) const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// The last Unix second of JavaScript's `Date` (ECMA-262, Time Values and Time Range).
pub const LAST_DATE: u64 = 8_640_000_000_000;

/// The whole number that these decimal digits are; `None` for any other text, and beyond 64 bits.
pub(crate) fn parse_whole(digits: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte & 15));
    let add = |value: u64, byte| value.checked_mul(10)?.checked_add(digit(byte)?);
    if digits.is_empty() { None } else { digits.bytes().try_fold(0, add) }
}

/// `now` and `ttl` together, in seconds; `None` beyond what every reader of a token can hold.
pub(crate) fn end_of_life(now: u64, ttl: u64) -> Option<u64> {
    now.checked_add(ttl).filter(|exp| *exp <= MAX_SAFE_INTEGER)
}

/// Rounds a count of seconds down to a whole one; `None` if it is not finite, negative or above 2^53 − 1.
///
/// JavaScript has only floating-point numbers, so a time or duration arrives as one.
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
