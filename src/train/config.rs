//! How is a model to be fitted? Every choice that is not data, with its default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Task;
use crate::model::kernel::Product;

/// The choices of a training run: the fields of the file given by `--config`, all optional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The name in outputs.
    pub name: String,
    /// Passes over the data; 0 measures, calibrates and stores the base as it is.
    pub epochs: usize,
    /// Tokens of one step.
    pub batch_tokens: usize,
    /// The highest learning rate of the encoder's last layer.
    pub learning_rate: f32,
    /// Each layer's rate over that of the layer after it (Howard and Ruder 2018).
    pub layer_decay: f32,
    /// The highest learning rate of the heads.
    pub head_rate: f32,
    /// The share of all steps in which rates rise; they then fall linearly to 0.
    pub warm_up: f32,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// The largest norm of the gradient; larger ones are scaled down to it.
    pub clip: f32,
    /// The share of numbers that dropout puts to 0.
    pub dropout: f32,
    /// The share of a label's probability that is spread over all classes (Szegedy et al. 2016).
    pub label_smoothing: f32,
    /// How much the teacher counts where there is a label too: from 0 to 1 (Hinton et al. 2015).
    pub teacher_share: f32,
    /// How much a target or pair counts that only the teacher read.
    pub unlabelled_weight: f32,
    /// The encoder layers to keep, from 0; all where empty.
    pub layers: Vec<usize>,
    /// How many of the lowest encoder layers stay as they are.
    pub frozen_layers: usize,
    /// Numbers in the middle of each head.
    pub head_size: usize,
    /// Tokens of the longest text read at once, special ones included.
    pub window: usize,
    /// How much each task's loss counts.
    pub task_weight: BTreeMap<Task, f32>,
    /// How much the rows of a training file count, by the name of its folder or file; 1 where not given.
    pub data_weight: BTreeMap<String, f32>,
    /// What products are rounded to: `bf16` (faster) or `f32`.
    pub precision: Precision,
    /// Whether to store matrices in 8 bits.
    pub is_quantized: bool,
    /// Where randomness begins: another seed, another run.
    pub seed: u64,
}

/// What products are rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Nothing.
    F32,
    /// 16-bit brain floats, sums in 32 bits.
    Bf16,
}

impl From<Precision> for Product {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::F32 => Self::F32,
            Precision::Bf16 => Self::Bf16,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "trained".to_owned(),
            epochs: 4,
            batch_tokens: 1536,
            learning_rate: 6e-5,
            layer_decay: 0.9,
            head_rate: 3e-4,
            warm_up: 0.06,
            weight_decay: 0.01,
            clip: 1.0,
            dropout: 0.1,
            label_smoothing: 0.05,
            teacher_share: 0.5,
            unlabelled_weight: 0.5,
            layers: Vec::new(),
            frozen_layers: 0,
            head_size: 384,
            window: 256,
            task_weight: Task::ALL.map(|task| (task, 1.0)).into(),
            data_weight: BTreeMap::new(),
            precision: Precision::Bf16,
            is_quantized: true,
            seed: 1,
        }
    }
}

impl Config {
    /// The share of the highest rate at a step.
    pub(super) fn rate_at(&self, step: usize, n_steps: usize) -> f32 {
        let rise = (self.warm_up * n_steps as f32).max(1.0);
        let step = step as f32 + 1.0;
        if step < rise {
            step / rise
        } else {
            (n_steps as f32 - step + 1.0).max(0.0) / (n_steps as f32 - rise + 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn rates_rise_and_then_fall_to_almost_nothing() {
        let config = Config { warm_up: 0.1, ..Config::default() };
        let rates: Vec<f32> = (0..100).map(|step| config.rate_at(step, 100)).collect();
        assert!(rates[0] > 0.0 && rates[4] < rates[8] && (rates[9] - 1.0).abs() < 1e-6);
        assert!(
            rates[10..].windows(2).all(|pair| pair[1] < pair[0])
                && rates[99] > 0.0
                && rates[99] < 0.02
        );
    }
}
