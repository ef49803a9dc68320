//! How well are the two classes found that are not neutral?

use super::Metric;
use crate::eval::sample::Sample;

/// The mean of the F1 of negative/hostile and positive/conciliatory, over those that gold or prediction has.
pub(super) struct F1PosNeg;

impl Metric for F1PosNeg {
    fn name(&self) -> &'static str {
        "f1_posneg"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        super::mean([0, 2].map(|class| tally.f1(class)).into_iter())
    }
}
