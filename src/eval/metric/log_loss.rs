//! How surprising is gold to the model?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// The mean of −ln p(gold), over the items read; p is at least 2⁻⁵².
pub(super) struct LogLoss;

impl Metric for LogLoss {
    fn name(&self) -> &'static str {
        "log_loss"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        ratio(tally.log_loss(), tally.n_read())
    }

    fn best(&self) -> f64 {
        0.0
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, -f64::EPSILON.ln())
    }
}
