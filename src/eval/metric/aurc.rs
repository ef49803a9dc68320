//! How soon do answers get better when the least confident ones are left out?

use super::Metric;
use crate::eval::sample::Sample;

/// The area under the risk–coverage curve (Geifman & El-Yaniv 2017), over the items read: small where the wrong answers
/// are the least confident ones.
pub(super) struct Aurc;

impl Metric for Aurc {
    fn name(&self) -> &'static str {
        "aurc"
    }

    fn compute(&self, sample: &Sample<'_>) -> Option<f64> {
        sample.area_under_risk()
    }

    fn best(&self) -> f64 {
        0.0
    }
}
