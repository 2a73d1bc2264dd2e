//! Edit distance between names, to find the setting that a misspelled name stands for.

/// Damerau–Levenshtein distance between two names, ignoring case; `None` if it is above `max`. An edit adds, removes or
/// replaces a character, or swaps two adjacent ones.
pub(crate) fn distance(name: &str, other: &str, max: u8) -> Option<u8> {
    (0..=max).find(|edits| differs_by_at_most(name.as_bytes(), other.as_bytes(), *edits))
}

/// True if at most `edits` edits make the names equal. Each edit tries four branches, so that only a small `edits` is
/// fast.
fn differs_by_at_most(name: &[u8], other: &[u8], edits: u8) -> bool {
    match (name, other) {
        ([], []) => true,
        ([a, name @ ..], [b, other @ ..]) if a.eq_ignore_ascii_case(b) => differs_by_at_most(name, other, edits),
        _ => edits.checked_sub(1).is_some_and(|edits| {
            let swaps = match (name, other) {
                ([a, b, name @ ..], [c, d, other @ ..]) if a.eq_ignore_ascii_case(d) && b.eq_ignore_ascii_case(c) => {
                    differs_by_at_most(name, other, edits)
                }
                _ => false,
            };
            let (without_first, other_without_first) = (name.get(1..), other.get(1..));
            let replaces = without_first.zip(other_without_first).is_some_and(|(a, b)| differs_by_at_most(a, b, edits));
            swaps
                || replaces
                || without_first.is_some_and(|name| differs_by_at_most(name, other, edits))
                || other_without_first.is_some_and(|other| differs_by_at_most(name, other, edits))
        }),
    }
}
