//! What is learned from? Labelled texts, tokenised once, in batches that a seed shuffles.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::config::Config;
use crate::batch::Encoded;
use crate::batch::TextEncoder;
use crate::eval::Gold;
use crate::eval::GoldItem;
use crate::eval::GoldLabel;

/// One text to learn from.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) encoded: Encoded,
    pub(super) labels: Vec<GoldLabel>,
    /// How much it counts.
    pub(super) weight: f32,
}

/// Reads training files; texts that have no label for any head are left out.
pub(super) fn read(
    files: &[PathBuf],
    encoder: &TextEncoder,
    config: &Config,
) -> anyhow::Result<Vec<Example>> {
    let mut examples = Vec::new();
    for file in files {
        let gold = Gold::read_for_training(file)?;
        if let Some(first) = gold.skipped.first() {
            anyhow::bail!(
                "{first} (and {} more rows that can't be learned from)",
                gold.skipped.len() - 1
            );
        }
        let weight = weight_of(file, config);
        let items = gold.items.into_par_iter().filter(|item| !item.labels.is_empty());
        let read: Vec<Example> =
            items.map(|item| example(item, encoder, weight)).collect::<anyhow::Result<_>>()?;
        examples.extend(read);
    }
    ensure!(!examples.is_empty(), "there is no labelled text to learn from");
    Ok(examples)
}

fn example(item: GoldItem, encoder: &TextEncoder, weight: f32) -> anyhow::Result<Example> {
    Ok(Example { encoded: encoder.encode(&item.instance)?, labels: item.labels, weight })
}

/// The weight that the configuration gives a file, by its name or its folder's.
fn weight_of(file: &Path, config: &Config) -> f32 {
    let names = [file.file_stem(), file.parent().and_then(Path::file_name)];
    let named =
        names.into_iter().flatten().filter_map(|name| config.data_weight.get(name.to_str()?));
    named.copied().next().unwrap_or(1.0)
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
