//! How does a batch become logits? Encoders, the heads that read them, and the checkpoints that hold both.

pub mod kernel;
pub mod layers;
pub mod arch;
pub mod head;
mod files;
mod weights;
mod embeddings;
mod encoder;
pub mod checkpoint;
mod classifier;
mod dictionary;
mod majority;

pub use classifier::{BATCH_TOKENS, ReadoutClassifier};
pub use dictionary::{Dictionary, Wordlist};
pub use encoder::{Encoder, EncoderParts, HiddenStates, TrainableEncoder};
pub use files::Files;
pub use majority::Majority;
pub use weights::{Weights, WeightsWriter};

use serde::{Deserialize, Serialize};

use crate::batch::Instance;

/// What a model can read from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// The stance toward a target, whoever holds it: hostile, neutral, conciliatory.
    Stance,
    /// How the text makes a target look: negative, neutral, positive.
    Sentiment,
    /// The stance of one source toward one target: hostile, neutral, conciliatory.
    Dyad,
}

impl Task {
    /// All of them, in the order of [`Reading`]'s fields.
    pub const ALL: [Self; 3] = [Self::Stance, Self::Sentiment, Self::Dyad];

    /// The name in outputs: `stance`, `sentiment` or `dyad`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stance => "stance",
            Self::Sentiment => "sentiment",
            Self::Dyad => "dyad",
        }
    }

    /// The three labels in the order of all probabilities.
    pub fn labels(self) -> [&'static str; 3] {
        match self {
            Self::Stance | Self::Dyad => ["hostile", "neutral", "conciliatory"],
            Self::Sentiment => ["negative", "neutral", "positive"],
        }
    }
}

/// Probabilities of the three classes in the order hostile/negative, neutral, conciliatory/positive.
pub type Probabilities = [f32; 3];

/// What a model read from one [`Instance`].
///
/// `None` stands where the model has no such head or could not see the target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// One for each target of the instance.
    pub stance: Vec<Option<Probabilities>>,
    /// One for each target of the instance.
    pub sentiment: Vec<Option<Probabilities>>,
    /// One for each pair of the instance.
    pub dyads: Vec<Option<Probabilities>>,
    /// Whether the text was longer than the model's window and was read in several.
    pub is_cut: bool,
}

impl Reading {
    /// What was read for a task: one for each target, or each pair for [`Task::Dyad`].
    pub fn of(&self, task: Task) -> &[Option<Probabilities>] {
        match task {
            Task::Stance => &self.stance,
            Task::Sentiment => &self.sentiment,
            Task::Dyad => &self.dyads,
        }
    }
}

/// Anything that reads stance from texts: a checkpoint, a dictionary, a baseline.
pub trait Classifier: Send + Sync {
    /// The name in outputs.
    fn name(&self) -> &str;

    /// The tasks that it has a reading for.
    fn tasks(&self) -> &[Task];

    /// The languages that it was made for, as ISO 639-3 codes.
    fn languages(&self) -> &[&str] {
        &["eng"]
    }

    /// Reads every instance, in order: as many readings as instances, each the same whatever else is in the call.
    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>>;
}
