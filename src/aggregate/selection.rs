//! What is to be added up? Of whom, in which periods, split by what; and which rows that leaves out.

use jiff::civil::Date;

use super::{Field, Grain, Period, What};
use crate::score::Modality;
use crate::score::Voice;

/// Whom persons, ministries and parties count for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum RollUp {
    /// For themselves.
    #[default]
    None,
    /// For the top of their parents on the day, mostly a state.
    State,
}

/// Whom the text's own voice counts for, where the text is known to be an actor's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Author {
    /// For that actor: a ministry's statement is the ministry's stance.
    #[default]
    Merged,
    /// For nobody: it stays `author`.
    Apart,
}

/// What to add up.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Selection {
    /// Of actors, sources or pairs.
    pub what: What,
    /// In periods of this length.
    pub grain: Grain,
    /// In these periods instead, where there are any; the first that holds a date counts.
    pub periods: Vec<Period>,
    /// Split by these fields.
    pub by: Vec<Field>,
    /// Whom the parts of an actor count for.
    pub roll_up: RollUp,
    /// Whom the text's own voice counts for.
    pub author: Author,
    /// Only what is said in this voice; `None` for all.
    pub voice: Option<Voice>,
    /// Only what is put in one of these ways; all where there are none.
    pub modality: Vec<Modality>,
}

/// Rows that were read but not added up, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The model reads no stance (only sentiment, say).
    pub without_stance: u64,
    /// Another voice was asked for.
    pub other_voice: u64,
    /// One voice was asked for, and theirs isn't known.
    pub unknown_voice: u64,
    /// Other modalities were asked for, or theirs isn't known.
    pub other_modality: u64,
    /// The source is the target: after rolling up, or the text's own voice about its issuer.
    pub toward_itself: u64,
    /// None of the periods asked for holds its date.
    pub outside: u64,
    /// Its article repeats another that is counted.
    pub repeated: u64,
}

impl Selection {
    /// The period that a row of this date counts in; `None` where it is outside those asked for.
    pub(super) fn period(&self, date: Option<Date>) -> Option<Period> {
        if self.periods.is_empty() {
            return Some(self.grain.period(date));
        }
        let date = date?;
        let holds =
            |period: &&Period| period.days().is_some_and(|(from, to)| from <= date && date <= to);
        self.periods.iter().find(holds).copied()
    }
}
