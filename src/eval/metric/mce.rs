//! How wrong can probabilities be?

use super::Metric;
use crate::eval::sample::Sample;

/// The maximum calibration error (Naeini et al. 2015): the largest distance between confidence and accuracy among 15
/// equal-width bins of confidence, over the items read.
///
/// A bin of one item weighs as much as one of thousands: look at the reliability table beside it.
pub(super) struct Mce;

impl Metric for Mce {
    fn name(&self) -> &'static str {
        "mce"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        let filled = tally.bins().iter().filter(|bin| bin.n > 0.0);
        filled.map(|bin| (bin.confidence - bin.n_right).abs() / bin.n).max_by(f64::total_cmp)
    }

    fn best(&self) -> f64 {
        0.0
    }
}
