//! What is a run made of, and what is told of it while it goes?

use std::path::PathBuf;

use super::config::Config;
use crate::model::Files;

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct Run {
    /// The base encoder's files.
    pub base: Files,
    /// Files to learn from.
    pub train: Vec<PathBuf>,
    /// `mentions.jsonl` of runs whose sentences the teacher reads.
    pub unlabelled: Vec<PathBuf>,
    /// A model whose probabilities are learned from too.
    pub teacher: Option<Files>,
    /// Files to choose the best epoch by.
    pub dev: Vec<PathBuf>,
    /// The folder to write.
    pub out: PathBuf,
    /// Every other choice.
    pub config: Config,
}

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub enum Progress {
    /// An earlier run was taken up after so many epochs.
    Resumed(usize),
    /// A step was done.
    Step {
        /// Steps done and steps in all.
        step: (usize, usize),
        /// The mean loss of late.
        loss: f32,
        /// Tokens a second since the run began here.
        tokens_per_second: f64,
        /// Seconds left at that rate.
        seconds_left: f64,
    },
    /// An epoch was measured.
    Epoch {
        /// Its number, from 1.
        epoch: usize,
        /// F1-macro of each file and task.
        scores: Vec<(String, f64)>,
        /// Their mean, by which the best is chosen.
        mean: f64,
        /// Whether it is the best so far, and was written.
        is_best: bool,
    },
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The best mean F1-macro on dev.
    pub best: f64,
    /// The epoch after which it was reached, from 1.
    pub epoch: usize,
}
