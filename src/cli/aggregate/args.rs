//! What can be asked of `detente aggregate`?

use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser;

use super::choices::{ADJUSTS, AUTHORS, CORRECTS, DUPLICATES, FORMATS, GRAINS, INTERVALS};
use super::choices::{MODALITIES, ROLL_UPS, VOICES, WEIGHTS, WHATS, choice};
use super::repeated::OnDuplicates;
use crate::aggregate::Author;
use crate::aggregate::Correction;
use crate::aggregate::Field;
use crate::aggregate::Grain;
use crate::aggregate::IntervalMethod;
use crate::aggregate::IntervalOptions;
use crate::aggregate::Period;
use crate::aggregate::Quantifier;
use crate::aggregate::RollUp;
use crate::aggregate::Selection;
use crate::aggregate::Weight;
use crate::aggregate::What;
use crate::aggregate::change::Adjust;
use crate::error::WithHint;
use crate::score::Modality;
use crate::score::Voice;

const EXAMPLES: &str = "\
Examples:
  detente aggregate run                                  who is spoken of how, over all time
  detente aggregate run --period month                   … and how that changed
  detente aggregate run --what dyads --roll-up state     which state is hostile toward which
  detente aggregate run --by outlet --voice author       each outlet's own voice alone
  detente aggregate run --what dyads --modality threatened,conditional
  detente aggregate run --period week --format csv > weeks.csv
  detente aggregate run --gold labelled.csv              … put right by a sample that people labelled
  detente aggregate run --periods 2031-01..2031-02,2031-03..2031-08
  detente aggregate run --period month --breaks --trend  when did it change?
  detente aggregate run --period week --events events.csv --window 6
  detente aggregate run --what dyads --compare reverse   is it mutual?

On a terminal this prints a table with a trend; into a file or a pipe, CSV with a row for each period.

Intervals take the article as the unit, since sentences of one article are not independent. \
From fewer than five articles, bootstrap intervals are too narrow: leave such rows out with \
--min-articles 5, or take --interval analytic.";

/// Add up a scored run per actor or dyad and period, with intervals
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// The folders that `detente score -o DIR` wrote; several are added up together
    #[arg(required = true)]
    pub(super) dirs: Vec<PathBuf>,

    /// What a row stands for
    #[arg(long, value_name = "WHAT", default_value = "actors", value_parser = choice(WHATS))]
    pub(super) what: What,

    /// How long the periods are; articles without a date stand under `undated`
    #[arg(long, value_name = "GRAIN", default_value = "all", value_parser = choice(GRAINS))]
    pub(super) period: Grain,

    /// Periods of your own instead: `2031-03..2031-08`, `2031-Q4`, `2032`, …; rows outside them are left out
    #[arg(long, value_name = "PERIOD,...", value_delimiter = ',', conflicts_with = "period")]
    pub(super) periods: Vec<Period>,

    /// Split by fields of the rows: `outlet`, `part`, `voice`, `actor_state`, …, or any further field of the archive
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',')]
    pub(super) by: Vec<String>,

    /// Whom persons, ministries and parties count for
    #[arg(long, value_name = "TO", default_value = "none", value_parser = choice(ROLL_UPS))]
    pub(super) roll_up: RollUp,

    /// Whom the text's own voice counts for, where the text is known to be an actor's own (`issuer`)
    #[arg(long, value_name = "HOW", default_value = "merged", value_parser = choice(AUTHORS))]
    pub(super) author: Author,

    /// Only what is said in this voice
    #[arg(long, value_name = "VOICE", value_parser = choice(VOICES))]
    pub(super) voice: Option<Voice>,

    /// Only what is put in these ways: what was announced or denied isn't done. By rules that miss much
    ///
    /// Less than half of what is labelled other than `asserted` is right on new text.
    #[arg(long, value_name = "HOW,...", value_delimiter = ',', value_parser = choice(MODALITIES))]
    pub(super) modality: Vec<Modality>,

    /// What is given the same weight
    #[arg(long, value_name = "WHAT", default_value = "sentence", value_parser = choice(WEIGHTS))]
    pub(super) weight: Weight,

    /// A sample that `detente sample` drew of this run, with labels: put estimates right by it
    #[arg(long, value_name = "FILE", conflicts_with = "errors")]
    pub(super) gold: Option<PathBuf>,

    /// How the model errs elsewhere, as `detente eval --json` or `--predictions` wrote it: put estimates right by it
    #[arg(long, value_name = "FILE")]
    pub(super) errors: Option<PathBuf>,

    /// How estimates are put right [default: ppi with --gold, acc with --errors]
    #[arg(long, value_name = "HOW", value_parser = choice(CORRECTS))]
    pub(super) correct: Option<Correct>,

    /// What is done about articles that nearly repeat others, told from the sentences that were scored
    #[arg(long, value_name = "HOW", default_value = "once", value_parser = choice(DUPLICATES))]
    pub(super) duplicates: OnDuplicates,

    /// How alike near-duplicates are: what the word triples of both have in common, over those of either
    #[arg(long, value_name = "0…1", default_value_t = 0.5)]
    pub(super) similarity: f64,

    /// Leave out rows from fewer articles than this
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) min_articles: usize,

    /// How intervals of net stance are made
    #[arg(long, value_name = "HOW", default_value = "bootstrap", value_parser = choice(INTERVALS))]
    pub(super) interval: IntervalMethod,

    /// How probable it should be that an interval holds the true value
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    pub(super) level: f64,

    /// Resamples for each bootstrap interval; more make its ends steadier, and cost as much more time
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) resamples: usize,

    /// What the bootstrap's random numbers start from: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,

    /// Compare two: `2031-05,2031-12`, `NOR,ISL`, `ISL>NOR,NOR>ISL`, two values of `--by`; `reverse`: both ways of each pair
    #[arg(long, value_name = "FIRST,SECOND", help_heading = "Changes")]
    pub(super) compare: Vec<String>,

    /// Look for breaks in each series (PELT, with a block permutation test)
    #[arg(long, help_heading = "Changes")]
    pub(super) breaks: bool,

    /// What a further break must improve the fit by, in variances of the noise [default: 2·ln(periods)]
    #[arg(long, value_name = "X", requires = "breaks", help_heading = "Changes")]
    pub(super) penalty: Option<f64>,

    /// The slope of each series, robust to autocorrelation (Newey–West)
    #[arg(long, help_heading = "Changes")]
    pub(super) trend: bool,

    /// Before and after each event of a CSV file with columns `date` and `label`, beside placebo dates
    #[arg(long, value_name = "FILE", help_heading = "Changes")]
    pub(super) events: Option<PathBuf>,

    /// Periods on either side of an event
    #[arg(long, value_name = "N", default_value_t = 3, requires = "events", help_heading = "Changes",
          value_parser = clap::value_parser!(u16).range(1..).map(usize::from))]
    pub(super) window: usize,

    /// How p values are adjusted for the number of changes of each kind
    #[arg(long, value_name = "HOW", default_value = "holm", value_parser = choice(ADJUSTS), help_heading = "Changes")]
    pub(super) adjust: Adjust,

    /// Print rows in this format, on a terminal too
    #[arg(long, value_name = "FORMAT", conflicts_with = "json", value_parser = choice(FORMATS))]
    pub(super) format: Option<Format>,

    /// Print one JSON document: the parameters, what was left out, and the rows with intervals of the shares too
    #[arg(long)]
    pub(super) json: bool,
}

impl Args {
    /// What to add up.
    pub(super) fn selection(&self) -> anyhow::Result<Selection> {
        let by: Vec<_> = self.by.iter().map(|name| Field::named(name.trim())).collect();
        for (i, field) in by.iter().enumerate() {
            if !field.is_in(self.what) {
                let what = self.what.name();
                return Err(anyhow::anyhow!(
                    "`--what {what}` can't be split by `{}`",
                    field.name()
                ))
                .hint(|| known_fields(self.what));
            }
            if by[..i].contains(field) {
                anyhow::bail!("`--by` names `{}` twice", field.name());
            }
        }
        Ok(Selection {
            what: self.what,
            grain: self.period,
            periods: self.periods.clone(),
            by,
            roll_up: self.roll_up,
            author: self.author,
            voice: self.voice,
            modality: self.modality.clone(),
        })
    }

    /// What estimates are put right by, and the file that it is read from.
    pub(super) fn correction(&self) -> anyhow::Result<Option<(&Path, Correct)>> {
        let (path, default, is_gold) = match (&self.gold, &self.errors) {
            (Some(gold), _) => (gold, Correct::Gold(Correction::default()), true),
            (None, Some(errors)) => (errors, Correct::Errors(Quantifier::Acc), false),
            (None, None) if self.correct.is_some() => {
                return Err(anyhow::anyhow!("`--correct` has nothing to correct by")).hint(|| {
                    "name a labelled sample by `--gold`, or how the model errs by `--errors`"
                        .to_owned()
                });
            }
            (None, None) => return Ok(None),
        };
        let correct = self.correct.unwrap_or(default);
        if is_gold != matches!(correct, Correct::Gold(_)) {
            return Err(anyhow::anyhow!("`--correct` needs the other of `--gold` and `--errors`"))
                .hint(|| {
                    "`ppi` and `dsl` go with `--gold`; `acc`, `pacc` and `em` with `--errors`"
                        .to_owned()
                });
        }
        if is_gold && self.dirs.len() > 1 {
            return Err(anyhow::anyhow!("a sample was drawn from one run, not from several"))
                .hint(|| "add up that run alone".to_owned());
        }
        if !is_gold && self.weight != Weight::Sentence {
            anyhow::bail!("`--errors` goes with `--weight sentence` only");
        }
        Ok(Some((path, correct)))
    }

    /// How to make intervals.
    pub(super) fn intervals(&self) -> anyhow::Result<IntervalOptions> {
        IntervalOptions::new(self.interval, self.level, self.resamples, self.seed)
            .map(|options| options.with_weight(self.weight))
            .hint(|| "`--level 0.95 --resamples 1000` serve most purposes".to_owned())
    }
}

/// What estimates are put right by, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Correct {
    /// By a gold sample.
    Gold(Correction),
    /// By an error matrix.
    Errors(Quantifier),
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Jsonl,
}

/// Which fields such a table can be split by.
pub(in crate::cli) fn known_fields(what: What) -> String {
    let names: Vec<_> = Field::names(what).map(|name| format!("`{name}`")).collect();
    format!("`--what {}` can be split by {}", what.name(), names.join(", "))
}
