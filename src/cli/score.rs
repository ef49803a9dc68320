//! `detente score`: from articles to rows and a table.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, json};

use super::options::{ActorArgs, ModelArgs};
use super::{Outcome, Printer, paint, table};
use crate::aggregate::SummaryOptions;
use crate::error::Hinted;
use crate::error::WithHint;
use crate::ingest::Columns;
use crate::ingest::Encoding;
use crate::ingest::InputFile;
use crate::ingest::Options;
use crate::ingest::Reader;
use crate::mention::Anaphora;
use crate::mention::Gazetteer;
use crate::model::Dictionary;
use crate::output::Changes;
use crate::output::Identity;
use crate::output::Manifest;
use crate::output::Parts;
use crate::output::Sink;
use crate::output::manifest::{self, Clock};
use crate::pipeline::Ended;
use crate::pipeline::Languages;
use crate::pipeline::Pipeline;
use crate::pipeline::Worked;

mod taking;

use taking::{Taken, Taking, closing_line};

/// Score articles: who is hostile or conciliatory toward whom, sentence by sentence
///
/// Reads JSONL, CSV, TSV, Parquet and plain text (a file an article), folders of them, and `-` for standard input; each
/// may be packed as .gz or .zst. The fields id, date, outlet, issuer, title and text are found by their usual names.
///
/// Prints a table of actors: how many articles and sentences speak of each, how many of these are hostile or
/// conciliatory toward it, its net stance received (the mean of p(conciliatory) − p(hostile), from −1 to +1) and
/// expressed, and the sharpest pairs. With `-o`, also writes every row: `mentions`, `dyads`, `articles` and
/// `manifest.json`. Without `-o`, and not on a terminal, prints the rows as JSON lines, and the table on standard error.
///
/// With `-o`, what is done is kept in `DIR/parts` every few seconds: a run that was interrupted, killed or out of disk
/// space goes on with `--resume`, and ends with the same tables. So does a finished one whose archive has grown or
/// changed: only new and changed articles are scored. Ctrl-C ends a run behind the part in hand.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente score examples/archive
  detente score archive.csv.gz --column text=body --column date=pubDate -o run
  detente score statements/ --issuer 'Foreign Ministry=NOR' --actors my-actors.csv -o run --format csv
  detente score archive.jsonl --anaphora names -o run       leave out pronouns and descriptions
  zcat news.jsonl.gz | detente score - | head
  detente score archive/ -o run --resume               go on, or add what is new

Exit status: 0 all was scored, 1 records were skipped (they are shown), 2 it failed.")]
pub(super) struct Args {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The folder to write tables and manifest to; it must not hold a run, unless `--resume` is given
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Go on with the run in DIR: what it has scored already isn't scored again
    #[arg(long, requires = "output")]
    resume: bool,
    #[command(flatten)]
    actors: ActorArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Format of the tables
    #[arg(long, value_name = "FORMAT", default_value = "parquet", value_parser = ["parquet", "csv", "jsonl"])]
    format: String,
    /// Format of standard input, and of files whose name doesn't say
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<String>,
    /// What text is written in if not UTF-8: `windows-1252`, `euc-kr`, `utf-16le`, …
    #[arg(long, value_name = "ENCODING")]
    input_encoding: Option<String>,
    /// Fail at the first record that can't be used, instead of skipping it
    #[arg(long)]
    strict: bool,
    /// Where a field is found, if not under a usual name: `text=body`
    #[arg(long = "column", value_name = "FIELD=NAME")]
    columns: Vec<String>,
    /// The actor whose own voice an outlet's texts are: `Foreign Ministry=NOR`
    #[arg(long = "issuer", value_name = "OUTLET=ACTOR")]
    issuers: Vec<String>,
    /// What is linked to actors beside their names: nothing, short forms of names, or descriptions and pronouns too
    ///
    /// `off`: only names as the lists have them. `names`: also a surname after the full name or a title, an acronym that
    /// the text brings in, `Meridian` after `Meridian Air`. `all`: also `the ministry`, `the prime minister`, `she`,
    /// `its`, and `we` in a statement. Each link's confidence is in the column `mentions`.
    #[arg(long, value_name = "WHAT", default_value = "all", value_parser = ["off", "names", "all"])]
    anaphora: String,
    /// Score articles in every language, those that the model wasn't made for too
    #[arg(long)]
    any_language: bool,
    /// The seed of the table's intervals
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let clock = Clock::start();
    args.model.start_threads()?;
    let options = ingest_options(args)?;
    let reader = crate::ingest::read(&args.inputs, &options)?;
    let inputs = reader.files().iter().map(input).collect();
    let (listed, model) =
        rayon::join(|| args.actors.gazetteer(printer), || args.model.classifier());
    let (gazetteer, actors) = listed?;
    check_issuers(&options, &gazetteer)?;
    let (classifier, model) = model?;
    let parts = open_parts(args, &model, &actors)?;
    let is_piped = args.output.is_none() && !printer.is_terminal();
    let sink = open_sink(args, is_piped)?;
    let bar = progress_bar(reader.n_bytes());
    let mut taking = Taking::new(args, sink, &bar, printer);
    let pipeline = Pipeline {
        gazetteer: &gazetteer,
        anaphora: Anaphora::from_name(&args.anaphora).unwrap_or_default(),
        classifier: classifier.as_ref(),
        dictionary: &Dictionary::default(),
        languages: if args.any_language { Languages::Any } else { Languages::OfModel },
        done: parts.as_ref(),
    };
    match take_all(&pipeline, reader, &mut taking, &bar) {
        Err(error) if is_piped && crate::output::is_broken_pipe(&error) => {
            return Ok(Outcome::Complete);
        }
        done => done.map_err(|error| with_way_on(error, args, parts.as_ref()))?,
    }
    bar.finish_and_clear();
    let taken = taking.finish()?;
    if let (Some(folder), Some(parts)) = (&args.output, parts) {
        manifest(args, &taken, inputs, model, actors, clock).write(folder)?;
        say_changes(&parts.finish()?, printer);
    }
    conclude(taken, args, is_piped, printer)
}

/// Runs the pipeline: new parts are kept before anything else is done with them.
fn take_all(
    pipeline: &Pipeline<'_>,
    reader: Reader,
    taking: &mut Taking<'_>,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let stop = if pipeline.done.is_some() { stop_on_signals()? } else { Arc::default() };
    let n_read = reader.n_read();
    let ended = pipeline.run(reader, &stop, |Worked { part, is_new, n_taken_over }| {
        if let Some(parts) = pipeline.done.filter(|_| is_new) {
            parts.commit(&part)?;
        }
        bar.set_position(n_read.load(Ordering::Relaxed));
        taking.take(part, n_taken_over)
    })?;
    if ended == Ended::Stopped {
        bail!("stopped by a signal, with {} articles done", taking.n_articles());
    }
    Ok(())
}

/// A flag that the signals to end a process set; the second one ends it at once.
fn stop_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 2, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Says how to go on behind an error, where something is done already and the error doesn't say better.
fn with_way_on(error: anyhow::Error, args: &Args, parts: Option<&Parts>) -> anyhow::Error {
    let is_advised = error.chain().any(<dyn std::error::Error>::is::<Hinted>);
    match (&args.output, parts) {
        (Some(folder), Some(parts)) if parts.n_kept() > 0 && !is_advised => Hinted {
            source: error,
            hint: format!(
                "what is done is kept in `{}`: the same command with `--resume` goes on",
                folder.display()
            ),
        }
        .into(),
        _ => error,
    }
}

/// Prints the table, and what the counts are.
fn conclude(
    taken: Taken,
    args: &Args,
    is_piped: bool,
    printer: &mut Printer,
) -> anyhow::Result<Outcome> {
    let closing = closing_line(&taken, args);
    let n_skipped = taken.counts.skipped;
    let summary = taken.summary.finish();
    if is_piped {
        printer.say(&table::summary(&summary, false));
    } else {
        printer.painted(&table::summary(&summary, paint::is_wanted(printer)))?;
    }
    printer.say(&closing);
    Ok(if n_skipped > 0 { Outcome::Skipped } else { Outcome::Complete })
}

/// How the archive differs from what a resumed run read before.
fn say_changes(changes: &Changes, printer: &mut Printer) {
    if changes.n_damaged > 0 {
        printer.say(&format!("{} damaged parts of the run were done again", changes.n_damaged));
    }
    if changes.n_changed > 0 {
        printer.say(&format!("{} changed articles were scored anew", changes.n_changed));
    }
    if changes.n_removed > 0 {
        let listed = changes.removed.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>();
        let more = if changes.n_removed > listed.len() as u64 { ", …" } else { "" };
        printer.say(&format!(
            "{} articles are no longer in the archive, and their rows are gone: {}{more}",
            changes.n_removed,
            listed.join(", ")
        ));
    }
}

/// Where what is done is kept, if the run goes into a folder.
fn open_parts(
    args: &Args,
    model: &manifest::Model,
    actors: &manifest::Actors,
) -> anyhow::Result<Option<Parts>> {
    let Some(folder) = &args.output else { return Ok(None) };
    let mut parameters = parameters(args);
    for name in ["strict", "seed"] {
        parameters.shift_remove(name);
    }
    let identity = Identity {
        detente: env!("CARGO_PKG_VERSION").to_owned(),
        model: model.clone(),
        actors: actors.clone(),
        parameters,
        format: args.format.clone(),
        inputs: args.inputs.iter().map(|input| input.display().to_string()).collect(),
    };
    let open = if args.resume { Parts::resume } else { Parts::create };
    open(folder, &identity).map(Some)
}

/// Where rows go: into a folder, down a pipe, or nowhere.
fn open_sink(args: &Args, is_piped: bool) -> anyhow::Result<Option<Box<dyn Sink>>> {
    let format = crate::output::format(&args.format)?;
    match &args.output {
        Some(folder) => crate::output::replace(folder, format).map(Some),
        None if is_piped => Ok(Some(crate::output::stream(io::BufWriter::new(io::stdout())))),
        None => Ok(None),
    }
}

/// What the run was.
fn manifest(
    args: &Args,
    taken: &Taken,
    inputs: Vec<manifest::Input>,
    model: manifest::Model,
    actors: manifest::Actors,
    clock: Clock,
) -> Manifest {
    let mut manifest = Manifest {
        detente: env!("CARGO_PKG_VERSION").to_owned(),
        model,
        actors,
        parameters: parameters(args),
        inputs,
        format: args.format.clone(),
        counts: taken.counts,
        skipped: taken.skipped.clone(),
        started: String::new(),
        finished: String::new(),
        seconds: 0.0,
    };
    clock.stop(&mut manifest);
    manifest
}

fn input(file: &InputFile) -> manifest::Input {
    manifest::Input { path: file.path.display().to_string(), n_bytes: file.n_bytes }
}

fn summary_options(seed: u64) -> SummaryOptions {
    let default = SummaryOptions::default();
    SummaryOptions { intervals: default.intervals.with_seed(seed), ..default }
}

fn ingest_options(args: &Args) -> anyhow::Result<Options> {
    let issuer = |argument: &String| -> anyhow::Result<(String, String)> {
        let (outlet, actor) = argument
            .split_once('=')
            .with_context(|| format!("`--issuer {argument}` is not OUTLET=ACTOR"))?;
        Ok((outlet.to_owned(), actor.to_owned()))
    };
    Ok(Options {
        columns: Columns::parse(&args.columns)?,
        issuers: args.issuers.iter().map(issuer).collect::<anyhow::Result<_>>()?,
        format: args.input_format.as_deref().map(crate::ingest::format).transpose()?,
        encoding: args.input_encoding.as_deref().map(Encoding::named).transpose()?,
        ..Options::default()
    })
}

/// An issuer that the user names must be somebody.
fn check_issuers(options: &Options, gazetteer: &Gazetteer) -> anyhow::Result<()> {
    for (outlet, actor) in &options.issuers {
        if gazetteer.actors().resolve(actor).is_none() {
            let unknown = || -> anyhow::Result<()> {
                bail!("`--issuer {outlet}={actor}` names no known actor")
            };
            unknown().hint(|| format!("`detente actors list --search {actor}` looks for it"))?;
        }
    }
    Ok(())
}

/// The command's parameters for the manifest.
fn parameters(args: &Args) -> Map<String, serde_json::Value> {
    let mut parameters = Map::new();
    let mut put = |name: &str, value| parameters.insert(name.to_owned(), value);
    put("strict", json!(args.strict));
    put("columns", json!(args.columns));
    put("issuers", json!(args.issuers));
    put("input_format", json!(args.input_format));
    put("anaphora", json!(args.anaphora));
    put("input_encoding", json!(args.input_encoding));
    put("actors_only", json!(args.actors.is_only()));
    put("any_language", json!(args.any_language));
    put("seed", json!(args.seed));
    parameters
}

/// A bar over the bytes of the archive where they are known, a spinner where it is a pipe.
fn progress_bar(n_bytes: Option<u64>) -> ProgressBar {
    let (bar, template) = match n_bytes {
        Some(n) => (ProgressBar::new(n), "{bar:30} {percent}%  {msg}, {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {msg}, {elapsed}"),
    };
    let bar = bar
        .with_style(ProgressStyle::with_template(template).expect("the template is well-formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
