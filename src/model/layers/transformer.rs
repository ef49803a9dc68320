//! What does one layer of a BERT-like encoder compute? Attention and a feed-forward step, each added to its input and
//! normalised afterwards ("post-norm": Vaswani et al. 2017, Devlin et al. 2019).

use std::ops::Range;

use crate::model::kernel::AttentionShape;
use crate::model::kernel::Matrix;
use crate::model::kernel::Product;
use crate::model::kernel::attention;
use crate::model::kernel::product;

/// The sizes of a layer, and with them the places of its weights in one flat vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerShape {
    /// Numbers a token.
    pub hidden: usize,
    /// Numbers a token between the two steps of the feed-forward part.
    pub intermediate: usize,
    /// Attention heads.
    pub n_heads: usize,
    /// Added to the variance in LayerNorm.
    pub epsilon: f32,
}

/// The weights of a layer, in the order of the flat vector; matrices are `[out, in]`, row after row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Query, key and value, one under the other: `[3·hidden, hidden]`.
    Qkv,
    /// `[3·hidden]`.
    QkvBias,
    /// `[hidden, hidden]`.
    Out,
    /// `[hidden]`.
    OutBias,
    /// `[hidden]`.
    AttentionScale,
    /// `[hidden]`.
    AttentionShift,
    /// `[intermediate, hidden]`.
    Up,
    /// `[intermediate]`.
    UpBias,
    /// `[hidden, intermediate]`.
    Down,
    /// `[hidden]`.
    DownBias,
    /// `[hidden]`.
    OutputScale,
    /// `[hidden]`.
    OutputShift,
}

impl Weight {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::Qkv,
        Self::QkvBias,
        Self::Out,
        Self::OutBias,
        Self::AttentionScale,
        Self::AttentionShift,
        Self::Up,
        Self::UpBias,
        Self::Down,
        Self::DownBias,
        Self::OutputScale,
        Self::OutputShift,
    ];
}

impl LayerShape {
    /// Rows and columns of a weight; vectors have one row.
    pub fn size_of(&self, weight: Weight) -> (usize, usize) {
        let (h, i) = (self.hidden, self.intermediate);
        match weight {
            Weight::Qkv => (3 * h, h),
            Weight::QkvBias => (1, 3 * h),
            Weight::Out => (h, h),
            Weight::Up => (i, h),
            Weight::UpBias => (1, i),
            Weight::Down => (h, i),
            _ => (1, h),
        }
    }

    /// The place of a weight in the flat vector.
    pub fn range(&self, weight: Weight) -> Range<usize> {
        let size = |weight| {
            let (rows, columns) = self.size_of(weight);
            rows * columns
        };
        let start =
            Weight::ALL.iter().take_while(|&&each| each != weight).map(|&each| size(each)).sum();
        start..start + size(weight)
    }

    /// Numbers in the flat vector.
    pub fn n_weights(&self) -> usize {
        self.range(Weight::OutputShift).end
    }
}

/// A bias on attention scores by distance (Raffel et al. 2020; MPNet, Song et al. 2020), spread out for lookup.
#[derive(Clone, Debug)]
pub struct RelativeBias {
    /// `[n_heads, 2·reach + 1]`, by `reach + key − query`.
    pub by_distance: Vec<f32>,
    /// The largest distance.
    pub reach: usize,
}

/// Weights as they are trained: one flat vector.
#[derive(Clone, Copy, Debug)]
pub struct LayerWeights<'a> {
    /// The sizes.
    pub shape: LayerShape,
    /// All weights in the order of [`Weight::ALL`].
    pub flat: &'a [f32],
    /// What products round to.
    pub product: Product,
}

impl LayerWeights<'_> {
    /// One of the four matrices.
    pub fn matrix(&self, weight: Weight) -> Matrix<'_> {
        let (rows, columns) = self.shape.size_of(weight);
        Matrix::new(&self.flat[self.shape.range(weight)], rows, columns)
    }
}

impl LayerWeights<'_> {
    /// `x · wᵀ` for one of the four matrices, into `out`; then `finish(first_row, rows)` on each block of rows.
    fn multiply(
        &self,
        weight: Weight,
        x: Matrix<'_>,
        out: &mut [f32],
        finish: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        product(x, self.matrix(weight).transposed(), self.product, out, finish);
    }

    /// One of the vectors.
    pub fn vector(&self, weight: Weight) -> &[f32] {
        &self.flat[self.shape.range(weight)]
    }
}

/// What a forward pass leaves for the backward pass; each `[n_tokens, …]`.
#[derive(Debug, Default)]
pub(super) struct Activations {
    pub(super) qkv: Vec<f32>,
    pub(super) context: Vec<f32>,
    pub(super) attention_sum: Vec<f32>,
    pub(super) middle: Vec<f32>,
    pub(super) up: Vec<f32>,
    pub(super) activated: Vec<f32>,
    pub(super) output_sum: Vec<f32>,
}

/// Adds a vector to each row.
fn add_bias(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (x, b) in row.iter_mut().zip(bias) {
            *x += b;
        }
    }
}

/// Adds `bias`, lets `drop(first, rows)` put some to 0, then adds the same rows of `x`.
fn add_residual(
    first: usize,
    rows: &mut [f32],
    bias: &[f32],
    x: &[f32],
    drop: &(impl Fn(usize, &mut [f32]) + Sync),
) {
    add_bias(rows, bias);
    let start = first * bias.len();
    drop(start, rows);
    for (sum, x) in rows.iter_mut().zip(&x[start..]) {
        *sum += x;
    }
}

/// Query, key and value of every token, and what attention makes of them.
fn attend(
    weights: &LayerWeights<'_>,
    x: &[f32],
    starts: &[u32],
    bias: Option<&RelativeBias>,
) -> (Vec<f32>, Vec<f32>) {
    let shape = &weights.shape;
    let (h, n) = (shape.hidden, x.len() / shape.hidden);
    let mut qkv = vec![0.0; 3 * x.len()];
    weights.multiply(Weight::Qkv, Matrix::new(x, n, h), &mut qkv, |_, rows| {
        add_bias(rows, weights.vector(Weight::QkvBias));
    });
    let mut context = vec![0.0; x.len()];
    attention(&qkv, &attention_shape(shape, starts, bias), &mut context);
    (qkv, context)
}

/// What attention has to know of a layer and a batch.
pub(super) fn attention_shape<'a>(
    shape: &LayerShape,
    starts: &'a [u32],
    bias: Option<&'a RelativeBias>,
) -> AttentionShape<'a> {
    AttentionShape {
        n_heads: shape.n_heads,
        head_size: shape.hidden / shape.n_heads,
        starts,
        bias: bias.map(|bias| (bias.by_distance.as_slice(), bias.reach)),
    }
}

/// The layer's output for training: `drop_attention` and `drop_output` put numbers to 0 (or do nothing), given the
/// place of the first; everything that gradients need is kept.
pub(super) fn forward_kept(
    weights: &LayerWeights<'_>,
    x: &[f32],
    starts: &[u32],
    bias: Option<&RelativeBias>,
    drop_attention: &(impl Fn(usize, &mut [f32]) + Sync),
    drop_output: &(impl Fn(usize, &mut [f32]) + Sync),
) -> (Vec<f32>, Activations) {
    let shape = &weights.shape;
    let (h, n) = (shape.hidden, x.len() / shape.hidden);
    let (qkv, context) = attend(weights, x, starts, bias);
    let mut attention_sum = vec![0.0; n * h];
    weights.multiply(
        Weight::Out,
        Matrix::new(&context, n, h),
        &mut attention_sum,
        |first, rows| {
            add_residual(first, rows, weights.vector(Weight::OutBias), x, drop_attention);
        },
    );
    let mut middle = attention_sum.clone();
    let (scale, shift) =
        (weights.vector(Weight::AttentionScale), weights.vector(Weight::AttentionShift));
    crate::model::kernel::layer_norm(&mut middle, scale, shift, shape.epsilon);
    let mut up = vec![0.0; n * shape.intermediate];
    weights.multiply(Weight::Up, Matrix::new(&middle, n, h), &mut up, |_, rows| {
        add_bias(rows, weights.vector(Weight::UpBias));
    });
    let mut activated = up.clone();
    crate::model::kernel::gelu(&mut activated);
    let mut output_sum = vec![0.0; n * h];
    weights.multiply(
        Weight::Down,
        Matrix::new(&activated, n, shape.intermediate),
        &mut output_sum,
        |first, rows| {
            add_residual(first, rows, weights.vector(Weight::DownBias), &middle, drop_output);
        },
    );
    let mut out = output_sum.clone();
    let (scale, shift) = (weights.vector(Weight::OutputScale), weights.vector(Weight::OutputShift));
    crate::model::kernel::layer_norm(&mut out, scale, shift, shape.epsilon);
    (out, Activations { qkv, context, attention_sum, middle, up, activated, output_sum })
}
