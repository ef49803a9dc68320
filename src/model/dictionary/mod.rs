//! What do words alone give? The baseline that looks for hostile and conciliatory words near a target.
//!
//! It knows about 600 words and no grammar but this: who stands before a verb does it, who stands after it suffers it,
//! and with "was … by" the other way round; a negated hostile word says nothing, a negated conciliatory one the
//! opposite. Every model is measured beside it.

mod clause;
mod lexicon;
mod wordlist;

use super::{Classifier, Probabilities, Reading, Task};
use crate::batch::{Instance, Pair};
use clause::{Clause, Hit};
use lexicon::{Kind, Lexicon};

pub use wordlist::Wordlist;

/// The dictionary baseline.
#[derive(Debug)]
pub struct Dictionary {
    lexicon: Lexicon,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { lexicon: Lexicon::built_in() }
    }
}

impl Classifier for Dictionary {
    fn name(&self) -> &'static str {
        "dictionary"
    }

    fn tasks(&self) -> &[Task] {
        &Task::ALL
    }

    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
        Ok(instances.iter().map(|instance| self.read(instance)).collect())
    }
}

impl Dictionary {
    fn read(&self, instance: &Instance) -> Reading {
        let clause = Clause::new(&instance.text, &instance.targets, &self.lexicon);
        let each_target = |net: fn(&Clause, usize) -> f32| {
            (0..instance.targets.len()).map(|target| Some(spread(net(&clause, target)))).collect()
        };
        let pair = |&Pair { source, target }: &Pair| {
            let target = target as usize;
            let net = source.map_or_else(
                || by_author(&clause, target),
                |source| by_source(&clause, source as usize, target),
            );
            Some(spread(net))
        };
        Reading {
            stance: each_target(toward),
            sentiment: each_target(sentiment),
            dyads: instance.pairs.iter().map(pair).collect(),
            is_cut: false,
        }
    }
}

/// How many tokens apart a verb and who does or suffers it may stand.
const REACH: usize = 12;

/// How many tokens apart a judging word and whom it judges may stand.
const NEAR: usize = 3;

/// A net score as probabilities: neutral unless the score is clear.
fn spread(net: f32) -> Probabilities {
    let net = net.clamp(-1.0, 1.0);
    let weights = [(-net).max(0.0), NEUTRAL, net.max(0.0)].map(|score| (STEEPNESS * score).exp());
    let sum: f32 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// The net score from which on a label is not neutral; set on training data.
const NEUTRAL: f32 = 0.2;

/// How soon probabilities go from even to sure; set on training data.
const STEEPNESS: f32 = 4.0;

/// What the text says against or for a target, whoever says it.
fn toward(clause: &Clause, target: usize) -> f32 {
    let suffered = |hit: &Hit| hit.score * suffers(clause, hit, target);
    clause.deeds().map(suffered).sum::<f32>() + by_author(clause, target)
}

/// What the text's own words say against or for a target.
fn by_author(clause: &Clause, target: usize) -> f32 {
    const WEIGHT: f32 = 0.19;
    let judged = |hit: &&Hit| clause.distance(hit, target).is_some_and(|d| d <= NEAR);
    clause.of_kind(Kind::Attribute).filter(judged).map(|hit| WEIGHT * hit.score).sum()
}

/// What a source does to a target.
fn by_source(clause: &Clause, source: usize, target: usize) -> f32 {
    clause
        .deeds()
        .map(|hit| hit.score * acts(clause, hit, source) * suffers(clause, hit, target))
        .sum()
}

/// How a target looks: what it does, suffers and is called.
fn sentiment(clause: &Clause, target: usize) -> f32 {
    const DOING: f32 = 0.4;
    const SUFFERING: f32 = 0.6;
    let deed = |hit: &Hit| {
        let part = DOING * acts(clause, hit, target) + SUFFERING * suffers(clause, hit, target);
        hit.score * part
    };
    let called = |hit: &Hit| {
        let place = clause.distance(hit, target).map(|d| (d, clause.n_nearer(hit, target)));
        hit.score * place.map_or(0.0, |(d, n_nearer)| fade(d, 4.0) * BETWEEN.powi(n_nearer))
    };
    clause.deeds().map(deed).sum::<f32>() + clause.of_kind(Kind::Attribute).map(called).sum::<f32>()
}

/// How likely a target is to do a deed, 0…1.
fn acts(clause: &Clause, hit: &Hit, target: usize) -> f32 {
    if hit.is_passive {
        clause.agent(hit, target).map_or(0.0, |distance| fade(distance, 8.0))
    } else {
        clause
            .before(hit, target)
            .map_or(0.0, |(distance, n_between)| fade(distance, 8.0) * BETWEEN.powi(n_between))
    }
}

/// How likely a target is to suffer a deed, 0…1.
fn suffers(clause: &Clause, hit: &Hit, target: usize) -> f32 {
    let place = if hit.is_passive { clause.before(hit, target) } else { clause.after(hit, target) };
    place.map_or(0.0, |(distance, n_between)| fade(distance, 5.0) * BETWEEN.powi(n_between))
}

/// What remains of a guess for each other target that stands nearer.
const BETWEEN: f32 = 0.7;

fn fade(distance: usize, half: f32) -> f32 {
    if distance > REACH { 0.0 } else { half / (half + distance as f32) }
}

#[cfg(test)]
mod tests;
