//! What an id and a name may hold (rows 12-14; W1, W9).

use livekit_edge::{RawCreateToken, service::Field};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn is_accepted(identity: &str, name: &str) -> bool {
    let text = |text: &str| Field::String(text.into());
    let raw = RawCreateToken { room_id: text("r"), identity: text(identity), name: text(name), ttl: Field::Absent };
    raw.validate(60).is_ok()
}

/// `user-789` with something nobody sees would look like another user.
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

/// `user-789 ` looks like `user-789`, too, while a space within an id is seen. Unicode property White_Space.
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

/// Emoji are joined by invisible characters; what breaks lines or turns text around stays out of names too.
#[test]
fn w9_a_name_may_be_an_emoji_but_not_turn_text_around() {
    for name in ["👩‍👩‍👧", "❤\u{fe0f}", "שלום\u{200f}", ""] {
        assert!(is_accepted("i", name), "{name:?}");
    }
    for name in ["a\u{202e}b", "a\u{2028}b", "a\u{2066}b", "a\nb"] {
        assert!(!is_accepted("i", name), "{name:?}");
    }
}
