//! How far do answers and gold go together, whatever the classes' sizes?

use super::Metric;
use crate::eval::sample::Sample;
use crate::eval::tally::ratio;

/// The multi-class correlation coefficient of Gorodkin (2004); 0 where all answers, or all gold labels, are one class.
pub(super) struct Matthews;

impl Metric for Matthews {
    fn name(&self) -> &'static str {
        "matthews"
    }

    fn compute(&self, Sample { tally, .. }: &Sample<'_>) -> Option<f64> {
        let n = tally.n();
        let sum = |term: &dyn Fn(usize) -> f64| (0..4).map(term).sum::<f64>();
        let gold = |class| if class < 3 { tally.support(class) } else { 0.0 };
        let together = sum(&|class| gold(class) * tally.predicted(class));
        let spread_of_gold = n * n - sum(&|class| gold(class).powi(2));
        let spread_of_answers = n * n - sum(&|class| tally.predicted(class).powi(2));
        let covariance = tally.n_right() * n - together;
        (n > 0.0)
            .then(|| ratio(covariance, (spread_of_gold * spread_of_answers).sqrt()).unwrap_or(0.0))
    }

    fn bounds(&self) -> (f64, f64) {
        (-1.0, 1.0)
    }
}
