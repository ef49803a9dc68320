//! How does a matrix lie in memory while it is multiplied? In panels of 4-byte lanes, in the order of use.
//!
//! A lane holds what one dot instruction takes of one row or column: one `f32`, or two neighbouring `bf16` or four 8-bit
//! integers along the inner dimension. The layout after K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication"
//! (ACM TOMS 2008): the left operand in panels of [`ROWS`] rows, the right one in panels of [`COLUMNS`] columns.

use super::level::{Level, for_each_level, level};
use super::matrix::{Matrix, Product};
use super::quantize::{quantize_line, quantize_right};
use super::turn::Turn;

/// Rows of the left operand in a panel; the last one may have fewer.
pub(super) const ROWS: usize = 14;
/// Columns of the right operand in a panel; the last one is filled up with zeros.
pub(super) const COLUMNS: usize = 32;

/// How numbers lie in a lane.
trait Lane: Copy + Send + Sync + 'static {
    /// Numbers in a lane.
    const DEPTH: usize;
    /// Puts `DEPTH` numbers into a lane; `at(i)` is the i-th.
    fn fill(at: impl Fn(usize) -> f32) -> u32;
}

/// One `f32` a lane.
#[derive(Clone, Copy)]
struct F32;

/// Two `bf16` a lane, the first in the low half.
#[derive(Clone, Copy)]
struct Bf16;

impl Lane for F32 {
    const DEPTH: usize = 1;
    #[inline(always)]
    fn fill(at: impl Fn(usize) -> f32) -> u32 {
        at(0).to_bits()
    }
}

impl Lane for Bf16 {
    const DEPTH: usize = 2;
    #[inline(always)]
    fn fill(at: impl Fn(usize) -> f32) -> u32 {
        round_to_bf16(at(0)) | (round_to_bf16(at(1)) << 16)
    }
}

/// The nearest `bf16`, ties to even, in the low half; NaN becomes infinity or NaN, as training would fail either way.
#[inline(always)]
pub(super) fn round_to_bf16(value: f32) -> u32 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7FFF + ((bits >> 16) & 1))) >> 16
}

/// Rows of a left operand, packed; memory that is used again and again.
#[derive(Debug, Default)]
pub struct LeftBlock {
    /// Panel after panel.
    pub(super) lanes: Vec<u32>,
    /// One panel, row after row.
    lines: Vec<u32>,
    /// One a row, for 8-bit lanes.
    pub(super) scales: Vec<f32>,
    /// One a row, for 8-bit lanes.
    pub(super) offsets: Vec<i32>,
    /// One a row, for 8-bit lanes.
    pub(super) zeros: Vec<f32>,
}

impl LeftBlock {
    /// Packs rows `rows` of `a`, inner indices `inner`, into panels of [`ROWS`]: lane by lane, a panel's rows side by
    /// side.
    pub(super) fn pack(
        &mut self,
        level: Level,
        a: &Matrix<'_>,
        product: Product,
        rows: std::ops::Range<usize>,
        inner: std::ops::Range<usize>,
    ) {
        let n_lanes = inner.len().div_ceil(product.depth());
        grow(&mut self.lanes, rows.len() * n_lanes);
        grow(&mut self.lines, ROWS * n_lanes);
        self.scales.clear();
        self.offsets.clear();
        self.zeros.clear();
        for first in rows.clone().step_by(ROWS) {
            let height = ROWS.min(rows.end - first);
            let out = (first - rows.start) * n_lanes;
            let out = out..out + height * n_lanes;
            if product != Product::Int8 && !a.has_whole_rows() {
                let out = &mut self.lanes[out];
                pack_left_columns(a, product, first, height, inner.clone(), out);
            } else if product == Product::F32 {
                let from = bits(&a.data[first * a.row_stride + inner.start..]);
                let turn = Turn { from, stride: a.row_stride, rows: height, columns: n_lanes };
                turn.into(level, &mut self.lanes[out], height);
            } else {
                self.fill_lines(a, product, first..first + height, inner.clone());
                let turn =
                    Turn { from: &self.lines, stride: n_lanes, rows: height, columns: n_lanes };
                turn.into(level, &mut self.lanes[out], height);
            }
        }
    }

    fn fill_lines(
        &mut self,
        a: &Matrix<'_>,
        product: Product,
        rows: std::ops::Range<usize>,
        inner: std::ops::Range<usize>,
    ) {
        let n_lanes = inner.len().div_ceil(product.depth());
        for (row, line) in rows.zip(self.lines.chunks_exact_mut(n_lanes)) {
            let turned: Vec<f32>;
            let numbers = if a.has_whole_rows() {
                &a.data[row * a.row_stride..][inner.clone()]
            } else {
                turned = inner.clone().map(|k| a.at(row, k)).collect();
                &turned
            };
            if product == Product::Int8 {
                let grid = quantize_line(numbers, line);
                self.scales.push(grid.scale);
                self.offsets.push(grid.offset());
                self.zeros.push(-grid.zero as f32);
            } else {
                round_line(numbers, line);
            }
        }
    }
}

/// Makes a vector at least `n` long.
pub(super) fn grow<T: Copy + Default>(vector: &mut Vec<T>, n: usize) {
    if vector.len() < n {
        vector.resize(n, T::default());
    }
}

const _: () = assert!(cfg!(target_endian = "little"), "lanes are filled through their bytes");

/// The same bits as `u32`.
pub(super) fn bits(numbers: &[f32]) -> &[u32] {
    // SAFETY: `f32` and `u32` have the same size and alignment, and every bit pattern is a `u32`.
    unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) }
}

/// The same lanes as halves, the low one first.
fn halves(lanes: &mut [u32]) -> &mut [u16] {
    // SAFETY: twice as many `u16` lie in the same memory, less strictly aligned; every bit pattern is valid in both.
    unsafe { std::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * 2) }
}

/// The same lanes as bytes, the lowest one first.
pub(super) fn bytes(lanes: &mut [u32]) -> &mut [u8] {
    // SAFETY: four times as many `u8` lie in the same memory; every bit pattern is valid in both.
    unsafe { std::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * 4) }
}

/// Rounds numbers to `bf16`, two a lane; half a lane that is left is 0.
fn round_line(numbers: &[f32], lanes: &mut [u32]) {
    round_lines(numbers, (1, numbers.len(), 0), lanes);
}

/// Rounds `rows` rows of `columns` numbers, `stride` apart, to `bf16`, two a lane, each row filled up with 0 to whole
/// lanes.
pub(super) fn round_lines(from: &[f32], size: (usize, usize, usize), lanes: &mut [u32]) {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the half that counts is the low one")]
    fn body<const FUSED: bool>(
        from: &[f32],
        (rows, columns, stride): (usize, usize, usize),
        lanes: &mut [u32],
    ) {
        let n = columns.next_multiple_of(2);
        for (row, out) in halves(lanes).chunks_exact_mut(n).take(rows).enumerate() {
            for (out, &x) in out.iter_mut().zip(&from[row * stride..][..columns]) {
                *out = round_to_bf16(x) as u16;
            }
            out[columns..].fill(0);
        }
    }
    for_each_level!(level(), body(from: &[f32], size: (usize, usize, usize), lanes: &mut [u32]));
}

/// Packs columns `first..first + COLUMNS` of `b`, inner indices `inner`, into one panel; columns beyond the last are 0.
/// `scales` are those of the panel's columns, for 8-bit lanes.
pub(super) fn pack_right_panel(
    b: &Matrix<'_>,
    product: Product,
    first: usize,
    inner: std::ops::Range<usize>,
    scales: &[f32],
    out: &mut [u32],
) {
    #[inline(always)]
    fn body<const FUSED: bool>(
        b: &Matrix<'_>,
        product: Product,
        first: usize,
        inner: std::ops::Range<usize>,
        scales: &[f32],
        out: &mut [u32],
    ) {
        match product {
            Product::F32 => pack_right::<F32>(b, first, inner, out),
            Product::Bf16 => pack_right::<Bf16>(b, first, inner, out),
            Product::Int8 => quantize_right(b, first, inner, scales, out),
        }
    }
    for_each_level!(level(), body(
        b: &Matrix<'_>, product: Product, first: usize, inner: std::ops::Range<usize>, scales: &[f32],
        out: &mut [u32],
    ));
}

/// [`LeftBlock::pack`] of one panel where neighbouring rows are neighbours in memory: a transposed matrix.
fn pack_left_columns(
    a: &Matrix<'_>,
    product: Product,
    first: usize,
    height: usize,
    inner: std::ops::Range<usize>,
    out: &mut [u32],
) {
    #[inline(always)]
    fn body<const FUSED: bool>(
        a: &Matrix<'_>,
        product: Product,
        first: usize,
        height: usize,
        inner: std::ops::Range<usize>,
        out: &mut [u32],
    ) {
        match product {
            Product::F32 => fill_left_columns::<F32>(a, first, height, inner, out),
            _ => fill_left_columns::<Bf16>(a, first, height, inner, out),
        }
    }
    for_each_level!(level(), body(
        a: &Matrix<'_>, product: Product, first: usize, height: usize, inner: std::ops::Range<usize>, out: &mut [u32],
    ));
}

#[inline(always)]
fn fill_left_columns<L: Lane>(
    a: &Matrix<'_>,
    first: usize,
    height: usize,
    inner: std::ops::Range<usize>,
    out: &mut [u32],
) {
    const NONE: [f32; ROWS] = [0.0; ROWS];
    for (lane, out) in out.chunks_exact_mut(height).enumerate() {
        let lines: [&[f32]; 2] = std::array::from_fn(|i| {
            let k = inner.start + lane * L::DEPTH + i;
            if i < L::DEPTH && k < inner.end {
                &a.data[k * a.column_stride + first..][..height]
            } else {
                &NONE[..height]
            }
        });
        for (row, out) in out.iter_mut().enumerate() {
            *out = L::fill(|i| lines[i][row]);
        }
    }
}

/// [`pack_right_panel`] for lanes of floats.
#[inline(always)]
fn pack_right<L: Lane>(
    b: &Matrix<'_>,
    first: usize,
    inner: std::ops::Range<usize>,
    out: &mut [u32],
) {
    let width = COLUMNS.min(b.columns - first);
    if b.column_stride == 1 {
        for (lane, out) in out.chunks_exact_mut(COLUMNS).enumerate() {
            let k = inner.start + lane * L::DEPTH;
            if width == COLUMNS && k + L::DEPTH <= inner.end {
                let lines: [&[f32]; 2] = std::array::from_fn(|i| {
                    let k = (k + i).min(inner.end - 1);
                    &b.data[k * b.row_stride + first..][..COLUMNS]
                });
                for (column, out) in out.iter_mut().enumerate() {
                    *out = L::fill(|i| lines[i][column]);
                }
            } else {
                fill_edge::<L>(b, first, width, k, inner.end, out);
            }
        }
    } else {
        for column in 0..COLUMNS {
            let line = if column < width {
                &b.data[(first + column) * b.column_stride + inner.start * b.row_stride..]
            } else {
                &[]
            };
            fill_column::<L>(line, inner.len(), column, out);
        }
    }
}

/// One lane of a panel at the right or lower edge.
#[inline(always)]
fn fill_edge<L: Lane>(
    b: &Matrix<'_>,
    first: usize,
    width: usize,
    k: usize,
    end: usize,
    out: &mut [u32],
) {
    for (column, out) in out.iter_mut().enumerate() {
        *out = L::fill(|i| {
            if column < width && k + i < end {
                b.data[(k + i) * b.row_stride + first + column]
            } else {
                0.0
            }
        });
    }
}

/// One column of a panel, whose numbers are neighbours in memory (`line`, empty beyond the last column).
#[inline(always)]
fn fill_column<L: Lane>(line: &[f32], len: usize, column: usize, out: &mut [u32]) {
    let line = &line[..len.min(line.len())];
    let mut at = column;
    let mut chunks = line.chunks_exact(L::DEPTH);
    for chunk in &mut chunks {
        out[at] = L::fill(|i| chunk[i]);
        at += COLUMNS;
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        out[at] = L::fill(|i| rest.get(i).copied().unwrap_or(0.0));
        at += COLUMNS;
    }
    while at < out.len() {
        out[at] = 0;
        at += COLUMNS;
    }
}
