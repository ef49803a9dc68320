//! What did the user ask for? One file a subcommand, and the one place that prints.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod printer;
mod options;
mod paint;
mod table;
mod actors;
mod aggregate;
mod bench;
mod eval;
mod models;
mod sample;
mod score;
mod train;

pub use printer::Printer;

const EXAMPLES: &str = "\
Examples:
  detente score examples/archive                       a table of who is hostile toward whom
  detente score archive.jsonl.gz -o run                every row, in tables
  detente aggregate run --period month                 how it changed, with intervals
  detente eval --gold labels.jsonl                     how good the model is on your labels

`detente COMMAND --help` says more.";

/// How hostile, or how conciliatory, was A toward B, when did that change, and how sure are we?
#[derive(Debug, Parser)]
#[command(name = "detente", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Score(score::Args),
    Aggregate(aggregate::Args),
    Sample(sample::Args),
    Eval(eval::Args),
    Train(train::Args),
    Bench(bench::Args),
    Models(models::Args),
    Actors(actors::Args),
}

/// How a run ended: the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done: 0.
    Complete,
    /// Done, but records were skipped: 1.
    Skipped,
}

/// Runs the command line of this process.
///
/// # Errors
/// Whatever made the command fail; the caller prints it and exits with 2.
pub fn run(cli: Cli, printer: &mut Printer) -> anyhow::Result<Outcome> {
    match cli.command {
        Command::Score(args) => score::run(&args, printer),
        Command::Aggregate(args) => aggregate::run(&args, printer),
        Command::Sample(args) => sample::run(&args, printer),
        Command::Eval(args) => eval::run(&args, printer),
        Command::Train(args) => train::run(&args, printer),
        Command::Bench(args) => bench::run(&args, printer),
        Command::Models(args) => models::run(&args, printer),
        Command::Actors(args) => actors::run(&args, printer),
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Complete => Self::SUCCESS,
            Outcome::Skipped => Self::from(1),
        }
    }
}
