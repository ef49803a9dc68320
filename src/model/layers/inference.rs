//! How does a layer run when nothing is kept? On one thread, its weights packed, its memory used again.

use std::convert::Infallible;

use super::transformer::{LayerShape, LayerWeights, RelativeBias, Weight, attention_shape};
use crate::model::kernel::AttentionMemory;
use crate::model::kernel::BLOCK_ROWS;
use crate::model::kernel::LeftBlock;
use crate::model::kernel::Matrix;
use crate::model::kernel::PackedWeights;
use crate::model::kernel::Product;
use crate::model::kernel::add_norm_rows;
use crate::model::kernel::attention_here;
use crate::model::kernel::gelu_rows;
use crate::model::kernel::product_here;
use crate::model::kernel::rough_gelu_rows;

/// A layer's weights, packed.
#[derive(Debug)]
pub struct PackedLayer {
    shape: LayerShape,
    product: Product,
    qkv: PackedWeights,
    out: PackedWeights,
    up: PackedWeights,
    down: PackedWeights,
    attention_norm: Norm,
    output_norm: Norm,
}

/// Scale and shift of a LayerNorm.
#[derive(Debug)]
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

/// Memory that one thread uses again for every layer of every batch.
#[derive(Debug, Default)]
pub struct LayerMemory {
    qkv: Vec<f32>,
    context: Vec<f32>,
    middle: Vec<f32>,
    up: Vec<f32>,
    left: LeftBlock,
    attention: AttentionMemory,
}

/// The first `n` numbers of a vector, made longer if it has to be.
fn first(vector: &mut Vec<f32>, n: usize) -> &mut [f32] {
    if vector.len() < n {
        vector.resize(n, 0.0);
    }
    &mut vector[..n]
}

impl PackedLayer {
    /// Packs the weights of a layer; products round as `weights` says.
    pub fn new(weights: &LayerWeights<'_>) -> Self {
        let get = |weight: Weight, numbers: &mut Vec<f32>| {
            weights.vector(weight).clone_into(numbers);
            Ok::<(), Infallible>(())
        };
        let Ok(layer) = Self::load(weights.shape, weights.product, get);
        layer
    }

    /// Packs the weights of a layer one by one: `get` puts each in place of the numbers that it is handed.
    ///
    /// # Errors
    /// The first one of `get`.
    pub fn load<E>(
        shape: LayerShape,
        product: Product,
        mut get: impl FnMut(Weight, &mut Vec<f32>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (mut numbers, mut vector) = (Vec::new(), Vec::new());
        let mut pack = |matrix: Weight, bias: Weight| {
            get(matrix, &mut numbers)?;
            get(bias, &mut vector)?;
            let (rows, columns) = shape.size_of(matrix);
            let matrix = Matrix::new(&numbers, rows, columns);
            Ok(PackedWeights::new(matrix.transposed(), product).with_bias(&vector))
        };
        let (qkv, out) = (pack(Weight::Qkv, Weight::QkvBias)?, pack(Weight::Out, Weight::OutBias)?);
        let (up, down) = (pack(Weight::Up, Weight::UpBias)?, pack(Weight::Down, Weight::DownBias)?);
        let mut norm = |scale: Weight, shift: Weight| {
            let mut norm = Norm { scale: Vec::new(), shift: Vec::new() };
            get(scale, &mut norm.scale)?;
            get(shift, &mut norm.shift)?;
            Ok(norm)
        };
        let attention_norm = norm(Weight::AttentionScale, Weight::AttentionShift)?;
        let output_norm = norm(Weight::OutputScale, Weight::OutputShift)?;
        Ok(Self { shape, product, qkv, out, up, down, attention_norm, output_norm })
    }

    /// Turns the tokens `x`, `[n_tokens, hidden]`, into the layer's output, in place, on this thread.
    pub fn run(
        &self,
        x: &mut [f32],
        starts: &[u32],
        bias: Option<&RelativeBias>,
        memory: &mut LayerMemory,
    ) {
        let (h, n) = (self.shape.hidden, x.len() / self.shape.hidden);
        let LayerMemory { qkv, context, middle, up, left, attention } = memory;
        let qkv = first(qkv, 3 * x.len());
        product_here(Matrix::new(x, n, h), &self.qkv, qkv, left, |_, _| {});
        let context = first(context, x.len());
        let shape = attention_shape(&self.shape, starts, bias);
        attention_here(qkv, &shape, self.product, attention, context);
        let middle = first(middle, x.len());
        product_here(Matrix::new(context, n, h), &self.out, middle, left, |first, rows| {
            self.normalise(&self.attention_norm, rows, &x[first * h..]);
        });
        let blocks = x.chunks_mut(BLOCK_ROWS * h).zip(middle.chunks(BLOCK_ROWS * h));
        for (x, middle) in blocks {
            self.feed_forward(middle, x, up, left);
        }
    }

    /// The feed-forward step for one block of rows, so that what is between its products stays in the cache.
    fn feed_forward(&self, middle: &[f32], x: &mut [f32], up: &mut Vec<f32>, left: &mut LeftBlock) {
        let (h, n) = (self.shape.hidden, x.len() / self.shape.hidden);
        let up = first(up, n * self.shape.intermediate);
        let gelu = if self.product == Product::Int8 { rough_gelu_rows } else { gelu_rows };
        product_here(Matrix::new(middle, n, h), &self.up, up, left, |_, rows| gelu(rows));
        let up = Matrix::new(up, n, self.shape.intermediate);
        product_here(up, &self.down, x, left, |first, rows| {
            self.normalise(&self.output_norm, rows, &middle[first * h..]);
        });
    }

    fn normalise(&self, norm: &Norm, rows: &mut [f32], residual: &[f32]) {
        let residual = &residual[..rows.len()];
        add_norm_rows(rows, residual, &norm.scale, &norm.shift, self.shape.epsilon);
    }
}
