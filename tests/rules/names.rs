//! RoomName, Identity and DisplayName: valid strings (rows 12-14; W1, W9).

use crate::common::ttl;
use livekit_edge::{DisplayName, Identity, NameError, RawCreateToken, RoomName, request::Field};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn is_accepted(identity: &str, name: &str) -> bool {
    let text = |text: &str| Field::String(text.into());
    let raw = RawCreateToken { room_id: text("r"), identity: text(identity), name: text(name), ttl: Field::Absent };
    let is_accepted = raw.validate(ttl(60)).is_ok();
    assert_eq!(is_accepted, Identity::is_valid(identity) && DisplayName::is_valid(name), "{identity:?} {name:?}");
    assert_eq!(RoomName::is_valid(identity), Identity::is_valid(identity), "one rule: {identity:?}");
    is_accepted
}

#[test]
fn a_valid_name_is_not_changed() {
    for name in ["a", "a  b", "é", "日本語", "a\u{300}"] {
        assert_eq!(RoomName::new(name).map(RoomName::into_string).as_deref(), Ok(name));
        assert_eq!(Identity::new(name).map(Identity::into_string).as_deref(), Ok(name));
        assert_eq!(DisplayName::new(name).as_ref().map(DisplayName::as_str), Ok(name));
    }
    for name in ["", " ", " a ", "\u{3000}"] {
        assert_eq!(DisplayName::new(name).as_ref().map(DisplayName::as_str), Ok(name), "it may be blank");
    }
}

#[test]
fn an_invalid_name_has_its_reason() {
    let long = ["x".repeat(257), "é".repeat(129)];
    for (name, in_identifier, in_display_name) in [
        ("", Some(NameError::Blank), None),
        (" \u{3000}", Some(NameError::Blank), None),
        ("\n", Some(NameError::Blank), Some(NameError::ForbiddenCharacter)),
        (" a", Some(NameError::ForbiddenCharacter), None),
        ("a\u{200b}", Some(NameError::ForbiddenCharacter), None),
        ("a\0", Some(NameError::ForbiddenCharacter), Some(NameError::ForbiddenCharacter)),
        (&long[0], Some(NameError::TooLong), Some(NameError::TooLong)),
        (&long[1], Some(NameError::TooLong), Some(NameError::TooLong)),
        (&long[0][1..], None, None),
        (&long[1][2..], None, None),
    ] {
        assert_eq!(RoomName::new(name).err(), in_identifier, "{name:?}");
        assert_eq!(Identity::new(name).err(), in_identifier, "{name:?}");
        assert_eq!(DisplayName::new(name).err(), in_display_name, "{name:?}");
    }
}

/// With an invisible character an id would look like `user-789`.
#[test]
fn w1_an_id_has_no_invisible_character() {
    for hidden in [
        '\0',
        '\u{7f}',
        '\u{85}',
        '\u{ad}',
        '\u{61c}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{2029}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{206f}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{e0041}',
    ] {
        for id in [format!("user-789{hidden}"), format!("{hidden}user-789"), hidden.to_string()] {
            assert!(!is_accepted(&id, "n"), "{hidden:?}");
        }
    }
    for visible in ["user-789", "José", "日本語", "a b", "🎤", "‐", "e\u{301}"] {
        assert!(is_accepted(visible, "n"), "{visible}");
    }
}

/// `user-789 ` looks like `user-789`, while a space inside an id is visible. Unicode property White_Space.
#[test]
fn w1_an_id_has_no_white_space_at_its_ends() {
    let spaces = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
    for space in spaces.chars() {
        for id in [format!("user-789{space}"), format!("{space}user-789"), format!("{space}{space}a b{space}")] {
            assert!(!is_accepted(&id, "n"), "{space:?}");
        }
    }
    for id in ["a b", "a  b", "a\u{a0}b", "a\u{3000}b"] {
        assert!(is_accepted(id, " n "), "{id:?}");
    }
}

/// Emoji are joined by invisible characters.
#[test]
fn w9_a_display_name_may_be_an_emoji_but_not_change_direction_or_line() {
    for name in ["👩‍👩‍👧", "❤\u{fe0f}", "שלום\u{200f}", ""] {
        assert!(is_accepted("i", name), "{name:?}");
    }
    for name in ["a\u{202e}b", "a\u{2028}b", "a\u{2066}b", "a\nb"] {
        assert!(!is_accepted("i", name), "{name:?}");
    }
}
