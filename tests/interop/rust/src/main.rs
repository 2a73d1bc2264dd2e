//! `interop make < cases.json` signs every case; `interop verify KEY SECRET < tokens` checks one token a line.

mod make;
mod verify;

use std::{env, error::Error, io};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", key, secret] => make::make(key, secret, io::stdin().lock()),
        ["verify", key, secret] => verify::verify(key, secret, io::stdin().lock()),
        _ => Err("make KEY SECRET, or verify KEY SECRET".into()),
    }
}
