//! How hostile is this, toward whom? Instances are made from sentences and mentions, and rows from readings.

mod stance;
mod row;
mod plan;
mod modality;
mod rows;

pub use modality::{CuedSentence, Modality};
pub use row::{ArticleRow, DyadRow, MentionRow, MentionSpan, SourceFrom};
pub use stance::{Distribution, Stance};

/// A mention's `kind`, a row's `voice` and `part`, so that whoever reads rows needn't know texts or mentions.
pub use crate::mention::MentionKind;
pub use crate::mention::Voice;
pub use crate::text::Part;

pub use plan::{SentenceActors, sentences_with_actors};
pub use rows::{AUTHOR, ArticleRows, SentenceReading, rows};

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use crate::text::{Article, Origin};

    /// An article for tests.
    pub(crate) fn article(title: Option<&str>, text: &str) -> Article {
        Article {
            id: "a".to_owned(),
            date: None,
            outlet: None,
            issuer: None,
            title: title.map(str::to_owned),
            text: text.to_owned(),
            extra: serde_json::Map::new(),
            origin: Origin { path: Arc::new(PathBuf::from("a.jsonl")), record: 1, line: 1 },
        }
    }
}
