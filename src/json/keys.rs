//! Whether an object gives a key twice, in no quadratic time.

use super::Value;
use alloc::{borrow::Cow, vec::Vec};

/// Up to this many members, to compare each key with each is faster than any set.
const FEW: usize = 16;

/// In order: a comparison of each with each would take quadratic time.
pub(super) fn repeats_key(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    if members.len() <= FEW {
        let mut rest = members;
        while let Some(((key, _), others)) = rest.split_first() {
            if others.iter().any(|(other, _)| other == key) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
    sort(&mut keys);
    keys.windows(2).any(|two| matches!(two, [one, other] if one == other))
}

/// By a heap: n log n steps for any keys, and a tenth of the module's room that the standard library's way takes.
fn sort(keys: &mut [&str]) {
    for start in (0..keys.len().div_euclid(2)).rev() {
        sift(keys, start);
    }
    let mut heap = keys;
    while let [_, .., _] = heap {
        let last = heap.len().saturating_sub(1);
        heap.swap(0, last);
        heap = heap.get_mut(..last).unwrap_or_default();
        sift(heap, 0);
    }
}

/// Lets a key sink below those that come after it.
fn sift(heap: &mut [&str], mut at: usize) {
    loop {
        let left = at.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        let child = if heap.get(right) > heap.get(left) { right } else { left };
        if heap.get(child) <= heap.get(at) {
            return;
        }
        heap.swap(at, child);
        at = child;
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, format, string::String};
    use proptest::{collection::vec, prelude::*};

    fn repeats(keys: &[String]) -> bool {
        let members: Vec<_> = keys.iter().map(|key| (Cow::Borrowed(key.as_str()), Value::Null)).collect();
        repeats_key(&members)
    }

    fn numbered(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{}", number * 7919 % 65_537)).collect()
    }

    #[test]
    fn one_key_twice_wherever_it_stands() {
        for count in [2, 3, 15, 16, 17, 18, 19, 31, 32, 33, 100, 1000] {
            let keys = numbered(count);
            assert!(!repeats(&keys), "{count}");
            for (one, other) in [(0, 1), (0, count - 1), (count - 2, count - 1), (count / 2, count - 1), (0, count / 2)]
            {
                if one != other {
                    let mut keys = keys.clone();
                    let twice = keys.get(one).unwrap().clone();
                    *keys.get_mut(other).unwrap() = twice;
                    assert!(repeats(&keys), "{count}: {one} and {other}");
                }
            }
        }
        let mut keys = numbered(65_536);
        assert!(!repeats(&keys));
        let twice = keys.first().unwrap().clone();
        *keys.last_mut().unwrap() = twice;
        assert!(repeats(&keys));
    }

    proptest! {
        #[test]
        fn as_a_set_says(keys in vec("[ab]{0,8}|x{0,40}|é{0,9}", 0..60)) {
            let distinct: BTreeSet<&String> = keys.iter().collect();
            prop_assert_eq!(repeats(&keys), distinct.len() < keys.len());
        }

        #[test]
        fn keys_are_put_in_order(keys in vec("[a-c]{0,6}|\\PC{0,3}", 0..200)) {
            let mut ours: Vec<&str> = keys.iter().map(String::as_str).collect();
            let mut theirs = ours.clone();
            sort(&mut ours);
            theirs.sort_unstable();
            prop_assert_eq!(ours, theirs);
        }
    }
}
