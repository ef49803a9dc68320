//! How does one text attend to itself? Head by head, with the tiles of the products.
//!
//! Queries and keys are turned into panels, their tiles of scores stay in the first-level cache through the softmax, and
//! the weights become the left panels of the product with the values, whose tiles are written where they belong.

use super::attention::AttentionShape;
use super::elementwise::{exp, fold_lanes};
use super::lanes::Lanes;
use super::level::{Level, for_each_level, level, multiply_add};
use super::matrix::Product;
use super::pack::{COLUMNS, ROWS, bits, grow, round_lines, round_to_bf16};
use super::tile::{Kind, Scales, Tile};
use super::turn::Turn;

/// Numbers that a row of scores is filled up to a multiple of.
const LANES: usize = 16;

/// Memory that one thread uses again for every head of every text.
#[derive(Debug, Default)]
pub struct AttentionMemory {
    lines: Vec<u32>,
    left: Vec<u32>,
    right: Lanes,
    scores: Vec<f32>,
    /// What makes each row of scores sum to 1.
    factors: Vec<f32>,
}

/// Attention of one text: `qkv` is `[len, 3·hidden]`, `out` `[len, hidden]`. Factors round to `bf16` where `product`
/// does so or further and the processor multiplies `bf16`, else not at all.
pub(super) fn attend(
    qkv: &[f32],
    shape: &AttentionShape<'_>,
    product: Product,
    memory: &mut AttentionMemory,
    out: &mut [f32],
) {
    let hidden = shape.n_heads * shape.head_size;
    let len = out.len() / hidden;
    let kind = if product != Product::F32 && level() == Level::Avx512Bf16 {
        Kind::Bf16
    } else {
        Kind::F32
    };
    let scores = len.next_multiple_of(LANES);
    let one = OneText { qkv, hidden, size: shape.head_size, len, kind, level: level(), scores };
    grow(&mut memory.scores, len * scores);
    grow(&mut memory.factors, len);
    for head in 0..shape.n_heads {
        one.score(head, memory);
        let rows = &mut memory.scores[..len * scores];
        let scale = 1.0 / (shape.head_size as f32).sqrt();
        let bias = shape.bias.map(|(bias, reach)| {
            (&bias[head * (2 * reach + 1)..(head + 1) * (2 * reach + 1)], reach)
        });
        let factors = &mut memory.factors[..len];
        for_each_level!(level(), softmax(
            rows: &mut [f32], len: usize, scale: f32, bias: Option<(&[f32], usize)>, factors: &mut [f32],
        ));
        one.gather(head, memory, out);
    }
}

/// Scores become their exponentials, 0 beyond `len`, each row with what makes it sum to 1 (`factors`). Every step takes
/// whole registers, since what is stored in smaller pieces can't be loaded again at once, and goes through all rows
/// before the next one, since steps of different rows don't wait for each other.
#[inline(always)]
fn softmax<const FUSED: bool>(
    rows: &mut [f32],
    len: usize,
    scale: f32,
    bias: Option<(&[f32], usize)>,
    factors: &mut [f32],
) {
    let stride = len.next_multiple_of(LANES);
    for (i, (row, largest)) in rows.chunks_exact_mut(stride).zip(&mut *factors).enumerate() {
        let mut lanes = [f32::NEG_INFINITY; LANES];
        for (c, chunk) in row.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let bias =
                bias.map_or([0.0; LANES], |(bias, reach)| sixteen(bias, reach - i + c * LANES));
            let n_left = len - c * LANES;
            for lane in 0..LANES {
                let x = multiply_add::<FUSED>(chunk[lane], scale, bias[lane]);
                let x = if lane < n_left { x } else { f32::NEG_INFINITY };
                chunk[lane] = x;
                lanes[lane] = if x > lanes[lane] { x } else { lanes[lane] };
            }
        }
        *largest = fold_lanes(lanes, |a, b| if a > b { a } else { b });
    }
    for (row, factor) in rows.chunks_exact_mut(stride).zip(factors) {
        let mut lanes = [0.0; LANES];
        for chunk in row.as_chunks_mut::<LANES>().0 {
            for lane in 0..LANES {
                chunk[lane] = exp::<FUSED>(chunk[lane] - *factor);
                lanes[lane] += chunk[lane];
            }
        }
        *factor = 1.0 / fold_lanes(lanes, |a, b| a + b);
    }
}

/// Multiplies the first `width` numbers of each row, `stride` apart, with the row's factor.
#[inline(always)]
fn multiply_rows<const FUSED: bool>(
    rows: &mut [f32],
    stride: usize,
    width: usize,
    factors: &[f32],
) {
    for (row, factor) in rows.chunks_mut(stride).zip(factors) {
        for x in &mut row[..width] {
            *x *= factor;
        }
    }
}

/// The numbers from `start` on, 0 beyond the last.
#[inline(always)]
fn sixteen(numbers: &[f32], start: usize) -> [f32; LANES] {
    if let Some(&numbers) = numbers.get(start..).and_then(|numbers| numbers.first_chunk()) {
        return numbers;
    }
    std::array::from_fn(|i| numbers.get(start + i).copied().unwrap_or(0.0))
}

/// One text and how it is computed.
struct OneText<'a> {
    qkv: &'a [f32],
    hidden: usize,
    size: usize,
    len: usize,
    kind: Kind,
    level: Level,
    /// Numbers between two rows of scores.
    scores: usize,
}

impl OneText<'_> {
    fn depth(&self) -> usize {
        if self.kind == Kind::Bf16 { 2 } else { 1 }
    }

    /// Turns `rows` rows of `columns` numbers, `stride` apart, into a panel of lanes `side` wide.
    fn panel(
        &self,
        from: &[f32],
        (rows, columns, stride): (usize, usize, usize),
        lines: &mut Vec<u32>,
        (to, side): (&mut [u32], usize),
    ) {
        let n_lanes = columns.div_ceil(self.depth());
        if self.kind == Kind::F32 {
            Turn { from: bits(from), stride, rows, columns }.into(self.level, to, side);
            return;
        }
        grow(lines, rows * n_lanes);
        round_lines(from, (rows, columns, stride), lines);
        Turn { from: lines, stride: n_lanes, rows, columns: n_lanes }.into(self.level, to, side);
    }

    /// Queries times keys, into the scores.
    fn score(&self, head: usize, memory: &mut AttentionMemory) {
        let AttentionMemory { lines, left, right, scores, .. } = memory;
        let stride = 3 * self.hidden;
        let n_lanes = self.size.div_ceil(self.depth());
        let n = n_lanes * COLUMNS;
        right.grow(self.len.div_ceil(COLUMNS) * n);
        let right = right.as_mut_slice();
        grow(left, n_lanes * ROWS);
        for (key, right) in (0..self.len).step_by(COLUMNS).zip(right.chunks_exact_mut(n)) {
            let keys = &self.qkv[key * stride + self.hidden + head * self.size..];
            let width = COLUMNS.min(self.len - key);
            self.panel(keys, (width, self.size, stride), lines, (right, COLUMNS));
        }
        for query in (0..self.len).step_by(ROWS) {
            let height = ROWS.min(self.len - query);
            let queries = &self.qkv[query * stride + head * self.size..];
            self.panel(queries, (height, self.size, stride), lines, (left, height));
            for (key, right) in (0..self.len).step_by(COLUMNS).zip(right.chunks_exact(n)) {
                let c = &mut scores[query * self.scores + key..];
                let width = COLUMNS.min(self.len - key);
                self.tile((left, height), (right, width), n_lanes, (c, self.scores));
            }
        }
    }

    /// Weights times values, into the head's columns of `out`.
    fn gather(&self, head: usize, memory: &mut AttentionMemory, out: &mut [f32]) {
        let AttentionMemory { lines, left, right, scores, factors } = memory;
        let n_lanes = self.len.div_ceil(self.depth());
        for first in (0..self.size).step_by(COLUMNS) {
            let width = COLUMNS.min(self.size - first);
            let column = head * self.size + first;
            right.grow(n_lanes * COLUMNS);
            let right = right.as_mut_slice();
            grow(left, n_lanes * ROWS);
            let values = &self.qkv[2 * self.hidden + column..];
            let (right_panel, stride) = (&mut right[..n_lanes * COLUMNS], 3 * self.hidden);
            let (len, is_f32) = (self.len, self.kind == Kind::F32);
            for_each_level!(self.level, lay_values(
                values: &[f32], len: usize, stride: usize, width: usize, is_f32: bool, right_panel: &mut [u32],
            ));
            for row in (0..self.len).step_by(ROWS) {
                let height = ROWS.min(self.len - row);
                let weights = &scores[row * self.scores..];
                self.panel(weights, (height, self.len, self.scores), lines, (left, height));
                let c = &mut out[row * self.hidden + column..];
                self.tile((left, height), (right, width), n_lanes, (c, self.hidden));
            }
            let (rows, stride, factors) = (&mut out[column..], self.hidden, &factors[..self.len]);
            for_each_level!(self.level, multiply_rows(
                rows: &mut [f32], stride: usize, width: usize, factors: &[f32],
            ));
        }
    }

    fn tile(
        &self,
        (left, height): (&[u32], usize),
        (right, width): (&[u32], usize),
        n_lanes: usize,
        (c, stride): (&mut [f32], usize),
    ) {
        const NONE: &[f32] = &[0.0; COLUMNS];
        assert!(c.len() >= (height - 1) * stride + width);
        let tile = Tile {
            left,
            right,
            height,
            n_lanes,
            width,
            stride,
            bias: Some(NONE),
            scales: Scales::default(),
        };
        // SAFETY: the tile's rows and columns lie within `c`, as was checked; `level` comes from detection.
        unsafe { tile.compute(self.level, self.kind, c.as_mut_ptr()) };
    }
}

/// Lays values, `width` numbers in each of `len` rows `stride` apart, into a right panel.
#[inline(always)]
fn lay_values<const FUSED: bool>(
    values: &[f32],
    len: usize,
    stride: usize,
    width: usize,
    is_f32: bool,
    out: &mut [u32],
) {
    const NONE: &[f32] = &[0.0; COLUMNS];
    let row = |j: usize| if j < len { &values[j * stride..][..width] } else { &NONE[..width] };
    for (lane, out) in out.chunks_exact_mut(COLUMNS).enumerate() {
        if is_f32 {
            for (out, x) in out.iter_mut().zip(row(lane)) {
                *out = x.to_bits();
            }
        } else {
            for ((out, &x), &y) in out.iter_mut().zip(row(2 * lane)).zip(row(2 * lane + 1)) {
                *out = round_to_bf16(x) | (round_to_bf16(y) << 16);
            }
        }
    }
}
