//! How far out is a given probability? Quantiles of the normal and of Student's t distribution, and of a sample.

use std::f64::consts::{FRAC_2_PI, PI};

/// Student's *t* that a two-sided interval of this level reaches to, with `df` degrees of freedom.
///
/// Inverts the distribution function for whole degrees of freedom (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4) by
/// bisection; above 200, the expansion around the normal quantile (26.7.5), whose error is below 10⁻⁶ there.
pub(super) fn t_two_sided(level: f64, df: usize) -> f64 {
    let z = normal_two_sided(level);
    if df > 200 {
        let n = df as f64;
        let first = (z.powi(3) + z) / 4.0;
        let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
        return z + first / n + second / (n * n);
    }
    // In the angle θ with t = √df·tan θ, which is bounded where t isn't.
    let (mut low, mut high) = (0.0, PI / 2.0);
    for _ in 0..60 {
        let angle = f64::midpoint(low, high);
        if within(angle, df) < level { low = angle } else { high = angle }
    }
    (df as f64).sqrt() * f64::midpoint(low, high).tan()
}

/// The probability that |t| is below √df·tan(angle).
fn within(angle: f64, df: usize) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let is_odd = df % 2 == 1;
    let first = if is_odd { cos } else { 1.0 };
    let n_terms = if is_odd { (df - 1) / 2 } else { df / 2 };
    let (mut term, mut sum) = (first, 0.0);
    for k in 0..n_terms {
        sum += term;
        let step = (2 * k + if is_odd { 2 } else { 1 }) as f64;
        term *= cos * cos * step / (step + 1.0);
    }
    if is_odd { FRAC_2_PI * (angle + sin * sum) } else { sin * sum }
}

/// The probability on either side of a bootstrap percentile interval of this level, from at least two units.
///
/// Percentiles of the plain `(1 − level) / 2` are too near for few units, as a resample varies less than a sample by
/// `(n − 1) / n` and isn't compared with *t*. This takes those of the normal distribution at `√(n / (n − 1))·t` instead
/// (the expanded percentile: Hesterberg 2015, §4.2).
pub(super) fn expanded_tail(level: f64, n_units: usize) -> f64 {
    let n = n_units as f64;
    let reach = (n / (n - 1.0)).sqrt() * t_two_sided(level, n_units - 1);
    let (mut low, mut high) = (level, 1.0);
    for _ in 0..60 {
        let wider = f64::midpoint(low, high);
        if normal_two_sided(wider) < reach { low = wider } else { high = wider }
    }
    (1.0 - low) / 2.0
}

/// The standard deviations that a two-sided normal interval of this level reaches to.
///
/// Rational approximation PPND7 (Wichura 1988, algorithm AS 241), good to seven figures; above
/// 1 − 3·10⁻¹¹, where its last piece is left out, to five.
pub(super) fn normal_two_sided(level: f64) -> f64 {
    let q = level / 2.0;
    if q <= 0.425 {
        let r = 0.180_625 - q * q;
        let above = horner(r, &[3.387_132_717_9, 50.434_271_938, 159.291_132_02, 59.109_374_72]);
        return q * above / horner(r, &[1.0, 17.895_169_469, 78.757_757_664, 67.187_563_6]);
    }
    let r = (-(0.5 - q).ln()).sqrt() - 1.6;
    let above = horner(r, &[1.423_437_277_7, 2.756_815_39, 1.306_728_481_6, 0.170_238_211_03]);
    above / horner(r, &[1.0, 0.737_001_642_5, 0.120_211_329_75])
}

/// The normal quantile: what a standard normal number lies below with this probability, between 0 and 1.
pub(super) fn normal(probability: f64) -> f64 {
    let reach = normal_two_sided((2.0 * probability - 1.0).abs());
    if probability < 0.5 { -reach } else { reach }
}

/// The probability that a standard normal number lies below `z` (Abramowitz & Stegun 1964, 26.2.17; to 10⁻⁷).
pub(super) fn normal_below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = [0.0, 0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let above = (-z * z / 2.0).exp() / (2.0 * PI).sqrt() * horner(t, &series);
    if z < 0.0 { above } else { 1.0 - above }
}

/// The probability that |t| with `df` degrees of freedom is at least this far out: a two-sided *p* value.
pub(super) fn t_p_value(t: f64, df: usize) -> f64 {
    if df == 0 || !t.is_finite() {
        return if t.is_nan() || df == 0 { 1.0 } else { 0.0 };
    }
    // Beyond, t is normal to four figures.
    let df = df.min(2000);
    (1.0 - within((t.abs() / (df as f64).sqrt()).atan(), df)).clamp(0.0, 1.0)
}

/// A polynomial, its constant first.
fn horner(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The quantile of a sorted sample, between its order statistics in proportion (Hyndman & Fan 1996, type 7).
///
/// `sorted` isn't empty, and `probability` lies in 0…1.
pub(super) fn of_sample(sorted: &[f64], probability: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = probability * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the sample, from 0"
    )]
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::{expanded_tail, normal, normal_below, normal_two_sided, of_sample};
    use super::{t_p_value, t_two_sided};

    fn assert_close(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance, "{value} is not {expected} ± {tolerance}");
    }

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        for (level, z) in [
            (0.5, 0.674_489_8),
            (0.8, 1.281_551_6),
            (0.9, 1.644_853_6),
            (0.95, 1.959_964_0),
            (0.99, 2.575_829_3),
            (0.999, 3.290_526_7),
            (1.0 - 2e-6, 4.753_424_3),
        ] {
            assert_close(normal_two_sided(level), z, 2e-6);
        }
    }

    #[test]
    fn t_quantiles_are_those_of_the_tables() {
        for (df, t95, t99) in [
            (1, 12.706_205, 63.656_741),
            (2, 4.302_653, 9.924_843),
            (3, 3.182_446, 5.840_909),
            (4, 2.776_445, 4.604_095),
            (5, 2.570_582, 4.032_143),
            (10, 2.228_139, 3.169_273),
            (29, 2.045_230, 2.756_386),
            (30, 2.042_272, 2.749_996),
            (100, 1.983_972, 2.625_891),
            (1000, 1.962_339, 2.580_755),
        ] {
            assert_close(t_two_sided(0.95, df), t95, 2e-6);
            assert_close(t_two_sided(0.99, df), t99, 2e-6);
        }
    }

    #[test]
    fn the_two_ways_to_a_t_quantile_meet() {
        assert_close(t_two_sided(0.95, 200), t_two_sided(0.95, 201), 2e-4);
        assert!(t_two_sided(0.95, 200) > t_two_sided(0.95, 201));
    }

    #[test]
    fn probabilities_undo_quantiles() {
        for z in [-3.0, -1.0, -0.2, 0.0, 0.5, 2.5] {
            assert_close(normal(normal_below(z)), z, 2e-5);
        }
        for df in [1, 4, 30, 500] {
            assert_close(t_p_value(-t_two_sided(0.95, df), df), 0.05, 1e-6);
        }
        assert_close(t_p_value(0.0, 7), 1.0, 0.0);
        assert_close(t_p_value(f64::INFINITY, 7), 0.0, 0.0);
    }

    #[test]
    fn tails_are_expanded_for_few_units_and_hardly_for_many() {
        // Φ(−√(n / (n − 1))·t) for n = 10: Φ(−2.384 534)
        assert_close(expanded_tail(0.95, 10), 0.008_551, 2e-6);
        assert_close(expanded_tail(0.95, 100_000), 0.025, 1e-5);
        assert!(expanded_tail(0.95, 2) < 1e-12);
    }

    #[test]
    fn sample_quantiles_lie_between_order_statistics() {
        let sample = [1.0, 2.0, 4.0, 8.0];
        for (probability, value) in [(0.0, 1.0), (0.5, 3.0), (1.0, 8.0), (0.9, 6.8)] {
            assert_close(of_sample(&sample, probability), value, 1e-12);
        }
        assert_close(of_sample(&[5.0], 0.975), 5.0, 0.0);
    }
}
