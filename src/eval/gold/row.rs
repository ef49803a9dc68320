//! What does a row look like? The fields of each form, as they stand in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::facets::Facets;

/// What rows of all forms may carry.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Common {
    #[serde(default)]
    pub(super) id: Value,
    pub(super) genre: Option<String>,
    pub(super) dataset: Option<String>,
    /// Whose labels these are, where several coders have a row each.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) coder: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    date: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    outlet: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    domain: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    voice: Option<String>,
    #[serde(default)]
    pub(super) meta: Value,
}

impl Common {
    /// The row's id as text, if it has one.
    pub(super) fn id(&self) -> Option<String> {
        match &self.id {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// What the row can be sliced by, but for its targets.
    pub(super) fn facets(&self) -> Facets {
        let or_meta = |own: &Option<String>, field: &str| own.clone().or_else(|| self.meta(field));
        Facets {
            date: or_meta(&self.date, "date"),
            outlet: or_meta(&self.outlet, "outlet"),
            domain: or_meta(&self.domain, "domain"),
            voice: or_meta(&self.voice, "voice"),
            ..Facets::default()
        }
    }

    /// A text field of `meta`.
    pub(super) fn meta(&self, field: &str) -> Option<String> {
        self.meta.get(field).and_then(Value::as_str).map(str::to_owned)
    }
}

/// A text or a number; anything else is somebody else's field.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A stretch of the text, in the unit that the file counts in; without offsets, wherever the name stands.
#[derive(Debug, Deserialize)]
pub(super) struct Stretch {
    pub(super) mention: String,
    #[serde(alias = "from")]
    pub(super) start: Option<usize>,
    #[serde(alias = "to")]
    pub(super) end: Option<usize>,
}

/// A row of our own form, directed or not.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the file's")]
pub(super) struct Targets {
    pub(super) text: String,
    #[serde(default)]
    pub(super) targets: Vec<Target>,
    pub(super) source_mention: Option<Stretch>,
    /// `author`, or anything else that has nothing to do with us.
    #[serde(default)]
    pub(super) source: Value,
    pub(super) sentence_label: Option<String>,
}

/// A labelled target.
#[derive(Debug, Deserialize)]
pub(super) struct Target {
    #[serde(flatten)]
    pub(super) stretch: Stretch,
    pub(super) label: Option<String>,
    /// Each coder's label, instead of one; null for a coder who gave none.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) actor: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) modality: Option<String>,
}

/// A row of the `rhetoric` form.
#[derive(Debug, Deserialize)]
pub(super) struct Rhetoric {
    pub(super) text: String,
    pub(super) mentions: Vec<ActorMention>,
    pub(super) stances: Vec<ListedStance>,
    #[serde(default)]
    pub(super) sentiment: BTreeMap<String, String>,
}

/// One mention of an actor, by name or by an anaphor.
#[derive(Debug, Deserialize)]
pub(super) struct ActorMention {
    pub(super) actor: String,
    #[serde(flatten)]
    pub(super) stretch: Stretch,
}

/// A pair whose stance is listed.
#[derive(Debug, Deserialize)]
pub(super) struct ListedStance {
    pub(super) source: String,
    pub(super) target: String,
    pub(super) stance: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) modality: Option<String>,
}

/// A row as `NewsMTSC` is published: with several targets.
#[derive(Debug, Deserialize)]
pub(super) struct Polarities {
    #[serde(alias = "sentence_normalized")]
    pub(super) sentence: String,
    pub(super) targets: Vec<Polarity>,
}

/// A row as `NewsMTSC` is published: flat, with one target.
#[derive(Debug, Deserialize)]
pub(super) struct FlatPolarity {
    #[serde(alias = "sentence_normalized")]
    pub(super) sentence: String,
    #[serde(flatten)]
    pub(super) target: Polarity,
}

/// A target with a polarity: −1, 0, 1 or 2, 4, 6.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the file's")]
pub(super) struct Polarity {
    #[serde(flatten)]
    pub(super) stretch: Stretch,
    pub(super) polarity: f64,
    /// Stretches that refer to the same person.
    #[serde(default)]
    pub(super) further_mentions: Vec<Stretch>,
}
