//! A serde visitor that builds a [`Value`] and rejects ambiguous documents.

use super::{Number, Object, Value};
use alloc::{borrow::Cow, collections::BinaryHeap, string::String, vec::Vec};
use core::{cell::Cell, fmt};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

/// Maximum depth of nested arrays and objects.
pub const MAX_DEPTH: usize = 32;

/// Maximum number of fields of an object. The largest object that LiveKit accepts is the attributes: 64 KiB.
pub const MAX_MEMBERS: usize = 65_536;

/// Maximum number of values in a document, including nested ones. It bounds memory use.
pub const MAX_VALUES: usize = 250_000;

/// Up to this many fields, comparing every pair of names is faster than sorting them.
const FEW_MEMBERS: usize = 16;

/// Why a document is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// Not JSON, or not UTF-8.
    Syntax,
    /// Valid JSON, but not an object where one is required.
    NotObject,
    /// An object repeats a field.
    RepeatedMember,
    /// Nested deeper than [`MAX_DEPTH`], an object with more fields than [`MAX_MEMBERS`], or more than [`MAX_VALUES`]
    /// values.
    TooComplex,
}

/// Parses one JSON document.
///
/// # Errors
/// [`JsonError`], for the first error found.
pub fn parse(text: &[u8]) -> Result<Value<'_>, JsonError> {
    let text = core::str::from_utf8(text).map_err(|_| JsonError::Syntax)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = read(&mut deserializer)?;
    deserializer.end().map_err(|_| JsonError::Syntax)?;
    Ok(value)
}

/// Parses one JSON document that must be an object.
///
/// # Errors
/// As [`parse`]; [`JsonError::NotObject`].
pub fn parse_object(text: &[u8]) -> Result<Object<'_>, JsonError> {
    if let Value::Object(object) = parse(text)? { Ok(object) } else { Err(JsonError::NotObject) }
}

/// Deserializes one value from any self-describing serde format.
///
/// # Errors
/// [`JsonError`]; [`JsonError::Syntax`] for a value that JSON cannot express.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value<'de>, JsonError> {
    let document = Document::default();
    let read = Strict { document: &document, depth: 0 }.deserialize(deserializer);
    match (document.error.get(), read) {
        (Some(error), _) => Err(error),
        (None, Ok(value)) => Ok(value),
        (None, Err(_)) => Err(JsonError::Syntax),
    }
}

/// The number of values in one document, and its first error.
///
/// Errors are stored here instead of being returned through serde, whose error formatting would add 10 KB to the
/// module. Parsing stops early because the deserializer notices that the value was not consumed.
#[derive(Default)]
struct Document {
    values: Cell<usize>,
    error: Cell<Option<JsonError>>,
}

impl Document {
    fn reject<'de>(&self, error: JsonError) -> Value<'de> {
        self.error.set(self.error.get().or(Some(error)));
        Value::Null
    }
}

/// Visitor methods that reject types which JSON does not have.
macro_rules! reject {
    ($($visit:ident: $type:ty,)+) => {$(
        fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Ok(self.reject())
        }
    )+};
}

macro_rules! reject_all {
    () => {
        reject! { visit_i128: i128, visit_u128: u128, visit_char: char, visit_bytes: &[u8], visit_byte_buf: Vec<u8>, }

        fn visit_some<D: Deserializer<'de>>(self, _: D) -> Result<Self::Value, D::Error> {
            Ok(self.reject())
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, _: D) -> Result<Self::Value, D::Error> {
            Ok(self.reject())
        }

        fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Ok(self.reject())
        }
    };
}

#[derive(Clone, Copy)]
struct Strict<'d> {
    document: &'d Document,
    depth: usize,
}

impl Strict<'_> {
    /// The visitor of values one level deeper, unless there are too many levels.
    fn inner(self) -> Option<Self> {
        (self.depth < MAX_DEPTH).then_some(Self { depth: self.depth.saturating_add(1), ..self })
    }

    fn reject<'de>(self) -> Value<'de> {
        self.document.reject(JsonError::Syntax)
    }

    /// Counts a value; false if the document has too many.
    fn count(self) -> bool {
        let values = self.document.values.get().saturating_add(1);
        self.document.values.set(values);
        values <= MAX_VALUES
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        if self.count() { deserializer.deserialize_any(self) } else { Ok(self.document.reject(JsonError::TooComplex)) }
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    reject_all!();

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Unsigned(number)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(if number.is_finite() { Value::Number(Number::Float(number)) } else { self.reject() })
    }

    fn visit_str<E: Error>(self, string: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(string.into())))
    }

    fn visit_borrowed_str<E: Error>(self, string: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(string)))
    }

    fn visit_string<E: Error>(self, string: String) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(string)))
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
        let Some(inner) = self.inner() else { return Ok(self.document.reject(JsonError::TooComplex)) };
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let Some(inner) = self.inner() else { return Ok(self.document.reject(JsonError::TooComplex)) };
        let mut object: Vec<(Cow<'de, str>, Value<'de>)> = Vec::new();
        while let Some(name) = members.next_key_seed(Name(self.document))? {
            if object.len() == MAX_MEMBERS {
                return Ok(self.document.reject(JsonError::TooComplex));
            }
            object.push((name, members.next_value_seed(inner)?));
        }
        if has_repeated_name(&object) {
            return Ok(self.document.reject(JsonError::RepeatedMember));
        }
        Ok(Value::Object(Object::from_unique(object)))
    }
}

/// The name of a field.
struct Name<'d>(&'d Document);

impl Name<'_> {
    fn reject<'de>(&self) -> Cow<'de, str> {
        self.0.reject(JsonError::Syntax);
        Cow::Borrowed("")
    }
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    reject_all!();

    reject! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.reject())
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.reject())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Ok(self.reject())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Ok(self.reject())
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.into()))
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name))
    }
}

/// Finds a repeated name in at most n log n comparisons.
fn has_repeated_name(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    if members.len() <= FEW_MEMBERS {
        let is_repeated =
            |(at, (name, _)): (usize, &(Cow<'_, str>, _))| members.iter().take(at).any(|(other, _)| other == name);
        return members.iter().enumerate().any(is_repeated);
    }
    let mut names: BinaryHeap<&str> = members.iter().map(|(name, _)| &**name).collect();
    let mut last = None;
    while let Some(name) = names.pop() {
        if last == Some(name) {
            return true;
        }
        last = Some(name);
    }
    false
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, format};
    use proptest::{collection::vec, prelude::*};

    fn is_repeated(names: &[String]) -> bool {
        let members: Vec<_> = names.iter().map(|name| (Cow::Borrowed(name.as_str()), Value::Null)).collect();
        has_repeated_name(&members)
    }

    #[test]
    fn a_repeated_name_is_found_wherever_it_stands() {
        for count in [2, 3, 15, 16, 17, 18, 33, 1000, 65_536] {
            let names: Vec<String> = (0..count).map(|number| format!("{}", number * 7919 % 65_537)).collect();
            assert!(!is_repeated(&names), "{count}");
            for (one, other) in [(0, count - 1), (count - 2, count - 1), (count / 2, count - 1), (0, count / 2)] {
                let mut names = names.clone();
                names[other] = names[one].clone();
                assert_eq!(is_repeated(&names), one != other, "{count}: {one} and {other}");
            }
        }
    }

    proptest! {
        #[test]
        fn repeated_names_are_found_as_by_a_set(names in vec("[ab]{0,8}|x{0,40}|é{0,9}", 0..60)) {
            let distinct: BTreeSet<&String> = names.iter().collect();
            prop_assert_eq!(is_repeated(&names), distinct.len() < names.len());
        }
    }
}
