//! What else might the archive have said? Net stance in resamples of its articles.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::Sums;

/// Up to this many articles are drawn with replacement; more are weighted.
const MOST_DRAWN: usize = 256;

/// Net stance in each resample, sorted. `articles` aren't empty, and each has readings.
///
/// A resample takes whole articles (the cluster bootstrap: Davison & Hinkley 1997, §3.8; Cameron, Gelbach & Miller
/// 2008), so sentences that hang together stay together. Up to [`MOST_DRAWN`], as many articles as there are get
/// drawn with replacement. Above, each gets an independent Poisson weight of mean 1 instead (Chamandy et al. 2012):
/// the number of articles in a resample then varies, which a ratio doesn't feel (at 257 articles the two ways differ
/// by less than resamples do), and the loop runs over memory in order.
pub(super) fn ratios(articles: &[Sums], resamples: usize, stream: [u8; 32]) -> Vec<f64> {
    let random = ChaCha8Rng::from_seed(stream);
    let mut ratios = if articles.len() <= MOST_DRAWN {
        drawn(articles, resamples, random)
    } else {
        weighted(articles, resamples, random)
    };
    ratios.sort_unstable_by(f64::total_cmp);
    ratios
}

fn drawn(articles: &[Sums], resamples: usize, mut random: ChaCha8Rng) -> Vec<f64> {
    let parts: Vec<_> = articles.iter().map(|sums| (sums.total_net(), sums.n as f64)).collect();
    let resample = |_| {
        let (mut net, mut n) = (0.0, 0.0);
        for _ in 0..parts.len() {
            // The high half of the product: uniform up to 2⁻²⁴, without a division.
            let place = (u64::from(random.next_u32()) * parts.len() as u64) >> 32;
            let part = parts[place as usize];
            net += part.0;
            n += part.1;
        }
        net / n
    };
    (0..resamples).map(resample).collect()
}

/// 2¹⁶ · P(X ≤ k) for X of the Poisson distribution with mean 1, k = 0…7: a weight is the number of these that a
/// random 16-bit number reaches.
const POISSON: [u16; 8] = [24_109, 48_219, 60_273, 64_292, 65_296, 65_497, 65_531, 65_535];

fn weighted(articles: &[Sums], resamples: usize, mut random: ChaCha8Rng) -> Vec<f64> {
    let (mut nets, mut ns) = (vec![0.0_f64; resamples], vec![0.0_f64; resamples]);
    let mut bytes = vec![0_u8; 2 * resamples];
    for article in articles {
        let (net, n) = (article.total_net(), article.n as f64);
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
    use crate::aggregate::Sums;
    use crate::score::Distribution;

    fn articles(n: usize) -> Vec<Sums> {
        let stance = |i: usize| {
            let hostile = (i * 37 % 101) as f32 / 101.0;
            Distribution::new([hostile, 1.0 - hostile, 0.0])
        };
        (0..n)
            .map(|i| {
                let mut sums = Sums::default();
                (0..=i % 4).for_each(|_| sums += Sums::of(stance(i)));
                sums
            })
            .collect()
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
        let stance = |hostile| Sums::of(Distribution::new([hostile, 1.0 - hostile, 0.0]));
        let ratios = ratios(&[stance(1.0), stance(0.0)], 4000, [1; 32]);
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
