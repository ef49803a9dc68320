//! How do numbers become 8-bit integers? Each token, and each output channel of a weight, by a scale of its own.
//!
//! Both sides lie in −127…127 around 0; the right one is stored 128 larger, since dot instructions take one unsigned
//! operand. What that adds to a sum depends on the left row alone, −128 times its sum, and is taken off exactly.

use super::level::{for_each_level, level};
use super::matrix::Matrix;
use super::pack::{COLUMNS, bytes};

/// The largest magnitude after rounding.
const LARGEST: f32 = 127.0;
/// What is added to integers of the right operand.
const SHIFT: i32 = 128;
/// Adding it rounds a small number to an integer, ties to even, in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// What a row's integers are to be multiplied with.
pub(super) fn row_scale(a: &Matrix<'_>, row: usize) -> f32 {
    #[inline(always)]
    fn body<const FUSED: bool>(numbers: &[f32], largest: &mut f32) {
        let mut lanes = [0.0f32; 16];
        let mut chunks = numbers.chunks_exact(16);
        for chunk in &mut chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                let x = x.abs();
                *lane = if x > *lane { x } else { *lane };
            }
        }
        let rest = chunks.remainder().iter().map(|x| x.abs());
        *largest = lanes.into_iter().chain(rest).fold(0.0, f32::max);
    }
    let mut largest = 0.0;
    if a.has_whole_rows() {
        let (numbers, largest) = (&a.data[row * a.row_stride..][..a.columns], &mut largest);
        for_each_level!(level(), body(numbers: &[f32], largest: &mut f32));
    } else {
        largest = (0..a.columns).map(|k| a.at(row, k).abs()).fold(0.0, f32::max);
    }
    largest / LARGEST
}

/// 1 / `scale`, or 0 where all is 0.
fn inverse(scale: f32) -> f32 {
    if scale > 0.0 { 1.0 / scale } else { 0.0 }
}

/// Rounds numbers to signed integers, four a lane, the rest of the last lane 0; gives what is to be added to every sum
/// that these lanes take part in.
pub(super) fn quantize_line(numbers: &[f32], scale: f32, lanes: &mut [u32]) -> i32 {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the byte that counts is the low one")]
    fn body<const FUSED: bool>(numbers: &[f32], inverse: f32, lanes: &mut [u32], sum: &mut i32) {
        let out = bytes(lanes);
        let mut total = 0;
        for (out, &x) in out.iter_mut().zip(numbers) {
            let rounded = (x * inverse + ROUNDER).to_bits();
            *out = rounded as u8;
            total += (rounded as i32) - (ROUNDER.to_bits() as i32);
        }
        for out in &mut out[numbers.len()..] {
            *out = 0;
        }
        *sum = total;
    }
    let mut total = 0;
    let (inverse, sum) = (inverse(scale), &mut total);
    for_each_level!(level(), body(numbers: &[f32], inverse: f32, lanes: &mut [u32], sum: &mut i32));
    -SHIFT * total
}

/// What each column's integers are to be multiplied with.
pub(super) fn column_scales(b: &Matrix<'_>) -> Vec<f32> {
    let turned = b.transposed();
    let scales = (0..b.columns).map(|column| row_scale(&turned, column));
    let mut scales: Vec<f32> = scales.collect();
    scales.resize(b.columns.next_multiple_of(COLUMNS), 0.0);
    scales
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
    out.fill(0);
    let width = COLUMNS.min(b.columns - first);
    for (column, &scale) in scales.iter().enumerate().take(width) {
        let inverse = inverse(scale);
        for (lane, start) in inner.clone().step_by(4).enumerate() {
            let mut integers = [0u8; 4];
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
