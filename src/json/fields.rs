//! Typed access to the members of an object.

use super::{Object, Value, read};
use alloc::vec::Vec;

/// An object whose members are read by name and type. `null` counts as absent; a member of another type is an error.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'v>(&'v Object<'v>);

/// A member has another type than it should, or a required one is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongType;

impl<'v> Fields<'v> {
    /// The members of `value`.
    ///
    /// # Errors
    /// [`WrongType`] if it is no object.
    pub fn of(value: &'v Value<'v>) -> Result<Self, WrongType> {
        match value {
            Value::Object(object) => Ok(Self(object)),
            _ => Err(WrongType),
        }
    }

    /// The members of `object`.
    #[must_use]
    pub const fn of_object(object: &'v Object<'v>) -> Self {
        Self(object)
    }

    fn optional<T>(&self, name: &str, convert: impl Fn(&'v Value<'v>) -> Option<T>) -> Result<Option<T>, WrongType> {
        self.0.get(name).map(|value| convert(value).ok_or(WrongType)).transpose()
    }

    /// True if the members are exactly these, in any order, `null` or not.
    #[must_use]
    pub fn are_exactly(&self, names: &[&str]) -> bool {
        self.0.members().count() == names.len() && names.iter().all(|name| self.has(name))
    }

    /// True if there is such a member, even `null`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.members().any(|(key, _)| key == name)
    }

    /// A member of any type.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'v Value<'v>> {
        self.0.get(name)
    }

    /// A text.
    ///
    /// # Errors
    /// [`WrongType`] for a member that is none.
    pub fn text(&self, name: &str) -> Result<Option<&'v str>, WrongType> {
        self.optional(name, Value::as_text)
    }

    /// A whole number from 0 up, spelt in digits alone.
    ///
    /// # Errors
    /// [`WrongType`] for a member that is none.
    pub fn whole_number(&self, name: &str) -> Result<Option<u64>, WrongType> {
        self.optional(name, |value| match value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        })
    }

    /// A truth value.
    ///
    /// # Errors
    /// [`WrongType`] for a member that is none.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, WrongType> {
        self.optional(name, |value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        })
    }

    /// A truth value as databases give it: PostgreSQL `true`, SQLite `1`.
    ///
    /// # Errors
    /// [`WrongType`] for a member that is none.
    pub fn database_flag(&self, name: &str) -> Result<Option<bool>, WrongType> {
        self.optional(name, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => match number.as_u64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            _ => None,
        })
    }

    /// A list of texts.
    ///
    /// # Errors
    /// [`WrongType`] for a member that is none.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<&'v str>>, WrongType> {
        self.optional(name, |value| match value {
            Value::List(items) => items.iter().map(Value::as_text).collect(),
            _ => None,
        })
    }
}

/// Reads a JSON object and takes from it what `take` wants; `None` for anything else.
pub fn read_object<T>(text: &[u8], take: impl FnOnce(&Fields<'_>) -> Result<T, WrongType>) -> Option<T> {
    let value = read(text).ok()?;
    take(&Fields::of(&value).ok()?).ok()
}
