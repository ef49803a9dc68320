//! What else does a row say, by which results can be sliced?

use std::collections::BTreeMap;

/// What a row says of its text and targets beside the labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// `date`, else `meta.date`: any text that begins with a year.
    pub date: Option<String>,
    /// `outlet`, else `meta.outlet`.
    pub outlet: Option<String>,
    /// `domain`, else `meta.domain`.
    pub domain: Option<String>,
    /// `voice`, else `meta.voice`.
    pub voice: Option<String>,
    /// Each target's actor, or else its name as it stands in the text.
    pub actors: Vec<String>,
    /// The modality of a pair, by its index; of a target where the row has no source.
    pub modality: BTreeMap<usize, String>,
}
