//! Values → text.

use alloc::string::String;

/// Writes one object, member by member.
#[derive(Debug)]
pub struct ObjectWriter<'o> {
    out: &'o mut String,
    separator: char,
}

impl<'o> ObjectWriter<'o> {
    /// Opens an object at the end of `out`.
    pub fn new(out: &'o mut String) -> Self {
        Self { out, separator: '{' }
    }

    /// Closes it.
    pub fn end(self) {
        if self.separator == '{' {
            self.out.push('{');
        }
        self.out.push('}');
    }

    fn key(&mut self, name: &str) -> &mut String {
        self.out.push(self.separator);
        self.separator = ',';
        write_text(name, self.out);
        self.out.push(':');
        self.out
    }

    /// A text.
    pub fn text(&mut self, name: &str, value: &str) {
        write_text(value, self.key(name));
    }

    /// A text; left out if empty.
    pub fn text_if_any(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// A whole number.
    pub fn number(&mut self, name: &str, value: u64) {
        write_number(value, self.key(name));
    }

    /// A truth value.
    pub fn flag(&mut self, name: &str, value: bool) {
        self.key(name).push_str(if value { "true" } else { "false" });
    }

    /// `true`; `false` is left out.
    pub fn flag_if_set(&mut self, name: &str, value: bool) {
        if value {
            self.flag(name, value);
        }
    }

    /// A list of texts.
    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: impl IntoIterator<Item = T>) {
        let out = self.key(name);
        let mut separator = '[';
        for text in texts {
            out.push(separator);
            separator = ',';
            write_text(text.as_ref(), out);
        }
        out.push_str(if separator == '[' { "[]" } else { "]" });
    }

    /// An object, whose members `write` writes.
    pub fn object(&mut self, name: &str, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        let mut object = ObjectWriter::new(self.key(name));
        write(&mut object);
        object.end();
    }

    /// A member whose value `write` appends.
    pub fn member(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        write(self.key(name));
    }
}

/// Appends a JSON string.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // Nearly every text: no character of it is looked at twice.
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        rest = "";
        out.push_str(text);
    }
    while let Some(at) = rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\x1f')) {
        let (before, after) = rest.split_at_checked(at).unwrap_or_default();
        let mut after = after.chars();
        out.push_str(before);
        match after.next() {
            Some(escaped @ ('"' | '\\')) => out.extend(['\\', escaped]),
            Some(control) => out.extend(["\\u00", hex(u32::from(control) >> 4), hex(u32::from(control) & 15)]),
            None => {}
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn hex(digit: u32) -> &'static str {
    let at = usize::try_from(digit).unwrap_or_default();
    "0123456789abcdef".get(at..at.saturating_add(1)).unwrap_or_default()
}

/// A whole number in decimal digits.
#[must_use]
pub fn decimal(value: u64) -> String {
    let mut digits = String::new();
    write_number(value, &mut digits);
    digits
}

/// In decimal digits. The formatting of the standard library costs more time, and room in the module.
pub(crate) fn write_number(value: u64, out: &mut String) {
    let mut digits = [b'0'; 20];
    let mut length = 0_usize;
    let mut rest = value;
    let mut places = digits.iter_mut().rev();
    loop {
        // Nine digits at a time fit into 32 bits, which divide several times faster.
        let mut nine = u32::try_from(rest % 1_000_000_000).unwrap_or_default();
        rest /= 1_000_000_000;
        for place in places.by_ref().take(9) {
            *place = b'0'.wrapping_add(u8::try_from(nine % 10).unwrap_or_default());
            nine /= 10;
            length = length.saturating_add(1);
            if nine == 0 && rest == 0 {
                break;
            }
        }
        if rest == 0 {
            break;
        }
    }
    let written = digits.get(digits.len().saturating_sub(length)..).unwrap_or_default();
    out.push_str(core::str::from_utf8(written).unwrap_or_default());
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_the_standard_librarys(value: u64, shift in 0..64_u32) {
            for value in [value >> shift, 1 << shift, 10_u64.saturating_pow(shift), 10_u64.saturating_pow(shift).wrapping_sub(1)] {
                prop_assert_eq!(decimal(value), value.to_string());
            }
        }
    }
}
