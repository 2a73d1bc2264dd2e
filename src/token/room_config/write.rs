//! Any object → canonical JSON of a message, by the schema.

use super::{
    super::{
        ClaimFault, Problem,
        table::{Origin, not_a, write_map},
    },
    schema::{Field, Kind, Message},
};
use crate::json::{Number, Object, ObjectWriter, Value};
use alloc::vec::Vec;

pub(super) struct Writer {
    pub(super) origin: Origin,
    /// The first credential that was written.
    pub(super) credential: Option<ClaimFault>,
}

type Written = Result<(), ClaimFault>;

impl Writer {
    pub(super) fn message(&mut self, object: &Object, message: &Message, out: &mut ObjectWriter<'_>) -> Written {
        let is_known = |name: &str| message.0.iter().any(|field| is_spelling(name, field.name));
        if self.origin == Origin::Application && object.members().any(|(name, _)| !is_known(name)) {
            return Err(ClaimFault::new(Problem::UnknownMember));
        }
        let mut groups = Vec::new();
        for field in message.0 {
            let mut given =
                object.members().filter(|(name, value)| is_spelling(name, field.name) && !matches!(value, Value::Null));
            let Some((_, value)) = given.next() else { continue };
            let fault = |fault: ClaimFault| fault.within(field.name);
            if given.next().is_some() || groups.contains(&field.group) {
                return Err(fault(ClaimFault::new(Problem::Ambiguous)));
            }
            if field.group != 0 {
                groups.push(field.group);
            }
            let deeper = self.credential.take();
            self.field(value, field, out).map_err(fault)?;
            self.credential = deeper.or(self.credential.take().map(fault));
        }
        Ok(())
    }

    fn field(&mut self, value: &Value, field: &Field, out: &mut ObjectWriter<'_>) -> Written {
        let name = field.name;
        match (&field.kind, value) {
            (Kind::Flag, Value::Bool(flag)) => out.flag_if_set(name, *flag),
            (Kind::Flag, _) => return not_a("a boolean"),
            (Kind::Text | Kind::Url, Value::Text(text)) => {
                let is_url = matches!(field.kind, Kind::Url);
                if (field.secret && !text.is_empty()) || (is_url && has_user(text)) {
                    self.found_credential();
                }
                out.text_if_any(name, text);
            }
            (Kind::Text | Kind::Url, _) => return not_a("a well-formed string"),
            (Kind::Unsigned, Value::Number(number)) if is_in(number, 0, u32::MAX.into()) => {
                write_number(name, number, out)
            }
            (Kind::Unsigned, _) => return not_a("a whole number from 0 to 4294967295"),
            (Kind::Signed, Value::Number(number)) if is_in(number, i32::MIN.into(), i32::MAX.into()) => {
                write_number(name, number, out);
            }
            (Kind::Signed, _) => return not_a("a whole number from -2147483648 to 2147483647"),
            (Kind::Double, Value::Number(number)) if number.whole_part().abs() < f64::MAX => {
                write_number(name, number, out)
            }
            // More than any interval, and far less than what a double cannot hold.
            (Kind::Double, _) => return not_a("a number below 4294967296"),
            (Kind::Name(names), value) => {
                match known_name(value, names)? {
                    Some((number, known)) if number > 0 || field.group != 0 => out.text(name, known),
                    Some(_) => {}
                    // A newer LiveKit may have put it into a token.
                    None if self.origin == Origin::Token => {}
                    None => return Err(ClaimFault::new(Problem::UnknownName)),
                }
            }
            (Kind::Texts, Value::List(items)) => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_text).collect();
                let Some(texts) = texts else { return not_a("a list of strings") };
                if !texts.is_empty() {
                    out.texts(name, texts);
                }
            }
            (Kind::Texts, _) => return not_a("a list of strings"),
            (Kind::TextMap, Value::Object(map)) if map.members().all(|(_, value)| value.as_text().is_some()) => {
                write_map(name, map, out);
            }
            (Kind::TextMap, _) => return not_a("an object of strings"),
            (Kind::One(message), Value::Object(object)) => {
                if field.secret {
                    self.found_credential();
                }
                let mut result = Ok(());
                out.object(name, |out| result = self.message(object, message, out));
                return result;
            }
            (Kind::One(_), _) => return not_a("an object"),
            (Kind::Many(message), Value::List(items)) => return self.many(items, message, field, out),
            (Kind::Many(_), _) => return not_a("a list of objects"),
        }
        Ok(())
    }

    fn many(&mut self, items: &[Value], message: &Message, field: &Field, out: &mut ObjectWriter<'_>) -> Written {
        if items.is_empty() {
            return Ok(());
        }
        if field.secret {
            self.found_credential();
        }
        let mut result = Ok(());
        out.member(field.name, |out| {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                let Value::Object(object) = item else {
                    result = not_a("a list of objects");
                    return;
                };
                let mut writer = ObjectWriter::new(out);
                result = self.message(object, message, &mut writer);
                writer.end();
                if result.is_err() {
                    return;
                }
            }
            out.push(']');
        });
        result
    }

    fn found_credential(&mut self) {
        if self.credential.is_none() {
            self.credential = Some(ClaimFault::new(Problem::Credential));
        }
    }
}

/// True if a URL has user information (RFC 3986 section 3.2.1).
fn has_user(url: &str) -> bool {
    let url = url.as_bytes();
    let after_scheme = url.windows(2).position(|two| two == b"//").and_then(|at| url.get(at.saturating_add(2)..));
    let mut authority = after_scheme.unwrap_or(url).iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
    authority.any(|byte| *byte == b'@')
}

/// The number and the name of an enum's value; `None` for one that is not known.
fn known_name<'n>(value: &Value, names: &[&'n str]) -> Result<Option<(usize, &'n str)>, ClaimFault> {
    let number = match value {
        Value::Text(text) => names.iter().position(|name| name == text),
        Value::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        _ => return not_a("a name or its number"),
    };
    Ok(number.and_then(|number| Some((number, *names.get(number)?))))
}

fn is_in(number: &Number, least: i64, most: i64) -> bool {
    number.as_i64().is_some_and(|number| (least..=most).contains(&number))
}

/// In its own spelling; zero, however spelt, is the default.
fn write_number(name: &str, number: &Number, out: &mut ObjectWriter<'_>) {
    if !number.is_zero() {
        out.member(name, |out| out.push_str(number.as_str()));
    }
}

/// True if `name` is `camel` itself, or `camel` in snake_case. A word begins with a capital that a small letter
/// follows: `aliOSS` is one word.
fn is_spelling(name: &str, camel: &str) -> bool {
    name == camel || {
        let mut rest = name.chars();
        let mut letters = camel.chars().peekable();
        core::iter::from_fn(|| {
            letters.next().map(|letter| (letter, letters.peek().is_some_and(char::is_ascii_lowercase)))
        })
        .all(|(letter, before_small)| {
            if letter.is_ascii_uppercase() && before_small {
                rest.next() == Some('_') && rest.next() == Some(letter.to_ascii_lowercase())
            } else {
                rest.next() == Some(letter)
            }
        }) && rest.next().is_none()
    }
}
