//! Which values do options take? Their names, what they mean, and their help.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::args::{Correct, Format};
use super::repeated::OnDuplicates;
use crate::aggregate::Author;
use crate::aggregate::Correction;
use crate::aggregate::Grain;
use crate::aggregate::IntervalMethod;
use crate::aggregate::Quantifier;
use crate::aggregate::RollUp;
use crate::aggregate::Weight;
use crate::aggregate::What;
use crate::aggregate::change::Adjust;
use crate::score::Modality;
use crate::score::Voice;

/// The values of an option: name, help and what it means.
pub(in crate::cli) type Choices<T> = &'static [(&'static str, &'static str, T)];

pub(super) const WHATS: Choices<What> = &[
    ("actors", "the stance that each actor receives, whoever holds it", What::Actors),
    ("sources", "the stance that each actor expresses toward all others", What::Sources),
    ("dyads", "the stance of each actor toward each other", What::Dyads),
];
pub(super) const GRAINS: Choices<Grain> = &[
    ("day", "2031-05-14", Grain::Day),
    ("week", "2031-W20 (ISO 8601: from Monday)", Grain::Week),
    ("month", "2031-05", Grain::Month),
    ("quarter", "2031-Q2", Grain::Quarter),
    ("year", "2031", Grain::Year),
    ("all", "one period for everything", Grain::All),
];
pub(super) const ROLL_UPS: Choices<RollUp> = &[
    ("none", "for themselves", RollUp::None),
    (
        "state",
        "for the top of their parents on the day; a sentence counts once for it, by its sharpest reading",
        RollUp::State,
    ),
];
pub(super) const AUTHORS: Choices<Author> = &[
    ("merged", "for that actor: a ministry's statement is the ministry's stance", Author::Merged),
    ("apart", "for nobody: it stays `author`", Author::Apart),
];
pub(super) const VOICES: Choices<Voice> = &[
    ("author", "the text's own", Voice::Author),
    ("quoted", "inside quotation marks", Voice::Quoted),
    ("reported", "told of a speaker without quotation marks", Voice::Reported),
];
pub(super) const MODALITIES: Choices<Modality> = &[
    ("asserted", "said or done as fact", Modality::Asserted),
    ("threatened", "announced harm", Modality::Threatened),
    ("offered", "announced kindness", Modality::Offered),
    ("conditional", "under an if or unless", Modality::Conditional),
    ("denied", "denied by the source", Modality::Denied),
    ("reported", "only somebody else's claim has it", Modality::Reported),
];
pub(super) const INTERVALS: Choices<IntervalMethod> = &[
    (
        "bootstrap",
        "percentiles of resamples of the articles, for five articles and more",
        IntervalMethod::Bootstrap,
    ),
    (
        "bca",
        "the same, shifted for bias and skewness: for skewed articles, twenty and more of them",
        IntervalMethod::Bca,
    ),
    (
        "two-level",
        "percentiles of resamples of the outlets and of their articles, to speak beyond these outlets",
        IntervalMethod::TwoLevel,
    ),
    (
        "analytic",
        "Student's t, robust to clusters: quicker, and good for few articles",
        IntervalMethod::Analytic,
    ),
];
pub(super) const FORMATS: Choices<Format> = &[
    ("csv", "with a header, to be read by R, Python or a spreadsheet", Format::Csv),
    ("jsonl", "a JSON object a line", Format::Jsonl),
];

/// Reads one of the choices' names.
pub(in crate::cli) fn choice<T: Copy + Send + Sync>(
    choices: Choices<T>,
) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|(name, help, _)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values).map(|text| {
        let known = choices.iter().find(|(name, ..)| *name == text);
        known.map(|&(.., value)| value).expect("clap lets through none but the choices")
    })
}

pub(super) const WEIGHTS: Choices<Weight> = &[
    ("sentence", "each the same", Weight::Sentence),
    ("article", "each article the same, however long", Weight::Article),
    ("outlet", "each outlet the same, however much it prints", Weight::Outlet),
];
pub(super) const CORRECTS: Choices<Correct> = &[
    (
        "ppi",
        "by --gold: prediction-powered inference, its power tuned",
        Correct::Gold(Correction::Ppi),
    ),
    ("dsl", "by --gold: design-based supervised learning", Correct::Gold(Correction::Dsl)),
    ("acc", "by --errors: adjusted classify-and-count", Correct::Errors(Quantifier::Acc)),
    ("pacc", "by --errors: the same of probabilities", Correct::Errors(Quantifier::Pacc)),
    ("em", "by --errors: the most likely shares", Correct::Errors(Quantifier::Em)),
];
pub(super) const DUPLICATES: Choices<OnDuplicates> = &[
    ("once", "only the earliest of each cluster counts", OnDuplicates::Once),
    ("cluster", "all count, and each cluster is resampled as one article", OnDuplicates::Cluster),
    ("keep", "all count, as if they were independent", OnDuplicates::Keep),
];
pub(super) const ADJUSTS: Choices<Adjust> = &[
    ("holm", "that even one is chance has at most this probability", Adjust::Holm),
    ("bh", "of those up to this value, at most that part is chance", Adjust::Bh),
    ("none", "not at all", Adjust::None),
];
