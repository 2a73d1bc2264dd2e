//! Objects by a table of their members: what a member holds, how it is checked, and when and how it is written.

use super::{ClaimFault, Problem, RoomConfiguration, TrackSource};
use crate::{
    json::{Object, ObjectWriter, Value},
    number::MAX_SAFE_INTEGER,
};

/// Whose object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Of the application, to be signed: whatever LiveKit does not know is a mistake.
    Application,
    /// Of a token, after its signature was checked: unknown members are of a newer LiveKit, but a member that differs
    /// from a known one only in case would be read by one side and not by the other.
    Token,
}

/// A member: its name in JSON and what it holds.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What a member holds.
pub(crate) enum Kind {
    /// A truth value, written if true.
    Flag,
    /// A truth value of three states: `false` is written too.
    Choice,
    /// A text, written if it is not empty.
    Text,
    /// Whole Unix seconds.
    Time,
    /// A list of texts, written if it is not empty.
    Texts,
    /// A text or a list of texts; never written.
    TextOrTexts,
    /// An object of texts, written if it is not empty.
    TextMap,
    /// A list of track sources by name; an application may also give LiveKit's numbers.
    Sources,
    /// One of these names in any case, as LiveKit's server reads it; others are of a newer LiveKit.
    Name(&'static [&'static str]),
    /// A list of such names.
    Names(&'static [&'static str]),
    /// An object with these members.
    Members(&'static [Row]),
    /// LiveKit's `RoomConfiguration`.
    RoomConfiguration,
}

type Checked = Result<(), ClaimFault>;

/// Checks the members of an object that is to have these, the first of `tables` for writing and reading, the others for
/// reading alone.
pub(crate) fn check(object: &Object<'_>, tables: &[&[Row]], origin: Origin) -> Checked {
    let known = || tables.iter().copied().flatten();
    for (name, value) in object.members() {
        match known().find(|row| row.name == name) {
            Some(row) => check_value(value, &row.kind, origin).map_err(|fault| fault.within(row.name))?,
            None if origin == Origin::Application || known().any(|row| equal_in_any_case(row.name, name)) => {
                return Err(ClaimFault::new(Problem::UnknownMember));
            }
            None => {}
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

pub(crate) const fn not_a<T>(kind: &'static str) -> Result<T, ClaimFault> {
    Err(ClaimFault::new(Problem::NotA(kind)))
}

fn check_value(value: &Value<'_>, kind: &Kind, origin: Origin) -> Checked {
    match (kind, value) {
        (_, Value::Null)
        | (Kind::Flag | Kind::Choice, Value::Bool(_))
        | (Kind::Text | Kind::TextOrTexts, Value::Text(_)) => Ok(()),
        (Kind::Flag | Kind::Choice, _) => not_a("a boolean"),
        (Kind::Text, _) => not_a("a well-formed string"),
        // What JavaScript holds exactly, and Go as well.
        (Kind::Time, Value::Number(time)) if time.as_u64().is_some_and(|time| time <= MAX_SAFE_INTEGER) => Ok(()),
        (Kind::Time, _) => not_a("whole seconds"),
        (Kind::Texts | Kind::TextOrTexts, Value::List(items)) => items
            .iter()
            .try_for_each(|item| if item.as_text().is_some() { Ok(()) } else { not_a("a well-formed string") }),
        (Kind::TextMap, Value::Object(map)) if map.members().all(|(_, value)| value.as_text().is_some()) => Ok(()),
        (Kind::TextMap, _) => not_a("an object of strings"),
        (Kind::Sources, Value::List(items)) => {
            // An empty list would mean every source.
            if items.is_empty() && origin == Origin::Application {
                return Err(ClaimFault::new(Problem::EmptyList));
            }
            items.iter().try_for_each(|item| match item {
                Value::Number(_) if origin == Origin::Token => not_a("a list of track sources"),
                Value::Text(_) | Value::Number(_) if source(item).is_none() => {
                    Err(ClaimFault::new(Problem::UnknownName))
                }
                Value::Text(_) | Value::Number(_) => Ok(()),
                _ => not_a("a list of track sources"),
            })
        }
        (Kind::Sources, _) => not_a("a list of track sources"),
        (Kind::Name(names), value) => check_name(value, names, origin),
        (Kind::Names(names), Value::List(items)) => items.iter().try_for_each(|item| check_name(item, names, origin)),
        (Kind::Texts | Kind::TextOrTexts | Kind::Names(_), _) => not_a("a list of strings"),
        (Kind::Members(rows), Value::Object(object)) => check(object, &[rows], origin),
        (Kind::RoomConfiguration, Value::Object(object)) => RoomConfiguration::read(object, origin).map(|_| ()),
        (Kind::Members(_) | Kind::RoomConfiguration, _) => not_a("an object"),
    }
}

fn check_name(value: &Value<'_>, names: &[&str], origin: Origin) -> Checked {
    match (value.as_text(), origin) {
        (None, _) => not_a("a well-formed string"),
        (Some(_), Origin::Application) if known_name(value, names).is_none() => {
            Err(ClaimFault::new(Problem::UnknownName))
        }
        _ => Ok(()),
    }
}

fn known_name<'n>(value: &Value<'_>, names: &[&'n str]) -> Option<&'n str> {
    let given = value.as_text()?;
    names.iter().copied().find(|name| name.eq_ignore_ascii_case(given))
}

pub(super) fn source(value: &Value<'_>) -> Option<TrackSource> {
    match value {
        Value::Text(name) => TrackSource::from_name(name),
        Value::Number(number) => number.as_u64().and_then(TrackSource::from_number),
        _ => None,
    }
}

/// Writes the members of an object that was checked, in the order of their list.
pub(crate) fn write(object: &Object<'_>, rows: &[Row], out: &mut ObjectWriter<'_>) {
    for Row { name, kind } in rows {
        match (kind, object.get(name)) {
            (Kind::Flag, Some(Value::Bool(flag))) => out.flag_if_set(name, *flag),
            (Kind::Choice, Some(Value::Bool(flag))) => out.flag(name, *flag),
            (Kind::Text, Some(Value::Text(text))) => out.text_if_any(name, text),
            (Kind::Time, Some(Value::Number(time))) => out.member(name, |out| out.push_str(time.as_str())),
            (Kind::Texts, Some(Value::List(items))) => {
                write_texts(name, &mut items.iter().filter_map(Value::as_text), out);
            }
            (Kind::TextMap, Some(Value::Object(map))) => write_map(name, map, out),
            (Kind::Sources, Some(Value::List(items))) => {
                write_texts(name, &mut items.iter().filter_map(source).map(TrackSource::name), out);
            }
            (Kind::Name(names), Some(value)) => {
                if let Some(known) = known_name(value, names) {
                    out.text(name, known);
                }
            }
            (Kind::Names(names), Some(Value::List(items))) => {
                write_texts(name, &mut items.iter().filter_map(|item| known_name(item, names)), out);
            }
            (Kind::Members(rows), Some(Value::Object(object))) => out.object(name, |out| write(object, rows, out)),
            (Kind::RoomConfiguration, Some(Value::Object(object))) => {
                // Whoever checked it has read it, more strictly; names that only a newer LiveKit knows are left out.
                if let Ok(configuration) = RoomConfiguration::read(object, Origin::Token) {
                    out.member(name, |out| out.push_str(configuration.as_json()));
                }
            }
            _ => {}
        }
    }
}

/// A list of texts; left out if empty.
fn write_texts(name: &str, texts: &mut dyn Iterator<Item = &str>, out: &mut ObjectWriter<'_>) {
    let mut texts = texts.peekable();
    if texts.peek().is_some() {
        out.texts(name, texts);
    }
}

/// An object of texts; left out if empty.
pub(super) fn write_map(name: &str, map: &Object<'_>, out: &mut ObjectWriter<'_>) {
    if map.members().next().is_some() {
        out.object(name, |out| {
            map.members().for_each(|(key, value)| out.text(key, value.as_text().unwrap_or_default()))
        });
    }
}
