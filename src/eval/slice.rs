//! Where does a model fail? What answers can be told apart by: one dimension a line of [`DIMENSIONS`].

use unicode_segmentation::UnicodeSegmentation;

use super::answer::Answer;
use crate::model::Task;

/// Something that answers can be told apart by.
#[derive(Debug)]
pub struct Dimension {
    /// The name in outputs.
    pub name: &'static str,
    /// What it is, for the help.
    pub about: &'static str,
    /// An answer's value; `None` where the row says nothing of it.
    value: fn(&Answer<'_>) -> Option<String>,
}

impl Dimension {
    /// An answer's value; `None` where the row says nothing of it.
    pub fn value(&self, answer: &Answer<'_>) -> Option<String> {
        (self.value)(answer)
    }

    /// The dimension of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        DIMENSIONS.iter().find(|known| known.name == name)
    }
}

/// All dimensions.
pub const DIMENSIONS: &[Dimension] = &[
    Dimension {
        name: "group",
        about: "genre, subset or data set",
        value: |a| a.item.group.clone(),
    },
    Dimension { name: "actor", about: "whom the label is about", value: actor },
    Dimension {
        name: "outlet",
        about: "who published it",
        value: |a| a.item.facets.outlet.clone(),
    },
    Dimension {
        name: "domain",
        about: "what it is about",
        value: |a| a.item.facets.domain.clone(),
    },
    Dimension {
        name: "period",
        about: "the year of its date",
        value: |a| year(a).map(|y| y.to_string()),
    },
    Dimension {
        name: "voice",
        about: "whose stance it is: the text's own or an actor's",
        value: voice,
    },
    Dimension { name: "modality", about: "asserted, denied, offered …", value: modality },
    Dimension { name: "length", about: "how many words the text has", value: |a| Some(length(a)) },
    Dimension {
        name: "targets",
        about: "how many targets the text has",
        value: |a| Some(targets(a)),
    },
    Dimension { name: "label", about: "the right label", value: |a| Some(label(a)) },
];

/// The target of a label.
pub(super) fn target(answer: &Answer<'_>) -> usize {
    let slot = answer.label.slot;
    match answer.label.task {
        Task::Dyad => answer.item.instance.pairs[slot].target as usize,
        Task::Stance | Task::Sentiment => slot,
    }
}

fn actor(answer: &Answer<'_>) -> Option<String> {
    answer.item.facets.actors.get(target(answer)).cloned()
}

/// The year that a row's date begins with.
fn year(answer: &Answer<'_>) -> Option<u16> {
    answer.item.facets.date.as_deref()?.get(..4)?.parse().ok()
}

fn voice(answer: &Answer<'_>) -> Option<String> {
    let of_pair = || {
        let pair = answer.item.instance.pairs.get(answer.label.slot)?;
        Some(if pair.source.is_none() { "author" } else { "actor" }.to_owned())
    };
    let of_task = || (answer.label.task == Task::Dyad).then(of_pair).flatten();
    answer.item.facets.voice.clone().or_else(of_task)
}

fn modality(answer: &Answer<'_>) -> Option<String> {
    let has_pairs = !answer.item.instance.pairs.is_empty();
    let is_about_it = (answer.label.task == Task::Dyad) == has_pairs;
    answer.item.facets.modality.get(&answer.label.slot).filter(|_| is_about_it).cloned()
}

/// Named so that they sort by length.
fn length(answer: &Answer<'_>) -> String {
    let n_words = answer.item.instance.text.unicode_words().count();
    let bands = [(15, "01–15 words"), (25, "16–25 words"), (40, "26–40 words")];
    let band = bands.iter().find(|(most, _)| n_words <= *most);
    band.map_or("41 words or more", |(_, name)| name).to_owned()
}

fn targets(answer: &Answer<'_>) -> String {
    match answer.item.instance.targets.len() {
        n @ 0..=4 => n.to_string(),
        _ => "5 or more".to_owned(),
    }
}

fn label(answer: &Answer<'_>) -> String {
    answer.label.task.labels()[answer.label.class].to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{DIMENSIONS, Dimension};
    use crate::eval::ask;
    use crate::eval::gold::Gold;
    use crate::model::{Dictionary, Task};

    fn values(gold: &str, task: Task, dimension: &str) -> BTreeSet<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold").join(gold);
        let gold = Gold::read(&path).unwrap();
        let answers = ask(&gold, &Dictionary::default()).unwrap();
        let of_task = answers.iter().filter(|answer| answer.label.task == task);
        of_task.filter_map(|answer| Dimension::find(dimension).unwrap().value(answer)).collect()
    }

    fn shown(gold: &str, task: Task, dimension: &str) -> String {
        values(gold, task, dimension).into_iter().collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_dimension_tells_answers_apart_by_what_rows_say() {
        let file = "rhetoric.jsonl";
        insta::assert_snapshot!(shown(file, Task::Dyad, "group"), @"diplomacy, editorial");
        insta::assert_snapshot!(shown(file, Task::Dyad, "voice"), @"actor, author");
        insta::assert_snapshot!(shown(file, Task::Dyad, "targets"), @"1, 2, 3");
        insta::assert_snapshot!(shown(file, Task::Dyad, "length"), @"01–15 words");
        insta::assert_snapshot!(shown(file, Task::Dyad, "label"), @"conciliatory, hostile, neutral");
        insta::assert_snapshot!(shown(file, Task::Stance, "actor"), @"BOR, GRA, SYL");
        insta::assert_snapshot!(shown(file, Task::Stance, "voice"), @"");
    }

    #[test]
    fn names_are_told_once() {
        let names: BTreeSet<&str> = DIMENSIONS.iter().map(|dimension| dimension.name).collect();
        assert_eq!(names.len(), DIMENSIONS.len());
    }
}
