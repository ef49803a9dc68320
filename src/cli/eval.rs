//! `detente eval`

mod coders;
mod contender;
mod errors;
mod findings;
mod gold;
mod grid;
mod latex;
mod manifest;
mod markdown;
mod names;
mod page;
mod predictions;
mod rivals;
mod slices;
mod table;

use std::path::PathBuf;

use anyhow::bail;
use serde_json::json;

use self::contender::{Contender, answers, class_counts, contenders};
use self::errors::Errors;
use self::findings::{Asked, Findings};
use self::gold::{Labelled, LayoutArgs, read_gold};
use self::manifest::{Manifest, Source};
use self::names::Swapped;
use self::predictions::Predictions;
use super::options::ComputeArgs;
use super::{Outcome, Printer};
use crate::eval::Bootstrap;
use crate::eval::slice::{DIMENSIONS, Dimension};
use crate::eval::{NameTrial, name_bias};
use crate::model::Majority;
use crate::model::kernel::Level;
use crate::model::kernel::level as level_of_kernels;
use crate::model::kernel::use_level;

/// Options about what results are written in.
#[derive(Debug, clap::Args)]
struct FormArgs {
    /// Print every number as JSON instead of a table
    #[arg(long)]
    json: bool,

    /// Print Markdown tables instead
    #[arg(long, conflicts_with = "json")]
    markdown: bool,

    /// Print LaTeX tables (booktabs) instead
    #[arg(long, conflicts_with_all = ["json", "markdown"])]
    latex: bool,

    /// Also write a page with tables, confusions, reliability diagrams and the surest errors
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  # The default model and the baselines, on your own labels
  detente eval --gold labels.jsonl

  # Does the model judge by the words or by the name?
  detente eval --gold dev.jsonl --model small --swap-names

  # Two models side by side: which is better, and could that be chance? Every number in JSON
  detente eval --gold dev.jsonl --model base --model path/to/checkpoint --json > results.json

  # One subset only, with what the model said of each item
  detente eval --gold dev.jsonl --group mt --model small --predictions said.jsonl

  # For a paper: tables, and a page with everything
  detente eval --gold dev.jsonl --model base small --latex --html results.html > results.tex

  # A set that others made, fetched into labelled-sets/newsmtsc
  detente eval --gold newsmtsc --fetch

  # A table with its own names for columns and labels, labelled by three coders
  detente eval --gold labels.csv --column text=body --column label=anna --column label=ben --column label=carl \\
               --label con=hostile --label none=neutral --label pro=conciliatory

Gold files are JSON lines; offsets count code points, the end is exclusive:
  {\"id\": \"1\", \"text\": \"Oslo thanked Bern.\",
   \"targets\": [{\"mention\": \"Bern\", \"start\": 13, \"end\": 17, \"label\": \"conciliatory\"}]}
Labels are negative, neutral, positive (sentiment) or hostile, neutral, conciliatory (stance toward the target).
With \"source_mention\": {\"mention\", \"start\", \"end\"}, or \"source\": \"author\" for the text's own voice, a row labels a
dyad. NewsMTSC's own rows are read as they are, and so is the form that lists all actors, stances and sentiments.
A file that ends in .csv or .tsv is a table with a head and a target a row: text, mention, start, end, label; without
offsets, a target stands wherever its name does. `eval/README.md` tells all forms.";

/// Measure models against gold labels
///
/// Every model is measured beside two baselines: `majority`, which always says the most frequent class, and
/// `dictionary`, which looks for hostile and conciliatory words. Intervals are bootstrapped over documents. An item
/// that a model cannot read is lost, and counts as wrong. Several models named by --model are compared in pairs: by the
/// paired bootstrap, by approximate randomisation with Holm's correction, and by McNemar's test.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Labelled files, JSON lines or tables, or known sets by name (`newsmtsc`, `vast:dev`); each gives one result per
    /// task that it has labels for
    #[arg(long, value_name = "FILE|SET", num_args = 1.., required = true)]
    gold: Vec<PathBuf>,

    /// Models: a name that `detente models list` shows, a checkpoint's folder, or a baseline
    #[arg(long, value_name = "NAME|DIR", num_args = 1..)]
    model: Vec<String>,

    /// The folder that known sets lie in, as `FOLDER/SET/FILE`
    #[arg(long, value_name = "FOLDER", default_value = "labelled-sets")]
    data: PathBuf,

    /// Fetch the files of known sets that aren't there from their public address
    #[arg(long)]
    fetch: bool,

    #[command(flatten)]
    form: FormArgs,

    /// Write what the models named by --model said of each item, as JSON lines
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    /// Write the wrong answers of the models named by --model, the surest first, as CSV
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,

    /// Look at parts of the gold: `actor`, `outlet`, `domain`, `period`, `voice`, `modality`, `length`, `targets`,
    /// `group`, `label`, or `all` of them
    #[arg(long, value_name = "DIMENSION", num_args = 1.., value_delimiter = ',', value_parser = dimension)]
    by: Vec<Vec<&'static Dimension>>,

    /// Measure how far scores move when a target gets another name: a placeholder, or each of the file's most frequent
    #[arg(long)]
    swap_names: bool,

    /// Measure a list of words too: LSD2015, VADER, NRC or AFINN, or another in one of their formats
    #[arg(long, value_name = "FILE", num_args = 1..)]
    lexicon: Vec<PathBuf>,

    /// Only rows of this group: their `genre`, `meta.subset` or `dataset`
    #[arg(long, value_name = "NAME")]
    group: Option<String>,

    /// Labelled files that `majority` counts classes in, instead of the gold file itself
    #[arg(long, value_name = "FILE", num_args = 1..)]
    train: Vec<PathBuf>,

    /// Samples of documents that intervals are drawn from; 0 for none
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().resamples)]
    resamples: u32,

    /// The share of samples that an interval holds
    #[arg(long, value_name = "SHARE", default_value_t = Bootstrap::default().level, value_parser = level)]
    level: f64,

    /// Seed of the samples: the same seed gives the same intervals
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().seed)]
    seed: u64,

    #[command(flatten)]
    layout: LayoutArgs,

    /// Compute with the instructions that every processor has, so that figures are the same everywhere; slow
    #[arg(long)]
    portable: bool,

    #[command(flatten)]
    compute: ComputeArgs,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    if args.portable && !use_level(Level::Portable) {
        bail!("the kernels have begun with other instructions already");
    }
    args.compute.start_threads()?;
    let files = read_gold(args, printer)?;
    let contenders = contenders(args)?;
    let bootstrap = Bootstrap { resamples: args.resamples, level: args.level, seed: args.seed };
    let findings = find(args, &files, &contenders, bootstrap, printer)?;
    if let Some(path) = &args.form.html {
        fs_err::write(path, page::render(&findings))?;
    }
    if args.form.json {
        printer.data(&format!("{}\n", findings.to_json()))?;
    } else if args.form.markdown {
        printer.data(&markdown::render(&findings))?;
    } else if args.form.latex {
        printer.data(&latex::render(&findings))?;
    } else {
        printer.painted(&table::render(&findings, printer.is_terminal()))?;
    }
    let is_complete = findings.skipped.is_empty();
    Ok(if is_complete { Outcome::Complete } else { Outcome::Skipped })
}

/// Lets every model read every file, and measures what it said.
fn find(
    args: &Args,
    files: &[Labelled],
    contenders: &[Contender],
    bootstrap: Bootstrap,
    printer: &mut Printer,
) -> anyhow::Result<Findings> {
    let counts = class_counts(&args.train)?;
    let mut predictions = args.predictions.as_deref().map(Predictions::create).transpose()?;
    let mut errors = args.errors.as_deref().map(Errors::create).transpose()?;
    let mut findings = Findings::new(bootstrap, args.by.concat());
    for file in files {
        let majority = Majority::new(counts.unwrap_or_else(|| file.gold.class_counts()));
        let mut asked = Vec::new();
        for contender in contenders {
            let model = contender.model.as_deref().unwrap_or(&majority);
            let answers = answers(file, contender, model, printer)?;
            if let Some(predictions) = predictions.as_mut().filter(|_| contender.is_named) {
                predictions.write(&file.path, &contender.name, &answers.answers)?;
            }
            if let Some(errors) = errors.as_mut().filter(|_| contender.is_named) {
                errors.write(&file.path, &contender.name, &answers.answers)?;
            }
            if args.swap_names && contender.is_named {
                let bias = name_bias(&file.gold, model, &NameTrial::default())?;
                let swapped = |bias| Swapped::new(&file.path, &contender.name, bias);
                findings.swapped.extend(bias.into_iter().map(swapped));
            }
            asked.push(Asked { name: &contender.name, is_named: contender.is_named, answers });
        }
        findings.add(file, &asked);
    }
    predictions.map(Predictions::finish).transpose()?;
    errors.map(Errors::finish).transpose()?;
    findings.manifest = made_from(args, files, contenders);
    findings.finish();
    Ok(findings)
}

/// What a run was made from.
fn made_from(args: &Args, files: &[Labelled], contenders: &[Contender]) -> Manifest {
    let gold = files.iter().map(|file| Source {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        rows: file.gold.items.len(),
        skipped: file.gold.skipped.len(),
        left_out: file.gold.n_left_out,
    });
    let train: Vec<String> = args.train.iter().map(|path| path.display().to_string()).collect();
    let parameters = json!({
        "resamples": args.resamples, "level": args.level, "seed": args.seed,
        "group": args.group, "train": train, "by": args.by.concat().iter().map(|by| by.name).collect::<Vec<_>>(),
    });
    Manifest {
        detente: env!("CARGO_PKG_VERSION").to_owned(),
        gold: gold.collect(),
        models: contenders.iter().map(|contender| contender.card.clone()).collect(),
        kernel: level_of_kernels().name().to_owned(),
        parameters: parameters.as_object().cloned().unwrap_or_default(),
    }
}

/// What `--by` names.
fn dimension(name: &str) -> Result<Vec<&'static Dimension>, String> {
    if name == "all" {
        return Ok(DIMENSIONS.iter().collect());
    }
    let names = || DIMENSIONS.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
    let found = Dimension::find(name).ok_or_else(|| format!("known are: {}, all", names()))?;
    Ok(vec![found])
}

fn level(text: &str) -> Result<f64, String> {
    let level: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let is_share = 0.0 < level && level < 1.0;
    is_share.then_some(level).ok_or_else(|| "must lie between 0 and 1, as 0.95 does".to_owned())
}

#[cfg(test)]
mod tests;
