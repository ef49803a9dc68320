//! How far beyond chance do answers agree with gold?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::Tally;
use crate::eval::tally::ratio;

/// Cohen's κ (1960); not defined where chance alone would agree always.
pub(super) struct Kappa;

impl Metric for Kappa {
    fn name(&self) -> &'static str {
        "kappa"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        let n = tally.n();
        let observed = ratio(tally.n_right(), n)?;
        let by_chance: f64 =
            (0..3).map(|class| tally.support(class) * tally.predicted(class)).sum();
        let by_chance = by_chance / (n * n);
        ratio(observed - by_chance, 1.0 - by_chance)
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}

/// Cohen's weighted κ (1968) where hostile for conciliatory is twice as wrong as for neutral, over the items read.
pub(super) struct Linear;

impl Metric for Linear {
    fn name(&self) -> &'static str {
        "kappa_linear"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        weighted(&sample.tally, |steps| steps)
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}

/// Cohen's weighted κ (1968) where hostile for conciliatory is four times as wrong as for neutral, over the items read.
pub(super) struct Quadratic;

impl Metric for Quadratic {
    fn name(&self) -> &'static str {
        "kappa_quadratic"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        weighted(&sample.tally, |steps| steps * steps)
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}

/// `weight` says how wrong it is to be so many classes off.
fn weighted(tally: &Tally, weight: fn(f64) -> f64) -> Option<f64> {
    let cells = tally.confusion();
    let row = |class: usize| cells[class].iter().sum::<f64>();
    let column = |class: usize| cells.iter().map(|row| row[class]).sum::<f64>();
    let (mut observed, mut by_chance) = (0.0, 0.0);
    for (gold, cells) in cells.iter().enumerate() {
        for (predicted, n) in cells.iter().enumerate() {
            let weight = weight(gold.abs_diff(predicted) as f64);
            observed += weight * n;
            by_chance += weight * row(gold) * column(predicted);
        }
    }
    ratio(observed * tally.n_read(), by_chance).map(|disagreement| 1.0 - disagreement)
}
