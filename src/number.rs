//! The one place where a floating-point number from JavaScript becomes whole seconds.

/// Rounds a count of seconds down to a whole one; `None` if it is not finite, negative or above 2^53 − 1.
///
/// JavaScript has only floating-point numbers, so a time or duration arrives as one.
#[must_use]
pub fn whole_seconds(seconds: f64) -> Option<u64> {
    const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
    if !(0.0..=MAX_SAFE_INTEGER).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked above, and dropping the fraction is the purpose"
    )]
    Some(seconds as u64)
}
