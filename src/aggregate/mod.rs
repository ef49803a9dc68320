//! What does it add up to? Sums per article that merge, and intervals that resample articles.
//!
//! ```text
//! rows ─▶ Counter ─▶ Tally (key × article) ─▶ Estimate per key ─▶ Row, Summary
//!                └─▶ Kept (labelled readings) ─▶ CorrectedEstimate, Change
//! ```
//!
//! Everything after the [`Tally`] needs sums per article only, and the few readings that have labels; never all rows
//! (but where an error matrix corrects): an archive of any size is read as a stream. The steps are pure, and equal rows give equal bytes, whatever their order and the number of threads.

mod period;
mod key;
mod tally;
mod selection;
mod gold;
mod kept;
mod duplicates;
mod repeats;
mod count;
mod weight;
mod interval;
mod quantile;
mod bootstrap;
mod influence;
mod statistic;
mod correct;
pub mod change;
mod matrix;
mod quantify;
mod corrected;
mod estimate;
mod sample;
mod table;
mod series;
mod summary;
#[cfg(test)]
pub(crate) mod rows_for_tests;

pub use correct::{Corrected, Correction, correct};
pub use corrected::{CorrectBy, CorrectedEstimate, Point};
pub use count::Counter;
pub use duplicates::{DuplicateFinder, Duplicates};
pub use estimate::Estimate;
pub use gold::{Gold, Labelled, RowId};
pub use influence::Influence;
pub use interval::{Interval, IntervalMethod, IntervalOptions, OutOfRange};
pub use kept::{Keep, Kept, KeptReading};
pub use key::{Field, Key, Subject, What};
pub use matrix::{ClassMissing, ErrorMatrix};
pub use period::{Grain, NotAPeriod, Period};
pub use quantify::{Quantified, Quantifier, quantify};
pub use repeats::Repeats;
pub use sample::{Candidate, CannotDraw, Drawn, draw, uncertainty};
pub use selection::{Author, LeftOut, RollUp, Selection};
pub use series::{Series, series, series_by};
pub use statistic::Statistic;
pub use summary::{
    ActorLine, DyadLine, Summary, SummaryBuilder, SummaryOptions, VOICE_OF_THE_TEXT,
};
pub use table::{Reckoning, Row, rows, rows_by};
pub use tally::{ArticleKey, ArticleSums, Clusters, Sums, Tally};
pub use weight::Weight;
