//! `detente train`: make a model.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, Printer};
use crate::model::checkpoint;
use crate::train::{Config, Progress, Run, fit};

/// Fine-tune a base encoder and the read-out heads on labelled sets
///
/// Files are JSON lines in the forms that `detente eval --help` describes; each head learns from the files that have
/// labels for it. The best epoch by mean F1-macro on the dev files is written. A run that was ended goes on from its
/// last whole epoch when the same command is given again; the same seed gives the same model.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente train --train rhetoric/train.jsonl --dev rhetoric/dev.jsonl --base minilm-l6 -o my-model
  detente train --train a.jsonl b.jsonl --dev dev.jsonl --base small -o tuned --config tuned.toml
  detente train --train a.jsonl --teacher base --unlabelled run/mentions.jsonl --dev dev.jsonl --base minilm-l6 -o tiny")]
pub(super) struct Args {
    /// Files to learn from
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    train: Vec<PathBuf>,
    /// A model whose probabilities are learned from beside the labels, for every target and pair of every text
    #[arg(long, value_name = "NAME|DIR")]
    teacher: Option<String>,
    /// Further sentences for the teacher to read: `mentions.jsonl` of `detente score … --format jsonl`
    #[arg(long, num_args = 1.., value_name = "FILE", requires = "teacher")]
    unlabelled: Vec<PathBuf>,
    /// Files to choose the best epoch by; never those that results are reported on
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    dev: Vec<PathBuf>,
    /// The encoder to start from: a folder with `config.json`, `tokenizer.json` and safetensors, or a model's name
    #[arg(long, value_name = "NAME|DIR")]
    base: String,
    /// The folder to write the model to
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Learning rates, epochs and all other choices; `models/small/train.toml` shows every field
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let config = match &args.config {
        Some(path) => toml::from_str(&fs_err::read_to_string(path)?)
            .with_context(|| format!("`{}`", path.display()))?,
        None => Config::default(),
    };
    let run = Run {
        base: checkpoint::find(&args.base)?,
        train: args.train.clone(),
        unlabelled: args.unlabelled.clone(),
        teacher: args.teacher.as_deref().map(checkpoint::find).transpose()?,
        dev: args.dev.clone(),
        out: args.output.clone(),
        config,
    };
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps  {msg}")?);
    let mut tell = |progress: &Progress| {
        show(progress, &bar, printer);
        ControlFlow::Continue(())
    };
    let report = fit(&run, &mut tell)?.context("nothing ended the run")?;
    bar.finish_and_clear();
    printer.say(&format!(
        "best: {:.4} after epoch {}, in {}",
        report.best,
        report.epoch,
        run.out.display()
    ));
    Ok(Outcome::Complete)
}

fn show(progress: &Progress, bar: &ProgressBar, printer: &mut Printer) {
    match progress {
        Progress::Resumed(epochs) => printer.say(&format!("taken up after epoch {epochs}")),
        Progress::Step { step, loss, tokens_per_second, seconds_left } => {
            let left = indicatif::HumanDuration(std::time::Duration::from_secs_f64(*seconds_left));
            let message = format!("loss {loss:.3}  {tokens_per_second:.0} tokens/s  {left:#} left");
            bar.set_length(step.1 as u64);
            bar.set_position(step.0 as u64);
            bar.set_message(message.clone());
            if bar.is_hidden() && step.0 % 20 == 0 {
                printer.say(&format!("step {}/{}  {message}", step.0, step.1));
            }
        }
        Progress::Epoch { epoch, scores, mean, is_best } => {
            let scores: Vec<String> =
                scores.iter().map(|(name, f1)| format!("{name} {f1:.4}")).collect();
            let best = if *is_best { "  (best)" } else { "" };
            bar.suspend(|| {
                printer.say(&format!("epoch {epoch}: {mean:.4}{best}  {}", scores.join("  ")));
            });
        }
    }
}
