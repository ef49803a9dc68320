//! How does a token look at the others of its text? Softmax attention (Vaswani et al. 2017), text by text, unpadded.

use std::cell::RefCell;

use rayon::prelude::*;

use super::attend::{AttentionMemory, attend};
use super::elementwise::softmax_row;
use super::level::{for_each_level, level, multiply_add};
use super::matrix::Product;

/// Numbers that a row of a small matrix is filled up to a multiple of.
const LANES: usize = 16;

/// What attention has to know beside the numbers.
#[derive(Clone, Copy, Debug)]
pub struct AttentionShape<'a> {
    /// Heads; they share the hidden size.
    pub n_heads: usize,
    /// Numbers of one head.
    pub head_size: usize,
    /// Where each text begins among the tokens, and where the last one ends: `[n_texts + 1]`.
    pub starts: &'a [u32],
    /// Added to each score by distance: `[n_heads, 2·reach + 1]`, `bias[head][reach + key − query]`, and `reach`;
    /// at least as long as the longest text.
    pub bias: Option<(&'a [f32], usize)>,
}

impl AttentionShape<'_> {
    fn hidden(&self) -> usize {
        self.n_heads * self.head_size
    }

    /// Calls `each(text, tokens)` for every text, in parallel.
    fn for_each_text<'a>(
        &self,
        columns: usize,
        out: &'a mut [f32],
        each: impl Fn(std::ops::Range<usize>, &'a mut [f32]) + Sync,
    ) {
        let mut pieces = Vec::with_capacity(self.starts.len());
        let mut rest = out;
        for ends in self.starts.windows(2) {
            let tokens = ends[0] as usize..ends[1] as usize;
            let (piece, after) = rest.split_at_mut(tokens.len() * columns);
            rest = after;
            pieces.push((tokens, piece));
        }
        pieces.into_par_iter().for_each(|(tokens, piece)| each(tokens, piece));
    }
}

/// Attention: `qkv` is `[n_tokens, 3·hidden]` (query, key, value side by side), the result `[n_tokens, hidden]`. Nothing
/// is rounded; texts are shared by the threads.
pub fn attention(qkv: &[f32], shape: &AttentionShape<'_>, out: &mut [f32]) {
    thread_local! {
        static MEMORY: RefCell<AttentionMemory> = RefCell::default();
    }
    shape.for_each_text(shape.hidden(), out, |tokens, out| {
        let qkv = &qkv[tokens.start * 3 * shape.hidden()..tokens.end * 3 * shape.hidden()];
        let mut memory = MEMORY.take();
        attend(qkv, shape, Product::F32, &mut memory, out);
        MEMORY.set(memory);
    });
}

/// [`attention`] on this thread alone, its products rounding as `product` says; `memory` is used again.
pub fn attention_here(
    qkv: &[f32],
    shape: &AttentionShape<'_>,
    product: Product,
    memory: &mut AttentionMemory,
    out: &mut [f32],
) {
    let hidden = shape.hidden();
    for ends in shape.starts.windows(2) {
        let (start, end) = (ends[0] as usize, ends[1] as usize);
        let qkv = &qkv[start * 3 * hidden..end * 3 * hidden];
        attend(qkv, shape, product, memory, &mut out[start * hidden..end * hidden]);
    }
}

/// The gradient of [`attention`] with respect to `qkv`, given that of its result; the bias is taken as fixed.
pub fn attention_backward(qkv: &[f32], shape: &AttentionShape<'_>, gradient: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; qkv.len()];
    shape.for_each_text(3 * shape.hidden(), &mut out, |tokens, out| {
        let qkv = &qkv[tokens.start * 3 * shape.hidden()..tokens.end * 3 * shape.hidden()];
        let gradient = &gradient[tokens.start * shape.hidden()..tokens.end * shape.hidden()];
        for_each_level!(level(), backward_text(
            qkv: &[f32], shape: &AttentionShape<'_>, gradient: &[f32], out: &mut [f32],
        ));
    });
    out
}

/// A small matrix whose rows are filled up with zeros to a multiple of [`LANES`].
#[derive(Default)]
struct Small {
    data: Vec<f32>,
    rows: usize,
    stride: usize,
}

impl Small {
    #[inline(always)]
    fn reset(&mut self, rows: usize, columns: usize) {
        self.rows = rows;
        self.stride = columns.next_multiple_of(LANES);
        self.data.clear();
        self.data.resize(rows * self.stride, 0.0);
    }

    /// Takes `columns` numbers of each of `rows` rows, `stride` apart in `from`, times `scale`.
    #[inline(always)]
    fn gather(&mut self, from: &[f32], rows: usize, columns: usize, stride: usize, scale: f32) {
        self.reset(rows, columns);
        for (row, out) in self.data.chunks_exact_mut(self.stride).enumerate() {
            for (out, &x) in out.iter_mut().zip(&from[row * stride..][..columns]) {
                *out = x * scale;
            }
        }
    }

    /// The same with rows and columns exchanged.
    #[inline(always)]
    fn gather_transposed(&mut self, from: &[f32], rows: usize, columns: usize, stride: usize) {
        self.reset(columns, rows);
        for row in 0..rows {
            for (column, &x) in from[row * stride..][..columns].iter().enumerate() {
                self.data[column * self.stride + row] = x;
            }
        }
    }

    /// Becomes `a · b`, over the first `inner` columns of `a`.
    #[inline(always)]
    fn become_product<const FUSED: bool>(&mut self, a: &Self, inner: usize, b: &Self) {
        self.reset(a.rows, b.stride);
        let mut row = 0;
        while row + 4 <= a.rows {
            self.rows_of_product::<FUSED, 4>(row, a, inner, b);
            row += 4;
        }
        while row < a.rows {
            self.rows_of_product::<FUSED, 1>(row, a, inner, b);
            row += 1;
        }
    }

    #[inline(always)]
    fn rows_of_product<const FUSED: bool, const N: usize>(
        &mut self,
        row: usize,
        a: &Self,
        inner: usize,
        b: &Self,
    ) {
        let a: [&[f32]; N] = std::array::from_fn(|i| &a.data[(row + i) * a.stride..][..inner]);
        for column in (0..b.stride).step_by(LANES) {
            let mut sums = [[0.0f32; LANES]; N];
            for (k, b) in b.data.chunks_exact(b.stride).take(inner).enumerate() {
                let b: &[f32; LANES] =
                    b[column..column + LANES].try_into().expect("rows are filled up");
                for i in 0..N {
                    for lane in 0..LANES {
                        sums[i][lane] = multiply_add::<FUSED>(a[i][k], b[lane], sums[i][lane]);
                    }
                }
            }
            for (i, sums) in sums.iter().enumerate() {
                self.data[(row + i) * self.stride + column..][..LANES].copy_from_slice(sums);
            }
        }
    }
}

/// Memory that one thread uses again for every head of every text.
#[derive(Default)]
struct Workspace {
    query: Small,
    key_t: Small,
    weights: Small,
    out: Small,
    key: Small,
    value_t: Small,
    gradient: Small,
    score: Small,
    turned: Small,
}

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

impl Workspace {
    /// Attention weights of one head into `self.weights`, `[len, len]`.
    #[inline(always)]
    fn weigh<const FUSED: bool>(
        &mut self,
        qkv: &[f32],
        shape: &AttentionShape<'_>,
        head: usize,
        len: usize,
    ) {
        let (hidden, size) = (shape.hidden(), shape.head_size);
        let scale = 1.0 / (size as f32).sqrt();
        self.query.gather(&qkv[head * size..], len, size, 3 * hidden, scale);
        self.key_t.gather_transposed(&qkv[hidden + head * size..], len, size, 3 * hidden);
        self.weights.become_product::<FUSED>(&self.query, size, &self.key_t);
        for (i, row) in self.weights.data.chunks_exact_mut(self.weights.stride).enumerate() {
            let row = &mut row[..len];
            if let Some((bias, reach)) = shape.bias {
                let bias = &bias[head * (2 * reach + 1) + reach - i..][..len];
                for (x, b) in row.iter_mut().zip(bias) {
                    *x += b;
                }
            }
            softmax_row::<FUSED>(row);
        }
    }
}

#[inline(always)]
fn backward_text<const FUSED: bool>(
    qkv: &[f32],
    shape: &AttentionShape<'_>,
    gradient: &[f32],
    out: &mut [f32],
) {
    let (hidden, size) = (shape.hidden(), shape.head_size);
    let len = gradient.len() / hidden;
    // Taken out rather than borrowed in a closure, which would not be compiled for this level's instructions.
    let mut work = WORKSPACE.take();
    for head in 0..shape.n_heads {
        work.weigh::<FUSED>(qkv, shape, head, len);
        work.gradient.gather(&gradient[head * size..], len, size, hidden, 1.0);
        let scatter = |from: &Small, part: usize, scale: f32, out: &mut [f32]| {
            for (row, out) in out.chunks_exact_mut(3 * hidden).enumerate() {
                let out = &mut out[part * hidden + head * size..][..size];
                for (out, &x) in out.iter_mut().zip(&from.data[row * from.stride..]) {
                    *out = x * scale;
                }
            }
        };
        // Value: weightsᵀ · gradient.
        work.turned.gather_transposed(&work.weights.data, len, len, work.weights.stride);
        work.out.become_product::<FUSED>(&work.turned, len, &work.gradient);
        scatter(&work.out, 2, 1.0, out);
        // Scores: weights ∘ (gradient · valueᵀ − its weighted mean).
        work.value_t.gather_transposed(&qkv[2 * hidden + head * size..], len, size, 3 * hidden);
        work.score.become_product::<FUSED>(&work.gradient, size, &work.value_t);
        score_gradient(&work.weights, &mut work.score, len);
        // Query: scores · key; key: scoresᵀ · query (which carries the scale already).
        work.key.gather(&qkv[hidden + head * size..], len, size, 3 * hidden, 1.0);
        work.out.become_product::<FUSED>(&work.score, len, &work.key);
        scatter(&work.out, 0, 1.0 / (size as f32).sqrt(), out);
        work.turned.gather_transposed(&work.score.data, len, len, work.score.stride);
        work.out.become_product::<FUSED>(&work.turned, len, &work.query);
        scatter(&work.out, 1, 1.0, out);
    }
    WORKSPACE.set(work);
}

/// Turns the gradient of the weights into that of the scores under the softmax, in place.
#[inline(always)]
fn score_gradient(weights: &Small, gradient: &mut Small, len: usize) {
    for (row, weights) in gradient
        .data
        .chunks_exact_mut(gradient.stride)
        .zip(weights.data.chunks_exact(weights.stride))
    {
        let mean: f32 = row.iter().zip(weights).take(len).map(|(g, w)| g * w).sum();
        for (g, w) in row.iter_mut().zip(weights).take(len) {
            *g = w * (*g - mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 7919 % 613) as f32 - 306.0) / 200.0).collect()
    }

    const STARTS: [u32; 4] = [0, 1, 8, 27];

    fn shape(bias: Option<(&[f32], usize)>) -> AttentionShape<'_> {
        AttentionShape { n_heads: 3, head_size: 8, starts: &STARTS, bias }
    }

    fn naive(qkv: &[f32], shape: &AttentionShape<'_>) -> Vec<f64> {
        let (hidden, n) = (shape.hidden(), *shape.starts.last().unwrap() as usize);
        let at = |token: usize, part: usize, i: usize| {
            f64::from(qkv[token * 3 * hidden + part * hidden + i])
        };
        let mut out = vec![0.0; n * hidden];
        for ends in shape.starts.windows(2) {
            let (start, end) = (ends[0] as usize, ends[1] as usize);
            for head in 0..shape.n_heads {
                let range = head * shape.head_size..(head + 1) * shape.head_size;
                for i in start..end {
                    let scores: Vec<f64> = (start..end)
                        .map(|j| {
                            let dot: f64 = range.clone().map(|d| at(i, 0, d) * at(j, 1, d)).sum();
                            let bias = shape.bias.map_or(0.0, |(bias, reach)| {
                                f64::from(bias[head * (2 * reach + 1) + reach + j - i])
                            });
                            (dot / (shape.head_size as f64).sqrt() + bias).exp()
                        })
                        .collect();
                    let total: f64 = scores.iter().sum();
                    for d in range.clone() {
                        out[i * hidden + d] =
                            (start..end).map(|j| scores[j - start] / total * at(j, 2, d)).sum();
                    }
                }
            }
        }
        out
    }

    #[test]
    fn attention_is_what_its_formula_says() {
        let (qkv, table) = (numbers(27 * 72), numbers(3 * 61));
        for bias in [None, Some((table.as_slice(), 30))] {
            let mut out = vec![0.0; 27 * 24];
            attention(&qkv, &shape(bias), &mut out);
            for (out, expected) in out.iter().zip(naive(&qkv, &shape(bias))) {
                assert!((f64::from(*out) - expected).abs() < 1e-5, "{out} {expected}");
            }
            attention_here(
                &qkv,
                &shape(bias),
                Product::Bf16,
                &mut AttentionMemory::default(),
                &mut out,
            );
            for (out, expected) in out.iter().zip(naive(&qkv, &shape(bias))) {
                assert!((f64::from(*out) - expected).abs() < 2e-2, "{out} {expected}");
            }
        }
    }

    #[test]
    fn gradients_are_slopes() {
        let (qkv, weight) = (numbers(27 * 72), numbers(27 * 24));
        let loss = |qkv: &[f32]| -> f64 {
            naive(qkv, &shape(None)).iter().zip(&weight).map(|(y, w)| y * f64::from(*w)).sum()
        };
        let gradient = attention_backward(&qkv, &shape(None), &weight);
        for i in (0..qkv.len()).step_by(97) {
            let nudged = |by: f32| {
                let mut qkv = qkv.clone();
                qkv[i] += by;
                loss(&qkv)
            };
            let slope = (nudged(1e-3) - nudged(-1e-3)) / 2e-3;
            assert!((f64::from(gradient[i]) - slope).abs() < 2e-3, "{i}: {} {slope}", gradient[i]);
        }
    }
}
