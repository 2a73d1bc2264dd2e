#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| livekit_edge_fuzz::run("sync", input));
