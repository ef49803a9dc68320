//! What is learned from? Texts with what each head should say of them, tokenised once, in batches that a seed shuffles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::config::Config;
use super::merge::merge;
use super::unlabelled;
use crate::batch::Encoded;
use crate::batch::Instance;
use crate::batch::Pair;
use crate::batch::TextEncoder;
use crate::eval::Gold;
use crate::eval::GoldLabel;
use crate::model::{Classifier, Probabilities, Reading, Task};

/// One text to learn from.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) encoded: Encoded,
    pub(super) wanted: Vec<Wanted>,
}

/// What a head should say of a target or a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) task: Task,
    /// The index of the target in the text's targets, or of the pair in its pairs.
    pub(super) slot: usize,
    pub(super) p: Probabilities,
    /// How much it counts.
    pub(super) weight: f32,
}

/// Where texts come from.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) labelled: &'a [PathBuf],
    pub(super) unlabelled: &'a [PathBuf],
    /// Reads every target and pair of every text, so that the heads learn from its probabilities too.
    pub(super) teacher: Option<&'a dyn Classifier>,
}

/// A text before it is tokenised.
struct Text {
    instance: Instance,
    labels: Vec<GoldLabel>,
    weight: f32,
}

/// Reads all texts; those from which no head can learn are left out.
pub(super) fn read(
    sources: Sources<'_>,
    encoder: &TextEncoder,
    config: &Config,
) -> anyhow::Result<Vec<Example>> {
    let mut texts = Vec::new();
    for file in sources.labelled {
        texts.extend(labelled(file, config)?);
    }
    if sources.teacher.is_some() {
        for file in sources.unlabelled {
            let instances = unlabelled::read(file)?.into_iter();
            let weight = config.unlabelled_weight;
            texts.extend(instances.map(|instance| Text { instance, labels: vec![], weight }));
        }
        for text in &mut texts {
            add_pairs(&mut text.instance);
        }
    }
    let readings = match sources.teacher {
        Some(teacher) => {
            let instances: Vec<Instance> = texts.iter().map(|text| text.instance.clone()).collect();
            teacher.classify(&instances)?
        }
        None => vec![Reading::default(); texts.len()],
    };
    let examples = texts.into_par_iter().zip(readings).map(|(text, reading)| {
        let wanted = wanted(&text, &reading, config);
        Ok(Example { encoded: encoder.encode(&text.instance)?, wanted })
    });
    let mut examples: Vec<Example> = examples.collect::<anyhow::Result<_>>()?;
    examples.retain(|example| !example.wanted.is_empty());
    ensure!(!examples.is_empty(), "there is no text to learn from");
    Ok(examples)
}

/// The rows of a labelled file that have a label for a head.
fn labelled(file: &Path, config: &Config) -> anyhow::Result<Vec<Text>> {
    let gold = Gold::read_for_training(file)?;
    if let Some(first) = gold.skipped.first() {
        anyhow::bail!(
            "{first} (and {} more rows that can't be learned from)",
            gold.skipped.len() - 1
        );
    }
    let weight = weight_of(file, config);
    let items = gold.items.into_iter().filter(|item| !item.labels.is_empty());
    let texts = merge(items.map(|item| (item.instance, item.labels))).into_iter();
    Ok(texts.map(|(instance, labels)| Text { instance, labels, weight }).collect())
}

/// The weight that the configuration gives a file, by its name or its folder's.
fn weight_of(file: &Path, config: &Config) -> f32 {
    let names = [file.file_stem(), file.parent().and_then(Path::file_name)];
    let named =
        names.into_iter().flatten().filter_map(|name| config.data_weight.get(name.to_str()?));
    named.copied().next().unwrap_or(1.0)
}

/// Adds the ordered pairs that an instance doesn't ask about yet, the author's among them, after those that it does.
fn add_pairs(instance: &mut Instance) {
    let n = u32::try_from(instance.targets.len()).expect("a text has far fewer than 2^32 targets");
    let sources = [None].into_iter().chain((0..n).map(Some));
    let all = sources.flat_map(|source| (0..n).map(move |target| Pair { source, target }));
    let further: Vec<Pair> = all
        .filter(|pair| pair.source != Some(pair.target) && !instance.pairs.contains(pair))
        .collect();
    instance.pairs.extend(further);
}

/// What the heads should say of a text: what labels and teacher say where there are both, else what one of them says.
fn wanted(text: &Text, reading: &Reading, config: &Config) -> Vec<Wanted> {
    let mut wanted: BTreeMap<(Task, usize), Wanted> = BTreeMap::new();
    for task in Task::ALL {
        for (slot, p) in reading.of(task).iter().enumerate() {
            if let Some(p) = *p {
                let weight = config.unlabelled_weight;
                wanted.insert((task, slot), Wanted { task, slot, p, weight });
            }
        }
    }
    for &GoldLabel { task, slot, class } in &text.labels {
        let mut p = smoothed(class, config.label_smoothing);
        if let Some(taught) = wanted.get(&(task, slot)) {
            let mix = |(p, taught): (&f32, &f32)| p + config.teacher_share * (taught - p);
            p = std::array::from_fn(|i| mix((&p[i], &taught.p[i])));
        }
        wanted.insert((task, slot), Wanted { task, slot, p, weight: text.weight });
    }
    wanted.into_values().collect()
}

/// A label as probabilities of which a share is spread over all classes.
fn smoothed(class: usize, share: f32) -> Probabilities {
    std::array::from_fn(|i| share / 3.0 + if i == class { 1.0 - share } else { 0.0 })
}
/// The batches of an epoch: every example once, in an order that depends on seed and epoch alone.
pub(super) fn batches(examples: &[Example], config: &Config, epoch: usize) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(
        config.seed ^ (epoch as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15),
    );
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.shuffle(&mut random);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut filled = usize::MAX;
    for i in order {
        let n = examples[i].encoded.n_packed();
        filled = filled.saturating_add(n);
        if filled > config.batch_tokens {
            batches.push(Vec::new());
            filled = n;
        }
        batches.last_mut().expect("the first example opens a batch").push(i);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(labels: Vec<GoldLabel>) -> Text {
        let instance = Instance { text: String::new(), targets: vec![vec![]; 2], pairs: vec![] };
        Text { instance, labels, weight: 2.0 }
    }

    #[test]
    fn every_ordered_pair_is_asked_once_and_those_asked_first_stay_first() {
        let mut instance = text(vec![]).instance;
        instance.pairs.push(Pair { source: Some(1), target: 0 });
        add_pairs(&mut instance);
        let sources: Vec<_> = instance.pairs.iter().map(|p| (p.source, p.target)).collect();
        assert_eq!(sources, [(Some(1), 0), (None, 0), (None, 1), (Some(0), 1)]);
    }

    #[test]
    fn a_label_and_a_teacher_are_mixed_and_either_does_alone() {
        let config = Config {
            teacher_share: 0.25,
            label_smoothing: 0.3,
            unlabelled_weight: 0.5,
            ..Config::default()
        };
        let reading = Reading {
            stance: vec![Some([0.0, 0.0, 1.0]), Some([1.0, 0.0, 0.0])],
            sentiment: vec![None, None],
            ..Reading::default()
        };
        let labels = vec![
            GoldLabel { task: Task::Stance, slot: 0, class: 0 },
            GoldLabel { task: Task::Sentiment, slot: 1, class: 1 },
        ];
        let wanted = wanted(&text(labels), &reading, &config);
        let close =
            |p: Probabilities, q: Probabilities| p.iter().zip(q).all(|(p, q)| (p - q).abs() < 1e-6);
        let weights: Vec<f32> = wanted.iter().map(|wanted| wanted.weight).collect();
        assert_eq!(weights, [2.0, 0.5, 2.0]);
        assert!(close(wanted[0].p, [0.6, 0.075, 0.325]));
        assert!(close(wanted[1].p, [1.0, 0.0, 0.0]));
        assert!(close(wanted[2].p, [0.1, 0.8, 0.1]));
    }
}
