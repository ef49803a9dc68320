//! What share is right?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// Right answers over all.
pub(super) struct Accuracy;

impl Metric for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        ratio(tally.n_right(), tally.n())
    }
}
