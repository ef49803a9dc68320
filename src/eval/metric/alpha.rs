//! How reliable are answers, taken as a second coder beside gold?

use super::Metric;
use crate::eval::agreement::Coincidences;
use crate::eval::agreement::Level;
use crate::eval::sample::Sample;

/// Krippendorff's α between gold and the model, classes without an order; over the items read.
pub(super) struct Nominal;

impl Metric for Nominal {
    fn name(&self) -> &'static str {
        "alpha_nominal"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        Coincidences::of_two(sample.tally.confusion()).alpha(Level::Nominal)
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}

/// Krippendorff's α between gold and the model, classes in their order; over the items read.
pub(super) struct Ordinal;

impl Metric for Ordinal {
    fn name(&self) -> &'static str {
        "alpha_ordinal"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        Coincidences::of_two(sample.tally.confusion()).alpha(Level::Ordinal)
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}
