//! How far are the probabilities from gold?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// The mean squared distance between the probabilities and the gold label's (Brier 1950), 0…2, over the items read.
pub(super) struct Brier;

impl Metric for Brier {
    fn name(&self) -> &'static str {
        "brier"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        ratio(tally.brier(), tally.n_read())
    }

    fn best(&self) -> f64 {
        0.0
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 2.0)
    }
}
