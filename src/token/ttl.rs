//! Time to live of a token.

use crate::{
    error::LivekitError,
    json::Value,
    time::{parse_digits, whole_seconds},
};

/// Default TTL of an [`AccessToken`](super::AccessToken) in seconds: six hours, as in LiveKit's SDKs.
pub const DEFAULT_ACCESS_TOKEN_TTL: u64 = 21_600;

/// Time to live of a token: from one second to [`Ttl::MAX_SECONDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ttl(u64);

/// Names of each unit, and its length in seconds. A year is 365.25 days.
const UNITS: [(&[&str], u64); 6] = [
    (&["s", "sec", "secs", "second", "seconds"], 1),
    (&["m", "min", "mins", "minute", "minutes"], 60),
    (&["h", "hr", "hrs", "hour", "hours"], 3600),
    (&["d", "day", "days"], 86_400),
    (&["w", "week", "weeks"], 604_800),
    (&["y", "yr", "yrs", "year", "years"], 31_557_600),
];

impl Ttl {
    /// Maximum in seconds: 136 years, so that adding it to a time never overflows.
    pub const MAX_SECONDS: u64 = u32::MAX as u64;

    /// A TTL in seconds, clamped to the valid range.
    #[must_use]
    pub const fn clamped(seconds: u64) -> Self {
        Self(match seconds {
            0 => 1,
            Self::MAX_SECONDS.. => Self::MAX_SECONDS,
            seconds => seconds,
        })
    }

    /// Converts seconds, rounded down to an integer.
    ///
    /// # Errors
    /// [`LivekitError::InvalidTtl`] below one second, above [`Self::MAX_SECONDS`] and for NaN.
    pub fn from_seconds(seconds: f64) -> Result<Self, LivekitError> {
        whole_seconds(seconds).ok_or(LivekitError::InvalidTtl).and_then(Self::try_from)
    }

    /// Parses a duration such as `10m`, `1.5 hours` or `2 days from now`, as LiveKit's JavaScript SDK does (jose,
    /// `lib/secs`), rounded down to seconds.
    ///
    /// # Errors
    /// [`LivekitError::InvalidTtl`] for any other string, and as [`Self::from_seconds`].
    pub fn parse(text: &str) -> Result<Self, LivekitError> {
        parse_duration(text).ok_or(LivekitError::InvalidTtl).and_then(Self::try_from)
    }

    /// Converts a JSON value: seconds, or a duration.
    ///
    /// # Errors
    /// [`LivekitError::InvalidTtl`] for any other value, and as [`Self::from_seconds`].
    pub fn from_json(value: &Value) -> Result<Self, LivekitError> {
        match value {
            Value::Number(seconds) => Self::from_seconds(seconds.as_f64()),
            Value::String(duration) => Self::parse(duration),
            _ => Err(LivekitError::InvalidTtl),
        }
    }

    /// The TTL in seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self(DEFAULT_ACCESS_TOKEN_TTL)
    }
}

impl TryFrom<u64> for Ttl {
    type Error = LivekitError;

    fn try_from(seconds: u64) -> Result<Self, LivekitError> {
        if (1..=Self::MAX_SECONDS).contains(&seconds) { Ok(Self(seconds)) } else { Err(LivekitError::InvalidTtl) }
    }
}

/// Parses a duration as [`Ttl::parse`] does, but also zero; `None` for any other string.
#[must_use]
pub fn parse_duration(text: &str) -> Option<u64> {
    let (text, has_sign) = text.strip_prefix('+').map_or((text, false), |text| (text, true));
    let text = text.strip_prefix(' ').unwrap_or(text);
    let text = match strip_suffix_ignoring_case(text, " from now") {
        Some(_) if has_sign => return None,
        Some(span) => span,
        None => text,
    };
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, seconds) = UNITS.iter().find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(unit)))?;
    multiply(number, *seconds)
}

/// Multiplies a decimal number by seconds, and rounds down.
fn multiply(number: &str, seconds: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    // Nine digits of the fraction are enough for a result in seconds.
    let fraction = fraction.get(..9).unwrap_or(fraction);
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = parse_digits(fraction)?.checked_mul(seconds)?.checked_div(scale)?;
    parse_digits(whole)?.checked_mul(seconds)?.checked_add(part)
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}
