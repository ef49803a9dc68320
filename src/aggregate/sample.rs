//! Which are to be labelled by people? A random sample in which each has a known probability of being drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::score::Distribution;

/// One of those that can be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The number of its stratum, from 0 without gaps.
    pub stratum: u32,
    /// How probable it should be relative to the others of its stratum; above 0.
    pub size: f32,
}

/// One that was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Its place among the candidates.
    pub index: usize,
    /// The probability with which it was drawn: 0 < p ≤ 1.
    pub probability: f64,
}

/// A sample that can't be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDraw {
    /// There are fewer candidates than asked for.
    #[error("{wanted} are to be drawn, but there are {available}")]
    TooFew {
        /// How many were asked for.
        wanted: usize,
        /// How many there are.
        available: usize,
    },
    /// A stratum would be left without a single one, and its part of the run without any correction.
    #[error("{wanted} can't be drawn from {n_strata} strata: each needs at least one")]
    TooManyStrata {
        /// How many were asked for.
        wanted: usize,
        /// How many strata there are.
        n_strata: usize,
    },
}

/// How uncertain a reading leaves its net stance: the standard deviation of +1, 0, −1 at the model's probabilities.
///
/// To draw in proportion to it gives the most certain corrected mean for the same number of labels where the model is
/// calibrated (Zrnic & Candès 2024); the least is 0.1, so that where the model errs unknowingly is seen too.
pub fn uncertainty(stance: Distribution) -> f32 {
    let net = stance.conciliatory - stance.hostile;
    (stance.conciliatory + stance.hostile - net * net).max(0.0).sqrt().max(0.1)
}

/// Draws `n` without replacement, each with the probability that is given with it; in the candidates' order.
///
/// `n` is divided over the strata in proportion to how many candidates they have, each at least one and, while there
/// are enough, two. Within a stratum candidates are drawn systematically from a random order (Madow 1949), which draws
/// those of equal size as a simple random sample does; a size that would make a probability exceed 1 makes it 1.
///
/// # Errors
/// When there are too few candidates, or too many strata.
pub fn draw(candidates: &[Candidate], n: usize, seed: u64) -> Result<Vec<Drawn>, CannotDraw> {
    if n > candidates.len() {
        return Err(CannotDraw::TooFew { wanted: n, available: candidates.len() });
    }
    let n_strata = candidates.iter().map(|candidate| candidate.stratum as usize + 1).max();
    let mut strata = vec![Vec::new(); n_strata.unwrap_or(0)];
    for (index, candidate) in candidates.iter().enumerate() {
        strata[candidate.stratum as usize].push(index);
    }
    if n < strata.len() {
        return Err(CannotDraw::TooManyStrata { wanted: n, n_strata: strata.len() });
    }
    let sizes: Vec<_> = strata.iter().map(Vec::len).collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = Vec::with_capacity(n);
    for (stratum, n) in strata.iter_mut().zip(allocate(&sizes, n)) {
        shuffle(stratum, &mut random);
        let weights: Vec<_> = stratum.iter().map(|&i| f64::from(candidates[i].size)).collect();
        let probabilities = probabilities(&weights, n);
        let mut next = uniform(&mut random);
        let mut sum = 0.0;
        for (&index, probability) in stratum.iter().zip(probabilities) {
            sum += probability;
            if sum > next {
                next += 1.0;
                drawn.push(Drawn { index, probability });
            }
        }
    }
    drawn.sort_unstable_by_key(|drawn| drawn.index);
    Ok(drawn)
}

/// How many of each stratum: in proportion (largest remainders), after one and, if possible, two of each.
fn allocate(sizes: &[usize], n: usize) -> Vec<usize> {
    let mut allocated = vec![0; sizes.len()];
    let mut left = n;
    for least in [1, 2] {
        let needed = (0..sizes.len()).filter(|&i| allocated[i] < least.min(sizes[i])).count();
        if needed <= left {
            allocated.iter_mut().zip(sizes).for_each(|(n, &size)| *n = least.min(size).max(*n));
            left -= needed;
        }
    }
    while left > 0 {
        // Whoever is farthest below its share gets the next, so that nobody exceeds its size.
        let total: usize = sizes.iter().sum();
        let room: usize = sizes.iter().zip(&allocated).map(|(size, n)| size - n).sum();
        let share = |i: usize| n as f64 * sizes[i] as f64 / total as f64 - allocated[i] as f64;
        let next = (0..sizes.len())
            .filter(|&i| allocated[i] < sizes[i])
            .max_by(|&a, &b| share(a).total_cmp(&share(b)).then(b.cmp(&a)));
        let Some(next) = next else { break };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let step = (share(next).max(1.0) as usize).min(sizes[next] - allocated[next]).min(left);
        allocated[next] += step.min(room);
        left -= step;
    }
    allocated
}

/// Probabilities in proportion to sizes that add up to `n`, none above 1.
fn probabilities(sizes: &[f64], n: usize) -> Vec<f64> {
    let mut probabilities = vec![0.0; sizes.len()];
    let mut is_certain = vec![false; sizes.len()];
    loop {
        let n_certain = is_certain.iter().filter(|&&is_certain| is_certain).count();
        let rest: f64 =
            sizes.iter().zip(&is_certain).filter(|(_, is)| !**is).map(|(size, _)| size).sum();
        let scale = (n - n_certain.min(n)) as f64 / rest;
        let mut has_more = false;
        for ((probability, &size), is_certain) in
            probabilities.iter_mut().zip(sizes).zip(&mut is_certain)
        {
            *probability = if *is_certain { 1.0 } else { size * scale };
            if *probability >= 1.0 && !*is_certain {
                (*is_certain, has_more) = (true, true);
            }
        }
        if !has_more {
            return probabilities;
        }
    }
}

fn shuffle(indices: &mut [usize], random: &mut ChaCha8Rng) {
    for last in (1..indices.len()).rev() {
        #[expect(clippy::cast_possible_truncation, reason = "below a length")]
        let other = ((u128::from(random.next_u64()) * (last as u128 + 1)) >> 64) as usize;
        indices.swap(last, other);
    }
}

/// Uniform in 0…1, never 1.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Candidate, CannotDraw, allocate, draw, uncertainty};
    use crate::score::Distribution;

    fn equal(n: usize) -> Vec<Candidate> {
        vec![Candidate { stratum: 0, size: 1.0 }; n]
    }

    #[test]
    fn each_is_drawn_as_often_as_its_probability_says() {
        let sizes = [1.0, 1.0, 2.0, 4.0, 40.0];
        let candidates: Vec<_> = sizes.iter().map(|&size| Candidate { stratum: 0, size }).collect();
        let mut counts = [0_u32; 5];
        let mut probabilities = [0.0; 5];
        for seed in 0..4000 {
            for drawn in draw(&candidates, 3, seed).unwrap() {
                counts[drawn.index] += 1;
                probabilities[drawn.index] = drawn.probability;
            }
        }
        let total: f64 = probabilities.iter().sum();
        assert!((total - 3.0).abs() < 1e-9, "{probabilities:?}");
        assert!((probabilities[4] - 1.0).abs() < 1e-12);
        for (count, probability) in counts.iter().zip(probabilities) {
            assert!((f64::from(*count) / 4000.0 - probability).abs() < 0.03, "{counts:?}");
        }
    }

    #[test]
    fn strata_get_their_share_and_none_is_left_out() {
        assert_eq!(allocate(&[100, 50, 1], 30), [19, 10, 1]);
        assert_eq!(allocate(&[100, 50, 1], 3), [1, 1, 1]);
        assert_eq!(allocate(&[4, 4], 8), [4, 4]);
    }

    #[test]
    fn what_can_t_be_drawn_is_refused() {
        let error = draw(&equal(3), 4, 0).unwrap_err();
        assert_eq!(error, CannotDraw::TooFew { wanted: 4, available: 3 });
        let strata: Vec<_> = (0..5).map(|stratum| Candidate { stratum, size: 1.0 }).collect();
        assert!(matches!(draw(&strata, 4, 0), Err(CannotDraw::TooManyStrata { .. })));
    }

    #[test]
    fn a_reading_between_hostile_and_conciliatory_is_most_uncertain() {
        let of = |p| uncertainty(Distribution::new(p));
        assert!(of([0.5, 0.0, 0.5]) > of([0.5, 0.5, 0.0]));
        assert!((of([0.0, 1.0, 0.0]) - 0.1).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn as_many_are_drawn_as_asked_for_and_none_twice(
            strata in prop::collection::vec((0_u32..4, 0.1_f32..3.0), 4..80), n in 4_usize..80, seed in any::<u64>(),
        ) {
            let mut candidates: Vec<_> =
                strata.iter().map(|&(stratum, size)| Candidate { stratum, size }).collect();
            candidates.extend((0..4).map(|stratum| Candidate { stratum, size: 1.0 }));
            let n = n.min(candidates.len());
            let drawn = draw(&candidates, n, seed).unwrap();
            prop_assert!(drawn.windows(2).all(|pair| pair[0].index < pair[1].index));
            prop_assert!(drawn.len().abs_diff(n) <= 1, "{} of {n}", drawn.len());
            prop_assert!(drawn.iter().all(|drawn| 0.0 < drawn.probability && drawn.probability <= 1.0));
        }
    }
}
