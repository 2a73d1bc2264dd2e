//! Text → value.

use super::{Number, Object, Value, keys::repeats_key};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// Deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 32;

/// Most members that an object may have. LiveKit's largest, the attributes, have 64 KiB to fill.
pub const MAX_MEMBERS: usize = 65_536;

/// Most values that a text may hold, counting those within others. It bounds the memory.
pub const MAX_VALUES: usize = 250_000;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonFault {
    /// Not JSON, or not UTF-8.
    Syntax,
    /// An object gives a key twice.
    RepeatedKey,
    /// Deeper than [`MAX_DEPTH`], an object wider than [`MAX_MEMBERS`], or more than [`MAX_VALUES`] in all.
    TooComplex,
}

/// Reads one JSON value.
///
/// # Errors
/// [`JsonFault`], for the first fault found.
pub fn read(text: &[u8]) -> Result<Value<'_>, JsonFault> {
    let text = core::str::from_utf8(text).map_err(|_| JsonFault::Syntax)?;
    let mut reader = Reader { rest: text, values: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.rest.is_empty() { Ok(value) } else { Err(JsonFault::Syntax) }
}

struct Reader<'t> {
    rest: &'t str,
    /// How many values were read.
    values: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Result<Value<'t>, JsonFault> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(JsonFault::TooComplex);
        }
        self.space();
        match self.rest.as_bytes().first() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err(JsonFault::TooComplex),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.text().map(Value::Text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'t>, JsonFault> {
        self.expect(b'{')?;
        let mut members: Vec<(Cow<'t, str>, Value<'t>)> = Vec::new();
        if self.skip(b'}') {
            return Ok(Value::Object(Object(members)));
        }
        loop {
            self.space();
            let key = self.text()?;
            if members.len() == MAX_MEMBERS {
                return Err(JsonFault::TooComplex);
            }
            self.expect(b':')?;
            members.push((key, self.value(depth.saturating_add(1))?));
            if !self.skip(b',') {
                self.expect(b'}')?;
                return if repeats_key(&members) {
                    Err(JsonFault::RepeatedKey)
                } else {
                    Ok(Value::Object(Object(members)))
                };
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value<'t>, JsonFault> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        if self.skip(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth.saturating_add(1))?);
            if !self.skip(b',') {
                self.expect(b']')?;
                return Ok(Value::List(items));
            }
        }
    }

    fn text(&mut self) -> Result<Cow<'t, str>, JsonFault> {
        self.rest = self.rest.strip_prefix('"').ok_or(JsonFault::Syntax)?;
        let before = self.plain()?;
        if self.take(b'"') {
            return Ok(Cow::Borrowed(before));
        }
        let mut text = String::from(before);
        while !self.take(b'"') {
            self.rest = self.rest.strip_prefix('\\').ok_or(JsonFault::Syntax)?;
            text.push(self.escape()?);
            text.push_str(self.plain()?);
        }
        Ok(Cow::Owned(text))
    }

    /// The text up to the next quote, escape or control character.
    fn plain(&mut self) -> Result<&'t str, JsonFault> {
        let is_special = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let end = self.rest.bytes().position(is_special).ok_or(JsonFault::Syntax)?;
        let (plain, rest) = self.rest.split_at_checked(end).ok_or(JsonFault::Syntax)?;
        self.rest = rest;
        Ok(plain)
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        let mut rest = self.rest.chars();
        let escaped = match rest.next() {
            Some(plain @ ('"' | '\\' | '/')) => plain,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.rest = rest.as_str();
                return self.unicode_escape();
            }
            _ => return Err(JsonFault::Syntax),
        };
        self.rest = rest.as_str();
        Ok(escaped)
    }

    /// `\uXXXX`, or two of them for a character outside the basic plane; half a pair is refused.
    fn unicode_escape(&mut self) -> Result<char, JsonFault> {
        let first = self.hex4()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        self.rest = self.rest.strip_prefix("\\u").ok_or(JsonFault::Syntax)?;
        let units = [first, self.hex4()?].map(|unit| u16::try_from(unit).unwrap_or(0));
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(JsonFault::Syntax),
        }
    }

    fn hex4(&mut self) -> Result<u32, JsonFault> {
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(JsonFault::Syntax)?;
        // from_str_radix would also take a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonFault::Syntax);
        }
        self.rest = rest;
        u32::from_str_radix(digits, 16).map_err(|_| JsonFault::Syntax)
    }

    fn number(&mut self) -> Result<Value<'t>, JsonFault> {
        let start = self.rest;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let length = start.len().saturating_sub(self.rest.len());
        Ok(Value::Number(Number(Cow::Borrowed(start.get(..length).unwrap_or_default()))))
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.rest = self.rest.get(count..).unwrap_or_default();
        if count == 0 { Err(JsonFault::Syntax) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, JsonFault> {
        self.rest = self.rest.strip_prefix(word).ok_or(JsonFault::Syntax)?;
        Ok(value)
    }

    /// Takes an ASCII character if it comes next.
    fn take(&mut self, character: u8) -> bool {
        let comes = self.rest.as_bytes().first() == Some(&character);
        if comes {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        comes
    }

    /// As [`Self::take`], past white space.
    fn skip(&mut self, character: u8) -> bool {
        self.space();
        self.take(character)
    }

    fn expect(&mut self, character: u8) -> Result<(), JsonFault> {
        if self.skip(character) { Ok(()) } else { Err(JsonFault::Syntax) }
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.rest.as_bytes().first() {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
    }
}
