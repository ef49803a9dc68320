//! How does a checkpoint read many texts? Tokenised and packed by length, one pass of the encoder a text.

use anyhow::Context;
use candle_core::Tensor;
use rayon::prelude::*;

use super::checkpoint::{Card, Opened};
use super::encoder::{Encoder, HiddenStates};
use super::files::Files;
use super::head::{PackedReadout, Readout, probabilities, probabilities_of};
use super::kernel::Product;
use super::layers::Dropout;
use super::{Classifier, Probabilities, Reading, Task};
use crate::batch::Encoded;
use crate::batch::Instance;
use crate::batch::PackedBatch;
use crate::batch::TextEncoder;
use crate::batch::by_budget;
use crate::error::WithHint;

/// Tokens of one batch: enough to keep products busy, few enough to stay in the caches and to share among threads.
pub const BATCH_TOKENS: usize = 512;

/// One of our checkpoints, ready to read.
pub struct ReadoutClassifier<E = Encoder> {
    card: Card,
    sha256: String,
    text_encoder: TextEncoder,
    encoder: E,
    readout: Readout,
    /// The same, where it won't be trained any further.
    packed: Option<PackedReadout>,
}

impl ReadoutClassifier {
    /// Loads a checkpoint that has heads; its products round to what `product` says.
    ///
    /// # Errors
    /// When its files can't be used, or it is a bare encoder.
    pub fn load(files: &Files, product: Product) -> anyhow::Result<Self> {
        let mut opened = Opened::open(files)?;
        let (card, readout) = opened
            .heads
            .take()
            .with_context(|| format!("{} is a bare encoder without heads", files.describe()))
            .hint(|| "`detente train --base` puts heads on it".to_owned())?;
        let (encoder, text_encoder, sha256) = opened.ready(card.window, product)?;
        let packed = Some(PackedReadout::new(&readout)?);
        Ok(Self { card, sha256, text_encoder, encoder, readout, packed })
    }
}

impl<E: HiddenStates> ReadoutClassifier<E> {
    /// Puts one together from its parts, as training does.
    pub fn new(card: Card, text_encoder: TextEncoder, encoder: E, readout: Readout) -> Self {
        Self { card, sha256: String::new(), text_encoder, encoder, readout, packed: None }
    }

    /// What turns texts into tokens.
    pub fn text_encoder(&self) -> &TextEncoder {
        &self.text_encoder
    }

    /// What turns tokens into hidden states.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// What reads hidden states.
    pub fn readout(&self) -> &Readout {
        &self.readout
    }

    /// What the checkpoint says of itself.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// SHA-256 over the weight files, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    fn read(&self, batch: &PackedBatch) -> anyhow::Result<Vec<Reading>> {
        let states = self.encoder.hidden_states(batch)?;
        let [stance, sentiment, dyads] = self.probabilities(&states, batch)?;
        let (mut stance, mut sentiment, mut dyads) =
            (stance.into_iter(), sentiment.into_iter(), dyads.into_iter());
        let readings = batch.slots.iter().map(|slots| {
            let is_seen = |target: u32| !slots.targets[target as usize].is_empty();
            let target = |next: &mut std::vec::IntoIter<Probabilities>| {
                let all = slots.targets.iter().zip(next.by_ref());
                all.map(|(tokens, p)| (!tokens.is_empty()).then_some(p)).collect()
            };
            Reading {
                stance: target(&mut stance),
                sentiment: target(&mut sentiment),
                dyads: slots
                    .pairs
                    .iter()
                    .zip(dyads.by_ref())
                    .map(|(pair, p)| {
                        (is_seen(pair.target) && pair.source.is_none_or(is_seen)).then_some(p)
                    })
                    .collect(),
                is_cut: slots.first.len() > 1,
            }
        });
        Ok(readings.collect())
    }

    /// For each task, one row a target or a pair.
    fn probabilities(
        &self,
        states: &Tensor,
        batch: &PackedBatch,
    ) -> anyhow::Result<[Vec<Probabilities>; 3]> {
        let temperature = |task: Task| self.card.temperature.get(&task).copied().unwrap_or(1.0);
        if let Some(packed) = &self.packed {
            let [stance, sentiment, dyads] = packed.read(states, &batch.slots)?;
            let of = |task, logits| probabilities_of(logits, temperature(task));
            return Ok([
                of(Task::Stance, stance),
                of(Task::Sentiment, sentiment),
                of(Task::Dyad, dyads),
            ]);
        }
        let dropout = Dropout { rate: 0.0, seed: 0 };
        let logits = self.readout.forward(states, &batch.slots, dropout)?;
        let of = |task| probabilities(logits.of(task), temperature(task));
        Ok([of(Task::Stance)?, of(Task::Sentiment)?, of(Task::Dyad)?])
    }
}

impl<E: HiddenStates> Classifier for ReadoutClassifier<E> {
    fn name(&self) -> &str {
        &self.card.name
    }

    fn tasks(&self) -> &[Task] {
        &Task::ALL
    }

    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
        let encode = |instance: &Instance| self.text_encoder.encode(instance);
        let encoded: Vec<Encoded> =
            instances.par_iter().map(encode).collect::<anyhow::Result<_>>()?;
        let lengths: Vec<usize> = encoded.iter().map(Encoded::n_packed).collect();
        let batches = by_budget(&lengths, BATCH_TOKENS);
        let read = |batch: &Vec<usize>| {
            let packed = PackedBatch::new(&self.text_encoder, batch.iter().map(|&i| &encoded[i]));
            self.read(&packed)
        };
        let read: Vec<Vec<Reading>> =
            batches.par_iter().map(read).collect::<anyhow::Result<_>>()?;
        let mut readings = vec![Reading::default(); instances.len()];
        for (batch, read) in batches.iter().zip(read) {
            for (&i, reading) in batch.iter().zip(read) {
                readings[i] = reading;
            }
        }
        Ok(readings)
    }
}
