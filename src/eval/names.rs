//! Does the model read the words or the name? Scores of the same sentences with their actors under other names.

use std::collections::BTreeMap;

use serde::Serialize;

use super::gold::Gold;
use super::tally::readable;
use crate::batch::Instance;
use crate::model::{Classifier, Probabilities, Reading, Task};
use crate::text::Span;

/// Which names are put in.
#[derive(Clone, Debug, PartialEq)]
pub struct NameTrial {
    /// A word that says nothing of who it is.
    pub placeholder: String,
    /// How many of the file's own names are tried, the most frequent first.
    pub n_names: usize,
}

impl Default for NameTrial {
    fn default() -> Self {
        Self { placeholder: "X".to_owned(), n_names: 20 }
    }
}

/// How far one task's scores move when a target's name is another one. Scores are net: the probability of the last
/// label less that of the first, from −1 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameBias {
    /// The task.
    pub task: Task,
    /// Labelled targets, or pairs by their target, that could be renamed.
    pub n: usize,
    /// The mean absolute change from the name in the text to the placeholder.
    pub to_placeholder: f64,
    /// The mean absolute change from the name in the text to each other name.
    pub to_others: f64,
    /// The names that were put in, by the size of their shift, largest first.
    pub names: Vec<NameShift>,
}

/// What one name does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameShift {
    /// The name.
    pub name: String,
    /// The mean of the scores under this name less the mean under all of them: below 0, the name itself looks hostile.
    pub shift: f64,
}

/// Sums over renamed targets.
#[derive(Default)]
struct Sums {
    n: usize,
    to_placeholder: f64,
    to_others: f64,
    n_others: usize,
    /// Of each name: the sum of its score less the mean over the names in the same place.
    by_name: Vec<f64>,
}

/// Instances that go through the model at once.
const CHUNK: usize = 2048;

/// Measures every task that the file has labels for.
///
/// Pronouns stay as they are; a target that overlaps another one's mention can't be renamed and is left out.
///
/// # Errors
/// When the model fails.
pub fn name_bias(
    gold: &Gold,
    model: &dyn Classifier,
    trial: &NameTrial,
) -> anyhow::Result<Vec<NameBias>> {
    let names = frequent_names(gold, trial.n_names);
    let put_in: Vec<&str> =
        [trial.placeholder.as_str()].into_iter().chain(names.iter().map(String::as_str)).collect();
    let mut sums: BTreeMap<Task, Sums> = BTreeMap::new();
    let all = labelled_targets(gold);
    for chunk in all.chunks((CHUNK / (put_in.len() + 1)).max(1)) {
        let mut instances = Vec::new();
        let mut kept = Vec::new();
        for Place { instance, target, slots } in chunk {
            let renamed: Option<Vec<Instance>> =
                put_in.iter().map(|name| renamed(instance, *target, name)).collect();
            if let Some(renamed) = renamed {
                instances.push((*instance).clone());
                instances.extend(renamed);
                kept.push(slots);
            }
        }
        let readings = model.classify(&instances)?;
        for (slots, readings) in kept.into_iter().zip(readings.chunks(put_in.len() + 1)) {
            for &(task, slot) in slots {
                add(sums.entry(task).or_default(), readings, task, slot);
            }
        }
    }
    Ok(sums.into_iter().map(|(task, sums)| sums.finish(task, &names)).collect())
}

/// A target with a label, and what is asked about it.
struct Place<'a> {
    instance: &'a Instance,
    target: usize,
    /// Tasks, and where their readings stand.
    slots: Vec<(Task, usize)>,
}

fn labelled_targets(gold: &Gold) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for item in &gold.items {
        let instance = &item.instance;
        for target in 0..instance.targets.len() {
            let labels = item.labels.iter().map(|label| (label.task, label.slot));
            let is_about = |&(task, slot): &(Task, usize)| match task {
                Task::Dyad => instance.pairs[slot].target as usize == target,
                _ => slot == target,
            };
            let slots: Vec<_> = labels.filter(is_about).collect();
            if !slots.is_empty() {
                places.push(Place { instance, target, slots });
            }
        }
    }
    places
}

/// Adds one target's scores: of the text as it is, with the placeholder, with each name.
fn add(sums: &mut Sums, readings: &[Reading], task: Task, slot: usize) {
    let scores: Option<Vec<f64>> =
        readings.iter().map(|reading| score(reading, task, slot)).collect();
    let Some(scores) = scores else { return };
    let (as_it_is, placeholder, others) = (scores[0], scores[1], &scores[2..]);
    sums.n += 1;
    sums.to_placeholder += (placeholder - as_it_is).abs();
    sums.to_others += others.iter().map(|other| (other - as_it_is).abs()).sum::<f64>();
    sums.n_others += others.len();
    let mean = others.iter().sum::<f64>() / others.len().max(1) as f64;
    sums.by_name.resize(others.len(), 0.0);
    for (sum, other) in sums.by_name.iter_mut().zip(others) {
        *sum += other - mean;
    }
}

impl Sums {
    fn finish(self, task: Task, names: &[String]) -> NameBias {
        let n = self.n.max(1) as f64;
        let shift = |(name, sum): (&String, f64)| NameShift { name: name.clone(), shift: sum / n };
        let mut shifts: Vec<NameShift> = names.iter().zip(self.by_name).map(shift).collect();
        shifts.sort_by(|a, b| b.shift.abs().total_cmp(&a.shift.abs()));
        NameBias {
            task,
            n: self.n,
            to_placeholder: self.to_placeholder / n,
            to_others: self.to_others / self.n_others.max(1) as f64,
            names: shifts,
        }
    }
}

/// The net score of a target or pair; `None` where the model did not read it.
fn score(reading: &Reading, task: Task, slot: usize) -> Option<f64> {
    let p: Probabilities = readable(reading.of(task).get(slot).copied().flatten())?;
    Some(f64::from(p[2]) - f64::from(p[0]))
}

/// The names that most targets of a file have, the most frequent first, equals in alphabetical order.
fn frequent_names(gold: &Gold, n: usize) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &gold.items {
        for spans in &item.instance.targets {
            let names = spans.iter().map(|span| span.of(&item.instance.text));
            if let Some(name) = names.into_iter().find(|name| !is_pronoun(name)) {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    names.into_iter().take(n).map(|(name, _)| name.to_owned()).collect()
}

fn is_pronoun(word: &str) -> bool {
    const PRONOUNS: [&str; 26] = [
        "he",
        "him",
        "his",
        "himself",
        "she",
        "her",
        "hers",
        "herself",
        "it",
        "its",
        "itself",
        "they",
        "them",
        "their",
        "theirs",
        "themselves",
        "we",
        "us",
        "our",
        "ours",
        "i",
        "me",
        "my",
        "you",
        "your",
        "who",
    ];
    PRONOUNS.contains(&word.to_lowercase().as_str())
}

/// An instance with one target under another name; `None` where another target's mention overlaps, or nothing of it is a
/// name.
fn renamed(instance: &Instance, target: usize, name: &str) -> Option<Instance> {
    let text = instance.text.as_str();
    let spans = instance.targets[target].iter().filter(|span| !is_pronoun(span.of(text)));
    let mut replaced: Vec<Span> = spans.copied().collect();
    replaced.sort_unstable();
    let is_hit = |span: &Span| replaced.iter().any(|each| each.overlaps(*span));
    let others = instance.targets.iter().enumerate().filter(|(i, _)| *i != target);
    let is_entangled = others.flat_map(|(_, spans)| spans).any(is_hit)
        || replaced.windows(2).any(|pair| pair[0].overlaps(pair[1]));
    if replaced.is_empty() || is_entangled {
        return None;
    }
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for span in &replaced {
        new.push_str(&text[done..span.start()]);
        new.push_str(name);
        done = span.end();
    }
    new.push_str(&text[done..]);
    // Where a byte of the old text, outside what is replaced or at its start, lies in the new one.
    let place = |byte: usize| {
        let before = replaced.iter().filter(|span| span.end() <= byte);
        before.fold(byte, |place, span| place + name.len() - span.len())
    };
    let moved = |span: &Span| {
        let start = place(span.start());
        let len = if replaced.contains(span) { name.len() } else { span.len() };
        Span::new(&new, start..start + len)
    };
    let targets: Option<Vec<Vec<Span>>> =
        instance.targets.iter().map(|spans| spans.iter().map(moved).collect()).collect();
    Some(Instance { targets: targets?, pairs: instance.pairs.clone(), text: new })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Pair;
    use crate::eval::{GoldItem, GoldLabel};
    use proptest::prelude::*;

    fn instance(text: &str, targets: &[&[(usize, usize)]]) -> Instance {
        let spans = |spans: &&[(usize, usize)]| {
            spans.iter().map(|&(start, end)| Span::new(text, start..end).unwrap()).collect()
        };
        Instance {
            text: text.to_owned(),
            targets: targets.iter().map(spans).collect(),
            pairs: vec![Pair { source: Some(0), target: 1 }],
        }
    }

    #[test]
    fn every_mention_but_pronouns_gets_the_name_and_the_others_move_along() {
        let before = instance(
            "Rur said it hit Bor; Rur lied.",
            &[&[(0, 3), (9, 11), (21, 24)], &[(16, 19)]],
        );
        let after = renamed(&before, 0, "Graustark").unwrap();
        assert_eq!(after.text, "Graustark said it hit Bor; Graustark lied.");
        let surfaces: Vec<Vec<&str>> = after
            .targets
            .iter()
            .map(|spans| spans.iter().map(|span| span.of(&after.text)).collect())
            .collect();
        assert_eq!(surfaces, [vec!["Graustark", "it", "Graustark"], vec!["Bor"]]);
    }

    #[test]
    fn what_overlaps_or_has_no_name_is_left_out() {
        let nested = instance("Bank of Rur fell.", &[&[(0, 11)], &[(8, 11)]]);
        assert_eq!(renamed(&nested, 0, "X"), None);
        assert_eq!(renamed(&instance("He met Bor.", &[&[(0, 2)], &[(7, 10)]]), 0, "X"), None);
    }

    proptest! {
        #[test]
        fn spans_point_at_what_they_pointed_at(
            words in prop::collection::vec("[a-zé]{1,5}", 2..8), name in "[A-Zé]{1,6}",
        ) {
            let text = words.join(" ");
            let mut start = 0;
            let spans: Vec<(usize, usize)> = words.iter().map(|word| {
                let span = (start, start + word.len());
                start = span.1 + 1;
                span
            }).collect();
            let (own, other): (Vec<_>, Vec<_>) =
                spans.iter().copied().enumerate().partition(|(i, _)| i % 2 == 0);
            let strip = |spans: Vec<(usize, (usize, usize))>| -> Vec<(usize, usize)> {
                spans.into_iter().map(|(_, span)| span).collect()
            };
            let (own, other) = (strip(own), strip(other));
            let before = instance(&text, &[&own, &other]);
            if let Some(after) = renamed(&before, 0, &name) {
                for (old, new) in before.targets[0].iter().zip(&after.targets[0]) {
                    let old = old.of(&before.text);
                    prop_assert_eq!(new.of(&after.text), if is_pronoun(old) { old } else { &name });
                }
                for (old, new) in before.targets[1].iter().zip(&after.targets[1]) {
                    prop_assert_eq!(new.of(&after.text), old.of(&before.text));
                }
            }
        }
    }

    /// Finds every target that is called `Bad` hostile, and all others neutral.
    struct Prejudiced;

    impl Classifier for Prejudiced {
        fn name(&self) -> &'static str {
            "prejudiced"
        }

        fn tasks(&self) -> &[Task] {
            &Task::ALL
        }

        fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
            let read = |instance: &Instance| {
                let is_bad = |spans: &Vec<Span>| spans[0].of(&instance.text) == "Bad";
                let p = |spans| Some(if is_bad(spans) { [1.0, 0.0, 0.0] } else { [0.0, 1.0, 0.0] });
                let stance = instance.targets.iter().map(p).collect();
                Reading { stance, ..Reading::default() }
            };
            Ok(instances.iter().map(read).collect())
        }
    }

    #[test]
    fn a_model_that_judges_by_the_name_is_found_out() {
        let item = |name: &str| GoldItem {
            instance: Instance {
                text: name.to_owned(),
                targets: vec![vec![Span::new(name, 0..name.len()).unwrap()]],
                pairs: vec![],
            },
            labels: vec![GoldLabel { task: Task::Stance, slot: 0, class: 1 }],
            ..GoldItem::default()
        };
        let gold =
            Gold { items: ["Bad", "Good", "Fair", "Bad"].map(item).into(), ..Gold::default() };
        let bias = name_bias(&gold, &Prejudiced, &NameTrial::default()).unwrap();
        assert_eq!(bias.len(), 1);
        // The two called `Bad` move by 1 to the placeholder; of the twelve pairs of text and name, six move.
        assert_eq!((bias[0].n, bias[0].to_placeholder), (4, 0.5));
        assert!((bias[0].to_others - 0.5).abs() < 1e-9);
        assert_eq!(bias[0].names[0].name, "Bad");
        assert!((bias[0].names[0].shift + 2.0 / 3.0).abs() < 1e-9);
    }
}
