//! How well do probabilities put one class before the others, wherever the line is drawn?

use super::Metric;
use crate::eval::sample::Sample;

/// The mean of the classes' areas under the ROC curve, one against the rest, over those that are defined and the items
/// read.
pub(super) struct Auc;

impl Metric for Auc {
    fn name(&self) -> &'static str {
        "auc"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        super::mean((0..3).map(|class| sample.auc(class)))
    }
}
