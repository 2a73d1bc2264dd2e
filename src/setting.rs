//! How one setting is read.
//!
//! Every setting is read through these functions, so that white space around a value is never part of it: a secret from a
//! file, or from `echo`, ends in a line feed.

use crate::time::parse_digits;
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::ops::RangeInclusive;

/// Settings by name, for example those of an environment.
pub type Settings<'s> = &'s dyn Fn(&str) -> Option<String>;

/// The value of a setting without white space around it; `None` if it is unset or blank.
#[must_use]
pub fn text(setting: Settings<'_>, name: &str) -> Option<String> {
    let value = setting(name)?;
    let trimmed = value.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_string())
}

/// The entries of a setting that are separated by commas, without white space around them and without empty ones; `None` if
/// it is unset or blank. A setting of commas alone is an empty list, which matches nothing.
#[must_use]
pub fn list(setting: Settings<'_>, name: &str) -> Option<Vec<String>> {
    text(setting, name).map(|text| entries(&text, ',').map(String::from).collect())
}

/// The parts of a text, without white space around them and without empty ones.
pub(crate) fn entries(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).map(str::trim).filter(|entry| !entry.is_empty())
}

/// `true` or `1`, `false` or `0`; `None` for any other text.
pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// An integer of a range; `None` for any other text.
pub(crate) fn parse_integer(text: &str, range: RangeInclusive<u64>) -> Option<u64> {
    parse_digits(text.trim()).filter(|number| range.contains(number))
}
