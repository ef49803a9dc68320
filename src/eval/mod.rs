//! How good is it? Gold labels, a model's answers to them, metrics, and how sure those are.

pub mod gold;
pub mod answer;
pub mod tally;
pub mod metric;
pub mod interval;
pub mod result;
pub mod names;

pub use answer::{Answer, ask};
pub use gold::{Gold, GoldItem, GoldLabel};
pub use interval::{Bootstrap, Estimate};
pub use metric::{METRICS, Metric};
pub use names::{NameBias, NameShift, NameTrial, name_bias};
pub use result::{Evaluation, Slice};
