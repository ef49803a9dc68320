//! `detente bench`

use std::path::PathBuf;
use std::time::Instant;

use anyhow::ensure;
use rayon::prelude::*;
use serde_json::json;

use super::options::{ComputeArgs, DEFAULT_MODEL};
use super::{Outcome, Printer};
use crate::batch::Encoded;
use crate::batch::Instance;
use crate::batch::PackedBatch;
use crate::batch::TextEncoder;
use crate::batch::by_budget;
use crate::model::BATCH_TOKENS;
use crate::model::Encoder;
use crate::model::HiddenStates;
use crate::model::checkpoint;
use crate::model::checkpoint::Checkpoint;
use crate::model::kernel::Product;
use crate::model::kernel::level;

const EXAMPLES: &str = "\
Examples:
  # The default model on this machine, at the fastest precision that it has
  detente bench --input sentences.txt

  # Any folder with a BERT or MPNet, one thread, full precision, numbers in JSON
  detente bench --input sentences.txt --model path/to/all-MiniLM-L6-v2 --threads 1 --precision f32 --json";

/// Measure how fast an encoder is on this machine
///
/// The encoder alone is timed, from tokens to hidden states: neither tokenising nor the heads count. A rate is tokens
/// over the median time of several passes over all sentences, special tokens included; nothing is padded.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Sentences, one on each line
    #[arg(long, value_name = "FILE")]
    input: PathBuf,

    /// The model: a name that `detente models list` shows, or a folder, with heads or without
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_MODEL)]
    model: String,

    /// Passes over all sentences, after one that is not timed
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    passes: u32,

    /// Tokens of a sentence, special ones included, beyond which the rest is left out
    #[arg(long, value_name = "TOKENS", default_value_t = 192)]
    max_length: usize,

    /// Tokens that go through the encoder together
    #[arg(long, value_name = "TOKENS", default_value_t = BATCH_TOKENS)]
    batch_tokens: usize,

    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    compute: ComputeArgs,
}

/// What was measured.
struct Figures {
    product: Product,
    n_sentences: usize,
    n_tokens: usize,
    /// Of each pass, least first.
    seconds: Vec<f64>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    args.compute.start_threads()?;
    let product = args.compute.fastest();
    let checkpoint = Checkpoint::load(&checkpoint::find(&args.model)?)?;
    let text_encoder = checkpoint.text_encoder(args.max_length)?;
    let encoded = encode(args, &text_encoder)?;
    let encoder = Encoder::new(checkpoint.encoder, product);
    let lengths: Vec<usize> = encoded.iter().map(Encoded::n_packed).collect();
    let batches: Vec<PackedBatch> = by_budget(&lengths, args.batch_tokens)
        .iter()
        .map(|batch| PackedBatch::new(&text_encoder, batch.iter().map(|&i| &encoded[i])))
        .collect();
    let figures = Figures {
        product,
        n_sentences: encoded.len(),
        n_tokens: lengths.iter().sum(),
        seconds: time(&encoder, &batches, args.passes)?,
    };
    printer.data(&if args.json { figures.json(args) } else { figures.text(args) })?;
    Ok(Outcome::Complete)
}

/// The sentences as tokens, each in one window.
fn encode(args: &Args, text_encoder: &TextEncoder) -> anyhow::Result<Vec<Encoded>> {
    let text = fs_err::read_to_string(&args.input)?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    ensure!(!lines.is_empty(), "`{}` holds no sentences", args.input.display());
    let encode = |line: &&str| {
        let instance =
            Instance { text: (*line).to_owned(), targets: Vec::new(), pairs: Vec::new() };
        let mut encoded = text_encoder.encode(&instance)?;
        encoded.windows.truncate(1);
        Ok(encoded)
    };
    lines.par_iter().map(encode).collect()
}

/// Seconds of each pass, least first.
fn time(encoder: &Encoder, batches: &[PackedBatch], passes: u32) -> anyhow::Result<Vec<f64>> {
    let pass = || {
        let start = Instant::now();
        batches.par_iter().try_for_each(|batch| encoder.hidden_states(batch).map(drop))?;
        anyhow::Ok(start.elapsed().as_secs_f64())
    };
    pass()?;
    let mut seconds = (0..passes).map(|_| pass()).collect::<anyhow::Result<Vec<_>>>()?;
    seconds.sort_by(f64::total_cmp);
    Ok(seconds)
}

impl Figures {
    fn median(&self) -> f64 {
        let n = self.seconds.len();
        f64::midpoint(self.seconds[(n - 1) / 2], self.seconds[n / 2])
    }

    fn json(&self, args: &Args) -> String {
        let rate = |seconds: f64| (self.n_tokens as f64 / seconds).round();
        let output = json!({
            "model": args.model,
            "precision": self.product.name(),
            "instructions": level().name(),
            "threads": rayon::current_num_threads(),
            "batch_tokens": args.batch_tokens,
            "max_length": args.max_length,
            "sentences": self.n_sentences,
            "tokens": self.n_tokens,
            "passes": self.seconds.len(),
            "seconds": self.median(),
            "tokens_per_second": rate(self.median()),
            "best_tokens_per_second": rate(self.seconds[0]),
            "sentences_per_second": (self.n_sentences as f64 / self.median()).round(),
        });
        format!("{output}\n")
    }

    fn text(&self, args: &Args) -> String {
        let rate = |seconds: f64| self.n_tokens as f64 / seconds;
        format!(
            "{}: {:.0} tokens/s, {:.0} sentences/s ({}, {}, {} threads; {} tokens in {} sentences; median of {} \
             passes, the best {:.0} tokens/s)\n",
            args.model,
            rate(self.median()),
            self.n_sentences as f64 / self.median(),
            self.product.name(),
            level().name(),
            rayon::current_num_threads(),
            self.n_tokens,
            self.n_sentences,
            self.seconds.len(),
            rate(self.seconds[0]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;
    use crate::model::kernel::Product;

    #[test]
    fn the_median_of_an_even_number_of_passes_lies_between_the_middle_two() {
        let figures = |seconds: &[f64]| Figures {
            product: Product::F32,
            n_sentences: 1,
            n_tokens: 1,
            seconds: seconds.to_vec(),
        };
        assert!((figures(&[1.0, 2.0, 4.0, 9.0]).median() - 3.0).abs() < 1e-12);
        assert!((figures(&[1.0, 2.0, 9.0]).median() - 2.0).abs() < 1e-12);
    }
}
