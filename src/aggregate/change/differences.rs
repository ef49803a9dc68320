//! Does one differ from the other? Two periods, two actors, two pairs or two values of a field.

use std::collections::BTreeMap;

use super::{Change, Evidence, Kind};
use crate::aggregate::{Key, Period, Subject};

/// Two that can't be compared, because one of them isn't there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` and `{1}` are not both a period, an actor or a value of `--by` in this table")]
pub struct NoSuch(pub String, pub String);

/// Second minus first, for everything else that both have. They are two periods, two values of a field that the table
/// is split by, or two subjects: ids of actors, or `SOURCE>TARGET`.
///
/// The variance takes an article that is in both as one cluster, so it needs no assumption that they are independent.
///
/// # Errors
/// When no such two are there.
pub fn differences(
    evidence: &Evidence<'_>,
    first: &str,
    second: &str,
) -> Result<Vec<Change>, NoSuch> {
    let axes = evidence.slices.keys().next().map_or(0, |key| key.by.len());
    let mut found = None;
    for axis in (0..axes + 2).map(Axis::numbered) {
        let changes = along(evidence, axis, first, second);
        if !changes.is_empty() {
            found = Some(changes);
            break;
        }
    }
    found.ok_or_else(|| NoSuch(first.to_owned(), second.to_owned()))
}

/// For each pair, that of target toward source minus that of source toward target, in the order of their ids.
pub fn reversed(evidence: &Evidence<'_>) -> Vec<Change> {
    let changes = evidence.slices.iter().filter_map(|(key, first)| {
        let Subject::Dyad { source, target } = &key.subject else { return None };
        if source >= target {
            return None;
        }
        let subject = Subject::Dyad { source: target.clone(), target: source.clone() };
        let second = evidence.slices.get(&Key { subject, ..key.clone() })?;
        let change = evidence.change(key, Kind::Difference, first, second)?;
        let (first, second) = (format!("{source}>{target}"), format!("{target}>{source}"));
        Some(Change { first, second, ..change })
    });
    changes.collect()
}

#[derive(Clone, Copy)]
enum Axis {
    Period,
    Subject,
    By(usize),
}

impl Axis {
    fn numbered(number: usize) -> Self {
        match number {
            0 => Self::Period,
            1 => Self::Subject,
            n => Self::By(n - 2),
        }
    }

    /// The key's value on the axis, and the key without it.
    fn split(self, key: &Key) -> (String, Key) {
        let mut rest = key.clone();
        let value = match self {
            Self::Period => std::mem::replace(&mut rest.period, Period::All).to_string(),
            Self::Subject => {
                let nobody = Subject::Received(String::new());
                subject(&std::mem::replace(&mut rest.subject, nobody))
            }
            Self::By(i) => rest.by[i].take().unwrap_or_default(),
        };
        (value, rest)
    }
}

/// A subject as it is named on the command line.
fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Received(id) | Subject::Expressed(id) => id.clone(),
        Subject::Dyad { source, target } => format!("{source}>{target}"),
    }
}

fn along(evidence: &Evidence<'_>, axis: Axis, first: &str, second: &str) -> Vec<Change> {
    // A period is the same however it is written.
    let written = |text: &str| match (axis, text.parse::<Period>()) {
        (Axis::Period, Ok(period)) => period.to_string(),
        _ => text.to_owned(),
    };
    let (first, second) = (written(first), written(second));
    let mut pairs: BTreeMap<Key, [Option<(&Key, &super::Slice)>; 2]> = BTreeMap::new();
    for (key, slice) in &evidence.slices {
        let (value, rest) = axis.split(key);
        for (place, wanted) in [&first, &second].into_iter().enumerate() {
            if value == *wanted {
                pairs.entry(rest.clone()).or_default()[place] = Some((key, slice));
            }
        }
    }
    let change = |pair: [Option<(&Key, &super::Slice)>; 2]| {
        let [Some((key, one)), Some((_, other))] = pair else { return None };
        let change = evidence.change(key, Kind::Difference, one, other)?;
        Some(Change { first: first.clone(), second: second.clone(), ..change })
    };
    pairs.into_values().filter_map(change).collect()
}
