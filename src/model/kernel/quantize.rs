//! How do numbers become 8-bit integers? Each token, and each output channel of a weight, by a scale of its own.
//!
//! A weight's integers lie in −127…127 around 0, stored 128 larger since dot instructions take one unsigned operand. A
//! token's lie in −128…127 around a zero of its own, for what comes out of a GELU is mostly positive. What both shifts
//! add to a sum is known from the row's sum and the column's sum, and is taken off exactly.

use super::elementwise::fold_lanes;
use super::level::{for_each_level, level};
use super::matrix::Matrix;
use super::pack::{COLUMNS, bytes};

/// The largest magnitude of a weight after rounding.
const LARGEST: f32 = 127.0;
/// What is added to integers of the right operand.
const SHIFT: i32 = 128;
/// Steps between a token's smallest and largest integer: one less than there are, since both ends may round outward.
const STEPS: f32 = 254.0;
/// Adding it rounds a small number to an integer, ties to even, in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// A row as integers: a number is `(integer − zero) · scale`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Grid {
    /// What a step is.
    pub(super) scale: f32,
    /// The integer that means 0.
    pub(super) zero: i32,
    /// The sum of the row's integers.
    pub(super) sum: i32,
}

/// The smallest and the largest of `numbers` and 0.
#[inline(always)]
fn range_of(numbers: &[f32]) -> (f32, f32) {
    let mut low = [0.0f32; 16];
    let mut high = [0.0f32; 16];
    let (chunks, rest) = numbers.as_chunks::<16>();
    for chunk in chunks {
        for i in 0..16 {
            low[i] = if chunk[i] < low[i] { chunk[i] } else { low[i] };
            high[i] = if chunk[i] > high[i] { chunk[i] } else { high[i] };
        }
    }
    let low = fold_lanes(low, |a, b| if a < b { a } else { b });
    let high = fold_lanes(high, |a, b| if a > b { a } else { b });
    rest.iter().fold((low, high), |(low, high), &x| (low.min(x), high.max(x)))
}

/// 1 / `scale`, or 0 where all is 0.
#[inline(always)]
fn inverse(scale: f32) -> f32 {
    if scale > 0.0 { 1.0 / scale } else { 0.0 }
}

/// Rounds numbers to integers, four a lane; the rest of the last lane is 0.
pub(super) fn quantize_line(numbers: &[f32], lanes: &mut [u32]) -> Grid {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the byte that counts is the low one")]
    fn body<const FUSED: bool>(numbers: &[f32], lanes: &mut [u32], grid: &mut Grid) {
        let (low, high) = range_of(numbers);
        let scale = (high - low) / STEPS;
        let inverse = inverse(scale);
        let zero = (-low * inverse).round_ties_even() - SHIFT as f32;
        let rounder = ROUNDER + zero;
        let out = bytes(lanes);
        let mut sum = 0;
        for (out, &x) in out.iter_mut().zip(numbers) {
            let rounded = (x * inverse + rounder).to_bits().cast_signed();
            *out = rounded as u8;
            sum += rounded - ROUNDER.to_bits().cast_signed();
        }
        for out in &mut out[numbers.len()..] {
            *out = 0;
        }
        *grid = Grid { scale, zero: zero as i32, sum };
    }
    let mut grid = Grid::default();
    let into = &mut grid;
    for_each_level!(level(), body(numbers: &[f32], lanes: &mut [u32], into: &mut Grid));
    grid
}

impl Grid {
    /// What is to be added to every sum that the row takes part in, the column's part left out.
    pub(super) fn offset(self) -> i32 {
        -SHIFT * self.sum
    }
}

/// What each column's integers are to be multiplied with, filled up to whole panels.
pub(super) fn column_scales(b: &Matrix<'_>) -> Vec<f32> {
    let largest = |column| (0..b.rows).map(|k| b.at(k, column).abs()).fold(0.0, f32::max);
    let mut scales: Vec<f32> = (0..b.columns).map(|column| largest(column) / LARGEST).collect();
    scales.resize(b.columns.next_multiple_of(COLUMNS), 0.0);
    scales
}

/// The sums of a packed panel's columns, of `n_inner` integers each, times their scales; what was added to store them is
/// left out.
pub(super) fn column_sums(lanes: &[u32], n_inner: usize, scales: &[f32]) -> [f32; COLUMNS] {
    let mut sums = [0i32; COLUMNS];
    for lanes in lanes.chunks_exact(COLUMNS) {
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum += lane.to_le_bytes().into_iter().map(i32::from).sum::<i32>();
        }
    }
    let shift = SHIFT * i32::try_from(n_inner).expect("a block is small");
    std::array::from_fn(|i| (sums[i] - shift) as f32 * scales[i])
}

/// Packs a panel of the right operand: unsigned integers, four a lane along the inner dimension.
#[inline(always)]
pub(super) fn quantize_right(
    b: &Matrix<'_>,
    first: usize,
    inner: std::ops::Range<usize>,
    scales: &[f32],
    out: &mut [u32],
) {
    // Numbers beyond the edges are 0, which is stored as `SHIFT`.
    out.fill(0x8080_8080);
    let width = COLUMNS.min(b.columns - first);
    for (column, &scale) in scales.iter().enumerate().take(width) {
        let inverse = inverse(scale);
        for (lane, start) in inner.clone().step_by(4).enumerate() {
            let mut integers = [0x80u8; 4];
            for (integer, k) in integers.iter_mut().zip(start..inner.end) {
                let rounded = (b.at(k, first + column) * inverse).round_ties_even();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "1 to 255"
                )]
                {
                    *integer = (rounded as i32 + SHIFT) as u8;
                }
            }
            out[lane * COLUMNS + column] = u32::from_le_bytes(integers);
        }
    }
}
