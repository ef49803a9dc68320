//! `detente score`: from articles to rows and a table.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, json};

use super::options::{ActorArgs, ModelArgs};
use super::{Outcome, Printer, paint, table};
use crate::aggregate::SummaryBuilder;
use crate::aggregate::SummaryOptions;
use crate::error::Skipped;
use crate::error::WithHint;
use crate::ingest::Columns;
use crate::ingest::InputFile;
use crate::ingest::Options;
use crate::mention::Anaphora;
use crate::mention::Gazetteer;
use crate::model::Dictionary;
use crate::output::Manifest;
use crate::output::Sink;
use crate::output::manifest::{self, Clock, Counts};
use crate::pipeline::Event;
use crate::pipeline::Pipeline;
use crate::score::ArticleRows;

/// Score articles: who is hostile or conciliatory toward whom, sentence by sentence
///
/// Reads JSONL, CSV, TSV, Parquet and plain text (a file an article), folders of them, and `-` for standard input; each
/// may be packed as .gz or .zst. The fields id, date, outlet, issuer, title and text are found by their usual names.
///
/// Prints a table of actors: how many articles and sentences speak of each, how many of these are hostile or
/// conciliatory toward it, its net stance received (the mean of p(conciliatory) − p(hostile), from −1 to +1) and
/// expressed, and the sharpest pairs. With `-o`, also writes every row: `mentions`, `dyads`, `articles` and
/// `manifest.json`. Without `-o`, and not on a terminal, prints the rows as JSON lines, and the table on standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente score examples/archive
  detente score archive.csv.gz --column text=body --column date=pubDate -o run
  detente score statements/ --issuer 'Foreign Ministry=NOR' --actors my-actors.csv -o run --format csv
  detente score archive.jsonl --anaphora names -o run       leave out pronouns and descriptions
  zcat news.jsonl.gz | detente score - | head

Exit status: 0 all was scored, 1 records were skipped (they are shown), 2 it failed.")]
pub(super) struct Args {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The folder to write tables and manifest to; it must not hold a run
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
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
    /// The seed of the table's intervals
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let clock = Clock::start();
    args.model.start_threads()?;
    let options = ingest_options(args)?;
    let mut reader = crate::ingest::read(&args.inputs, &options)?;
    let (gazetteer, actors) = args.actors.gazetteer(printer)?;
    check_issuers(&options, &gazetteer)?;
    let is_piped = args.output.is_none() && !printer.is_terminal();
    let sink = open_sink(args, is_piped)?;
    let (classifier, model) = args.model.classifier()?;
    let bar = progress_bar(reader.n_bytes());
    let mut taking = Taking::new(args, sink, &bar, printer);
    let dictionary = Dictionary::default();
    let pipeline = Pipeline {
        gazetteer: &gazetteer,
        anaphora: Anaphora::from_name(&args.anaphora).unwrap_or_default(),
        classifier: classifier.as_ref(),
        dictionary: &dictionary,
    };
    let n_read = reader.n_read();
    let done = pipeline.run(&mut reader, |event| {
        bar.set_position(n_read.load(Ordering::Relaxed));
        taking.take(event)
    });
    match done {
        Err(error) if is_piped && crate::output::is_broken_pipe(&error) => {
            return Ok(Outcome::Complete);
        }
        done => done?,
    }
    bar.finish_and_clear();
    let taken = taking.finish()?;
    if let Some(folder) = &args.output {
        manifest(args, &taken, reader.files(), model, actors, clock).write(folder)?;
    }
    let summary = taken.summary.finish();
    if is_piped {
        printer.say(&table::summary(&summary, false));
    } else {
        printer.painted(&table::summary(&summary, paint::is_wanted(printer)))?;
    }
    printer.say(&closing_line(&taken.counts, taken.n_warnings, args));
    Ok(if taken.counts.skipped > 0 { Outcome::Skipped } else { Outcome::Complete })
}

/// Where rows go: into a folder, down a pipe, or nowhere.
fn open_sink(args: &Args, is_piped: bool) -> anyhow::Result<Option<Box<dyn Sink>>> {
    let format = crate::output::format(&args.format)?;
    match &args.output {
        Some(folder) => crate::output::create(folder, format).map(Some),
        None if is_piped => Ok(Some(crate::output::stream(io::BufWriter::new(io::stdout())))),
        None => Ok(None),
    }
}

/// What the run was.
fn manifest(
    args: &Args,
    taken: &Taken,
    files: &[InputFile],
    model: manifest::Model,
    actors: manifest::Actors,
    clock: Clock,
) -> Manifest {
    let mut manifest = Manifest {
        detente: env!("CARGO_PKG_VERSION").to_owned(),
        model,
        actors,
        parameters: parameters(args),
        inputs: files.iter().map(input).collect(),
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
    put("actors_only", json!(args.actors.is_only()));
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

/// Takes what the pipeline gives.
struct Taking<'a> {
    sink: Option<Box<dyn Sink>>,
    summary: SummaryBuilder,
    counts: Counts,
    skipped: Vec<manifest::SkippedRecord>,
    n_warnings: u64,
    is_strict: bool,
    bar: &'a ProgressBar,
    printer: &'a mut Printer,
}

/// What a whole run gave.
struct Taken {
    summary: SummaryBuilder,
    counts: Counts,
    skipped: Vec<manifest::SkippedRecord>,
    n_warnings: u64,
}

/// Skipped records, and warnings, that are shown; the others are counted.
const SHOWN: u64 = 3;

impl<'a> Taking<'a> {
    fn new(
        args: &Args,
        sink: Option<Box<dyn Sink>>,
        bar: &'a ProgressBar,
        printer: &'a mut Printer,
    ) -> Self {
        Self {
            sink,
            summary: SummaryBuilder::new(summary_options(args.seed)),
            counts: Counts::default(),
            skipped: Vec::new(),
            n_warnings: 0,
            is_strict: args.strict,
            bar,
            printer,
        }
    }

    /// Completes what was written.
    fn finish(self) -> anyhow::Result<Taken> {
        let Self { sink, summary, mut counts, skipped, n_warnings, .. } = self;
        if let Some(sink) = sink {
            counts.set_rows(sink.finish()?);
        }
        Ok(Taken { summary, counts, skipped, n_warnings })
    }

    fn take(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Scored(rows) => self.scored(&rows),
            Event::Skipped(skipped) => self.skip(&skipped),
            Event::Warning(warning) => {
                self.n_warnings += 1;
                if self.n_warnings <= SHOWN {
                    self.say(&format!("warning: {warning}"));
                }
                Ok(())
            }
        }
    }

    fn scored(&mut self, rows: &ArticleRows) -> anyhow::Result<()> {
        let article = &rows.article;
        self.counts.records_read += 1;
        self.counts.articles += 1;
        self.counts.undated += u64::from(article.date.is_none());
        self.counts.sentences += u64::from(article.n_sentences);
        self.counts.scored += u64::from(article.n_scored);
        self.counts.cut += u64::from(article.n_cut);
        if let Some(sink) = &mut self.sink {
            sink.article(article)?;
        }
        for row in &rows.mentions {
            self.summary.mention(row);
            if let Some(sink) = &mut self.sink {
                sink.mention(row)?;
            }
        }
        for row in &rows.dyads {
            self.summary.dyad(row);
            if let Some(sink) = &mut self.sink {
                sink.dyad(row)?;
            }
        }
        self.counts.mention_rows += rows.mentions.len() as u64;
        self.counts.dyad_rows += rows.dyads.len() as u64;
        let seconds = self.bar.elapsed().as_secs_f64();
        let rate = self.counts.articles as f64 / seconds.max(1e-3);
        self.bar.set_message(format!("{} articles, {rate:.0}/s", self.counts.articles));
        Ok(())
    }

    fn skip(&mut self, skipped: &Skipped) -> anyhow::Result<()> {
        if self.is_strict {
            return Err(anyhow::Error::new(skipped.clone()).context("a record can't be used"));
        }
        self.counts.records_read += 1;
        self.counts.skipped += 1;
        Manifest::list_skipped(&mut self.skipped, skipped);
        if self.counts.skipped <= SHOWN {
            self.say(&format!("skipped: {skipped}"));
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        let printer = &mut *self.printer;
        self.bar.suspend(|| printer.say(text));
    }
}

/// What was read, scored, skipped, cut and written: the counts add up.
fn closing_line(counts: &Counts, n_warnings: u64, args: &Args) -> String {
    let mut line = format!(
        "{} records read: {} articles scored, {} skipped; {} of {} sentences speak of an actor",
        counts.records_read, counts.articles, counts.skipped, counts.scored, counts.sentences
    );
    if counts.undated > 0 {
        line += &format!("; {} articles without a date", counts.undated);
    }
    if counts.cut > 0 {
        line += &format!(
            "; {} sentences were longer than the model's window and read in several",
            counts.cut
        );
    }
    if n_warnings > SHOWN {
        line += &format!("; {n_warnings} warnings, of which the first {SHOWN} are shown");
    }
    if let Some(folder) = &args.output {
        let (mentions, dyads) = (counts.mention_rows, counts.dyad_rows);
        line += &format!("\n{mentions} mention rows and {dyads} dyad rows in {}", folder.display());
    }
    line
}
