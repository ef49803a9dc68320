//! What do the hidden states say of each target and each pair? The design's read-out: a small network over the mean of
//! a target's tokens, the first token, and the mean of the sentence; for pairs over both targets and their product.

use candle_core::{D, Device, Result, Tensor, Var};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::linear::linear;
use crate::batch::Slots;
use crate::model::Task;
use crate::model::layers::{Dropout, mean_rows};
use crate::model::weights::{Weights, WeightsWriter, quantize_rows};

/// The three heads.
#[derive(Debug)]
pub struct Readout {
    pub(super) networks: Vec<Network>,
    /// Stands for the source where it is the text's own voice: `[1, hidden]`.
    pub(super) author: Var,
    hidden: usize,
}

/// A network with one hidden layer.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) task: Task,
    pub(super) up: Var,
    pub(super) up_bias: Var,
    pub(super) out: Var,
    pub(super) out_bias: Var,
}

/// What the heads say of a batch: logits `[n, 3]` for each task, targets and pairs in order; a target without tokens
/// is read from zeros, and is for the caller to leave out.
#[derive(Debug)]
pub struct Logits {
    /// `[n_targets, 3]`.
    pub stance: Tensor,
    /// `[n_targets, 3]`.
    pub sentiment: Tensor,
    /// `[n_pairs, 3]`.
    pub dyad: Tensor,
}

impl Logits {
    /// The logits of a task.
    pub fn of(&self, task: Task) -> &Tensor {
        match task {
            Task::Stance => &self.stance,
            Task::Sentiment => &self.sentiment,
            Task::Dyad => &self.dyad,
        }
    }
}

/// Rows of the pooled states that each target and each pair reads.
#[derive(Default)]
pub(super) struct Places {
    pub(super) groups: Vec<Vec<u32>>,
    pub(super) target: Vec<u32>,
    pub(super) target_first: Vec<u32>,
    pub(super) target_body: Vec<u32>,
    pub(super) source: Vec<u32>,
    pub(super) toward: Vec<u32>,
    pub(super) pair_body: Vec<u32>,
}

/// The source row of a pair whose source is the author, until the number of groups is known.
const AUTHOR: u32 = u32::MAX;

impl Places {
    pub(super) fn new(slots: &[Slots]) -> Self {
        let mut places = Self::default();
        for slots in slots {
            let first = places.group(&slots.first);
            let body = places.group(if slots.body.is_empty() { &slots.first } else { &slots.body });
            let targets: Vec<u32> =
                slots.targets.iter().map(|tokens| places.group(tokens)).collect();
            for &target in &targets {
                places.target.push(target);
                places.target_first.push(first);
                places.target_body.push(body);
            }
            for pair in &slots.pairs {
                places.source.push(pair.source.map_or(AUTHOR, |source| targets[source as usize]));
                places.toward.push(targets[pair.target as usize]);
                places.pair_body.push(body);
            }
        }
        let author = places.n_groups();
        places.source.iter_mut().filter(|row| **row == AUTHOR).for_each(|row| *row = author);
        places
    }

    fn n_groups(&self) -> u32 {
        u32::try_from(self.groups.len()).expect("a batch is far below 2^32 groups")
    }

    fn group(&mut self, tokens: &[u32]) -> u32 {
        self.groups.push(tokens.to_vec());
        self.n_groups() - 1
    }
}

impl Readout {
    /// Heads with random weights, from a seed; `hidden` is the encoder's size, `size` that of the networks inside.
    ///
    /// # Errors
    /// When candle can't make tensors.
    pub fn new(hidden: usize, size: usize, seed: u64) -> Result<Self> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let networks = Task::ALL
            .iter()
            .map(|&task| Network::new(task, inputs(task) * hidden, size, &mut random));
        let networks = networks.collect::<Result<_>>()?;
        Ok(Self { networks, author: uniform(1, hidden, 0.1, &mut random)?, hidden })
    }

    /// Reads the heads of a checkpoint.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn load(weights: &Weights, hidden: usize, size: usize) -> anyhow::Result<Self> {
        let read = |name: &str, shape: &[usize]| -> anyhow::Result<Var> {
            Ok(Var::from_vec(weights.get(&format!("readout.{name}"), shape)?, shape, &Device::Cpu)?)
        };
        let network = |&task: &Task| -> anyhow::Result<Network> {
            let name = task.name();
            Ok(Network {
                task,
                up: read(&format!("{name}.up.weight"), &[size, inputs(task) * hidden])?,
                up_bias: read(&format!("{name}.up.bias"), &[size])?,
                out: read(&format!("{name}.out.weight"), &[3, size])?,
                out_bias: read(&format!("{name}.out.bias"), &[3])?,
            })
        };
        let networks = Task::ALL.iter().map(network).collect::<anyhow::Result<_>>()?;
        Ok(Self { networks, author: read("author", &[1, hidden])?, hidden })
    }

    /// Adds the heads to a file, their large matrices in 8 bits where `is_quantized`.
    ///
    /// # Errors
    /// When candle can't give its numbers.
    pub fn save(&self, writer: &mut WeightsWriter, is_quantized: bool) -> Result<()> {
        for (name, var) in self.variables() {
            let numbers = var.flatten_all()?.to_vec1::<f32>()?;
            if is_quantized && name.ends_with("up.weight") {
                writer.put_quantized(
                    &name,
                    var.dims(),
                    &quantize_rows(&numbers, var.dim(D::Minus1)?),
                );
            } else {
                writer.put(&name, var.dims(), &numbers);
            }
        }
        Ok(())
    }

    /// Its variables by name.
    pub fn variables(&self) -> Vec<(String, Var)> {
        let mut variables = vec![("readout.author".to_owned(), self.author.clone())];
        for network in &self.networks {
            let parts = [
                ("up.weight", &network.up),
                ("up.bias", &network.up_bias),
                ("out.weight", &network.out),
                ("out.bias", &network.out_bias),
            ];
            let name = network.task.name();
            variables
                .extend(parts.map(|(part, var)| (format!("readout.{name}.{part}"), var.clone())));
        }
        variables
    }

    /// Reads `states`, `[n_tokens, hidden]`, at the places of each instance.
    ///
    /// # Errors
    /// When candle can't compute it.
    pub fn forward(&self, states: &Tensor, slots: &[Slots], dropout: Dropout) -> Result<Logits> {
        let places = Places::new(slots);
        let pooled = mean_rows(states, places.groups.into())?;
        let pooled = Tensor::cat(&[&pooled, self.author.as_tensor()], 0)?;
        let rows = |rows: &[u32]| -> Result<Tensor> {
            let n = rows.len();
            match n {
                0 => Tensor::zeros((0, self.hidden), pooled.dtype(), pooled.device()),
                _ => pooled.index_select(&Tensor::from_slice(rows, n, pooled.device())?, 0),
            }
        };
        let target = Tensor::cat(
            &[rows(&places.target)?, rows(&places.target_first)?, rows(&places.target_body)?],
            1,
        )?;
        let read = |i: usize, x: &Tensor| self.networks[i].forward(x, dropout.with_salt(i as u64));
        let (source, toward) = (rows(&places.source)?, rows(&places.toward)?);
        let both = source.mul(&toward)?;
        let pair = Tensor::cat(&[source, toward, both, rows(&places.pair_body)?], 1)?;
        let dyad = read(2, &pair)?;
        Ok(Logits { stance: read(0, &target)?, sentiment: read(1, &target)?, dyad })
    }
}

/// How many hidden states a task's input is.
fn inputs(task: Task) -> usize {
    match task {
        Task::Stance | Task::Sentiment => 3,
        Task::Dyad => 4,
    }
}

impl Network {
    fn new(task: Task, input: usize, size: usize, random: &mut ChaCha8Rng) -> Result<Self> {
        Ok(Self {
            task,
            up: uniform(size, input, 1.0 / (input as f32).sqrt(), random)?,
            up_bias: Var::zeros(size, candle_core::DType::F32, &Device::Cpu)?,
            out: uniform(3, size, 1.0 / (size as f32).sqrt(), random)?,
            out_bias: Var::zeros(3, candle_core::DType::F32, &Device::Cpu)?,
        })
    }

    fn forward(&self, x: &Tensor, dropout: Dropout) -> Result<Tensor> {
        if x.dim(0)? == 0 {
            return Tensor::zeros((0, 3), x.dtype(), x.device());
        }
        let inner = linear(x, &self.up)?.broadcast_add(&self.up_bias)?.gelu_erf()?;
        let inner = inner.mul(&mask(inner.dim(0)?, inner.dim(D::Minus1)?, dropout)?)?;
        linear(&inner, &self.out)?.broadcast_add(&self.out_bias)
    }
}

/// What dropout multiplies with.
fn mask(rows: usize, columns: usize, dropout: Dropout) -> Result<Tensor> {
    let mut mask = vec![1.0; rows * columns];
    dropout.apply(0, &mut mask);
    Tensor::from_vec(mask, (rows, columns), &Device::Cpu)
}

/// Numbers between −bound and bound.
fn uniform(rows: usize, columns: usize, bound: f32, random: &mut ChaCha8Rng) -> Result<Var> {
    let numbers: Vec<f32> =
        (0..rows * columns).map(|_| random.random_range(-bound..bound)).collect();
    Var::from_vec(numbers, (rows, columns), &Device::Cpu)
}

/// Probabilities of the rows of `logits`, `[n, 3]`, after division by a temperature.
///
/// # Errors
/// When candle can't give the numbers.
pub fn probabilities(logits: &Tensor, temperature: f32) -> Result<Vec<[f32; 3]>> {
    Ok(probabilities_of(logits.flatten_all()?.to_vec1::<f32>()?, temperature))
}

/// Probabilities of logits, three a row, after division by a temperature.
pub fn probabilities_of(mut logits: Vec<f32>, temperature: f32) -> Vec<[f32; 3]> {
    for x in &mut logits {
        *x /= temperature;
    }
    crate::model::kernel::softmax(&mut logits, 3);
    logits.as_chunks().0.to_vec()
}
