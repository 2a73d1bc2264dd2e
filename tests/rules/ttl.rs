//! Ttl and parse_duration: durations as in jose, but only positive ones (row 31).

use livekit_edge::{
    AccessToken, LivekitError, Ttl,
    json::parse,
    token::{DEFAULT_ACCESS_TOKEN_TTL, parse_duration},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MAX: u64 = Ttl::MAX_SECONDS;

#[rustfmt::skip]
const UNITS: [(&str, u64); 26] = [
    ("s", 1), ("sec", 1), ("secs", 1), ("second", 1), ("seconds", 1),
    ("m", 60), ("min", 60), ("mins", 60), ("minute", 60), ("minutes", 60),
    ("h", 3600), ("hr", 3600), ("hrs", 3600), ("hour", 3600), ("hours", 3600),
    ("d", 86_400), ("day", 86_400), ("days", 86_400),
    ("w", 604_800), ("week", 604_800), ("weeks", 604_800),
    ("y", 31_557_600), ("yr", 31_557_600), ("yrs", 31_557_600), ("year", 31_557_600), ("years", 31_557_600),
];

fn seconds(text: &str) -> Option<u64> {
    match Ttl::parse(text) {
        Ok(ttl) => Some(ttl.seconds()),
        Err(error) => {
            assert_eq!(error, LivekitError::InvalidTtl);
            None
        }
    }
}

#[test]
fn every_unit_is_parsed_in_any_case_with_or_without_a_space() {
    for (unit, of_one) in UNITS {
        let title = unit.get(..1).unwrap().to_uppercase() + unit.get(1..).unwrap();
        for unit in [unit.to_owned(), unit.to_uppercase(), title] {
            for (text, expected) in [
                (format!("1{unit}"), of_one),
                (format!("2 {unit}"), 2 * of_one),
                (format!("+3{unit}"), 3 * of_one),
                (format!("+ 3{unit}"), 3 * of_one),
                (format!("4 {unit} from now"), 4 * of_one),
                (format!("5{unit} From Now"), 5 * of_one),
                (format!(" 6 {unit} FROM NOW"), 6 * of_one),
                (format!("007{unit}"), 7 * of_one),
                (format!("1.5 {unit}"), of_one * 3 / 2),
                (format!("2.0{unit}"), 2 * of_one),
            ] {
                assert_eq!(seconds(&text), Some(expected), "{text}");
                assert_eq!(parse_duration(&text), Some(expected), "{text}");
            }
            for text in [
                format!("-1{unit}"),
                format!("- 1{unit}"),
                format!("1{unit} ago"),
                format!("1 {unit} AGO"),
                format!("+1{unit} ago"),
                format!("+1{unit} from now"),
                format!("  1{unit}"),
                format!(" +1{unit}"),
                format!("+  1{unit}"),
                format!("1  {unit}"),
                format!("1{unit} "),
                format!("1{unit}  from now"),
                format!("1{unit}from now"),
                format!("1{unit} from now from now"),
                format!("1{unit} from now ago"),
                format!("1{unit}\n"),
                format!("++1{unit}"),
                format!("+-1{unit}"),
                format!("1.{unit}"),
                format!(".5{unit}"),
                format!("1.5.5{unit}"),
                format!("1,5{unit}"),
                format!("1e3{unit}"),
                format!("1_000{unit}"),
                format!("0x10{unit}"),
                format!("١{unit}"),
                format!("1{unit}1{unit}"),
                format!("1{unit}x"),
                unit,
            ] {
                assert_eq!((seconds(&text), parse_duration(&text)), (None, None), "{text:?}");
            }
        }
    }
}

#[test]
fn any_other_string_is_rejected() {
    #[rustfmt::skip]
    let texts = [
        "", " ", "+", "-", ".", "10", "10 ", "+10", "1.5", "Infinity", "NaN", "null", "undefined", "10ms", "10 ms", "1h30m",
        "1h 30m",
        "1 month", "1 months", "1mo", "1 fortnight", "from now", " from now", "ago", "10 from now", "forever", "6 h o",
        "10\u{a0}m", "10\tm", "１０m", "10м", "10ſ", "10m\0", "P1D", "🦀", "10🦀", "1s from no\u{306}w", "0",
    ];
    for text in texts {
        assert_eq!((seconds(text), parse_duration(text)), (None, None), "{text:?}");
    }
}

#[test]
fn a_fraction_is_rounded_down() {
    for (text, expected) in [
        ("1.5h", Some(5400)),
        ("0.5m", Some(30)),
        ("1.999s", Some(1)),
        ("1.999999999s", Some(1)),
        ("0.999 seconds", None),
        ("0.0166m", None),
        ("0.017m", Some(1)),
        ("0.000011574d", None),
        ("0.000011575d", Some(1)),
        ("0.1y", Some(3_155_760)),
        ("0.333333333w", Some(201_599)),
        ("0s", None),
        ("0.0h", None),
        ("00y from now", None),
    ] {
        assert_eq!(seconds(text), expected, "{text}");
        assert_eq!(
            parse_duration(text).filter(|seconds| *seconds > 0),
            expected,
            "{text}: zero is a duration, but not a TTL"
        );
    }
    assert_eq!(
        (parse_duration("0s"), parse_duration("0.999s"), parse_duration("0 y from now")),
        (Some(0), Some(0), Some(0))
    );
}

#[test]
fn a_ttl_is_at_most_136_years() {
    for (text, expected) in [
        ("4294967295s", Some(MAX)),
        ("4294967296s", None),
        ("136y", Some(4_291_833_600)),
        ("137y", None),
        ("18446744073709551615s", None),
        ("18446744073709551616s", None),
        ("18446744073709551615y", None),
        ("99999999999999999999999999999999y", None),
        ("0.99999999999999999999999999999y", Some(31_557_599)),
    ] {
        assert_eq!(seconds(text), expected, "{text}");
    }
    assert_eq!(parse_duration("18446744073709551615s"), Some(u64::MAX));
    assert_eq!(parse_duration("18446744073709551616s"), None);
    assert_eq!(parse_duration("18446744073709551615m"), None);
}

#[test]
fn seconds_are_rounded_down_and_at_least_one() {
    for (given, expected) in [
        (1.0, Some(1)),
        (1.5, Some(1)),
        (1.999_999, Some(1)),
        (600.0, Some(600)),
        (4_294_967_295.0, Some(MAX)),
        (4_294_967_295.9, Some(MAX)),
        (4_294_967_296.0, None),
        (0.0, None),
        (-0.0, None),
        (0.999_999, None),
        (f64::MIN_POSITIVE, None),
        (-1.0, None),
        (-0.5, None),
        (1e21, None),
        (f64::MAX, None),
        (f64::MIN, None),
        (9_007_199_254_740_991.0, None),
        (9_007_199_254_740_992.0, None),
        (18_446_744_073_709_551_616.0, None),
        (f64::INFINITY, None),
        (f64::NEG_INFINITY, None),
        (f64::NAN, None),
    ] {
        let ttl = Ttl::from_seconds(given);
        assert_eq!(ttl.map(Ttl::seconds), expected.ok_or(LivekitError::InvalidTtl), "{given}");
    }
    for (given, expected) in [(0, None), (1, Some(1)), (MAX, Some(MAX)), (MAX + 1, None), (u64::MAX, None)] {
        assert_eq!(Ttl::try_from(given).map(Ttl::seconds).ok(), expected, "{given}");
    }
}

#[test]
fn a_clamped_ttl_is_in_the_valid_range() {
    for (given, expected) in [(0, 1), (1, 1), (600, 600), (MAX, MAX), (MAX + 1, MAX), (u64::MAX, MAX)] {
        assert_eq!(Ttl::clamped(given).seconds(), expected, "{given}");
    }
}

/// Numbers of seconds and durations are valid; everything else is invalid.
#[test]
fn a_ttl_of_json_is_seconds_or_a_duration() {
    for (text, expected) in [
        ("600", Some(600)),
        ("600.9", Some(600)),
        ("0.9999999999999999999999", Some(1)),
        ("\"10m\"", Some(600)),
        ("4294967295", Some(MAX)),
        ("4294967296", None),
        ("1e300", None),
        ("0", None),
        ("-1", None),
        ("\"\"", None),
        ("\"600\"", None),
        ("null", None),
        ("true", None),
        ("[600]", None),
        ("{}", None),
    ] {
        let ttl = Ttl::from_json(&parse(text.as_bytes()).unwrap()).map(Ttl::seconds);
        assert_eq!(ttl, expected.ok_or(LivekitError::InvalidTtl), "{text}");
    }
}

/// In LiveKit's JavaScript SDK, `at.ttl = 600` means a time in the year 1970.
#[test]
fn a_ttl_counts_from_the_time_of_signing() {
    assert_eq!((Ttl::default().seconds(), DEFAULT_ACCESS_TOKEN_TTL), (21_600, 21_600));
    for (ttl, expected) in [(Ttl::default(), 21_600), (Ttl::from_seconds(600.0).unwrap(), 600)] {
        let token = AccessToken::new(crate::common::API_KEY, crate::common::API_SECRET).unwrap().ttl(ttl);
        for now in [0, crate::common::NOW, crate::common::NOW + 1_000_000] {
            let payload = crate::common::part(&token.to_jwt(now).unwrap(), 1);
            assert_eq!((payload["exp"].as_u64(), payload["nbf"].as_u64()), (Some(now + expected), Some(now)));
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{prelude::*, sample::select};

    proptest! {
        #![proptest_config(config())]

        /// Computed in units of 10^-9 seconds.
        #[test]
        fn a_duration_is_its_number_times_its_unit(whole in 0..100_000_u64, fraction in "[0-9]{1,9}", (unit, of_one) in select(UNITS.to_vec())) {
            let billionths: u128 = format!("{fraction:0<9}").parse().unwrap();
            let exact = (u128::from(whole) * 1_000_000_000 + billionths) * u128::from(of_one) / 1_000_000_000;
            prop_assert_eq!(parse_duration(&format!("{whole}.{fraction} {unit}")).map(u128::from), Some(exact));
        }

        #[test]
        fn a_ttl_is_a_duration_in_the_valid_range(text in ".*", number in "[+ .0-9]{0,9}", rest in "[a-z ]{0,12}") {
            for text in [&text, &format!("{number}{rest}")] {
                prop_assert_eq!(seconds(text), parse_duration(text).filter(|seconds| (1..=MAX).contains(seconds)));
            }
        }
    }

    fn config() -> ProptestConfig {
        ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
    }
}
