//! How far beyond chance do answers agree with gold?

use super::Metric;
use crate::eval::tally::Tally;
use crate::eval::tally::ratio;

/// Cohen's κ (1960); not defined where chance alone would agree always.
pub(super) struct Kappa;

impl Metric for Kappa {
    fn name(&self) -> &'static str {
        "kappa"
    }

    fn compute(&self, tally: &Tally) -> Option<f64> {
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
