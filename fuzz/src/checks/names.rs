//! Names, durations and other short strings, each compared with a literal implementation.

use super::Checks;
use livekit_edge::{
    DisplayName, Identity, RoomConfiguration, RoomName, TrackSource, Ttl, clock_tolerance, json::Value,
    presence::PresenceCursor,
};

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    check_identifiers(checks, text);
    check_ttl(checks, text);
    let cursor = PresenceCursor::parse(text);
    if let Ok(cursor) = &cursor {
        let (joined_at, identity) = text.split_once('.').expect("a dot");
        assert_eq!((joined_at.parse(), identity), (Ok(cursor.joined_at), cursor.identity));
    }
    checks.result("cursor", cursor);

    let source = TrackSource::from_name(text);
    assert!(source.is_none_or(|source| source.name() == text), "{text}");
    let configuration = RoomConfiguration::from_json(text);
    if let Ok(configuration) = &configuration {
        // Parsing canonical JSON and serializing it again changes nothing.
        assert_eq!(RoomConfiguration::from_json(configuration.as_json()).as_ref(), Ok(configuration));
    }
    checks.option("room configuration", configuration.ok());
}

fn check_identifiers(checks: &mut Checks, text: &str) {
    let is_name = DisplayName::is_valid(text);
    assert_eq!(is_name, text.len() <= 256 && !text.chars().any(is_control), "{text:?}");
    let is_identifier = !text.is_empty() && text.trim() == text && is_name && !text.chars().any(is_invisible);
    assert_eq!((RoomName::is_valid(text), Identity::is_valid(text)), (is_identifier, is_identifier), "{text:?}");
    assert_eq!(RoomName::new(text).map(RoomName::into_string), Identity::new(text).map(Identity::into_string));
    checks.option("identifier", is_identifier.then_some(()));
    checks.option("display name", is_name.then_some(()));
}

/// Control characters, and characters that change the direction of a text (Unicode property Bidi_Control).
fn is_control(c: char) -> bool {
    c.is_control()
        || "\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".contains(c)
}

/// The ranges of Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt, and the Braille blank.
fn is_invisible(c: char) -> bool {
    const RANGES: [(u32, u32); 17] = [
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2060, 0x206f),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfff8),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
    ];
    RANGES.iter().any(|(first, last)| (*first..=*last).contains(&(c as u32)))
}

fn check_ttl(checks: &mut Checks, text: &str) {
    let ttl = Ttl::parse(text);
    assert_eq!(Ttl::from_json(&Value::from(text)), ttl);
    if let Ok(ttl) = ttl {
        assert!((1..=Ttl::MAX_SECONDS).contains(&ttl.seconds()), "{text}");
        let expected = duration(text).expect("a number and a unit");
        // Doubles have 53 bits.
        assert!((ttl.seconds() as f64 - expected.floor()).abs() <= 1.0, "{text}: {ttl:?}, not {expected}");
    }
    let tolerance = text.trim().parse::<f64>().map(clock_tolerance);
    if let Ok(Ok(tolerance)) = tolerance {
        assert!(tolerance <= 86_400, "{text}");
    }
    checks.result("ttl", ttl);
}

/// Computes the seconds of a duration with doubles.
fn duration(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (number, unit) =
        text.get(start..)?.split_at_checked(text.get(start..)?.find(|c: char| !c.is_ascii_digit() && c != '.')?)?;
    let unit = unit.trim().to_ascii_lowercase().replace(" from now", "");
    let seconds = match unit.chars().next()? {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        'd' => 86_400.0,
        'w' => 604_800.0,
        'y' => 31_557_600.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * seconds)
}
