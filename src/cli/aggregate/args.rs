//! What can be asked of `detente aggregate`?

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::aggregate::Author;
use crate::aggregate::Field;
use crate::aggregate::Grain;
use crate::aggregate::IntervalMethod;
use crate::aggregate::IntervalOptions;
use crate::aggregate::RollUp;
use crate::aggregate::Selection;
use crate::aggregate::What;
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

On a terminal this prints a table with a trend; into a file or a pipe, CSV with a row for each period.

Intervals take the article as the unit, since sentences of one article are not independent. \
From fewer than five articles, bootstrap intervals are too narrow: leave such rows out with \
--min-articles 5, or take --interval analytic.";

/// Add up a scored run per actor or dyad and period, with intervals
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// The folder that `detente score -o DIR` wrote
    pub(super) dir: PathBuf,

    /// What a row stands for
    #[arg(long, value_name = "WHAT", default_value = "actors", value_parser = choice(WHATS))]
    pub(super) what: What,

    /// How long the periods are; articles without a date stand under `undated`
    #[arg(long, value_name = "GRAIN", default_value = "all", value_parser = choice(GRAINS))]
    pub(super) period: Grain,

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

    /// Only what is put in these ways: what was announced or denied isn't done
    #[arg(long, value_name = "HOW,...", value_delimiter = ',', value_parser = choice(MODALITIES))]
    pub(super) modality: Vec<Modality>,

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
            by,
            roll_up: self.roll_up,
            author: self.author,
            voice: self.voice,
            modality: self.modality.clone(),
        })
    }

    /// How to make intervals.
    pub(super) fn intervals(&self) -> anyhow::Result<IntervalOptions> {
        IntervalOptions::new(self.interval, self.level, self.resamples, self.seed)
            .hint(|| "`--level 0.95 --resamples 1000` serve most purposes".to_owned())
    }
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Jsonl,
}

/// The values of an option: name, help and what it means.
type Choices<T> = &'static [(&'static str, &'static str, T)];

const WHATS: Choices<What> = &[
    ("actors", "the stance that each actor receives, whoever holds it", What::Actors),
    ("sources", "the stance that each actor expresses toward all others", What::Sources),
    ("dyads", "the stance of each actor toward each other", What::Dyads),
];
const GRAINS: Choices<Grain> = &[
    ("day", "2031-05-14", Grain::Day),
    ("week", "2031-W20 (ISO 8601: from Monday)", Grain::Week),
    ("month", "2031-05", Grain::Month),
    ("quarter", "2031-Q2", Grain::Quarter),
    ("year", "2031", Grain::Year),
    ("all", "one period for everything", Grain::All),
];
const ROLL_UPS: Choices<RollUp> = &[
    ("none", "for themselves", RollUp::None),
    (
        "state",
        "for the top of their parents on the day; a sentence counts once for it, by its sharpest reading",
        RollUp::State,
    ),
];
const AUTHORS: Choices<Author> = &[
    ("merged", "for that actor: a ministry's statement is the ministry's stance", Author::Merged),
    ("apart", "for nobody: it stays `author`", Author::Apart),
];
const VOICES: Choices<Voice> = &[
    ("author", "the text's own", Voice::Author),
    ("quoted", "inside quotation marks", Voice::Quoted),
    ("reported", "told of a speaker without quotation marks", Voice::Reported),
];
const MODALITIES: Choices<Modality> = &[
    ("asserted", "said or done as fact", Modality::Asserted),
    ("threatened", "announced harm", Modality::Threatened),
    ("offered", "announced kindness", Modality::Offered),
    ("conditional", "under an if or unless", Modality::Conditional),
    ("denied", "denied by the source", Modality::Denied),
    ("reported", "only somebody else's claim has it", Modality::Reported),
];
const INTERVALS: Choices<IntervalMethod> = &[
    (
        "bootstrap",
        "percentiles of resamples of the articles, for five articles and more",
        IntervalMethod::Bootstrap,
    ),
    (
        "analytic",
        "Student's t, robust to clusters: quicker, and good for few articles",
        IntervalMethod::Analytic,
    ),
];
const FORMATS: Choices<Format> = &[
    ("csv", "with a header, to be read by R, Python or a spreadsheet", Format::Csv),
    ("jsonl", "a JSON object a line", Format::Jsonl),
];

/// Reads one of the choices' names.
fn choice<T: Copy + Send + Sync>(choices: Choices<T>) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|(name, help, _)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values).map(|text| {
        let known = choices.iter().find(|(name, ..)| *name == text);
        known.map(|&(.., value)| value).expect("clap lets through none but the choices")
    })
}

/// Which fields such a table can be split by.
pub(super) fn known_fields(what: What) -> String {
    let names: Vec<_> = Field::names(what).map(|name| format!("`{name}`")).collect();
    format!("`--what {}` can be split by {}", what.name(), names.join(", "))
}
