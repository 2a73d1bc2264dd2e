//! Runs the corpus and the regressions of the fuzz targets, and compares the results with the recorded ones of 0.1.0.

use crate::fuzz::{
    checks::{Checks, TARGETS, line},
    verify_slowly,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The inputs in a folder by the names of their files.
fn inputs(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| (file.file_name().unwrap().to_str().unwrap().into(), fs::read(&file).unwrap())).collect()
}

#[test]
fn the_corpus_is_answered_as_it_was_recorded() {
    let mut checks = Checks::new(verify_slowly);
    for (target, _) in TARGETS {
        let recorded = fs::read_to_string(folder().join("answers").join(format!("{target}.txt"))).unwrap();
        let inputs = inputs(&folder().join("corpus").join(target));
        assert!(recorded.lines().count() == inputs.len() && inputs.len() >= 10, "{target}: {} inputs", inputs.len());
        for (name, expected) in recorded.lines().map(|line| line.split_once(' ').unwrap()) {
            let input = &inputs[name];
            let rules: Vec<_> = expected.split(", ").map(|answer| answer.split(": ").next().unwrap()).collect();
            // Newer rules have no recorded result.
            let answers: Vec<_> =
                checks.run(target, input).iter().copied().filter(|(rule, _)| rules.contains(rule)).collect();
            assert_eq!(line(&answers), expected, "{target}: {}", String::from_utf8_lossy(input));
        }
    }
}

#[test]
fn the_regressions_pass_the_checks() {
    let mut checks = Checks::new(verify_slowly);
    for target in fs::read_dir(folder().join("regressions")).unwrap() {
        let folder = target.unwrap().path();
        let inputs = inputs(&folder);
        assert!(!inputs.is_empty(), "{folder:?}");
        for input in inputs.values() {
            checks.run(folder.file_name().unwrap().to_str().unwrap(), input);
        }
    }
}

#[test]
fn the_corpus_stays_small() {
    let inputs = TARGETS.iter().flat_map(|(target, _)| inputs(&folder().join("corpus").join(target)).into_values());
    let bytes: usize = inputs.map(|input| input.len()).sum();
    assert!(bytes <= 200 * 1024, "{bytes} bytes");
}
