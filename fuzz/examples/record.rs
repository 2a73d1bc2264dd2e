//! Selects the corpus of the repository from the inputs that fuzzing found, and records the results: `npm run fuzz --
//! --record`.
//!
//! From these inputs and the current corpus it selects, up to a maximum number: the smallest inputs with a result of a
//! rule that no other input has, then those with other combinations of results, then some of every size.

#![no_main]

use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

/// Maximum number of inputs for a target, and maximum size of an input in bytes.
const MAX_INPUTS: usize = 40;
const MAX_BYTES: u64 = 1024;

// This program is compiled for libFuzzer, like the targets. libFuzzer starts it, and it ends before the first input.
libfuzzer_sys::fuzz_target!(
    init: {
        record(Path::new(&env::var_os("LIVEKIT_EDGE_FOUND").expect("LIVEKIT_EDGE_FOUND is the folder of found inputs")));
        std::process::exit(0);
    },
    |_input: &[u8]| ()
);

fn record(found: &Path) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in livekit_edge_fuzz::targets() {
        let corpus = here.join("corpus").join(target);
        let inputs = inputs(&[found.join(target), corpus.clone()]);
        let chosen = choose(target, inputs);
        fs::remove_dir_all(&corpus).ok();
        fs::create_dir_all(&corpus).expect("a folder for the corpus");
        let mut lines = BTreeSet::new();
        for (input, answers) in &chosen {
            let name = name(input);
            fs::write(corpus.join(&name), input).expect("a file of the corpus");
            lines.insert(format!("{name} {answers}\n"));
        }
        fs::create_dir_all(here.join("answers")).expect("a folder for the answers");
        let file = here.join("answers").join(format!("{target}.txt"));
        fs::write(file, lines.into_iter().collect::<String>()).expect("a file of answers");
        println!("{target}: {} inputs", chosen.len());
    }
}

/// Reads every small input, the smallest first.
fn inputs(folders: &[PathBuf]) -> Vec<Vec<u8>> {
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let small = files.filter(|file| file.metadata().is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES));
    let inputs: BTreeSet<Vec<u8>> = small.filter_map(|file| fs::read(file.path()).ok()).collect();
    let mut inputs: Vec<_> = inputs.into_iter().collect();
    inputs.sort_by_key(Vec::len);
    inputs
}

fn choose(target: &str, inputs: Vec<Vec<u8>>) -> Vec<(Vec<u8>, String)> {
    let (mut answers, mut lines) = (BTreeSet::new(), BTreeSet::new());
    let (mut first, mut other, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for input in inputs {
        let answered = livekit_edge_fuzz::answers(target, &input);
        let line = livekit_edge_fuzz::line(&answered);
        let is_first = answered.into_iter().filter(|answer| answers.insert(*answer)).count() > 0;
        let group = match lines.insert(line.clone()) {
            _ if is_first => &mut first,
            true => &mut other,
            false => &mut same,
        };
        group.push((input, line));
    }
    // Each of the remaining inputs has reached code that no smaller one did, so that any of them may be selected.
    let step = (same.len() / MAX_INPUTS).max(1);
    first.into_iter().chain(other).chain(same.into_iter().step_by(step)).take(MAX_INPUTS).collect()
}

/// Computes the name of a file from its content.
fn name(input: &[u8]) -> String {
    Sha256::digest(input).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
