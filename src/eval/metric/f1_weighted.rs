//! How well are all classes found, each counting as often as it occurs?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// The mean of the classes' F1, weighted by their support.
pub(super) struct F1Weighted;

impl Metric for F1Weighted {
    fn name(&self) -> &'static str {
        "f1_weighted"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        let weighted = |class| tally.support(class) * tally.f1(class).unwrap_or(0.0);
        ratio((0..3).map(weighted).sum(), tally.n())
    }
}
