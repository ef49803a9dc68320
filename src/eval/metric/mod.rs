//! How is goodness counted? One number from what answers add up to; one file a metric, and [`METRICS`].
//!
//! All take the task's three classes and are `None` where there is nothing to divide by. Those that compare labels count
//! a lost item as wrong; those that take probabilities, the order of the classes or missing values into account are over
//! the items read. The numbers agree with scikit-learn's and krippendorff's: `eval/reference/metrics.py`.

mod accuracy;
mod alpha;
mod auc;
mod aurc;
mod average_recall;
mod brier;
mod ece;
mod f1_macro;
mod f1_posneg;
mod f1_weighted;
mod kappa;
mod log_loss;
mod matthews;
mod mce;

use super::sample::Sample;

/// A number that says how good answers are.
pub trait Metric: Sync {
    /// The name in outputs.
    fn name(&self) -> &'static str;

    /// The value, or `None` where it is not defined.
    fn compute(&self, sample: &Sample<'_>) -> Option<f64>;

    /// The best value that there is.
    fn best(&self) -> f64 {
        1.0
    }

    /// The range that all values lie in.
    fn bounds(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

/// All metrics, those of the contract first.
pub const METRICS: &[&dyn Metric] = &[
    &f1_macro::F1Macro,
    &f1_posneg::F1PosNeg,
    &accuracy::Accuracy,
    &average_recall::AverageRecall,
    &ece::Ece,
    &f1_weighted::F1Weighted,
    &matthews::Matthews,
    &kappa::Kappa,
    &log_loss::LogLoss,
    &brier::Brier,
    &kappa::Linear,
    &kappa::Quadratic,
    &alpha::Nominal,
    &alpha::Ordinal,
    &auc::Auc,
    &mce::Mce,
    &aurc::Aurc,
];

/// A number that says how good the answers of one class are: its name, and how it is computed.
pub type ClassMetric = (&'static str, fn(&Sample<'_>, usize) -> Option<f64>);

/// All metrics of a single class.
pub const CLASS_METRICS: &[ClassMetric] = &[
    ("precision", |sample, class| sample.tally.precision(class)),
    ("recall", |sample, class| sample.tally.recall(class)),
    ("f1", |sample, class| sample.tally.f1(class)),
    ("auc", |sample, class| sample.auc(class)),
];

/// The mean of what is defined, or `None` if nothing is.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, n) = values.flatten().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    super::tally::ratio(sum, n)
}

#[cfg(test)]
mod tests;
