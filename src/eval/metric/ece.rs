//! Do probabilities mean what they say?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// The expected calibration error (Guo et al. 2017): the mean distance between confidence and accuracy over 15 equal-width bins of confidence, weighted by their sizes, over the items read.
///
/// Few items make it too large, and a resample of them larger still.
pub(super) struct Ece;

impl Metric for Ece {
    fn name(&self) -> &'static str {
        "ece"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        let distance: f64 =
            tally.bins().iter().map(|bin| (bin.confidence - bin.n_right).abs()).sum();
        ratio(distance, tally.n_read())
    }

    fn best(&self) -> f64 {
        0.0
    }
}
