//! What does a row that lists all actors say? Every ordered pair's stance, and what follows from it for each target.

use std::collections::BTreeMap;

use super::form::{NEUTRAL, Reader, Reason, as_u32, blank};
use super::row::{ActorMention, ListedStance, Rhetoric};
use super::{GoldItem, GoldLabel};
use crate::batch::Pair;
use crate::model::Task;

/// The listed pairs, with their class and modality.
type Listed = BTreeMap<Pair, (usize, Option<String>)>;

impl Reader<'_> {
    pub(super) fn rhetoric(
        &self,
        row: Rhetoric,
        n_left_out: &mut usize,
    ) -> Result<GoldItem, Reason> {
        let mut item = blank(row.text);
        let actors = self.add_actors(&mut item, row.mentions)?;
        let listed = self.listed_pairs(&row.stances, &actors)?;
        let n_actors = as_u32(actors.len());
        let sources = [None].into_iter().chain((0..n_actors).map(Some));
        item.instance.pairs = sources
            .flat_map(|source| (0..n_actors).map(move |target| Pair { source, target }))
            .filter(|pair| pair.source != Some(pair.target))
            .collect();
        for (slot, pair) in item.instance.pairs.iter().enumerate() {
            let (class, modality) = listed.get(pair).cloned().unwrap_or((NEUTRAL, None));
            item.labels.push(GoldLabel { task: Task::Dyad, slot, class });
            item.facets.modality.extend(modality.map(|modality| (slot, modality)));
        }
        for slot in 0..actors.len() {
            match derived_stance(&listed, as_u32(slot)) {
                Some(class) => item.labels.push(GoldLabel { task: Task::Stance, slot, class }),
                None => *n_left_out += 1,
            }
        }
        for (actor, label) in &row.sentiment {
            let slot = index_of(actor, &actors)?;
            let class = self.class(Task::Sentiment, label)?;
            item.labels.push(GoldLabel { task: Task::Sentiment, slot, class });
        }
        item.labels.sort_by_key(|label| (label.task, label.slot));
        item.facets.actors = actors;
        Ok(item)
    }

    /// Adds a target for each actor, with all of its mentions; returns the actors in the same order.
    fn add_actors(
        &self,
        item: &mut GoldItem,
        mentions: Vec<ActorMention>,
    ) -> Result<Vec<String>, Reason> {
        let mut actors: Vec<String> = Vec::new();
        for mention in mentions {
            let places = self.places(&item.instance.text, &mention.stretch)?;
            if let Some(known) = actors.iter().position(|actor| *actor == mention.actor) {
                item.instance.targets[known].extend(places);
            } else {
                actors.push(mention.actor);
                item.instance.targets.push(places);
            }
        }
        for spans in &mut item.instance.targets {
            spans.sort_unstable();
            spans.dedup();
        }
        Ok(actors)
    }

    fn listed_pairs(&self, stances: &[ListedStance], actors: &[String]) -> Result<Listed, Reason> {
        let mut listed = Listed::new();
        for ListedStance { source, target, stance, modality } in stances {
            if source == target {
                return Err(format!("a stance of `{source}` toward itself"));
            }
            let target_index = as_u32(index_of(target, actors)?);
            let source_index = match source.as_str() {
                "author" => None,
                actor => Some(as_u32(index_of(actor, actors)?)),
            };
            let class = self.class(Task::Dyad, stance)?;
            let pair = Pair { source: source_index, target: target_index };
            let before = listed.insert(pair, (class, modality.clone()));
            if before.is_some_and(|(before, _)| before != class) {
                return Err(format!("two stances of `{source}` toward `{target}`"));
            }
        }
        Ok(listed)
    }
}

/// The stance toward a target, whoever holds it: the non-neutral label that all sources with a stance toward it
/// share, neutral if none has one, `None` where they disagree.
fn derived_stance(listed: &Listed, target: u32) -> Option<usize> {
    let mut classes = listed
        .iter()
        .filter(|(pair, (class, _))| pair.target == target && *class != NEUTRAL)
        .map(|(_, &(class, _))| class);
    let first = classes.next().unwrap_or(NEUTRAL);
    classes.all(|class| class == first).then_some(first)
}

fn index_of(actor: &str, actors: &[String]) -> Result<usize, Reason> {
    let index = actors.iter().position(|known| known == actor);
    index.ok_or_else(|| format!("actor `{actor}` has no mention"))
}
