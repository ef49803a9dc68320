//! Which texts are the same? Rows about one sentence become one text, which is then encoded once.

use std::collections::HashMap;

use crate::batch::Instance;
use crate::batch::Pair;
use crate::eval::GoldLabel;
use crate::model::Task;

/// A labelled text.
pub(super) type Labelled = (Instance, Vec<GoldLabel>);

/// Merges texts that are equal, in the order of their first; equal targets and pairs become one.
pub(super) fn merge(texts: impl IntoIterator<Item = Labelled>) -> Vec<Labelled> {
    let mut merged: Vec<Labelled> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for text in texts {
        if let Some(&place) = places.get(&text.0.text) {
            add(&mut merged[place], text);
        } else {
            places.insert(text.0.text.clone(), merged.len());
            merged.push(text);
        }
    }
    merged
}

fn add((into, labels): &mut Labelled, (from, further): Labelled) {
    let targets: Vec<usize> =
        from.targets.into_iter().map(|target| place_of(&mut into.targets, target)).collect();
    let new = |index: u32| {
        u32::try_from(targets[index as usize]).expect("a text has far fewer than 2^32 targets")
    };
    let pair = |pair: Pair| Pair { source: pair.source.map(new), target: new(pair.target) };
    let pairs: Vec<usize> =
        from.pairs.into_iter().map(|each| place_of(&mut into.pairs, pair(each))).collect();
    labels.extend(further.into_iter().map(|label| {
        let slots = if label.task == Task::Dyad { &pairs } else { &targets };
        GoldLabel { slot: slots[label.slot], ..label }
    }));
}

/// The place of an equal element, which is added if there is none.
fn place_of<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|each| *each == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    const TEXT: &str = "Rur, Bor, Ulm";

    fn row(source: usize, target: usize, class: usize) -> Labelled {
        let span = |i: usize| vec![Span::new(TEXT, i * 5..i * 5 + 3).unwrap()];
        let instance = Instance {
            text: TEXT.to_owned(),
            targets: vec![span(source), span(target)],
            pairs: vec![Pair { source: Some(0), target: 1 }],
        };
        let label = |task, slot| GoldLabel { task, slot, class };
        (instance, vec![label(Task::Dyad, 0), label(Task::Stance, 1)])
    }

    #[test]
    fn rows_about_one_sentence_share_its_targets_and_keep_their_labels() {
        let merged = merge([row(0, 1, 0), row(1, 0, 2), row(0, 2, 1)]);
        assert_eq!(merged.len(), 1);
        let (instance, labels) = &merged[0];
        let named: Vec<&str> = instance.targets.iter().map(|spans| spans[0].of(TEXT)).collect();
        assert_eq!(named, ["Rur", "Bor", "Ulm"]);
        let pairs: Vec<_> = instance.pairs.iter().map(|p| (p.source, p.target)).collect();
        assert_eq!(pairs, [(Some(0), 1), (Some(1), 0), (Some(0), 2)]);
        let slots: Vec<_> = labels.iter().map(|l| (l.slot, l.class)).collect();
        assert_eq!(slots, [(0, 0), (1, 0), (1, 2), (0, 2), (2, 1), (2, 1)]);
    }

    #[test]
    fn other_texts_stay_apart() {
        let mut other = row(0, 1, 1);
        other.0.text.push('.');
        assert_eq!(merge([row(0, 1, 0), other]).len(), 2);
    }
}
