//! How does a matrix lie in memory while it is multiplied? In panels of 4-byte lanes, in the order of use.
//!
//! A lane holds what one dot instruction takes of one row or column: one `f32`, or two neighbouring `bf16` along the
//! inner dimension. The layout after K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication"
//! (ACM TOMS 2008): the left operand in panels of [`ROWS`] rows, the right one in panels of [`COLUMNS`] columns.

use super::gemm::Matrix;

/// Rows of the left operand in a panel; the last one may have fewer.
pub(super) const ROWS: usize = 14;
/// Columns of the right operand in a panel; the last one is filled up with zeros.
pub(super) const COLUMNS: usize = 32;

/// How numbers lie in a lane.
pub(super) trait Lane: Copy + Send + Sync + 'static {
    /// Numbers in a lane.
    const DEPTH: usize;
    /// Puts `DEPTH` numbers into a lane; `at(i)` is the i-th.
    fn fill(at: impl Fn(usize) -> f32) -> u32;
}

/// One `f32` a lane.
#[derive(Clone, Copy)]
pub(super) struct F32;

/// Two `bf16` a lane, the first in the low half.
#[derive(Clone, Copy)]
pub(super) struct Bf16;

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
fn round_to_bf16(value: f32) -> u32 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7FFF + ((bits >> 16) & 1))) >> 16
}

/// Packs rows `rows` of `a`, inner indices `inner`, into panels of [`ROWS`]: lane by lane, a panel's rows side by side.
#[inline(always)]
pub(super) fn pack_left<L: Lane>(
    a: &Matrix<'_>,
    rows: std::ops::Range<usize>,
    inner: std::ops::Range<usize>,
    out: &mut [u32],
) {
    let n_lanes = inner.len().div_ceil(L::DEPTH);
    for (panel, first) in rows.clone().step_by(ROWS).enumerate() {
        let height = ROWS.min(rows.end - first);
        let out = &mut out[panel * ROWS * n_lanes..][..height * n_lanes];
        if a.row_stride == 1 {
            pack_left_columns::<L>(a, first, height, inner.clone(), out);
        } else {
            pack_left_rows::<L>(a, first, height, inner.clone(), out);
        }
    }
}

/// Lanes that are turned at a time: a cache line of each row.
const TURN: usize = 16;

/// [`pack_left`] where neighbours along the inner dimension are neighbours in memory.
#[inline(always)]
fn pack_left_rows<L: Lane>(
    a: &Matrix<'_>,
    first: usize,
    height: usize,
    inner: std::ops::Range<usize>,
    out: &mut [u32],
) {
    let mut turned = [[0u32; TURN]; ROWS];
    for (block, out) in out.chunks_mut(TURN * height).enumerate() {
        let start = inner.start + block * TURN * L::DEPTH;
        let n = (inner.end - start).min(TURN * L::DEPTH);
        for (row, lanes) in turned.iter_mut().enumerate().take(height) {
            let line = &a.data[(first + row) * a.row_stride + start..][..n];
            fill_lanes::<L>(line, lanes);
        }
        for (lane, out) in out.chunks_exact_mut(height).enumerate() {
            for (out, lanes) in out.iter_mut().zip(&turned) {
                *out = lanes[lane];
            }
        }
    }
}

/// Up to [`TURN`] lanes from numbers that are neighbours.
#[inline(always)]
fn fill_lanes<L: Lane>(line: &[f32], lanes: &mut [u32; TURN]) {
    if line.len() == TURN * L::DEPTH {
        for (chunk, lane) in line.chunks_exact(L::DEPTH).zip(lanes) {
            *lane = L::fill(|i| chunk[i]);
        }
    } else {
        for (chunk, lane) in line.chunks(L::DEPTH).zip(lanes) {
            *lane = L::fill(|i| chunk.get(i).copied().unwrap_or(0.0));
        }
    }
}

/// [`pack_left`] where neighbouring rows are neighbours in memory: a transposed matrix.
#[inline(always)]
fn pack_left_columns<L: Lane>(
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

/// Packs columns `first..first + COLUMNS` of `b`, inner indices `inner`, into one panel; columns beyond the last are 0.
#[inline(always)]
pub(super) fn pack_right<L: Lane>(
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
