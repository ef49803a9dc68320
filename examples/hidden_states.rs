//! What does the encoder make of a text? Prints the last hidden states of each line of standard input, in 32 bits, as a
//! line of JSON: `{"text", "ids", "hidden"}`, special tokens included.
//!
//! ```sh
//! echo 'Iceland thanked Norway.' | cargo run --release --example hidden_states -- models/small
//! ```
//!
//! A text that is longer than the encoder takes is an error. `eval/reference/real_weights.py` compares the numbers with
//! those of transformers.

use std::io::{BufRead, BufWriter, Write, stdin, stdout};
use std::path::Path;

use anyhow::{Context, ensure};
use detente::batch::{Instance, PackedBatch};
use detente::model::checkpoint::Checkpoint;
use detente::model::kernel::Product;
use detente::model::{Encoder, Files, HiddenStates};
use serde_json::json;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("name the folder of a checkpoint")?;
    let checkpoint = Checkpoint::load(&Files::in_folder(Path::new(&folder)))?;
    let texts = checkpoint.text_encoder(usize::MAX)?;
    let encoder = Encoder::new(checkpoint.encoder, Product::F32);
    let mut out = BufWriter::new(stdout().lock());
    for text in stdin().lock().lines() {
        let text = text?;
        let instance = Instance { text: text.clone(), targets: Vec::new(), pairs: Vec::new() };
        let encoded = texts.encode(&instance)?;
        ensure!(!encoded.is_cut(), "`{text}` is longer than the encoder takes");
        let batch = PackedBatch::new(&texts, [&encoded]);
        let hidden = encoder.hidden_states(&batch)?.to_vec2::<f32>()?;
        writeln!(out, "{}", json!({ "text": text, "ids": batch.ids, "hidden": hidden }))?;
    }
    Ok(out.flush()?)
}
