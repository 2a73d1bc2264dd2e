//! What an id or a name may be: sizes that a LiveKit server enforces, and characters that nobody can see.

/// Longest participant identity in bytes (LiveKit server, `limits.max_participant_identity_length`).
pub const MAX_IDENTITY_BYTES: usize = 256;

/// Longest room name in bytes (LiveKit server, `limits.max_room_name_length`).
pub const MAX_ROOM_BYTES: usize = 256;

/// Longest metadata in bytes (LiveKit server, `limits.max_metadata_size`).
pub const MAX_METADATA_BYTES: usize = 512 * 1024;

/// Most bytes that all keys and values of the attributes may have together (LiveKit server, `limits.max_attributes_size`).
pub const MAX_ATTRIBUTES_BYTES: usize = 64 * 1024;

/// Longest room configuration in bytes of JSON. LiveKit names no limit; a token travels in a URL, so one is needed.
pub const MAX_ROOM_CONFIG_BYTES: usize = 1024 * 1024;

/// Longest display name in bytes. LiveKit names no limit; a token travels in a URL, so one is needed.
pub const MAX_NAME_BYTES: usize = 256;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFault {
    Blank,
    TooLong,
    ControlCharacter,
}

/// The rule of an id: not blank, not too long, nothing invisible, and so no white space at its ends. It is never trimmed:
/// the room that is authorised and the room that is granted are the same bytes.
pub(crate) fn check_id(text: &str, most_bytes: usize) -> Option<TextFault> {
    if text.len() <= most_bytes && is_plain(text) {
        return None;
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Some(TextFault::Blank);
    }
    let at_ends = (trimmed.len() < text.len()).then_some(TextFault::ControlCharacter);
    check(text, most_bytes, |c| is_control(c) || is_invisible(c)).or(at_ends)
}

/// Printable ASCII without a space at its ends, as nearly every id is: nothing of it is forbidden.
fn is_plain(text: &str) -> bool {
    let is_graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    is_graphic(bytes.first()) && is_graphic(bytes.last()) && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The rule of a display name, which may be blank. Emoji need some of the invisible characters.
pub(crate) fn check_name(text: &str, most_bytes: usize) -> Option<TextFault> {
    check(text, most_bytes, is_control)
}

fn check(text: &str, most_bytes: usize, is_forbidden: impl Fn(char) -> bool) -> Option<TextFault> {
    if text.len() > most_bytes {
        Some(TextFault::TooLong)
    } else if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        // Printable ASCII, as nearly every text is: none of it is forbidden.
        None
    } else if text.chars().any(is_forbidden) {
        Some(TextFault::ControlCharacter)
    } else {
        None
    }
}

/// Control characters (Unicode category Cc), line and paragraph separator, and those that change the direction of the
/// text around them.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that leave no mark (Unicode property Default_Ignorable_Code_Point, and the blank of Braille), with which an
/// id could look like another one.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}
