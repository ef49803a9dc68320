//! Which weights does the program carry? Their digest is taken once, when it is built, and not at every start.

use std::env;

use sha2::{Digest, Sha256};

fn main() -> std::io::Result<()> {
    const WEIGHTS: &str = "models/small/model.safetensors";
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_EMBEDDED").is_some() {
        println!("cargo::rerun-if-changed={WEIGHTS}");
        let digest = Sha256::digest(fs_err::read(WEIGHTS)?);
        let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("cargo::rustc-env=DETENTE_SMALL_SHA256={}", hex.concat());
    }
    Ok(())
}
