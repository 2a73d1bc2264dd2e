//! Room names, identities and display names, validated when they are created.

use crate::{
    jws::base64url,
    limits::{MAX_IDENTITY_BYTES, MAX_NAME_BYTES, MAX_ROOM_BYTES},
};
use alloc::string::String;

/// Why a string is not a valid name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// Empty or white space only.
    Blank,
    /// Longer than the maximum.
    TooLong,
    /// Contains a control character. In an identifier also: an invisible character, or leading or trailing white space.
    ForbiddenCharacter,
}

macro_rules! names {
    ($($(#[$meta:meta])* pub struct $name:ident: $check:ident, $max:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Checks a string without changing it, so that the authorized name and the signed name are the same bytes.
            ///
            /// # Errors
            /// [`NameError`]
            pub fn new(value: impl Into<String>) -> Result<Self, NameError> {
                let value = value.into();
                $check(&value, $max).map_or(Ok(Self(value)), Err)
            }

            /// True if [`Self::new`] would accept the string.
            #[must_use]
            pub fn is_valid(value: &str) -> bool {
                $check(value, $max).is_none()
            }

            /// The string.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The string, without a copy.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }
    )+};
}

names! {
    /// Name of a room: not blank, at most [`MAX_ROOM_BYTES`], no invisible character.
    pub struct RoomName: check_identifier, MAX_ROOM_BYTES;
    /// Identity of a participant: not blank, at most [`MAX_IDENTITY_BYTES`], no invisible character.
    pub struct Identity: check_identifier, MAX_IDENTITY_BYTES;
    /// Display name of a participant: at most [`MAX_NAME_BYTES`], no control character. It may be blank.
    pub struct DisplayName: check_display_name, MAX_NAME_BYTES;
}

impl RoomName {
    /// An unguessable room name from 16 random bytes, for a request without a room.
    #[must_use]
    pub fn generated(random: [u8; 16]) -> Self {
        Self(["room-", &base64url(&random)].concat())
    }
}

fn check_identifier(value: &str, max_bytes: usize) -> Option<NameError> {
    if value.len() <= max_bytes && is_plain(value) {
        return None;
    }
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Some(NameError::Blank);
    }
    let at_ends = (trimmed.len() < value.len()).then_some(NameError::ForbiddenCharacter);
    check(value, max_bytes, |c| is_control(c) || is_invisible(c)).or(at_ends)
}

/// Allows invisible characters, since emoji sequences contain them.
fn check_display_name(value: &str, max_bytes: usize) -> Option<NameError> {
    check(value, max_bytes, is_control)
}

/// Fast path: printable ASCII without leading or trailing space contains no forbidden character.
fn is_plain(value: &str) -> bool {
    let is_graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = value.as_bytes();
    is_graphic(bytes.first()) && is_graphic(bytes.last()) && is_printable_ascii(value)
}

fn is_printable_ascii(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn check(value: &str, max_bytes: usize, is_forbidden: impl Fn(char) -> bool) -> Option<NameError> {
    if value.len() > max_bytes {
        Some(NameError::TooLong)
    } else if !is_printable_ascii(value) && value.chars().any(is_forbidden) {
        Some(NameError::ForbiddenCharacter)
    } else {
        None
    }
}

/// Control characters (Unicode category Cc), line and paragraph separators, and characters that change the direction of the
/// surrounding text.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that are not visible (Unicode property Default_Ignorable_Code_Point, and the Braille blank). With them
/// two different identifiers could look the same.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}
