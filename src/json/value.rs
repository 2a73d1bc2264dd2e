//! What JSON can say.

use super::write::decimal;
use crate::number::parse_whole;
use alloc::{borrow::Cow, collections::BTreeMap, string::String, vec::Vec};

/// A JSON value. Whatever stands in the text as it is, is not copied.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was spelt.
    Number(Number<'t>),
    /// A string, without its quotes and escapes.
    Text(Cow<'t, str>),
    /// An array.
    List(Vec<Value<'t>>),
    /// An object.
    Object(Object<'t>),
}

impl Value<'_> {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The items of an array; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }
}

impl<'t> Value<'t> {
    /// A text.
    pub(crate) const fn text(text: &'t str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A whole number.
    pub(crate) fn whole_number(value: u64) -> Self {
        Self::Number(Number(Cow::Owned(decimal(value))))
    }
}

/// A JSON number in its own spelling, which the reader has checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<'t>(pub(super) Cow<'t, str>);

impl Number<'_> {
    /// The value if the number is spelt as a whole one: digits only, no sign, fraction or exponent.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        parse_whole(&self.0)
    }

    /// The value if the number is spelt as a whole one: a minus sign and digits only.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0.strip_prefix('-') {
            Some(digits) => 0_i64.checked_sub_unsigned(parse_whole(digits)?),
            None => i64::try_from(parse_whole(&self.0)?).ok(),
        }
    }

    /// True for zero in any spelling.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        let mantissa = self.0.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
        !mantissa.into_iter().any(|byte| matches!(byte, b'1'..=b'9'))
    }

    /// The number as it was spelt.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number without its fraction, exact up to `u32::MAX`; any larger one is `f64::MAX`, with its sign.
    ///
    /// A full conversion would bring ten kilobytes of tables into the module, and no rule asks for more than this.
    #[must_use]
    pub fn whole_part(&self) -> f64 {
        let (sign, spelling) = match self.0.strip_prefix('-') {
            Some(spelling) => (-1.0, spelling),
            None => (1.0, &*self.0),
        };
        let (mantissa, exponent) = split_at(spelling, |byte| matches!(byte, b'e' | b'E')).unwrap_or((spelling, "0"));
        let (whole, fraction) = split_at(mantissa, |byte| byte == b'.').unwrap_or((mantissa, ""));
        // An exponent that does not fit is as good as the largest that does.
        let size = |digits| parse_whole(digits).and_then(|size| i64::try_from(size).ok()).unwrap_or(i64::MAX);
        let exponent = match exponent.strip_prefix('-') {
            Some(digits) => size(digits).saturating_neg(),
            None => size(exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        sign * shift(whole, fraction, exponent).map_or(f64::MAX, f64::from)
    }
}

/// What stands before and after the first such byte. The standard library's own way is a kilobyte of the module.
fn split_at(text: &str, is_separator: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(text.bytes().position(is_separator)?)?;
    Some((before, rest.get(1..)?))
}

/// The whole part of `whole.fraction` × 10^`exponent`; `None` above `u32::MAX`.
fn shift(whole: &str, fraction: &str, exponent: i64) -> Option<u32> {
    let mut places = i64::try_from(whole.len()).ok()?.saturating_add(exponent);
    let mut value: u32 = 0;
    for digit in whole.chars().chain(fraction.chars()) {
        if places <= 0 {
            return Some(value);
        }
        places = places.saturating_sub(1);
        value = value.checked_mul(10)?.checked_add(digit.to_digit(10)?)?;
    }
    while value > 0 && places > 0 {
        places = places.saturating_sub(1);
        value = value.checked_mul(10)?;
    }
    Some(value)
}

/// A JSON object: its members in order, each key once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'t>(pub(super) Vec<(Cow<'t, str>, Value<'t>)>);

impl<'t> Object<'t> {
    /// The member of this name. A `null` counts as none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        (!matches!(value, Value::Null)).then_some(value)
    }

    /// The members in order, `null` ones included.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value<'t>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// An object of members that have each another name.
    pub(crate) fn of(members: impl IntoIterator<Item = (&'t str, Value<'t>)>) -> Self {
        Self(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    /// Sets a member, in the place of any other of this name.
    pub(crate) fn set(&mut self, name: &'static str, value: Value<'t>) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// The members, if each is a text.
    #[must_use]
    pub fn texts(&self) -> Option<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        // One by one: to collect them would bring a sort routine into the module.
        for (key, value) in self.members() {
            texts.insert(key.into(), value.as_text()?.into());
        }
        Some(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_part_drops_the_fraction_and_saturates() {
        for (spelling, whole) in [
            ("0", 0.0),
            ("60", 60.0),
            ("6e1", 60.0),
            ("0.6E+2", 60.0),
            ("6000e-2", 60.0),
            ("1.999", 1.0),
            ("0.9999999999999999999999", 0.0),
            ("-1", -1.0),
            ("-0.5", 0.0),
            ("4294967295", 4_294_967_295.0),
            ("4294967296", f64::MAX),
            ("1e300", f64::MAX),
            ("-1e300", f64::MIN),
            ("1e99999999999999999999", f64::MAX),
            ("1e-99999999999999999999", 0.0),
            ("0e99999999999999999999", 0.0),
            ("0.000000000000000000001e21", 1.0),
        ] {
            assert_eq!(Number(spelling.into()).whole_part(), whole, "{spelling}");
        }
    }
}
