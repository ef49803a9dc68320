//! How does training go? Epoch by epoch: learn from every text once, measure on dev, keep the best.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use candle_core::Tensor;
use serde_json::{Value, json};

use super::calibrate;
use super::config::Config;
use super::data::{self, Example};
use super::loss::loss;
use super::optimizer::{Slot, step};
use super::state::{self, Place};
use crate::batch::PackedBatch;
use crate::digest::Sha256;
use crate::eval::Gold;
use crate::eval::METRICS;
use crate::eval::ask;
use crate::eval::sample::Points;
use crate::model::Files;
use crate::model::HiddenStates;
use crate::model::ReadoutClassifier;
use crate::model::Task;
use crate::model::TrainableEncoder;
use crate::model::checkpoint::{self, Card, Checkpoint};
use crate::model::head::Readout;
use crate::model::kernel::Product;
use crate::model::layers::Dropout;

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct Run {
    /// The base encoder's files.
    pub base: Files,
    /// Files to learn from.
    pub train: Vec<PathBuf>,
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

/// The encoder while it is trained, as a source of hidden states without dropout.
struct Learner {
    encoder: TrainableEncoder,
    product: Product,
}

impl HiddenStates for Learner {
    fn hidden_states(&self, batch: &PackedBatch) -> anyhow::Result<Tensor> {
        Ok(self.encoder.forward(batch, self.product, Dropout { rate: 0.0, seed: 0 })?.detach())
    }
}

type Model = ReadoutClassifier<Learner>;

/// Trains a model and writes its best epoch into the run's folder.
///
/// `tell` hears what happens, and may end the run; `None` comes of it then, and the same run goes on from its last whole
/// epoch when it is fitted again.
///
/// # Errors
/// When a file can't be used, the folder can't be written, or the loss is no longer finite.
pub fn fit(
    run: &Run,
    tell: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> anyhow::Result<Option<Report>> {
    fs_err::create_dir_all(&run.out)?;
    let checkpoint = Checkpoint::load(&run.base)?;
    let base = Base {
        config_json: checkpoint.config_json.clone(),
        tokenizer_json: checkpoint.tokenizer_json.clone(),
        sha256: checkpoint.sha256.clone(),
    };
    let model = start(checkpoint, &run.config)?;
    let examples = data::read(&run.train, model.text_encoder(), &run.config)?;
    let dev = run.dev.iter().map(|file| Ok((file.clone(), Gold::read(file)?)));
    let dev: Vec<(PathBuf, Gold)> = dev.collect::<anyhow::Result<_>>()?;
    let slots = slots(&model, &run.config);
    let mut place = Place { fingerprint: fingerprint(run, &base)?, ..Place::default() };
    if let Some(found) = state::load(&run.out, &place.fingerprint, &slots)? {
        place = found;
        if tell(&Progress::Resumed(place.epoch)).is_break() {
            return Ok(None);
        }
    }
    let mut clock = Clock::start(&examples, &run.config, place.step);
    while place.epoch < run.config.epochs.max(1) {
        let is_ended = run.config.epochs > 0
            && learn(&model, &examples, &slots, run, &mut place, &mut clock, tell)?.is_break();
        if is_ended || end_epoch(&model, &base, run, &dev, &slots, &mut place, tell)?.is_break() {
            return Ok(None);
        }
    }
    state::clear(&run.out)?;
    let (best, epoch) = place.best.context("a run has at least one epoch")?;
    Ok(Some(Report { best, epoch }))
}

/// Measures the model after an epoch, writes it if it is the best so far, and keeps the run's place.
fn end_epoch(
    model: &Model,
    base: &Base,
    run: &Run,
    dev: &[(PathBuf, Gold)],
    slots: &[Slot],
    place: &mut Place,
    tell: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> anyhow::Result<ControlFlow<()>> {
    place.epoch += 1;
    let Measured { scores, temperature } = measure(model, dev)?;
    let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len().max(1) as f64;
    let is_best = place.best.is_none_or(|(best, _)| mean > best);
    if is_best {
        place.best = Some((mean, place.epoch));
        write(model, base, run, &scores, temperature)?;
    }
    state::save(&run.out, place, slots)?;
    Ok(tell(&Progress::Epoch { epoch: place.epoch, scores, mean, is_best }))
}

/// What the written checkpoint takes over from the base.
struct Base {
    config_json: Value,
    tokenizer_json: Vec<u8>,
    sha256: String,
}

/// The model before the first step: the base's encoder, its heads if it has some, else random ones.
fn start(mut checkpoint: Checkpoint, config: &Config) -> anyhow::Result<Model> {
    if !config.layers.is_empty() {
        checkpoint.encoder.keep_layers(&config.layers)?;
    }
    let hidden = checkpoint.encoder.config.layer.hidden;
    let text_encoder = checkpoint.text_encoder(config.window)?;
    let readout = match checkpoint.heads {
        Some((card, readout)) if card.head_size == config.head_size => readout,
        _ => Readout::new(hidden, config.head_size, config.seed)?,
    };
    let card = Card {
        format: 1,
        name: config.name.clone(),
        head_size: config.head_size,
        window: config.window,
        is_quantized: config.is_quantized,
        temperature: Task::ALL.map(|task| (task, 1.0)).into(),
        training: Value::Null,
    };
    let learner = Learner {
        encoder: TrainableEncoder::new(checkpoint.encoder)?,
        product: config.precision.into(),
    };
    Ok(ReadoutClassifier::new(card, text_encoder, learner, readout))
}

/// Every variable with its rate: lower layers learn more slowly.
fn slots(model: &Model, config: &Config) -> Vec<Slot> {
    let layers = model.encoder().encoder.variables();
    let encoder = layers.iter().enumerate().map(|(i, variable)| {
        let below = i32::try_from(layers.len() - 1 - i).unwrap_or(i32::MAX);
        let rate = config.learning_rate * config.layer_decay.powi(below);
        Slot::new(format!("encoder.{i}"), variable.clone(), rate)
    });
    let heads = model.readout().variables().into_iter();
    encoder
        .chain(heads.map(|(name, variable)| Slot::new(name, variable, config.head_rate)))
        .collect()
}

/// What makes two runs the same, as a hash: configuration, the base's files, and the bytes of every labelled one.
fn fingerprint(run: &Run, base: &Base) -> anyhow::Result<String> {
    let mut hash = Sha256::default();
    hash.update(serde_json::to_vec(&run.config)?);
    hash.update(&base.sha256);
    hash.update(serde_json::to_vec(&base.config_json)?);
    hash.update(&base.tokenizer_json);
    for file in run.train.iter().chain(&run.dev) {
        hash.update(fs_err::read(file)?);
    }
    Ok(hash.finish())
}

/// What the progress is measured by.
struct Clock {
    start: Instant,
    tokens: usize,
    first_step: usize,
    n_steps: usize,
    loss: Option<f32>,
}

/// One pass over all examples.
fn learn(
    model: &Model,
    examples: &[Example],
    slots: &[Slot],
    run: &Run,
    place: &mut Place,
    clock: &mut Clock,
    tell: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> anyhow::Result<ControlFlow<()>> {
    let config = &run.config;
    for batch in data::batches(examples, config, place.epoch) {
        let batch: Vec<&Example> = batch.iter().map(|&i| &examples[i]).collect();
        let packed =
            PackedBatch::new(model.text_encoder(), batch.iter().map(|example| &example.encoded));
        let seed =
            config.seed.wrapping_add((place.step as u64).wrapping_mul(0xD134_2543_DE82_EF95));
        let dropout = Dropout { rate: config.dropout, seed };
        let learner = model.encoder();
        let states = learner.encoder.forward(&packed, learner.product, dropout)?;
        let logits = model.readout().forward(&states, &packed.slots, dropout.with_salt(1))?;
        if let Some(loss) = loss(&logits, &batch, config)? {
            let gradients = loss.backward()?;
            let share = config.rate_at(place.step, clock.n_steps);
            step(slots, &gradients, share, config.weight_decay, config.clip, place.step)
                .with_context(|| format!("step {}", place.step + 1))?;
            let value = loss.to_scalar::<f32>()?;
            clock.loss = Some(clock.loss.map_or(value, |mean| 0.98 * mean + 0.02 * value));
        }
        place.step += 1;
        clock.tokens += packed.n_tokens();
        if tell(&clock.progress(place.step)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

impl Clock {
    fn start(examples: &[Example], config: &Config, first_step: usize) -> Self {
        let n_batches = |epoch| data::batches(examples, config, epoch).len();
        let n_steps = (0..config.epochs).map(n_batches).sum();
        Self { start: Instant::now(), tokens: 0, first_step, n_steps, loss: None }
    }

    fn progress(&self, step: usize) -> Progress {
        let seconds = self.start.elapsed().as_secs_f64();
        let done = (step - self.first_step).max(1) as f64;
        Progress::Step {
            step: (step, self.n_steps),
            loss: self.loss.unwrap_or(f32::NAN),
            tokens_per_second: self.tokens as f64 / seconds,
            seconds_left: seconds / done * (self.n_steps - step) as f64,
        }
    }
}

/// What dev says of a model.
struct Measured {
    /// F1-macro of each file and task.
    scores: Vec<(String, f64)>,
    /// What calibrates each task.
    temperature: BTreeMap<Task, f32>,
}

/// Lets the model read all dev files.
fn measure(model: &Model, dev: &[(PathBuf, Gold)]) -> anyhow::Result<Measured> {
    let f1 = METRICS
        .iter()
        .find(|metric| metric.name() == "f1_macro")
        .context("F1-macro is a metric")?;
    let (mut scores, mut all) = (Vec::new(), Vec::new());
    for (file, gold) in dev {
        let answers = ask(gold, model)?;
        let folder =
            file.parent().and_then(Path::file_name).unwrap_or(file.as_os_str()).to_string_lossy();
        for task in gold.tasks() {
            let of_task = answers.iter().filter(|answer| answer.label.task == task);
            let points = Points::new(of_task.map(|answer| (answer.label.class, answer.read)));
            let f1 = f1.compute(&points.sample(&vec![1; points.len()])).unwrap_or(0.0);
            scores.push((format!("{folder} {}", task.name()), f1));
        }
        all.extend(answers);
    }
    let temperature = Task::ALL.map(|task| (task, calibrate::temperature(all.iter(), task))).into();
    Ok(Measured { scores, temperature })
}

/// Writes the model as it is now.
fn write(
    model: &Model,
    base: &Base,
    run: &Run,
    scores: &[(String, f64)],
    temperature: BTreeMap<Task, f32>,
) -> anyhow::Result<()> {
    let encoder = &model.encoder().encoder;
    let names = |files: &[PathBuf]| -> Vec<String> {
        let name = |file: &PathBuf| {
            let folder = file
                .parent()
                .and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned());
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            folder.map_or_else(|| name.to_string(), |folder| format!("{folder}/{name}"))
        };
        files.iter().map(name).collect()
    };
    let card = Card {
        temperature,
        training: json!({
            "base_sha256": base.sha256,
            "train": names(&run.train),
            "dev": names(&run.dev),
            "dev_f1_macro": scores.iter().map(|(name, score)| (name.clone(), json!(score))).collect::<serde_json::Map<_, _>>(),
            "config": run.config,
        }),
        ..model.card().clone()
    };
    let config_json = checkpoint::config_with_layers(&base.config_json, encoder.config());
    checkpoint::save(
        &run.out,
        &config_json,
        &base.tokenizer_json,
        &card,
        model.readout(),
        |writer| encoder.save(writer, run.config.is_quantized),
    )
}
