//! How well are all classes found, each counting the same?

use super::Metric;
use crate::eval::sample::Sample;

/// The mean of the classes' F1, over those that gold or prediction has.
pub(super) struct F1Macro;

impl Metric for F1Macro {
    fn name(&self) -> &'static str {
        "f1_macro"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        super::mean((0..3).map(|class| tally.f1(class)))
    }
}
