//! What else might the archive have said? Net stance in resamples of its articles.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::weight::Unit;

/// Up to this many articles are drawn with replacement; more are weighted.
const MOST_DRAWN: usize = 256;

/// Net stance in each resample, sorted. `articles` aren't empty, and each has readings.
///
/// A resample takes whole articles (the cluster bootstrap: Davison & Hinkley 1997, §3.8; Cameron, Gelbach & Miller
/// 2008), so sentences that hang together stay together. Up to [`MOST_DRAWN`], as many articles as there are get
/// drawn with replacement. Above, each gets an independent Poisson weight of mean 1 instead (Chamandy et al. 2012):
/// the number of articles in a resample then varies, which a ratio doesn't feel (at 257 articles the two ways differ
/// by less than resamples do), and the loop runs over memory in order.
pub(super) fn ratios(articles: &[Unit], resamples: usize, stream: [u8; 32]) -> Vec<f64> {
    let random = ChaCha8Rng::from_seed(stream);
    let mut ratios = if articles.len() <= MOST_DRAWN {
        drawn(articles, resamples, random)
    } else {
        weighted(articles, resamples, random)
    };
    ratios.sort_unstable_by(f64::total_cmp);
    ratios
}

fn drawn(articles: &[Unit], resamples: usize, mut random: ChaCha8Rng) -> Vec<f64> {
    let resample = |_| {
        let (mut net, mut n) = (0.0, 0.0);
        for _ in 0..articles.len() {
            let unit = articles[place(&mut random, articles.len())];
            net += unit.part;
            n += unit.n;
        }
        net / n
    };
    (0..resamples).map(resample).collect()
}

/// A place among so many: the high half of the product, uniform up to 2⁻²⁴, without a division.
fn place(random: &mut ChaCha8Rng, n: usize) -> usize {
    ((u64::from(random.next_u32()) * n as u64) >> 32) as usize
}

/// Articles by their outlets.
pub(super) fn by_outlet(articles: &[Unit]) -> Vec<Vec<Unit>> {
    let mut outlets: BTreeMap<u32, Vec<Unit>> = BTreeMap::new();
    for &article in articles {
        outlets.entry(article.outlet).or_default().push(article);
    }
    outlets.into_values().collect()
}

/// The mean in each resample of outlets and, within those drawn, of articles, sorted (the two-stage bootstrap:
/// Davison & Hinkley 1997, §3.8).
pub(super) fn two_level(outlets: &[Vec<Unit>], resamples: usize, stream: [u8; 32]) -> Vec<f64> {
    let mut random = ChaCha8Rng::from_seed(stream);
    let resample = |_| {
        let (mut part, mut n) = (0.0, 0.0);
        for _ in 0..outlets.len() {
            let articles = &outlets[place(&mut random, outlets.len())];
            for _ in 0..articles.len() {
                let unit = articles[place(&mut random, articles.len())];
                part += unit.part;
                n += unit.n;
            }
        }
        part / n
    };
    let mut ratios: Vec<f64> = (0..resamples).map(resample).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios
}

/// 2¹⁶ · P(X ≤ k) for X of the Poisson distribution with mean 1, k = 0…7: a weight is the number of these that a
/// random 16-bit number reaches.
const POISSON: [u16; 8] = [24_109, 48_219, 60_273, 64_292, 65_296, 65_497, 65_531, 65_535];

fn weighted(articles: &[Unit], resamples: usize, mut random: ChaCha8Rng) -> Vec<f64> {
    let (mut nets, mut ns) = (vec![0.0_f64; resamples], vec![0.0_f64; resamples]);
    let mut bytes = vec![0_u8; 2 * resamples];
    for article in articles {
        let Unit { part: net, n, .. } = *article;
        random.fill_bytes(&mut bytes);
        let numbers = bytes.as_chunks::<2>().0;
        for ((total_net, total_n), number) in nets.iter_mut().zip(&mut ns).zip(numbers) {
            let number = u16::from_le_bytes(*number);
            let weight = POISSON.iter().map(|&least| u16::from(number >= least)).sum::<u16>();
            let weight = f64::from(weight);
            *total_net += weight * net;
            *total_n += weight * n;
        }
    }
    nets.into_iter().zip(ns).map(|(net, n)| net / n).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{POISSON, drawn, ratios, weighted};
    use crate::aggregate::weight::Unit;

    fn articles(n: usize) -> Vec<Unit> {
        let article = |i: usize| {
            let n = (i % 4 + 1) as f64;
            Unit { part: -n * (i * 37 % 101) as f64 / 101.0, n, outlet: 0 }
        };
        (0..n).map(article).collect()
    }

    fn mean_and_deviation(ratios: &[f64]) -> (f64, f64) {
        let n = ratios.len() as f64;
        let mean = ratios.iter().sum::<f64>() / n;
        let variance = ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / n;
        (mean, variance.sqrt())
    }

    #[test]
    fn the_thresholds_are_those_of_the_poisson_distribution() {
        let (mut mass, mut below) = ((-1.0_f64).exp(), 0.0);
        for (k, &least) in POISSON.iter().enumerate() {
            below += mass;
            mass /= (k + 1) as f64;
            assert!((f64::from(least) - below * 65_536.0).abs() <= 0.5, "P(X ≤ {k})");
        }
    }

    #[test]
    fn drawing_and_weighting_give_the_same_spread() {
        let articles = articles(257);
        let random = || ChaCha8Rng::from_seed([7; 32]);
        let (mean, deviation) = mean_and_deviation(&drawn(&articles, 2000, random()));
        let (other_mean, other_deviation) =
            mean_and_deviation(&weighted(&articles, 2000, random()));
        assert!((mean - other_mean).abs() < 0.1 * deviation, "{mean} {other_mean}");
        assert!((deviation / other_deviation - 1.0).abs() < 0.06, "{deviation} {other_deviation}");
    }

    #[test]
    fn two_articles_give_three_resamples_in_their_proportions() {
        let article = |part| Unit { part, n: 1.0, outlet: 0 };
        let ratios = ratios(&[article(-1.0), article(0.0)], 4000, [1; 32]);
        let share = |value: f64| {
            ratios.iter().filter(|ratio| (*ratio - value).abs() < 1e-9).count() as f64 / 4000.0
        };
        for (value, expected) in [(-1.0, 0.25), (-0.5, 0.5), (0.0, 0.25)] {
            assert!((share(value) - expected).abs() < 0.03, "{value}: {}", share(value));
        }
    }

    #[test]
    fn the_same_stream_gives_the_same_resamples() {
        for n in [3, 300] {
            let articles = articles(n);
            let bits = |stream| -> Vec<u64> {
                ratios(&articles, 50, stream).into_iter().map(f64::to_bits).collect()
            };
            assert_eq!(bits([1; 32]), bits([1; 32]));
            assert_ne!(bits([1; 32]), bits([2; 32]));
        }
    }
}
