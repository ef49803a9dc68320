//! How good is it? Gold labels, a model's answers to them, metrics, and how sure those are.

pub mod gold;
pub mod dataset;
pub mod answer;
pub mod tally;
pub mod sample;
pub mod agreement;
pub mod metric;
pub mod interval;
pub mod compare;
pub mod humans;
pub mod slice;
pub mod drift;
pub mod result;
pub mod names;

pub use answer::{Answer, Answers, ask, ask_all};
pub use compare::Comparison;
pub use gold::{Gold, GoldItem, GoldLabel};
pub use humans::Agreement;
pub use interval::{Bootstrap, Estimate};
pub use metric::{CLASS_METRICS, METRICS, Metric};
pub use names::{NameBias, NameShift, NameTrial, name_bias};
pub use result::{Evaluation, Slice};
