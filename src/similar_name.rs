//! Names that differ by a few characters.

/// Number of edits between two names, ignoring case, if it is at most `max`. An edit adds, removes or replaces a character, or
/// swaps two neighbours (Damerau and Levenshtein).
pub(crate) fn distance(name: &str, other: &str, max: u8) -> Option<u8> {
    (0..=max).find(|edits| is_within(name.as_bytes(), other.as_bytes(), *edits))
}

/// Each step consumes a character, and each edit has four branches: both names are short.
fn is_within(name: &[u8], other: &[u8], edits: u8) -> bool {
    match (name, other) {
        ([], []) => true,
        ([a, name @ ..], [b, other @ ..]) if a.eq_ignore_ascii_case(b) => is_within(name, other, edits),
        _ => edits.checked_sub(1).is_some_and(|edits| {
            let swaps = match (name, other) {
                ([a, b, name @ ..], [c, d, other @ ..]) if a.eq_ignore_ascii_case(d) && b.eq_ignore_ascii_case(c) => {
                    is_within(name, other, edits)
                }
                _ => false,
            };
            let (without_first, other_without_first) = (name.get(1..), other.get(1..));
            let replaces = without_first.zip(other_without_first).is_some_and(|(a, b)| is_within(a, b, edits));
            swaps
                || replaces
                || without_first.is_some_and(|name| is_within(name, other, edits))
                || other_without_first.is_some_and(|other| is_within(name, other, edits))
        }),
    }
}
