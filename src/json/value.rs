//! JSON values, objects and numbers.

use alloc::{borrow::Cow, string::String, vec::Vec};
use serde::{Serialize, Serializer};

/// A JSON value. Strings borrow from the input where possible.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Cow<'t, str>),
    /// An array.
    Array(Vec<Value<'t>>),
    /// An object.
    Object(Object<'t>),
}

impl Value<'_> {
    /// The string, if the value is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    /// True for `null`, `false`, zero, and an empty string, array or object: the values that protobuf treats as unset.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(flag) => !flag,
            Self::Number(number) => number.as_f64() == 0.0,
            Self::String(string) => string.is_empty(),
            Self::Array(items) => items.is_empty(),
            Self::Object(object) => object.0.is_empty(),
        }
    }
}

impl<'t> From<&'t str> for Value<'t> {
    fn from(string: &'t str) -> Self {
        Self::String(Cow::Borrowed(string))
    }
}

impl From<String> for Value<'_> {
    fn from(string: String) -> Self {
        Self::String(Cow::Owned(string))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(Number::Unsigned(number))
    }
}

/// A count as a value.
#[must_use]
pub fn count(number: usize) -> Value<'static> {
    Value::from(u64::try_from(number).unwrap_or(u64::MAX))
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(Number::Float(number))
    }
}

impl<'t, T: Into<Value<'t>>> From<Option<T>> for Value<'t> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'t, T: Into<Self>> FromIterator<T> for Value<'t> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<'t> From<Object<'t>> for Value<'t> {
    fn from(object: Object<'t>) -> Self {
        Self::Object(object)
    }
}

/// A JSON number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer that is not negative.
    Unsigned(u64),
    /// A negative integer.
    Negative(i64),
    /// Any other number, as a double. serde_json may round the 17th significant digit.
    Float(f64),
}

impl Number {
    /// The number, if it is an integer that is not negative.
    #[must_use]
    pub const fn as_u64(self) -> Option<u64> {
        if let Self::Unsigned(number) = self { Some(number) } else { None }
    }

    /// The number, if it is an integer of 64 bits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Unsigned(number) => i64::try_from(number).ok(),
            Self::Negative(number) => Some(number),
            Self::Float(_) => None,
        }
    }

    /// The nearest double.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is the purpose")]
    pub const fn as_f64(self) -> f64 {
        match self {
            Self::Unsigned(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        u64::try_from(number).map_or(Self::Negative(number), Self::Unsigned)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Negative(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::String(string) => serializer.serialize_str(string),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// A JSON object: its fields in order, with unique names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'t>(Vec<(Cow<'t, str>, Value<'t>)>);

impl<'t> Object<'t> {
    /// An object of fields whose names are unique.
    pub(super) const fn from_unique(members: Vec<(Cow<'t, str>, Value<'t>)>) -> Self {
        Self(members)
    }

    /// The field of this name. A `null` counts as missing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        (!matches!(value, Value::Null)).then_some(value)
    }

    /// The string field of this name, empty if it is missing or of another type.
    pub(crate) fn str(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// True if the object has the field `name`, even if it is `null`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The fields in order, including `null` ones.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value<'t>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a field, replacing one of the same name.
    pub(crate) fn set(&mut self, name: &'static str, value: Value<'t>) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// Adds a field of a new name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value<'t>>) -> Self {
        self.0.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// As [`Self::with`]; adds nothing for `None`.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<Value<'t>>>) -> Self {
        if let Some(value) = value { self.with(name, value) } else { self }
    }

    /// The object without its `null` fields.
    pub(crate) fn without_nulls(mut self) -> Self {
        self.0.retain(|(_, value)| !matches!(value, Value::Null));
        self
    }

    /// Removes a field and returns it. A `null` counts as missing.
    pub fn remove(&mut self, name: &str) -> Option<Value<'t>> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.0.swap_remove(at);
        (!matches!(value, Value::Null)).then_some(value)
    }

    /// The fields as pairs of strings, if the value of each is a string.
    #[must_use]
    pub fn strings(&self) -> Option<Vec<(String, String)>> {
        self.members().map(|(name, value)| Some((name.into(), value.as_str()?.into()))).collect()
    }
}

impl<'t> FromIterator<(&'t str, Value<'t>)> for Object<'t> {
    /// The names must be unique.
    fn from_iter<I: IntoIterator<Item = (&'t str, Value<'t>)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.members())
    }
}
