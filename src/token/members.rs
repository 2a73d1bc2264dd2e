//! Rust types that are objects by a table, each with its members listed once.

use super::{
    ClaimFault, TrackSource,
    table::{Kind, Origin, Row, check, source},
};
use crate::json::{Object, Value};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// A type that is an object with known members.
pub(crate) trait Members: Sized {
    /// Its members, in the order in which they are written.
    const ROWS: &'static [Row];
    /// Takes it from an object that was checked.
    fn take(object: &Object<'_>) -> Self;
    /// The object that it is; what is unset is `null`.
    fn give(&self) -> Object<'_>;

    /// Checks an object and takes it.
    fn read(object: &Object<'_>, origin: Origin) -> Result<Self, ClaimFault> {
        check(object, &[Self::ROWS], origin).map(|()| Self::take(object))
    }
}

/// A type that is the value of a member.
pub(crate) trait Member: Sized + Default {
    /// What it holds.
    const KIND: Kind;
    /// Takes it from a value that was checked.
    fn take(value: &Value<'_>) -> Self;
    /// The value that it is; `null` if it is unset.
    fn give(&self) -> Value<'_>;
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
            const ROWS: &'static [$crate::token::table::Row] = &[$($crate::token::table::Row {
                name: $name,
                kind: <$kind as $crate::token::members::Member>::KIND,
            },)+];

            fn take(object: &$crate::json::Object<'_>) -> Self {
                Self {
                    $($member: object.get($name).map($crate::token::members::Member::take).unwrap_or_default(),)+
                }
            }

            fn give(&self) -> $crate::json::Object<'_> {
                $crate::json::Object::of([$(($name, $crate::token::members::Member::give(&self.$member)),)+])
            }
        }
    };
}
pub(crate) use members;

impl Member for bool {
    const KIND: Kind = Kind::Flag;
    fn take(value: &Value<'_>) -> Self {
        *value == Value::Bool(true)
    }
    fn give(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl Member for Option<bool> {
    const KIND: Kind = Kind::Choice;
    fn take(value: &Value<'_>) -> Self {
        if let Value::Bool(flag) = value { Some(*flag) } else { None }
    }
    fn give(&self) -> Value<'_> {
        self.map_or(Value::Null, Value::Bool)
    }
}

impl Member for String {
    const KIND: Kind = Kind::Text;
    fn take(value: &Value<'_>) -> Self {
        value.as_text().unwrap_or_default().into()
    }
    fn give(&self) -> Value<'_> {
        Value::text(self)
    }
}

impl Member for Option<u64> {
    const KIND: Kind = Kind::Time;
    fn take(value: &Value<'_>) -> Self {
        if let Value::Number(time) = value { time.as_u64() } else { None }
    }
    fn give(&self) -> Value<'_> {
        self.map_or(Value::Null, Value::whole_number)
    }
}

impl Member for Vec<String> {
    const KIND: Kind = Kind::Texts;
    fn take(value: &Value<'_>) -> Self {
        value.items().iter().map(Member::take).collect()
    }
    fn give(&self) -> Value<'_> {
        Value::List(self.iter().map(Member::give).collect())
    }
}

impl Member for BTreeMap<String, String> {
    const KIND: Kind = Kind::TextMap;
    fn take(value: &Value<'_>) -> Self {
        if let Value::Object(map) = value { map.texts().unwrap_or_default() } else { Self::new() }
    }
    fn give(&self) -> Value<'_> {
        Value::Object(Object::of(self.iter().map(|(key, value)| (key.as_str(), value.give()))))
    }
}

impl<M: Members> Member for Option<M> {
    const KIND: Kind = Kind::Members(M::ROWS);
    fn take(value: &Value<'_>) -> Self {
        if let Value::Object(object) = value { Some(M::take(object)) } else { None }
    }
    fn give(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, |members| Value::Object(members.give()))
    }
}

impl Member for Vec<TrackSource> {
    const KIND: Kind = Kind::Sources;
    fn take(value: &Value<'_>) -> Self {
        value.items().iter().filter_map(source).collect()
    }
    fn give(&self) -> Value<'_> {
        Value::List(self.iter().map(|source| Value::text(source.name())).collect())
    }
}
