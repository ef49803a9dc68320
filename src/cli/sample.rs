//! `detente sample`

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::aggregate::choices::choice;
use super::{Outcome, Printer};
use crate::aggregate::Candidate;
use crate::aggregate::Field;
use crate::aggregate::What;
use crate::aggregate::draw;
use crate::aggregate::uncertainty;
use crate::error::WithHint;
use crate::output::read_dyads;
use crate::output::read_mentions;
use crate::output::write_whole;
use crate::score::Distribution;

mod context;
mod sheet;

use sheet::Picked;

const EXAMPLES: &str = "\
Examples:
  detente sample run -n 400 -o gold.csv                  400 rows, each with the same probability
  detente sample run -n 400 --by outlet -o gold.csv      … each outlet with its share
  detente sample run -n 400 --design uncertainty -o gold.csv
  detente sample run -n 60 --unit article --coders 2 -o gold.csv
  detente aggregate run --gold gold.csv                  with the labels filled in

The file has a row for each reading to label, with the sentences around it and the probability with which it was \
drawn. Write `hostile`, `neutral` or `conciliatory` into `label` (or each coder into a column of their own), toward \
the target as docs/codebook.md has it. What the model said stands nowhere in it, so that it can't sway anybody.";

/// Draw a sample of a run for people to label, with known probabilities
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The folder that `detente score -o DIR` wrote
    dir: PathBuf,

    /// How many rows, or articles, to draw
    #[arg(short = 'n', long = "number", value_name = "N")]
    number: usize,

    /// The file to write
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,

    /// What is to be corrected: stance toward actors, or of sources toward targets
    #[arg(long, value_name = "WHAT", default_value = "actors", value_parser = choice(WHATS))]
    what: What,

    /// What is drawn: single rows, or articles with all of their rows
    #[arg(long, value_name = "UNIT", default_value = "row", value_parser = choice(UNITS))]
    unit: Unit,

    /// Draw from each stratum its share: `outlet`, `voice`, `actor_state`, …, or any further field of the archive
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',')]
    by: Vec<String>,

    /// How probable each is to be drawn
    #[arg(long, value_name = "HOW", default_value = "equal", value_parser = choice(DESIGNS))]
    design: Design,

    /// People who label it: each gets a column of their own
    #[arg(long, value_name = "N", default_value_t = 1)]
    coders: usize,

    /// Sentences before and after each that are shown
    #[arg(long, value_name = "N", default_value_t = 2)]
    context: usize,

    /// What chance starts from: the same seed draws the same
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Row,
    Article,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Design {
    Equal,
    Uncertainty,
}

const WHATS: &[(&str, &str, What)] = &[
    ("actors", "rows of `mentions`", What::Actors),
    ("dyads", "rows of `dyads`; they correct `--what sources` too", What::Dyads),
];
const UNITS: &[(&str, &str, Unit)] =
    &[("row", "single rows", Unit::Row), ("article", "articles with all rows", Unit::Article)];
const DESIGNS: &[(&str, &str, Design)] = &[
    ("equal", "all of a stratum the same", Design::Equal),
    (
        "uncertainty",
        "the more, the less sure the model is: fewer labels for the same certainty",
        Design::Uncertainty,
    ),
];

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let by = args.fields()?;
    if args.output.exists() {
        return Err(anyhow::anyhow!("`{}` exists", args.output.display()))
            .hint(|| "it may hold labels: name another file".to_owned());
    }
    let frame = Frame::read(args, &by)?;
    let picked = frame.pick(args)?;
    let mut rows = sheet::read(&args.dir, args.what, &picked)?;
    let n_without = context::add(&args.dir, args.context, &mut rows)?;
    write_whole(&args.output, sheet::csv(&rows, args.what, args.coders)?.as_bytes())?;
    let articles: std::collections::BTreeSet<_> =
        rows.iter().map(|row| row.article_id.as_str()).collect();
    printer.say(&format!(
        "{} of {} rows, from {} articles, are in {}",
        super::table::thousands(rows.len() as u64),
        super::table::thousands(frame.rows.len() as u64),
        super::table::thousands(articles.len() as u64),
        args.output.display()
    ));
    if n_without > 0 {
        printer.say(&format!(
            "{} rows have no sentences around them: their articles are no longer where they were read",
            super::table::thousands(n_without as u64)
        ));
    }
    Ok(Outcome::Complete)
}

impl Args {
    fn fields(&self) -> anyhow::Result<Vec<Field>> {
        let by: Vec<_> = self.by.iter().map(|name| Field::named(name.trim())).collect();
        match by.iter().find(|field| !field.is_in(self.what)) {
            Some(field) => Err(anyhow::anyhow!(
                "`--what {}` can't be divided by `{}`",
                self.what.name(),
                field.name()
            ))
            .hint(|| super::aggregate::known_fields(self.what)),
            None => Ok(by),
        }
    }
}

/// All rows that can be drawn, as far as drawing needs to know them.
struct Frame {
    rows: Vec<Candidate>,
    /// The number of each row's article, which doesn't fall from one row to the next.
    articles: Vec<u32>,
    strata: BTreeMap<Vec<Option<String>>, u32>,
}

impl Frame {
    fn read(args: &Args, by: &[Field]) -> anyhow::Result<Self> {
        let mut frame = Self { rows: Vec::new(), articles: Vec::new(), strata: BTreeMap::new() };
        let mut last = None;
        if args.what == What::Actors {
            for row in read_mentions(&args.dir)? {
                let row = row?;
                let values = by.iter().map(|field| field.of_mention(&row)).collect();
                frame.add(args, &mut last, row.article_id, values, row.stance);
            }
        } else {
            for row in read_dyads(&args.dir)? {
                let row = row?;
                let values = by.iter().map(|field| field.of_dyad(&row)).collect();
                frame.add(args, &mut last, row.article_id, values, Some(row.stance));
            }
        }
        if frame.rows.iter().all(|row| row.size <= 0.0) {
            return Err(anyhow::anyhow!("no row of this run has a stance"))
                .hint(|| "`detente models list` says which models read stance".to_owned());
        }
        Ok(frame)
    }

    /// Adds a row; one without a stance can't be drawn, which its size of 0 says.
    fn add(
        &mut self,
        args: &Args,
        last: &mut Option<String>,
        article_id: String,
        values: Vec<Option<String>>,
        stance: Option<Distribution>,
    ) {
        let is_new = last.as_ref() != Some(&article_id);
        let article = self.articles.last().map_or(0, |&last| last + u32::from(is_new));
        *last = Some(article_id);
        self.articles.push(article);
        let next = u32::try_from(self.strata.len()).unwrap_or(u32::MAX);
        let stratum = *self.strata.entry(values).or_insert(next);
        let size = match (stance, args.design) {
            (None, _) => 0.0,
            (Some(_), Design::Equal) => 1.0,
            (Some(stance), Design::Uncertainty) => uncertainty(stance),
        };
        self.rows.push(Candidate { stratum, size });
    }

    /// Draws, and gives each drawn row by its number.
    fn pick(&self, args: &Args) -> anyhow::Result<BTreeMap<usize, Picked>> {
        let can_be_drawn = |&i: &usize| self.rows[i].size > 0.0;
        let mut units: Vec<Vec<usize>> = Vec::new();
        for i in (0..self.rows.len()).filter(can_be_drawn) {
            let is_same = |unit: &Vec<usize>| self.articles[unit[0]] == self.articles[i];
            match units.last_mut() {
                Some(unit) if args.unit == Unit::Article && is_same(unit) => unit.push(i),
                _ => units.push(vec![i]),
            }
        }
        let candidates: Vec<_> = units.iter().map(|unit| self.candidate(unit)).collect();
        let candidates = without_gaps(candidates);
        let drawn = draw(&candidates, args.number, args.seed).hint(|| {
            "draw fewer, or divide by fewer fields: each stratum needs at least one".to_owned()
        })?;
        let names: BTreeMap<u32, String> =
            self.strata.iter().map(|(values, &number)| (number, stratum_name(values))).collect();
        let mut picked = BTreeMap::new();
        for drawn in drawn {
            for &i in &units[drawn.index] {
                let stratum = names[&self.rows[units[drawn.index][0]].stratum].clone();
                picked.insert(i, Picked { probability: drawn.probability, stratum });
            }
        }
        Ok(picked)
    }

    /// A unit as it is drawn: an article belongs to the stratum of its first row, and is as large as its mean row.
    fn candidate(&self, unit: &[usize]) -> Candidate {
        let sum: f32 = unit.iter().map(|&i| self.rows[i].size).sum();
        Candidate { stratum: self.rows[unit[0]].stratum, size: sum / unit.len() as f32 }
    }
}

/// The same strata, numbered anew where some have nobody who can be drawn.
fn without_gaps(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    for candidate in &mut candidates {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        candidate.stratum = *numbers.entry(candidate.stratum).or_insert(next);
    }
    candidates
}

fn stratum_name(values: &[Option<String>]) -> String {
    let values: Vec<_> = values.iter().map(|value| value.as_deref().unwrap_or("–")).collect();
    values.join(" / ")
}
