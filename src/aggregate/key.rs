//! Of what are there sums? Of an actor, a source or a pair, in a period, split by fields of the rows.

use sha2::{Digest, Sha256};

use super::Period;
use crate::score::DyadRow;
use crate::score::MentionRow;

/// What the rows of a table stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum What {
    /// The stance that each actor receives, whoever holds it: from mention rows.
    #[default]
    Actors,
    /// The stance that each source expresses toward others: from dyad rows.
    Sources,
    /// The stance of each source toward each target: from dyad rows.
    Dyads,
}

impl What {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actors => "actors",
            Self::Sources => "sources",
            Self::Dyads => "dyads",
        }
    }
}

/// Whom the sums are about; actors stand here by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Stance toward this actor.
    Received(String),
    /// Stance of this actor, or `author`, toward all others.
    Expressed(String),
    /// Stance of one toward the other.
    Dyad {
        /// Who holds it: an actor, or `author`.
        source: String,
        /// Toward whom.
        target: String,
    },
}

/// A row of the table to be: whom, when, and the values of the fields that it is split by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Whom it is about.
    pub subject: Subject,
    /// When.
    pub period: Period,
    /// The rows' values of the selected fields, in the order in which they were asked for.
    pub by: Vec<Option<String>>,
}

impl Key {
    /// The start of this key's own stream of random numbers, so that one actor's interval doesn't depend on which
    /// others there are, nor on the order or the thread in which they are computed.
    pub fn stream(&self, seed: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        let mut put = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        match &self.subject {
            Subject::Received(actor) => ["received", actor].map(&mut put),
            Subject::Expressed(actor) => ["expressed", actor].map(&mut put),
            Subject::Dyad { source, target } => {
                put("dyad");
                [source, target].map(|actor| put(actor))
            }
        };
        put(&self.period.to_string());
        for value in &self.by {
            put(if value.is_some() { "some" } else { "none" });
            put(value.as_deref().unwrap_or(""));
        }
        hash.finalize().into()
    }
}

/// A field of the rows that a table can be split by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Publisher.
    Outlet,
    /// `title` or `text`.
    Part,
    /// `author`, `quoted` or `reported`.
    Voice,
    /// Asserted, threatened, offered, …
    Modality,
    /// Id of the actor who speaks; mention rows only.
    Speaker,
    /// Top of the actor's parents on the day; mention rows only.
    ActorState,
    /// `mention`, `speaker` or `author`; dyad rows only.
    SourceFrom,
    /// The actor whose own voice the text is; dyad rows only.
    SourceIssuer,
    /// Top of the source's parents on the day; dyad rows only.
    SourceState,
    /// Top of the target's parents on the day; dyad rows only.
    TargetState,
    /// One of the archive's further fields, by its name.
    Extra(String),
}

/// The fields that every run has, by their names.
const FIELDS: &[(&str, Field)] = &[
    ("outlet", Field::Outlet),
    ("part", Field::Part),
    ("voice", Field::Voice),
    ("modality", Field::Modality),
    ("speaker", Field::Speaker),
    ("actor_state", Field::ActorState),
    ("source_from", Field::SourceFrom),
    ("source_issuer", Field::SourceIssuer),
    ("source_state", Field::SourceState),
    ("target_state", Field::TargetState),
];

impl Field {
    /// The field of this name: one that every run has, else one of the archive's own.
    pub fn named(name: &str) -> Self {
        let known = FIELDS.iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Self::Extra(name.to_owned()), |(_, field)| field.clone())
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Extra(name) => name,
            _ => FIELDS.iter().find(|(_, field)| field == self).map_or("", |(name, _)| name),
        }
    }

    /// Names of the fields that every run has for such a table.
    pub fn names(what: What) -> impl Iterator<Item = &'static str> {
        FIELDS.iter().filter(move |(_, field)| field.is_in(what)).map(|(name, _)| *name)
    }

    /// Whether the rows that such a table is made from have the field; of the archive's own, only the rows can tell.
    pub fn is_in(&self, what: What) -> bool {
        match self {
            Self::Speaker | Self::ActorState => what == What::Actors,
            Self::SourceFrom | Self::SourceIssuer | Self::SourceState | Self::TargetState => {
                what != What::Actors
            }
            _ => true,
        }
    }

    /// Its value in a mention row.
    pub fn of_mention(&self, row: &MentionRow) -> Option<String> {
        match self {
            Self::Outlet => row.outlet.clone(),
            Self::Part => Some(row.part.name().to_owned()),
            Self::Voice => row.voice.map(|voice| voice.name().to_owned()),
            Self::Modality => row.modality.clone(),
            Self::Speaker => row.speaker.clone(),
            Self::ActorState => row.actor_state.clone(),
            Self::Extra(name) => value(extra(&row.extra, name)?),
            _ => None,
        }
    }

    /// Its value in a dyad row.
    pub fn of_dyad(&self, row: &DyadRow) -> Option<String> {
        match self {
            Self::Outlet => row.outlet.clone(),
            Self::Part => Some(row.part.name().to_owned()),
            Self::Voice => row.voice.map(|voice| voice.name().to_owned()),
            Self::Modality => row.modality.clone(),
            Self::SourceFrom => Some(row.source_from.name().to_owned()),
            Self::SourceIssuer => row.source_issuer.clone(),
            Self::SourceState => row.source_state.clone(),
            Self::TargetState => row.target_state.clone(),
            Self::Extra(name) => value(extra(&row.extra, name)?),
            _ => None,
        }
    }
}

type Extra = serde_json::Map<String, serde_json::Value>;

/// A further field by its column's name: outputs put `x_` before names that are taken.
fn extra<'a>(extra: &'a Extra, name: &str) -> Option<&'a serde_json::Value> {
    extra.get(name).or_else(|| extra.get(name.strip_prefix("x_")?))
}

fn value(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        // Some formats keep all numbers as fractions; 7.0 is the same page as 7.
        serde_json::Value::Number(number) => Some(match number.as_f64() {
            Some(number) if number.fract().abs() < f64::EPSILON && number.abs() < 1e15 => {
                format!("{number:.0}")
            }
            _ => number.to_string(),
        }),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, Field, Key, Subject, What};
    use crate::aggregate::Period;
    use crate::aggregate::rows_for_tests::{dyad, mention};

    #[test]
    fn every_field_is_found_by_its_name() {
        for (name, field) in FIELDS {
            assert_eq!(&Field::named(name), field);
            assert_eq!(field.name(), *name);
        }
    }

    #[test]
    fn fields_of_sources_are_not_offered_for_actors() {
        let names: Vec<_> = Field::names(What::Actors).collect();
        assert_eq!(names, ["outlet", "part", "voice", "modality", "speaker", "actor_state"]);
    }

    #[test]
    fn the_archives_own_fields_are_read_by_their_column_names() {
        let mut row = mention("a1", 0, "NOR", 0.0);
        row.extra.insert("desk".to_owned(), "foreign".into());
        row.extra.insert("text".to_owned(), 7.into());
        row.extra.insert("tag".to_owned(), serde_json::Value::Null);
        row.extra.insert("page".to_owned(), 7.0.into());
        row.extra.insert("weight".to_owned(), 0.25.into());
        let of = |name: &str| Field::named(name).of_mention(&row);
        assert_eq!(of("desk").as_deref(), Some("foreign"));
        assert_eq!(of("x_text").as_deref(), Some("7"));
        assert_eq!(of("page").as_deref(), Some("7"));
        assert_eq!(of("weight").as_deref(), Some("0.25"));
        assert_eq!(of("tag"), None);
        assert_eq!(of("x_"), None);
    }

    #[test]
    fn a_dyad_row_gives_its_sources_fields() {
        let mut row = dyad("a1", 0, "author", "NOR", 0.0);
        row.source_issuer = Some("ISL".to_owned());
        assert_eq!(Field::SourceIssuer.of_dyad(&row).as_deref(), Some("ISL"));
        assert_eq!(Field::SourceFrom.of_dyad(&row).as_deref(), Some("author"));
    }

    #[test]
    fn no_two_keys_share_a_stream() {
        let key = |subject, by| Key { subject, period: Period::All, by };
        let pair = |source: &str, target: &str| Subject::Dyad {
            source: source.to_owned(),
            target: target.to_owned(),
        };
        let streams = [
            key(Subject::Received("A".to_owned()), Vec::new()).stream(1),
            key(Subject::Received("A".to_owned()), Vec::new()).stream(2),
            key(Subject::Expressed("A".to_owned()), Vec::new()).stream(1),
            key(Subject::Received("A".to_owned()), vec![None]).stream(1),
            key(Subject::Received("A".to_owned()), vec![Some(String::new())]).stream(1),
            key(pair("A", "BC"), Vec::new()).stream(1),
            key(pair("AB", "C"), Vec::new()).stream(1),
        ];
        for (i, stream) in streams.iter().enumerate() {
            assert!(!streams[..i].contains(stream), "{i}");
        }
    }
}
