//! Typed access to the fields of an object.

use super::{Object, Value};
use alloc::vec::Vec;

/// Gets fields of an object by name and type. A `null` counts as missing; a field of another type is an error.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'v>(&'v Object<'v>);

/// A field is missing or of another type than required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongType;

impl<'v> Fields<'v> {
    /// The fields of `object`.
    #[must_use]
    pub const fn new(object: &'v Object<'v>) -> Self {
        Self(object)
    }

    fn optional<T>(&self, name: &str, convert: impl Fn(&'v Value<'v>) -> Option<T>) -> Result<Option<T>, WrongType> {
        self.0.get(name).map(|value| convert(value).ok_or(WrongType)).transpose()
    }

    /// True if the object has exactly the fields `names`, in any order. A field may be `null`.
    #[must_use]
    pub fn are_exactly(&self, names: &[&str]) -> bool {
        self.are(names, &[])
    }

    /// True if every field of the object is one of `names`.
    #[must_use]
    pub fn are_among(&self, names: &[&str]) -> bool {
        self.0.members().all(|(name, _)| names.contains(&name))
    }

    /// True if the object has every field of `required`, any of `optional`, and no other, in any order. A field may be
    /// `null`.
    #[must_use]
    pub fn are(&self, required: &[&str], optional: &[&str]) -> bool {
        let known = optional.iter().filter(|name| self.0.has(name)).count();
        self.0.len() == required.len().saturating_add(known) && required.iter().all(|name| self.0.has(name))
    }

    /// True if the object has the field `name`, even if it is `null`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }

    /// A field of any type.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'v Value<'v>> {
        self.0.get(name)
    }

    /// A string.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn string(&self, name: &str) -> Result<Option<&'v str>, WrongType> {
        self.optional(name, Value::as_str)
    }

    /// An integer that is not negative.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn integer(&self, name: &str) -> Result<Option<u64>, WrongType> {
        self.optional(name, |value| if let Value::Number(number) = value { number.as_u64() } else { None })
    }

    /// A boolean.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, WrongType> {
        self.optional(name, |value| if let Value::Bool(flag) = value { Some(*flag) } else { None })
    }

    /// A boolean as a database returns it: `true` or `false` in PostgreSQL, 1 or 0 in SQLite.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn database_boolean(&self, name: &str) -> Result<Option<bool>, WrongType> {
        self.optional(name, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) if number.as_u64() == Some(0) => Some(false),
            Value::Number(number) if number.as_u64() == Some(1) => Some(true),
            _ => None,
        })
    }

    /// An array of strings.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<&'v str>>, WrongType> {
        self.optional(name, |value| {
            if let Value::Array(items) = value { items.iter().map(Value::as_str).collect() } else { None }
        })
    }

    /// An object.
    ///
    /// # Errors
    /// [`WrongType`] for another type.
    pub fn object(&self, name: &str) -> Result<Option<&'v Object<'v>>, WrongType> {
        self.optional(name, |value| if let Value::Object(object) = value { Some(object) } else { None })
    }
}
