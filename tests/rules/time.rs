//! whole_seconds: rounding JavaScript numbers to integers of seconds (row 15; W3).

use livekit_edge::whole_seconds;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn row_15_seconds_are_rounded_down() {
    for (seconds, expected) in [
        (0.0, 0),
        (-0.0, 0),
        (0.5, 0),
        (0.999, 0),
        (1.0, 1),
        (1.5, 1),
        (1.999_999, 1),
        (1_700_000_000.9, 1_700_000_000),
        (5e-324, 0),
    ] {
        assert_eq!(whole_seconds(seconds), Some(expected), "{seconds}");
    }
}

#[test]
fn the_maximum_is_the_largest_safe_integer() {
    assert_eq!(whole_seconds(9_007_199_254_740_991.0), Some(9_007_199_254_740_991));
    assert_eq!(whole_seconds(9_007_199_254_740_990.0), Some(9_007_199_254_740_990));
}

#[test]
fn w3_negative_too_large_and_non_finite_numbers_are_rejected() {
    for seconds in [
        -1.0,
        -5e-324,
        -0.5,
        9_007_199_254_740_992.0,
        1e300,
        f64::MAX,
        f64::MIN,
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        assert_eq!(whole_seconds(seconds), None, "{seconds}");
    }
}
