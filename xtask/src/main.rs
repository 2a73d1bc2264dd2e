//! Generates the JavaScript of the WebAssembly module: `cargo run -p xtask -- <compiled module> <output folder>`.

use std::{env, error::Error, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("usage: cargo run -p xtask -- <compiled module> <output folder>");
        return ExitCode::FAILURE;
    };
    match generate(module, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `livekit_edge.js`, its types and `livekit_edge_bg.wasm`. The generated code does not load the module; the
/// loaders of the npm package do, and replace the instance after a trap.
fn generate(module: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("livekit_edge")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.generate(folder)?;
    Ok(())
}
