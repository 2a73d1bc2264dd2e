//! Checks of `exp` and `nbf`.

use crate::{
    error::TokenError,
    json::{Number, Object, Value},
    time::whole_seconds,
};

/// Checks the times of a token: `exp` is required and in the future; `nbf` is optional and not in the future.
pub(crate) fn check_times(claims: &Object<'_>, now: u64, tolerance: u64) -> Result<(), TokenError> {
    let (expiry, not_before) = (check_expiry(claims, now, tolerance), check_not_before(claims, now, tolerance));
    if matches!(not_before, Err(TokenError::Claim(_))) { not_before } else { expiry.and(not_before) }
}

pub(super) fn check_expiry(claims: &Object<'_>, now: u64, tolerance: u64) -> Result<(), TokenError> {
    let exp = time(claims, "exp")?.ok_or(TokenError::Claim("exp"))?;
    if exp.saturating_add(tolerance) <= now { Err(TokenError::Expired) } else { Ok(()) }
}

pub(super) fn check_not_before(claims: &Object<'_>, now: u64, tolerance: u64) -> Result<(), TokenError> {
    let is_early = time(claims, "nbf")?.is_some_and(|nbf| nbf > now.saturating_add(tolerance));
    if is_early { Err(TokenError::NotYetValid) } else { Ok(()) }
}

/// Parses a NumericDate (RFC 7519 section 2): any JSON number, rounded down to seconds as LiveKit's server does.
pub(crate) fn time(claims: &Object<'_>, name: &'static str) -> Result<Option<u64>, TokenError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(Number::Unsigned(time))) => Ok(Some(*time)),
        Some(Value::Number(Number::Float(time))) => whole_seconds(*time).map(Some).ok_or(TokenError::Claim(name)),
        Some(_) => Err(TokenError::Claim(name)),
    }
}
