//! What stands beside a raw estimate? The same put right, by labels or by an error matrix, for each statistic.

use super::{ArticleSums, Corrected, Correction, ErrorMatrix, Interval, IntervalOptions};
use super::{KeptReading, Quantifier, Statistic, correct, quantify};

/// What estimates are put right by.
#[derive(Clone, Debug, PartialEq)]
pub enum CorrectBy {
    /// A gold sample of the run; the readings that it has labels for are kept.
    Gold(Correction),
    /// How the model errs elsewhere; all readings are kept.
    Errors(Quantifier, Box<ErrorMatrix>),
}

impl CorrectBy {
    /// The name in outputs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gold(correction) => correction.name(),
            Self::Errors(quantifier, _) => quantifier.name(),
        }
    }
}

/// A corrected number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The estimate.
    pub value: f64,
    /// Its interval.
    pub interval: Interval,
}

/// What a row says after correction.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrectedEstimate {
    /// How it was corrected.
    pub method: &'static str,
    /// Labelled readings that it rests on: of the run, or of the error matrix.
    pub n_gold: usize,
    /// Net stance.
    pub net: Point,
    /// The hostile share.
    pub hostile: Point,
    /// The conciliatory share.
    pub conciliatory: Point,
    /// Half the width that net stance's interval probably had, by the number of labels; empty for an error matrix.
    pub half_widths: Vec<(usize, f64)>,
}

impl CorrectedEstimate {
    /// Corrects what a key's articles say; `None` where there are too few labels, or the model tells nothing apart.
    pub fn new(
        by: &CorrectBy,
        articles: &[ArticleSums],
        kept: &[KeptReading],
        options: &IntervalOptions,
    ) -> Option<Self> {
        match by {
            CorrectBy::Gold(correction) => {
                let of =
                    |statistic| correct(articles, kept, statistic, *correction, options.weight());
                Self::of_gold(by.name(), &Statistic::ALL.map(of), options.level())
            }
            CorrectBy::Errors(quantifier, errors) => {
                let of = |statistic| {
                    let found = quantify(kept, statistic, *quantifier, errors)?;
                    Some(Point { value: found.value, interval: found.interval(options.level()) })
                };
                let [net, hostile, conciliatory] = Statistic::ALL.map(of);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a count"
                )]
                let n_gold = errors.n() as usize;
                Some(Self {
                    method: by.name(),
                    n_gold,
                    net: net?,
                    hostile: hostile?,
                    conciliatory: conciliatory?,
                    half_widths: Vec::new(),
                })
            }
        }
    }

    /// From net stance, the hostile and the conciliatory share.
    fn of_gold(
        method: &'static str,
        corrected: &[Option<Corrected>; 3],
        level: f64,
    ) -> Option<Self> {
        let [Some(net), Some(hostile), Some(conciliatory)] = corrected else { return None };
        let point = |corrected: &Corrected| Point {
            value: corrected.value(),
            interval: corrected.interval(level),
        };
        Some(Self {
            method,
            n_gold: net.n_gold,
            net: point(net),
            hostile: point(hostile),
            conciliatory: point(conciliatory),
            half_widths: net.half_widths(level).to_vec(),
        })
    }
}
