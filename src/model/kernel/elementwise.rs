//! How are the steps without sums done? GELU, softmax, AdamW: one pass over memory, all threads.

use rayon::prelude::*;

use super::level::{for_each_level, level, multiply_add};

/// Numbers that one thread takes at a time.
const CHUNK: usize = 1 << 14;

/// e^x to about 2 units in the last place, for x ≤ 88; 0 far below. By Cody and Waite's reduction and a polynomial.
#[inline(always)]
pub(super) fn exp<const FUSED: bool>(x: f32) -> f32 {
    const ROUNDER: f32 = 12_582_912.0; // 1.5 · 2^23: adding it rounds to an integer
    let x = x.clamp(-87.0, 88.0);
    let shifted = multiply_add::<FUSED>(x, std::f32::consts::LOG2_E, ROUNDER);
    let n = shifted - ROUNDER;
    let r = multiply_add::<FUSED>(n, -0.693_359_4, x);
    let r = multiply_add::<FUSED>(n, 2.121_944_4e-4, r);
    let mut p = 1.987_569_1e-4;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = multiply_add::<FUSED>(p, r, c);
    }
    let p = multiply_add::<FUSED>(p * r, r, r) + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_add(127);
    p * f32::from_bits(exponent << 23)
}

/// The error function to 1.5e-7: formula 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical Functions".
#[inline(always)]
fn erf_and_gauss<const FUSED: bool>(x: f32) -> (f32, f32) {
    let t = 1.0 / multiply_add::<FUSED>(0.327_591_1, x.abs(), 1.0);
    let mut p = 1.061_405_4;
    for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = multiply_add::<FUSED>(p, t, c);
    }
    let gauss = exp::<FUSED>(-x * x);
    let magnitude = 1.0 - p * t * gauss;
    (magnitude.copysign(x), gauss)
}

/// x·Φ(x), the exact GELU (Hendrycks and Gimpel 2016), in place.
#[inline(always)]
pub(super) fn gelu_in_place<const FUSED: bool>(x: &mut [f32]) {
    for x in x {
        let (erf, _) = erf_and_gauss::<FUSED>(*x * std::f32::consts::FRAC_1_SQRT_2);
        *x = 0.5 * *x * (1.0 + erf);
    }
}

/// GELU to 2e-4, in place: Φ(x) − ½ as x times a polynomial of x² up to |x| = 4, fitted by least squares with the weight
/// moved to where the error is largest. For products whose factors are rounded far more than that.
#[inline(always)]
fn rough_gelu_in_place<const FUSED: bool>(x: &mut [f32]) {
    for x in x {
        let near = x.clamp(-4.0, 4.0);
        let square = near * near;
        let mut p = 2.302_938_2e-8;
        for c in [
            -1.612_850_4e-6,
            4.827_877_3e-5,
            -8.176_738_6e-4,
            8.793_773e-3,
            -6.463_265_7e-2,
            0.397_942_34,
        ] {
            p = multiply_add::<FUSED>(p, square, c);
        }
        *x *= multiply_add::<FUSED>(near, p, 0.5);
    }
}

/// GELU of `x` to 2e-4, in place, on this thread.
pub fn rough_gelu_rows(x: &mut [f32]) {
    for_each_level!(level(), rough_gelu_in_place(x: &mut [f32]));
}

/// The exact GELU of `x`, in place, all threads.
pub fn gelu(x: &mut [f32]) {
    x.par_chunks_mut(CHUNK).for_each(gelu_rows);
}

/// The exact GELU of `x`, in place, on this thread.
pub fn gelu_rows(x: &mut [f32]) {
    for_each_level!(level(), gelu_in_place(x: &mut [f32]));
}

/// Multiplies `gradient` by GELU′(`x`), in place.
pub fn gelu_backward(x: &[f32], gradient: &mut [f32]) {
    #[inline(always)]
    fn body<const FUSED: bool>(x: &[f32], gradient: &mut [f32]) {
        const DENSITY: f32 = 0.398_942_3; // 1/√(2π)
        for (g, &x) in gradient.iter_mut().zip(x) {
            let (erf, gauss) = erf_and_gauss::<FUSED>(x * std::f32::consts::FRAC_1_SQRT_2);
            *g *= multiply_add::<FUSED>(x * DENSITY, gauss, 0.5 * (1.0 + erf));
        }
    }
    assert_eq!(x.len(), gradient.len());
    gradient.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(gradient, x)| {
        for_each_level!(level(), body(x: &[f32], gradient: &mut [f32]));
    });
}

/// The largest of `x`.
#[inline(always)]
fn maximum(x: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 16];
    let mut chunks = x.chunks_exact(16);
    for chunk in &mut chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    let rest = chunks.remainder().iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    fold_lanes(lanes, |a, b| if a > b { a } else { b }).max(rest)
}

/// Sixteen numbers become one, in halves: as few steps after each other as there can be.
#[inline(always)]
pub(super) fn fold_lanes(lanes: [f32; 16], f: impl Fn(f32, f32) -> f32) -> f32 {
    let lanes: [f32; 8] = std::array::from_fn(|i| f(lanes[i], lanes[i + 8]));
    let lanes: [f32; 4] = std::array::from_fn(|i| f(lanes[i], lanes[i + 4]));
    f(f(lanes[0], lanes[2]), f(lanes[1], lanes[3]))
}

/// The sum of `f(x)`, in 32 interleaved partial sums.
#[inline(always)]
pub(super) fn sum_of(x: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; 32];
    let mut chunks = x.chunks_exact(32);
    for chunk in &mut chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += f(x);
        }
    }
    let halves = std::array::from_fn(|i| lanes[i] + lanes[i + 16]);
    fold_lanes(halves, |a, b| a + b) + chunks.remainder().iter().map(|&x| f(x)).sum::<f32>()
}

/// Softmax of one row, in place.
#[inline(always)]
pub(super) fn softmax_row<const FUSED: bool>(x: &mut [f32]) {
    let largest = maximum(x);
    for x in x.iter_mut() {
        *x = exp::<FUSED>(*x - largest);
    }
    let scale = 1.0 / sum_of(x, |x| x);
    for x in x {
        *x *= scale;
    }
}

/// Softmax of each row of `n` numbers, in place.
pub fn softmax(x: &mut [f32], n: usize) {
    #[inline(always)]
    fn body<const FUSED: bool>(x: &mut [f32], n: usize) {
        for row in x.chunks_exact_mut(n) {
            softmax_row::<FUSED>(row);
        }
    }
    for_each_level!(level(), body(x: &mut [f32], n: usize));
}

/// `a += b`.
pub fn add_assign(a: &mut [f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    a.par_chunks_mut(CHUNK).zip(b.par_chunks(CHUNK)).for_each(|(a, b)| {
        for (a, b) in a.iter_mut().zip(b) {
            *a += b;
        }
    });
}

/// The constants of one AdamW step.
#[derive(Clone, Copy, Debug)]
pub struct AdamWStep {
    /// The learning rate now.
    pub rate: f32,
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// Decoupled weight decay.
    pub decay: f32,
    /// Steps taken, this one included.
    pub step: i32,
    /// The factor that clips the gradient.
    pub clip: f32,
}

/// One step of AdamW (Loshchilov and Hutter 2019) on one parameter and its moments, in place.
pub fn adamw_step(
    constants: &AdamWStep,
    parameter: &mut [f32],
    gradient: &[f32],
    first: &mut [f32],
    second: &mut [f32],
) {
    assert!(
        parameter.len() == gradient.len()
            && first.len() == second.len()
            && first.len() == gradient.len()
    );
    let c = *constants;
    let correction1 = 1.0 - c.beta1.powi(c.step);
    let correction2 = 1.0 - c.beta2.powi(c.step);
    let rate = c.rate / correction1;
    parameter
        .par_chunks_mut(CHUNK)
        .zip(gradient.par_chunks(CHUNK))
        .zip(first.par_chunks_mut(CHUNK).zip(second.par_chunks_mut(CHUNK)))
        .for_each(|((parameter, gradient), (first, second))| {
            for (((p, &g), m), v) in parameter.iter_mut().zip(gradient).zip(first).zip(second) {
                let g = g * c.clip;
                *m = c.beta1 * *m + (1.0 - c.beta1) * g;
                *v = c.beta2 * *v + (1.0 - c.beta2) * g * g;
                *p -= c.rate * c.decay * *p + rate * *m / ((*v / correction2).sqrt() + c.epsilon);
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exp_is_close(x in -80.0f32..80.0) {
            let exact = f64::from(x).exp();
            for value in [exp::<true>(x), exp::<false>(x)] {
                prop_assert!(((f64::from(value) - exact) / exact).abs() < 4e-7, "{x}: {value} {exact}");
            }
        }

        #[test]
        fn the_rough_gelu_is_near_the_exact_one(x in -20.0f32..20.0) {
            let (mut rough, mut exact) = ([x], [x]);
            rough_gelu_rows(&mut rough);
            gelu_rows(&mut exact);
            let bound = 2e-4 + 1e-4 * x.abs();
            prop_assert!((rough[0] - exact[0]).abs() < bound, "{x}: {} {}", rough[0], exact[0]);
        }

        #[test]
        fn the_gradient_of_gelu_is_its_slope(x in -6.0f32..6.0) {
            let at = |x: f32| { let mut y = [x]; gelu(&mut y); f64::from(y[0]) };
            let slope = (at(x + 0.01) - at(x - 0.01)) / 0.02;
            let mut gradient = [1.0];
            gelu_backward(&[x], &mut gradient);
            prop_assert!((f64::from(gradient[0]) - slope).abs() < 1e-3, "{x}: {} {slope}", gradient[0]);
        }
    }

    #[test]
    fn gelu_has_the_values_that_its_paper_defines() {
        let mut x = [-1.0, 0.0, 1.0, 3.0];
        gelu(&mut x);
        for (x, expected) in x.iter().zip([-0.158_655_26, 0.0, 0.841_344_7, 2.995_950_2]) {
            assert!((x - expected).abs() < 1e-6, "{x} {expected}");
        }
    }

    #[test]
    fn softmax_rows_sum_to_one_whatever_their_size() {
        let mut x: Vec<f32> = (0..60).map(|i| (i * 37 % 23) as f32 * 3.0).collect();
        softmax(&mut x, 20);
        for row in x.chunks(20) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
