//! What do several coders say together? Their labels side by side, and the one that most of them gave.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{GoldItem, GoldLabel};
use crate::batch::Pair;
use crate::model::Task;
use crate::text::Span;

/// What several coders said of one target or pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// Which head it is for.
    pub task: Task,
    /// The index of the target or of the pair, as in [`GoldLabel`].
    pub slot: usize,
    /// Each coder's class. A coder who is not in it gave no label.
    pub by: BTreeMap<String, usize>,
}

impl Coded {
    /// The class that more coders gave than any other; `None` where two were given equally often.
    pub fn majority(&self) -> Option<usize> {
        let counts = self.counts();
        let most = counts.iter().max().copied().filter(|&most| most > 0)?;
        let mut classes = (0..3).filter(|&class| counts[class] == most);
        classes.next().filter(|_| classes.next().is_none())
    }

    /// How many coders gave each class.
    pub fn counts(&self) -> [u32; 3] {
        let mut counts = [0; 3];
        for &class in self.by.values() {
            counts[class] += 1;
        }
        counts
    }
}

/// Turns an item's labels into those of one coder.
pub(super) fn by_coder(item: &mut GoldItem, coder: &str) {
    let labels = std::mem::take(&mut item.labels);
    let coded = |label: GoldLabel| Coded {
        task: label.task,
        slot: label.slot,
        by: BTreeMap::from([(coder.to_owned(), label.class)]),
    };
    item.coded = labels.into_iter().map(coded).collect();
}

/// Adds what another item says of the same text; returns the coders who had a label there already, which stays.
pub(super) fn absorb(item: &mut GoldItem, other: GoldItem) -> Vec<String> {
    let Instance { targets, pairs, actors } = Instance::of(other.instance, other.facets.actors);
    let targets: Vec<usize> =
        targets.into_iter().zip(actors).map(|(spans, actor)| target(item, spans, actor)).collect();
    let as_u32 = |index: usize| u32::try_from(index).expect("a row has fewer than 2³² targets");
    let mapped = |index: u32| as_u32(targets[index as usize]);
    let pairs: Vec<usize> = pairs
        .into_iter()
        .map(|p| pair(item, Pair { source: p.source.map(mapped), target: mapped(p.target) }))
        .collect();
    let mut twice = Vec::new();
    for Coded { task, slot, by } in other.coded {
        let slot = if task == Task::Dyad { pairs[slot] } else { targets[slot] };
        let known = item.coded.iter_mut().find(|known| (known.task, known.slot) == (task, slot));
        let Some(known) = known else {
            item.coded.push(Coded { task, slot, by });
            continue;
        };
        for (coder, class) in by {
            match known.by.entry(coder) {
                Entry::Vacant(free) => {
                    free.insert(class);
                }
                Entry::Occupied(taken) => twice.push(taken.key().clone()),
            }
        }
    }
    twice
}

/// The parts of an instance that are absorbed.
struct Instance {
    targets: Vec<Vec<Span>>,
    pairs: Vec<Pair>,
    actors: Vec<String>,
}

impl Instance {
    fn of(instance: crate::batch::Instance, mut actors: Vec<String>) -> Self {
        actors.resize(instance.targets.len(), String::new());
        Self { targets: instance.targets, pairs: instance.pairs, actors }
    }
}

/// The index of a target with these mentions, which is added if there is none.
fn target(item: &mut GoldItem, spans: Vec<Span>, actor: String) -> usize {
    let targets = &mut item.instance.targets;
    targets.iter().position(|known| *known == spans).unwrap_or_else(|| {
        targets.push(spans);
        item.facets.actors.push(actor);
        targets.len() - 1
    })
}

fn pair(item: &mut GoldItem, pair: Pair) -> usize {
    let pairs = &mut item.instance.pairs;
    pairs.iter().position(|known| *known == pair).unwrap_or_else(|| {
        pairs.push(pair);
        pairs.len() - 1
    })
}

/// Gives an item the labels that most of its coders gave; returns how many have none.
pub(super) fn settle(item: &mut GoldItem) -> usize {
    item.coded.sort_by_key(|coded| (coded.task, coded.slot));
    let settled = |coded: &Coded| {
        let class = coded.majority()?;
        Some(GoldLabel { task: coded.task, slot: coded.slot, class })
    };
    let before = item.labels.len();
    item.labels.extend(item.coded.iter().filter_map(settled));
    let n_settled = item.labels.len() - before;
    item.labels.sort_by_key(|label| (label.task, label.slot));
    item.coded.len() - n_settled
}
