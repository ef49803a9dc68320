//! How hostile is this, toward whom? Instances are made from sentences and mentions, and rows from readings.

mod stance;
mod row;

pub use row::{ArticleRow, DyadRow, MentionRow, MentionSpan, SourceFrom, Voice};
pub use stance::{Distribution, Stance};

/// A row's `part`, so that whoever reads rows needn't know texts.
pub use crate::text::Part;
