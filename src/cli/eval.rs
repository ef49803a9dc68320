//! `detente eval`

mod predictions;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde_json::json;

use self::predictions::Predictions;
use super::options::{ComputeArgs, DEFAULT_MODEL};
use super::{Outcome, Printer};
use crate::error::WithHint;
use crate::eval::{Answer, Bootstrap, Evaluation, Gold, ask};
use crate::model::{Classifier, Majority, Task};

const EXAMPLES: &str = "\
Examples:
  # The default model and the baselines, on your own labels
  detente eval --gold labels.jsonl

  # Two models side by side, with every number in JSON
  detente eval --gold dev.jsonl --model base --model path/to/checkpoint --json > results.json

  # One subset only, with what the model said of each item
  detente eval --gold dev.jsonl --group mt --model small --predictions said.jsonl

Gold files are JSON lines; offsets count code points, the end is exclusive:
  {\"id\": \"1\", \"text\": \"Oslo thanked Bern.\",
   \"targets\": [{\"mention\": \"Bern\", \"start\": 13, \"end\": 17, \"label\": \"conciliatory\"}]}
Labels are negative, neutral, positive (sentiment) or hostile, neutral, conciliatory (stance toward the target).
With \"source_mention\": {\"mention\", \"start\", \"end\"}, or \"source\": \"author\" for the text's own voice, a row labels a
dyad. NewsMTSC's own rows are read as they are, and so is the form that lists all actors, stances and sentiments.";

/// Measure models against gold labels
///
/// Every model is measured beside two baselines: `majority`, which always says the most frequent class, and
/// `dictionary`, which looks for hostile and conciliatory words. Intervals are bootstrapped over documents. An item
/// that a model cannot read is lost, and counts as wrong.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Labelled files, JSON lines; each gives one result per task that it has labels for
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    gold: Vec<PathBuf>,

    /// Models: a name that `detente models list` shows, a checkpoint's folder, or a baseline
    #[arg(long, value_name = "NAME|DIR", num_args = 1..)]
    model: Vec<String>,

    /// Print every number as JSON instead of a table
    #[arg(long)]
    json: bool,

    /// Write what the models named by --model said of each item, as JSON lines
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

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
    compute: ComputeArgs,
}

/// A model that is measured.
struct Contender {
    name: String,
    /// Whether the user asked for it.
    is_named: bool,
    /// `None` for the majority baseline, which is another one for each gold file.
    model: Option<Box<dyn Classifier>>,
}

/// A gold file.
struct Labelled {
    path: String,
    gold: Gold,
}

const MAJORITY: &str = "majority";
const DICTIONARY: &str = "dictionary";

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    args.compute.start_threads()?;
    let files = read_gold(args, printer)?;
    let contenders = contenders(args)?;
    let counts = class_counts(&args.train)?;
    let bootstrap = Bootstrap { resamples: args.resamples, level: args.level, seed: args.seed };
    let mut predictions = args.predictions.as_deref().map(Predictions::create).transpose()?;
    let mut results = Vec::new();
    for file in &files {
        let majority = Majority::new(counts.unwrap_or_else(|| file.gold.class_counts()));
        let mut asked = Vec::new();
        for contender in &contenders {
            let model = contender.model.as_deref().unwrap_or(&majority);
            let answers = answers(file, contender, model, printer)?;
            if let Some(predictions) = predictions.as_mut().filter(|_| contender.is_named) {
                predictions.write(&file.path, &contender.name, &answers)?;
            }
            asked.push((contender.name.as_str(), answers));
        }
        results.append(&mut measure(file, &asked, &bootstrap));
    }
    predictions.map(Predictions::finish).transpose()?;
    if args.json {
        printer.data(&json(&results, &files, &bootstrap))?;
    } else {
        printer.painted(&table::render(&results, &bootstrap, printer.is_terminal()))?;
    }
    let is_complete = files.iter().all(|file| file.gold.skipped.is_empty());
    Ok(if is_complete { Outcome::Complete } else { Outcome::Skipped })
}

/// One result for each task and model that reads it.
fn measure(
    file: &Labelled,
    asked: &[(&str, Vec<Answer<'_>>)],
    bootstrap: &Bootstrap,
) -> Vec<Evaluation> {
    let mut results = Vec::new();
    for task in file.gold.tasks() {
        for (name, answers) in asked {
            if answers.iter().any(|answer| answer.label.task == task) {
                results.push(Evaluation::new(&file.path, name, task, answers, bootstrap));
            }
        }
    }
    results
}

/// Reads all gold files, before any model is loaded.
fn read_gold(args: &Args, printer: &mut Printer) -> anyhow::Result<Vec<Labelled>> {
    let mut files = Vec::new();
    let unique: BTreeSet<&PathBuf> = args.gold.iter().collect();
    if unique.len() < args.gold.len() {
        bail!("a file is named twice after `--gold`");
    }
    for path in &args.gold {
        let mut gold = read(path)?;
        tell_skipped(&gold, printer);
        if let Some(group) = &args.group {
            let groups: Vec<String> = gold.groups().into_iter().map(str::to_owned).collect();
            gold.retain_group(group);
            if gold.items.is_empty() {
                let path = path.display();
                let error = Err(anyhow!("`{path}` has no rows of group `{group}`"));
                return error.hint(|| format!("its groups are: {}", list(&groups)));
            }
        }
        if gold.tasks().is_empty() {
            return Err(anyhow!("`{}` has no targets to score", path.display())).hint(|| {
                "labels of whole sentences are for training alone; `detente eval --help` shows what a gold file looks \
                 like"
                    .to_owned()
            });
        }
        files.push(Labelled { path: path.display().to_string(), gold });
    }
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<Gold> {
    let gold = Gold::read(path)?;
    match (gold.items.is_empty(), gold.skipped.first()) {
        (true, Some(first)) => {
            Err(anyhow!("no row of `{}` can be used; the first: {first}", path.display()))
                .hint(|| "`detente eval --help` shows what a gold file looks like".to_owned())
        }
        (true, None) => bail!("`{}` is empty", path.display()),
        (false, _) => Ok(gold),
    }
}

fn tell_skipped(gold: &Gold, printer: &mut Printer) {
    const SHOWN: usize = 3;
    for skipped in gold.skipped.iter().take(SHOWN) {
        printer.say(&format!("skipped {skipped}"));
    }
    if let Some(more) = gold.skipped.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        printer.say(&format!("skipped {more} more rows"));
    }
}

/// The named models, or the default one, then the baselines that aren't among them.
fn contenders(args: &Args) -> anyhow::Result<Vec<Contender>> {
    let mut contenders: Vec<Contender> = Vec::new();
    let default = [DEFAULT_MODEL.to_owned()];
    let named = if args.model.is_empty() { default.as_slice() } else { &args.model };
    let baselines = [MAJORITY, DICTIONARY].map(|name| (name, false));
    for (name, is_named) in named.iter().map(|name| (name.as_str(), true)).chain(baselines) {
        if contenders.iter().any(|known| known.name == name) {
            continue;
        }
        let model = if name == MAJORITY { None } else { Some(args.compute.open(name)?.0) };
        contenders.push(Contender { name: name.to_owned(), is_named, model });
    }
    Ok(contenders)
}

/// The labels of all training files, by task and class; `None` without files.
fn class_counts(files: &[PathBuf]) -> anyhow::Result<Option<[[u64; 3]; 3]>> {
    let mut counts = [[0; 3]; 3];
    for path in files {
        let of_file = read(path)?.class_counts();
        for (count, more) in counts.as_flattened_mut().iter_mut().zip(of_file.as_flattened()) {
            *count += more;
        }
    }
    Ok((!files.is_empty()).then_some(counts))
}

/// A model's answers to a file, without the tasks that it doesn't read.
fn answers<'a>(
    file: &'a Labelled,
    contender: &Contender,
    model: &dyn Classifier,
    printer: &mut Printer,
) -> anyhow::Result<Vec<Answer<'a>>> {
    let (Labelled { path, gold }, name) = (file, &contender.name);
    let reads = |task: &Task| model.tasks().contains(task);
    for task in gold.tasks().into_iter().filter(|task| !reads(task)) {
        let task = task.name();
        printer.say(&format!("`{name}` does not read {task}: no result for it on `{path}`"));
    }
    let mut answers = ask(gold, model).with_context(|| format!("`{name}` failed on `{path}`"))?;
    answers.retain(|answer| reads(&answer.label.task));
    Ok(answers)
}

fn json(results: &[Evaluation], files: &[Labelled], bootstrap: &Bootstrap) -> String {
    let skipped = files.iter().flat_map(|file| &file.gold.skipped).map(|skipped| {
        json!({"path": skipped.path.display().to_string(), "line": skipped.line, "reason": skipped.reason})
    });
    let output = json!({
        "results": results.iter().map(Evaluation::to_json).collect::<Vec<_>>(),
        "resamples": bootstrap.resamples,
        "level": bootstrap.level,
        "seed": bootstrap.seed,
        "skipped": skipped.collect::<Vec<_>>(),
    });
    format!("{output}\n")
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn level(text: &str) -> Result<f64, String> {
    let level: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let is_share = 0.0 < level && level < 1.0;
    is_share.then_some(level).ok_or_else(|| "must lie between 0 and 1, as 0.95 does".to_owned())
}

#[cfg(test)]
mod tests;
