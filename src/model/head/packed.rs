//! How are heads read when nothing is trained? On one thread, their weights packed once, their memory used again.

use std::cell::RefCell;

use candle_core::{Result, Tensor, Var};

use super::readout::{Places, Readout};
use crate::batch::Slots;
use crate::model::Task;
use crate::model::kernel::LeftBlock;
use crate::model::kernel::Matrix;
use crate::model::kernel::PackedWeights;
use crate::model::kernel::Product;
use crate::model::kernel::gelu_rows;
use crate::model::kernel::product_here;
use crate::model::layers::add_mean;
use crate::model::layers::with_numbers;

/// The heads of a [`Readout`] as it was when it was packed.
#[derive(Debug)]
pub struct PackedReadout {
    networks: Vec<Network>,
    author: Vec<f32>,
}

#[derive(Debug)]
struct Network {
    task: Task,
    up: PackedWeights,
    /// `[3, size]`.
    out: Vec<f32>,
    out_bias: Vec<f32>,
}

/// Memory that one thread uses again for every batch.
#[derive(Default)]
struct Memory {
    pooled: Vec<f32>,
    input: Vec<f32>,
    inner: Vec<f32>,
    left: LeftBlock,
}

/// Rows that are read at once: a sentence with a list of names has thousands of pairs, each of some ten kilobytes.
const ROWS: usize = 128;

impl PackedReadout {
    /// Packs the heads.
    ///
    /// # Errors
    /// When candle can't give their numbers.
    pub fn new(readout: &Readout) -> Result<Self> {
        let numbers = |var: &Var| var.flatten_all()?.to_vec1::<f32>();
        let network = |network: &super::readout::Network| -> Result<Network> {
            let (rows, columns) = network.up.dims2()?;
            let (up, up_bias) = (numbers(&network.up)?, numbers(&network.up_bias)?);
            let up = Matrix::new(&up, rows, columns);
            Ok(Network {
                task: network.task,
                up: PackedWeights::new(up.transposed(), Product::F32).with_bias(&up_bias),
                out: numbers(&network.out)?,
                out_bias: numbers(&network.out_bias)?,
            })
        };
        let networks = readout.networks.iter().map(network).collect::<Result<_>>()?;
        Ok(Self { networks, author: numbers(&readout.author)? })
    }

    /// Logits, three a row, of the targets (stance, then sentiment) and the pairs: [`Readout::forward`] without
    /// dropout, up to rounding.
    ///
    /// # Errors
    /// When `states` is no contiguous `f32` matrix on the CPU.
    pub fn read(&self, states: &Tensor, slots: &[Slots]) -> Result<[Vec<f32>; 3]> {
        thread_local! {
            static MEMORY: RefCell<Memory> = RefCell::default();
        }
        let places = Places::new(slots);
        // Taken out while in use, though nothing below waits for another thread.
        let mut memory = MEMORY.take();
        let logits = with_numbers(states, |states| {
            self.pool(states, &places, &mut memory.pooled);
            let read = |network: &Network| self.read_all(network, &places, &mut memory);
            self.networks.iter().map(read).collect::<Vec<_>>()
        });
        MEMORY.set(memory);
        let logits = logits?;
        Ok(logits.try_into().expect("there are three heads"))
    }

    /// The mean of each group of tokens, and behind them what stands for the author.
    fn pool(&self, states: &[f32], places: &Places, pooled: &mut Vec<f32>) {
        let hidden = self.author.len();
        pooled.clear();
        pooled.resize(places.groups.len() * hidden, 0.0);
        for (group, mean) in places.groups.iter().zip(pooled.chunks_exact_mut(hidden)) {
            add_mean(states, group, mean);
        }
        pooled.extend_from_slice(&self.author);
    }

    fn read_all(&self, network: &Network, places: &Places, memory: &mut Memory) -> Vec<f32> {
        let n = match network.task {
            Task::Stance | Task::Sentiment => places.target.len(),
            Task::Dyad => places.source.len(),
        };
        let mut logits = Vec::with_capacity(3 * n);
        for first in (0..n).step_by(ROWS) {
            memory.input.clear();
            for row in first..n.min(first + ROWS) {
                self.gather(network.task, places, row, &memory.pooled, &mut memory.input);
            }
            network.read(memory, &mut logits);
        }
        logits
    }

    /// Adds what one row reads to `input`.
    fn gather(
        &self,
        task: Task,
        places: &Places,
        row: usize,
        pooled: &[f32],
        input: &mut Vec<f32>,
    ) {
        let hidden = self.author.len();
        let state = |place: u32| &pooled[place as usize * hidden..][..hidden];
        match task {
            Task::Stance | Task::Sentiment => {
                for place in [&places.target, &places.target_first, &places.target_body] {
                    input.extend_from_slice(state(place[row]));
                }
            }
            Task::Dyad => {
                let (source, toward) = (state(places.source[row]), state(places.toward[row]));
                input.extend_from_slice(source);
                input.extend_from_slice(toward);
                input.extend(source.iter().zip(toward).map(|(a, b)| a * b));
                input.extend_from_slice(state(places.pair_body[row]));
            }
        }
    }
}

impl Network {
    /// Adds the logits of the rows in `memory.input`.
    fn read(&self, memory: &mut Memory, logits: &mut Vec<f32>) {
        let size = self.out.len() / 3;
        let columns = self.up.inner();
        let n = memory.input.len() / columns;
        memory.inner.clear();
        memory.inner.resize(n * size, 0.0);
        let input = Matrix::new(&memory.input, n, columns);
        product_here(input, &self.up, &mut memory.inner, &mut memory.left, |_, rows| {
            gelu_rows(rows);
        });
        for inner in memory.inner.chunks_exact(size) {
            let class = |(weights, bias): (&[f32], &f32)| dot(inner, weights) + bias;
            logits.extend(self.out.chunks_exact(size).zip(&self.out_bias).map(class));
        }
    }
}

/// The sum of products, in an order that does not depend on anything but the length.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Pair;
    use crate::model::layers::Dropout;
    use candle_core::Device;

    /// A sentence of `n` tokens from `first` on, with targets of every third one and all their pairs.
    fn slots(first: u32, n: u32) -> Slots {
        let targets: Vec<Vec<u32>> =
            (1..n).step_by(3).map(|i| vec![first + i, first + i + 1]).chain([vec![]]).collect();
        let n_targets = u32::try_from(targets.len()).unwrap();
        let sources = |target| {
            std::iter::once(None).chain((0..n_targets).filter(move |&s| s != target).map(Some))
        };
        let pairs = (0..n_targets)
            .flat_map(|target| sources(target).map(move |source| Pair { source, target }));
        Slots {
            first: vec![first],
            body: (first + 1..first + n).collect(),
            pairs: pairs.collect(),
            targets,
        }
    }

    #[test]
    fn packed_heads_say_what_the_trained_ones_do() {
        let (hidden, size) = (24, 10);
        let readout = Readout::new(hidden, size, 3).unwrap();
        let number = |i: usize| (i * 7919 % 1013) as f32 / 506.5 - 1.0;
        let numbers: Vec<f32> = (0..80 * hidden).map(number).collect();
        let states = Tensor::from_vec(numbers, (80, hidden), &Device::Cpu).unwrap();
        let packed = PackedReadout::new(&readout).unwrap();
        for slots in [vec![], vec![slots(0, 5)], vec![slots(0, 30), slots(30, 45), slots(75, 2)]] {
            let theirs = readout.forward(&states, &slots, Dropout { rate: 0.0, seed: 0 }).unwrap();
            let ours = packed.read(&states, &slots).unwrap();
            for (task, ours) in Task::ALL.into_iter().zip(ours) {
                let theirs = theirs.of(task).flatten_all().unwrap().to_vec1::<f32>().unwrap();
                assert_eq!(ours.len(), theirs.len());
                for (a, b) in ours.iter().zip(&theirs) {
                    assert!((a - b).abs() < 1e-5, "{task:?}: {a} {b}");
                }
            }
        }
    }
}
