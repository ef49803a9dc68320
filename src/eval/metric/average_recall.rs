//! How much of each class is found?

use super::Metric;
use crate::eval::sample::Sample;

/// The mean of the classes' recall, over those that gold has (balanced accuracy).
pub(super) struct AverageRecall;

impl Metric for AverageRecall {
    fn name(&self) -> &'static str {
        "average_recall"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        super::mean((0..3).map(|class| tally.recall(class)))
    }
}
