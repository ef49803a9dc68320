//! How is a row normalised? LayerNorm (Ba, Kiros and Hinton 2016), and its gradients.

use rayon::prelude::*;

use super::elementwise::sum_of;
use super::level::{for_each_level, level, multiply_add};

/// Rows that one thread takes at a time; fixed, so that sums over rows do not depend on the number of threads.
const ROWS: usize = 64;

/// Normalises each row of `scale.len()` numbers, in place, all threads: mean 0, variance 1, then `scale` and `shift`.
pub fn layer_norm(x: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    x.par_chunks_mut(ROWS * scale.len()).for_each(|x| layer_norm_rows(x, scale, shift, epsilon));
}

/// [`layer_norm`] on this thread.
pub fn layer_norm_rows(x: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    #[inline(always)]
    fn body<const FUSED: bool>(x: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
        for row in x.chunks_exact_mut(scale.len()) {
            normalise::<FUSED>(row, scale, shift, epsilon);
        }
    }
    assert_eq!(scale.len(), shift.len());
    for_each_level!(level(), body(x: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32));
}

/// Adds the same rows of `residual` to `x`, then [`layer_norm`], on this thread.
pub fn add_norm_rows(x: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    #[inline(always)]
    fn body<const FUSED: bool>(
        x: &mut [f32],
        residual: &[f32],
        scale: &[f32],
        shift: &[f32],
        epsilon: f32,
    ) {
        let n = scale.len();
        for (row, residual) in x.chunks_exact_mut(n).zip(residual.chunks_exact(n)) {
            for (x, r) in row.iter_mut().zip(residual) {
                *x += r;
            }
            normalise::<FUSED>(row, scale, shift, epsilon);
        }
    }
    assert!(scale.len() == shift.len() && x.len() == residual.len());
    for_each_level!(level(), body(
        x: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32], epsilon: f32,
    ));
}

/// Normalises one row.
#[inline(always)]
fn normalise<const FUSED: bool>(row: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    let (mean, inverse) = moments(row, epsilon);
    for ((x, &scale), &shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = multiply_add::<FUSED>((*x - mean) * inverse, scale, shift);
    }
}

/// Mean and inverse standard deviation of a row.
#[inline(always)]
fn moments(row: &[f32], epsilon: f32) -> (f32, f32) {
    let n = row.len() as f32;
    let mean = sum_of(row, |x| x) / n;
    let variance = sum_of(row, |x| (x - mean) * (x - mean)) / n;
    (mean, 1.0 / (variance + epsilon).sqrt())
}

/// Gradients of [`layer_norm`].
#[derive(Debug)]
pub struct NormGradients {
    /// With respect to the rows.
    pub input: Vec<f32>,
    /// With respect to the scale.
    pub scale: Vec<f32>,
    /// With respect to the shift.
    pub shift: Vec<f32>,
}

/// Gradients of [`layer_norm`] at the rows `x`, given those of its result.
pub fn layer_norm_backward(
    x: &[f32],
    scale: &[f32],
    gradient: &[f32],
    epsilon: f32,
) -> NormGradients {
    #[inline(always)]
    fn body<const FUSED: bool>(
        x: &[f32],
        scale: &[f32],
        gradient: &[f32],
        epsilon: f32,
        input: &mut [f32],
        sums: &mut [f32],
    ) {
        let n = scale.len();
        let (scale_sums, shift_sums) = sums.split_at_mut(n);
        let rows = x.chunks_exact(n).zip(gradient.chunks_exact(n)).zip(input.chunks_exact_mut(n));
        for ((x, gradient), input) in rows {
            let (mean, inverse) = moments(x, epsilon);
            for i in 0..n {
                scale_sums[i] += gradient[i] * (x[i] - mean) * inverse;
                shift_sums[i] += gradient[i];
                input[i] = gradient[i] * scale[i];
            }
            let sum = sum_of(input, |g| g) / n as f32;
            let mut along = [0.0; 16];
            for (i, (&g, &x)) in input.iter().zip(x).enumerate() {
                along[i % 16] += g * (x - mean);
            }
            let along = along.iter().sum::<f32>() * inverse * inverse / n as f32;
            for (g, &x) in input.iter_mut().zip(x) {
                *g = (*g - sum - (x - mean) * along) * inverse;
            }
        }
    }
    let n = scale.len();
    let mut input = vec![0.0; x.len()];
    let partial: Vec<Vec<f32>> = input
        .par_chunks_mut(ROWS * n)
        .zip(x.par_chunks(ROWS * n).zip(gradient.par_chunks(ROWS * n)))
        .map(|(input, (x, gradient))| {
            let mut sums = vec![0.0; 2 * n];
            let into = sums.as_mut_slice();
            for_each_level!(level(), body(
                x: &[f32], scale: &[f32], gradient: &[f32], epsilon: f32, input: &mut [f32], into: &mut [f32],
            ));
            sums
        })
        .collect();
    let mut sums = vec![0.0; 2 * n];
    for part in partial {
        sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
    }
    let shift = sums.split_off(n);
    NormGradients { input, scale: sums, shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_slopes() {
        let n = 37;
        let x: Vec<f32> = (0..2 * n).map(|i| ((i * 29 % 17) as f32 - 8.0) / 5.0).collect();
        let scale: Vec<f32> = (0..n).map(|i| 0.5 + (i % 5) as f32 / 4.0).collect();
        let shift = vec![0.25; n];
        let weight: Vec<f32> = (0..2 * n).map(|i| ((i * 31 % 11) as f32 - 5.0) / 3.0).collect();
        let loss = |x: &[f32], scale: &[f32]| -> f64 {
            let mut y = x.to_vec();
            layer_norm(&mut y, scale, &shift, 1e-5);
            y.iter().zip(&weight).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum()
        };
        let gradients = layer_norm_backward(&x, &scale, &weight, 1e-5);
        for i in [0, 5, n - 1, n, 2 * n - 1] {
            let nudged = |by: f32| {
                let mut x = x.clone();
                x[i] += by;
                loss(&x, &scale)
            };
            let slope = (nudged(1e-2) - nudged(-1e-2)) / 2e-2;
            assert!(
                (f64::from(gradients.input[i]) - slope).abs() < 5e-3,
                "{i}: {} {slope}",
                gradients.input[i]
            );
        }
        for i in [0, 7, n - 1] {
            let nudged = |by: f32| {
                let mut scale = scale.clone();
                scale[i] += by;
                loss(&x, &scale)
            };
            let slope = (nudged(1e-2) - nudged(-1e-2)) / 2e-2;
            assert!(
                (f64::from(gradients.scale[i]) - slope).abs() < 5e-3,
                "{i}: {} {slope}",
                gradients.scale[i]
            );
        }
        assert!((gradients.shift[3] - weight[3] - weight[n + 3]).abs() < 1e-6);
    }
}
