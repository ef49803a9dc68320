//! Which articles say the same again? They are left out, or resampled together with the one that they repeat.

use std::collections::HashMap;

use super::ArticleKey;

/// Articles that repeat another, and how they are treated.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    /// For each repeating article, the one that it repeats.
    first_of: HashMap<ArticleKey, ArticleKey>,
    /// Whether repeats count, as one cluster with what they repeat.
    are_counted: bool,
}

impl Repeats {
    /// Repeats that don't count.
    pub fn left_out(first_of: HashMap<ArticleKey, ArticleKey>) -> Self {
        Self { first_of, are_counted: false }
    }

    /// Repeats that count, and are resampled as one article with what they repeat.
    pub fn clustered(first_of: HashMap<ArticleKey, ArticleKey>) -> Self {
        Self { first_of, are_counted: true }
    }

    pub(super) fn leaves_out(&self, article: ArticleKey) -> bool {
        !self.are_counted && self.first_of.contains_key(&article)
    }

    pub(super) fn cluster(&self, article: ArticleKey) -> ArticleKey {
        self.first_of.get(&article).copied().unwrap_or(article)
    }
}
