//! What does it add up to? Sums per article that merge, and intervals that resample articles.
//!
//! ```text
//! rows ─▶ Counter ─▶ Tally (key × article) ─▶ Estimate per key ─▶ Row, Summary
//! ```
//!
//! Everything after the [`Tally`] needs sums per article only, never the rows: an archive of any size is read once,
//! as a stream. The steps are pure, and equal rows give equal bytes, whatever their order and the number of threads.

mod period;
mod key;
mod tally;
mod count;
mod quantile;
mod bootstrap;
mod estimate;
mod table;
mod series;
mod summary;
#[cfg(test)]
pub(crate) mod rows_for_tests;

pub use count::{Author, Counter, LeftOut, RollUp, Selection};
pub use estimate::{Estimate, Interval, IntervalMethod, IntervalOptions, OutOfRange};
pub use key::{Field, Key, Subject, What};
pub use period::{Grain, NotAPeriod, Period};
pub use series::{Series, series};
pub use summary::{
    ActorLine, DyadLine, Summary, SummaryBuilder, SummaryOptions, VOICE_OF_THE_TEXT,
};
pub use table::{Row, rows};
pub use tally::{ArticleKey, Clusters, Sums, Tally};
