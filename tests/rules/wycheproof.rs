//! Wycheproof's HMAC-SHA256 vectors: keys of many sizes, truncated tags, tags with changed bits.

use livekit_edge::SigningKey;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wycheproof::{
    TestResult,
    mac::{Test, TestGroup, TestName, TestSet},
};

const TAG_BYTES: usize = 32;

fn groups() -> Vec<TestGroup> {
    TestSet::load(TestName::HmacSha256).unwrap().test_groups
}

/// The vectors with a tag of full length, or those with a truncated tag.
fn vectors(truncated: bool) -> impl Iterator<Item = Test> {
    let groups = groups().into_iter().filter(move |group| (group.tag_size < TAG_BYTES * 8) == truncated);
    groups.flat_map(|group| group.tests)
}

fn key(vector: &Test) -> SigningKey {
    SigningKey::from_bytes(&vector.key).expect("no vector has an empty key")
}

#[test]
fn every_vector_is_tested() {
    let sizes = groups().into_iter().map(|group| group.tag_size);
    assert!(sizes.clone().all(|bits| bits == TAG_BYTES * 8 || bits == TAG_BYTES * 4));
    assert!(vectors(false).count() >= 80 && vectors(true).count() >= 80);
    let results: Vec<TestResult> = groups().into_iter().flat_map(|group| group.tests).map(|test| test.result).collect();
    assert!(results.contains(&TestResult::Valid) && results.contains(&TestResult::Invalid));
    assert!(!results.contains(&TestResult::Acceptable));
}

#[test]
fn tags_are_created_and_verified() {
    for vector in vectors(false) {
        let is_valid = vector.result == TestResult::Valid;
        let key = key(&vector);
        assert_eq!(vector.tag[..] == key.tag(&vector.msg), is_valid, "{} {}", vector.tc_id, vector.comment);
        assert_eq!(key.verify(&vector.msg, &vector.tag), is_valid, "{} {}", vector.tc_id, vector.comment);
    }
}

#[test]
fn a_truncated_tag_is_rejected() {
    for vector in vectors(true) {
        let is_valid = vector.result == TestResult::Valid;
        let key = key(&vector);
        let starts = key.tag(&vector.msg).starts_with(&vector.tag);
        assert_eq!(starts, is_valid, "{} {}", vector.tc_id, vector.comment);
        assert!(!key.verify(&vector.msg, &vector.tag), "{} {}", vector.tc_id, vector.comment);
    }
}
