//! Which single readings are still needed after they are added up? Those with a label, or all, or none.

use std::collections::HashMap;

use super::{ArticleKey, Gold, Key, Labelled, RowId};
use crate::score::Distribution;

/// Which readings to keep beside their sums.
#[derive(Clone, Debug, Default)]
pub enum Keep {
    /// None.
    #[default]
    Nothing,
    /// Those that a gold sample has labels for.
    Labelled {
        /// The sample.
        gold: Gold,
        /// Rows of it that were met.
        n_found: usize,
    },
    /// All: about 50 bytes a reading.
    All,
}

impl Keep {
    /// Those of a gold sample.
    pub fn labelled(gold: Gold) -> Self {
        Self::Labelled { gold, n_found: 0 }
    }

    pub(super) fn label(&mut self, row: impl FnOnce() -> RowId) -> Option<Labelled> {
        let Self::Labelled { gold, n_found } = self else { return None };
        let label = gold.get(&row());
        *n_found += usize::from(label.is_some());
        label
    }

    pub(super) fn is_kept(&self, label: Option<Labelled>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Labelled { .. } => label.is_some(),
            Self::All => true,
        }
    }

    pub(super) fn n_found(&self) -> usize {
        match self {
            Self::Labelled { n_found, .. } => *n_found,
            Self::Nothing | Self::All => 0,
        }
    }
}

/// A reading, after those of its sentence were joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeptReading {
    /// Where it stands.
    pub article: ArticleKey,
    /// What the model read.
    pub stance: Distribution,
    /// What a person said of the row that stands for it.
    pub gold: Option<Labelled>,
}

/// Readings by key, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    readings: HashMap<Key, Vec<KeptReading>>,
}

impl Kept {
    pub(super) fn add(&mut self, key: Key, reading: KeptReading) {
        self.readings.entry(key).or_default().push(reading);
    }

    /// The same readings under other keys.
    #[must_use]
    pub fn regroup(&self, rename: impl Fn(&Key) -> Key) -> Self {
        let mut regrouped = Self::default();
        let mut keys: Vec<_> = self.readings.keys().collect();
        keys.sort_unstable();
        for key in keys {
            regrouped.readings.entry(rename(key)).or_default().extend(&self.readings[key]);
        }
        regrouped
    }

    /// The readings of a key.
    pub fn of(&self, key: &Key) -> &[KeptReading] {
        self.readings.get(key).map_or(&[], Vec::as_slice)
    }
}
