//! Objects whose members are listed once, and read and written by that list.

use super::{ClaimFault, Problem, TrackSource};
use crate::{
    json::{Object, ObjectWriter, Value},
    number::MAX_SAFE_INTEGER,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// Whose object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Of the application, to be signed: whatever LiveKit does not know is a mistake.
    Application,
    /// Of a token, after its signature was checked: unknown members are of a newer LiveKit, but a member that differs
    /// from a known one only in case would be read by one side and not by the other.
    Token,
}

/// An object with known members.
pub(crate) trait Members: Sized {
    /// Reads it.
    fn read(object: &Object, origin: Origin) -> Result<Self, ClaimFault>;
    /// Writes what is set.
    fn write(&self, out: &mut ObjectWriter<'_>);
}

/// The value of a member.
pub(crate) trait Member: Sized + Default {
    /// Reads it; never called for `null`.
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault>;
    /// Writes it if it is set.
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>);
}

/// Declares an object: one line a member, with its name in JSON.
macro_rules! members {
    ($(#[$meta:meta])* pub struct $object:ident {
        $($(#[$member_meta:meta])* $member:ident: $kind:ty = $name:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $object {
            $($(#[$member_meta])* pub $member: $kind,)+
        }

        impl $crate::token::members::Members for $object {
            fn read(
                object: &$crate::json::Object,
                origin: $crate::token::members::Origin,
            ) -> Result<Self, $crate::token::ClaimFault> {
                $crate::token::members::check_names(object, &[$($name),+], origin)?;
                let mut read = Self::default();
                $($crate::token::members::read_member(&mut read.$member, object, $name, origin)?;)+
                Ok(read)
            }

            fn write(&self, out: &mut $crate::json::ObjectWriter<'_>) {
                $($crate::token::members::Member::write(&self.$member, $name, out);)+
            }
        }
    };
}
pub(crate) use members;

#[inline(never)]
pub(crate) fn check_names(object: &Object, known: &[&str], origin: Origin) -> Result<(), ClaimFault> {
    for (name, _) in object.members() {
        let is_mistake = !known.contains(&name)
            && (origin == Origin::Application || known.iter().any(|known| equal_in_any_case(known, name)));
        if is_mistake {
            return Err(ClaimFault::new(Problem::UnknownMember));
        }
    }
    Ok(())
}

/// As Go compares names: two characters outside ASCII are letters of it in another case.
fn equal_in_any_case(one: &str, other: &str) -> bool {
    fn fold(character: char) -> char {
        match character {
            'ſ' => 's',
            '\u{212a}' => 'k',
            other => other.to_ascii_lowercase(),
        }
    }
    one.chars().map(fold).eq(other.chars().map(fold))
}

/// Reads a member into its place, where it is set. Once a type, not once a member: the module is to be small.
#[inline(never)]
pub(crate) fn read_member<M: Member>(
    place: &mut M,
    object: &Object,
    name: &str,
    origin: Origin,
) -> Result<(), ClaimFault> {
    if let Some(value) = object.get(name) {
        *place = M::read(value, origin).map_err(|fault| fault.within(name))?;
    }
    Ok(())
}

pub(crate) const fn not_a<T>(kind: &'static str) -> Result<T, ClaimFault> {
    Err(ClaimFault::new(Problem::NotA(kind)))
}

impl Member for bool {
    fn read(value: &Value, _: Origin) -> Result<Self, ClaimFault> {
        if let Value::Bool(flag) = value { Ok(*flag) } else { not_a("a boolean") }
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        out.flag_if_set(name, *self);
    }
}

/// Three-state: `false` is written too.
impl Member for Option<bool> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        bool::read(value, origin).map(Some)
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if let Some(flag) = self {
            out.flag(name, *flag);
        }
    }
}

impl Member for String {
    fn read(value: &Value, _: Origin) -> Result<Self, ClaimFault> {
        value.as_text().map_or(not_a("a well-formed string"), |text| Ok(text.into()))
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        out.text_if_any(name, self);
    }
}

/// Whole Unix seconds.
impl Member for Option<u64> {
    fn read(value: &Value, _: Origin) -> Result<Self, ClaimFault> {
        match value {
            Value::Number(number) => match number.as_u64() {
                // What JavaScript holds exactly, and Go as well.
                Some(seconds) if seconds <= MAX_SAFE_INTEGER => Ok(Some(seconds)),
                _ => not_a("whole seconds"),
            },
            _ => not_a("whole seconds"),
        }
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if let Some(seconds) = self {
            out.number(name, *seconds);
        }
    }
}

impl Member for Vec<String> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        let Value::List(items) = value else { return not_a("a list of strings") };
        items.iter().map(|item| String::read(item, origin)).collect()
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if !self.is_empty() {
            out.texts(name, self);
        }
    }
}

impl Member for BTreeMap<String, String> {
    fn read(value: &Value, _: Origin) -> Result<Self, ClaimFault> {
        let texts = if let Value::Object(object) = value { object.texts() } else { None };
        texts.map_or(not_a("an object of strings"), Ok)
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if !self.is_empty() {
            out.object(name, |out| self.iter().for_each(|(key, value)| out.text(key, value)));
        }
    }
}

impl<M: Members> Member for Option<M> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        let Value::Object(object) = value else { return not_a("an object") };
        M::read(object, origin).map(Some)
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if let Some(members) = self {
            out.object(name, |out| members.write(out));
        }
    }
}

/// By name; an application may also give LiveKit's numbers. An empty list would mean every source.
impl Member for Vec<TrackSource> {
    fn read(value: &Value, origin: Origin) -> Result<Self, ClaimFault> {
        let Value::List(items) = value else { return not_a("a list of track sources") };
        if items.is_empty() && origin == Origin::Application {
            return Err(ClaimFault::new(Problem::EmptyList));
        }
        let source = |item: &Value| match item {
            Value::Text(name) => TrackSource::from_name(name).ok_or(ClaimFault::new(Problem::UnknownName)),
            Value::Number(number) if origin == Origin::Application => {
                number.as_u64().and_then(TrackSource::from_number).ok_or(ClaimFault::new(Problem::UnknownName))
            }
            _ => not_a("a list of track sources"),
        };
        items.iter().map(source).collect()
    }
    fn write(&self, name: &str, out: &mut ObjectWriter<'_>) {
        if !self.is_empty() {
            out.texts(name, self.iter().map(|source| source.name()));
        }
    }
}
