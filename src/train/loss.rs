//! How wrong is the model? Cross-entropy with what labels and teacher want of each task.

use std::collections::BTreeMap;

use candle_core::{D, Result, Tensor};

use super::config::Config;
use super::data::{Example, Wanted};
use crate::model::Task;
use crate::model::head::Logits;

/// The labels of a batch for one task.
#[derive(Default)]
struct Labels {
    /// Rows of the logits.
    rows: Vec<u32>,
    /// What each should be: `[n, 3]`.
    wanted: Vec<f32>,
    /// How much they count, together.
    weight: f32,
}

/// The weighted mean cross-entropy over each task's labels, summed over tasks; `None` where a batch has no label.
pub(super) fn loss(logits: &Logits, batch: &[&Example], config: &Config) -> Result<Option<Tensor>> {
    let mut total: Option<Tensor> = None;
    for (task, labels) in labels(batch) {
        let weight = config.task_weight.get(&task).copied().unwrap_or(1.0);
        if labels.weight <= 0.0 || weight <= 0.0 {
            continue;
        }
        let device = logits.of(task).device();
        let n = labels.rows.len();
        let rows = logits.of(task).index_select(&Tensor::from_vec(labels.rows, n, device)?, 0)?;
        let wanted = Tensor::from_vec(labels.wanted, (n, 3), device)?;
        let loss = log_softmax(&rows)?.mul(&wanted)?.sum_all()?;
        let loss = loss.affine(-f64::from(weight / labels.weight), 0.0)?;
        total = Some(match total {
            Some(total) => total.add(&loss)?,
            None => loss,
        });
    }
    Ok(total)
}

/// Gathers what a batch wants by task, in the order of the logits' rows; wanted probabilities carry their weight.
fn labels(batch: &[&Example]) -> BTreeMap<Task, Labels> {
    let mut all: BTreeMap<Task, Labels> = BTreeMap::new();
    let (mut n_targets, mut n_pairs) = (0, 0);
    for example in batch {
        for &Wanted { task, slot, p, weight } in &example.wanted {
            let first = if task == Task::Dyad { n_pairs } else { n_targets };
            if is_lost(example, task, slot) {
                continue;
            }
            let labels = all.entry(task).or_default();
            labels.rows.push(u32::try_from(first + slot).expect("a batch is far below 2^32 rows"));
            labels.wanted.extend(p.map(|p| p * weight));
            labels.weight += weight;
        }
        n_targets += example.encoded.targets.len();
        n_pairs += example.encoded.pairs.len();
    }
    all
}

/// Whether the tokenizer dropped the target that a label is about.
fn is_lost(example: &Example, task: Task, slot: usize) -> bool {
    let is_empty = |target: u32| example.encoded.targets[target as usize].is_empty();
    match task {
        Task::Dyad => {
            let pair = example.encoded.pairs[slot];
            is_empty(pair.target) || pair.source.is_some_and(is_empty)
        }
        _ => example.encoded.targets[slot].is_empty(),
    }
}

/// The logarithm of the softmax of each row, in operations that candle can differentiate.
fn log_softmax(logits: &Tensor) -> Result<Tensor> {
    let largest = logits.max_keepdim(D::Minus1)?.detach();
    let shifted = logits.broadcast_sub(&largest)?;
    let sums = shifted.exp()?.sum_keepdim(D::Minus1)?.log()?;
    shifted.broadcast_sub(&sums)
}
