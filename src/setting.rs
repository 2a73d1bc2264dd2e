//! Parsing of settings.
//!
//! Every setting is parsed with these functions, which remove surrounding white space: a secret from a file or from
//! `echo` ends with a line feed.

use crate::time::parse_digits;
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::ops::RangeInclusive;

/// Returns a setting by name, for example from an environment.
pub type Settings<'s> = &'s dyn Fn(&str) -> Option<String>;

/// The trimmed value of a setting; `None` if it is unset or blank.
#[must_use]
pub fn text(setting: Settings<'_>, name: &str) -> Option<String> {
    let value = setting(name)?;
    let trimmed = value.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_string())
}

/// The entries of a comma-separated setting, trimmed, without empty ones; `None` if the setting is unset or blank. A
/// setting of only commas is an empty list, which matches nothing.
#[must_use]
pub fn list(setting: Settings<'_>, name: &str) -> Option<Vec<String>> {
    text(setting, name).map(|text| entries(&text, ',').map(String::from).collect())
}

/// The parts between separators, trimmed, without empty ones.
pub(crate) fn entries(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Parses `true` or `1`, `false` or `0`; `None` for any other string.
pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Parses an integer in `range`; `None` for any other string.
pub(crate) fn parse_integer(text: &str, range: RangeInclusive<u64>) -> Option<u64> {
    parse_digits(text.trim()).filter(|number| range.contains(number))
}
