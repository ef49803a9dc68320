//! How sure is it? Net stance and shares with intervals that take the article, not the sentence, as the unit.

use super::weight::{self, Unit};
use super::{ArticleSums, Interval, IntervalMethod, IntervalOptions, Sums, Weight};
use super::{bootstrap, quantile};

/// What the rows of one key say together.
///
/// Intervals are `None` where all comes from one article: how much articles differ can't be seen from one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Articles with a reading.
    pub n_articles: usize,
    /// What they add up to.
    pub sums: Sums,
    /// Mean of p(conciliatory) − p(hostile), weighted as asked for.
    pub net: f64,
    /// The part of readings that are hostile, weighted likewise.
    pub hostile_share: f64,
    /// The part of readings that are conciliatory, weighted likewise.
    pub conciliatory_share: f64,
    /// Of net stance.
    pub interval: Option<Interval>,
    /// Of the hostile share.
    pub hostile: Option<Interval>,
    /// Of the conciliatory share.
    pub conciliatory: Option<Interval>,
    method: IntervalMethod,
}

impl Estimate {
    /// Adds up articles, each of which has readings; `stream` starts the random numbers ([`super::Key::stream`]).
    pub fn new(articles: &[ArticleSums], options: &IntervalOptions, stream: [u8; 32]) -> Self {
        let mut sums = Sums::default();
        for &(_, article) in articles {
            sums += article;
        }
        let units = |part: fn(Sums) -> f64| options.weight().units(articles, part);
        let nets = units(Sums::total_net);
        let hostile = units(|sums| sums.n_hostile as f64);
        let conciliatory = units(|sums| sums.n_conciliatory as f64);
        let net = match options.weight() {
            // Whole numbers, to the last bit the same in any order.
            Weight::Sentence => sums.net(),
            _ => weight::mean(&nets),
        };
        Self {
            n_articles: articles.len(),
            sums,
            net,
            hostile_share: weight::mean(&hostile),
            conciliatory_share: weight::mean(&conciliatory),
            interval: interval(&nets, net, options, stream),
            hostile: share(&hostile, options.level()),
            conciliatory: share(&conciliatory, options.level()),
            method: options.method(),
        }
    }

    /// How the interval of net stance was made; `one-article` or `one-outlet` where there is none.
    pub fn method(&self) -> &'static str {
        match (self.interval, self.n_articles) {
            (Some(_), _) => self.method.name(),
            (None, 0 | 1) => "one-article",
            (None, _) => "one-outlet",
        }
    }
}

fn interval(
    units: &[Unit],
    net: f64,
    options: &IntervalOptions,
    stream: [u8; 32],
) -> Option<Interval> {
    if units.len() < 2 {
        return None;
    }
    let resamples = || bootstrap::ratios(units, options.resamples(), stream);
    Some(match options.method() {
        IntervalMethod::Bootstrap => {
            let tail = quantile::expanded_tail(options.level(), units.len());
            percentiles(&resamples(), [tail, 1.0 - tail], net)
        }
        IntervalMethod::Bca => {
            let ratios = resamples();
            percentiles(&ratios, bca_tails(&ratios, units, net, options.level()), net)
        }
        IntervalMethod::TwoLevel => {
            let outlets = bootstrap::by_outlet(units);
            if outlets.len() < 2 {
                return None;
            }
            let ratios = bootstrap::two_level(&outlets, options.resamples(), stream);
            let tail = quantile::expanded_tail(options.level(), outlets.len());
            percentiles(&ratios, [tail, 1.0 - tail], net)
        }
        IntervalMethod::Analytic => cluster_robust(units, net, options.level()),
    })
}

/// Percentiles of sorted resamples, widened to hold the estimate where a skewed few articles would leave it outside.
fn percentiles(ratios: &[f64], [low, high]: [f64; 2], net: f64) -> Interval {
    Interval {
        low: quantile::of_sample(ratios, low).min(net),
        high: quantile::of_sample(ratios, high).max(net),
    }
}

/// The percentiles that stand for the two ends of a `BCa` interval (Efron 1987): shifted by the part of resamples below
/// the estimate, and by the skewness of what articles add, from the linearised ratio instead of a jackknife.
fn bca_tails(ratios: &[f64], units: &[Unit], net: f64, level: f64) -> [f64; 2] {
    let below = ratios.iter().filter(|&&ratio| ratio < net).count() as f64;
    let ties = ratios.iter().filter(|&&ratio| (ratio - net).abs() < 1e-12).count() as f64;
    let bias = quantile::normal((below + ties / 2.0).max(0.5) / (ratios.len() as f64 + 0.5));
    let residuals = || units.iter().map(|unit| unit.part - net * unit.n);
    let squares: f64 = residuals().map(|residual| residual.powi(2)).sum();
    let cubes: f64 = residuals().map(|residual| residual.powi(3)).sum();
    let skew = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    let reach = -quantile::normal(quantile::expanded_tail(level, units.len()).max(1e-12));
    [-reach, reach].map(|z| {
        let shifted = bias + z;
        quantile::normal_below(bias + shifted / (1.0 - skew * shifted).max(0.1))
    })
}

/// The linearised ratio estimator with clusters as units (Cochran 1977, §2.11), with *t* of one degree of freedom fewer
/// than there are articles.
fn cluster_robust(units: &[Unit], net: f64, level: f64) -> Interval {
    let reach = quantile::t_two_sided(level, units.len() - 1) * ratio_variance(units, net).sqrt();
    Interval::around(net, reach, [-1.0, 1.0])
}

/// The variance of `Σ part / Σ n` over at least two articles.
fn ratio_variance(units: &[Unit], ratio: f64) -> f64 {
    let m = units.len() as f64;
    let n: f64 = units.iter().map(|unit| unit.n).sum();
    let squares = units.iter().map(|unit| (unit.part - ratio * unit.n).powi(2));
    squares.sum::<f64>() * m / (m - 1.0) / n.powi(2)
}

/// Wilson's (1927) interval of a share, with as many independent readings as would vary as much as these clustered ones
/// do (the effective sample size: Kish 1965); where all or none are counted, nothing varies, and articles are taken.
fn share(units: &[Unit], level: f64) -> Option<Interval> {
    if units.len() < 2 {
        return None;
    }
    let share = weight::mean(units);
    let n: f64 = units.iter().map(|unit| unit.n).sum();
    let independent = share * (1.0 - share);
    let variance = ratio_variance(units, share);
    let n_effective = if independent <= 0.0 {
        units.len() as f64
    } else if variance <= independent / n {
        n
    } else {
        independent / variance
    };
    Some(wilson(share, n_effective, quantile::normal_two_sided(level)))
}

/// Wilson's interval of a share among `n` independent trials, `z` standard deviations wide on either side.
fn wilson(share: f64, n: f64, z: f64) -> Interval {
    let z2 = z * z / n;
    let middle = (share + z2 / 2.0) / (1.0 + z2);
    let reach = (share * (1.0 - share) * z2 + z2 * z2 / 4.0).sqrt() / (1.0 + z2);
    let Interval { low, high } = Interval::around(middle, reach, [0.0, 1.0]);
    Interval { low: low.min(share), high: high.max(share) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{Estimate, wilson};
    use crate::aggregate::{ArticleKey, ArticleSums, Interval, IntervalMethod, IntervalOptions};
    use crate::aggregate::{OutOfRange, Sums};
    use crate::score::Distribution;

    fn article(nets: &[f32]) -> Sums {
        let mut sums = Sums::default();
        for net in nets {
            let stance = [(-net).max(0.0), 1.0 - net.abs(), net.max(0.0)];
            sums += Sums::of(Distribution::new(stance));
        }
        sums
    }

    fn with(method: IntervalMethod, level: f64) -> IntervalOptions {
        IntervalOptions::new(method, level, 200, 1).unwrap()
    }

    /// Articles of two outlets in turn.
    fn keyed(articles: &[Sums]) -> Vec<ArticleSums> {
        let key = |i: usize| {
            let outlet = ["Fjord Post", "Skerry Echo"][i % 2];
            ArticleKey::new(&i.to_string()).in_outlet(Some(outlet))
        };
        articles.iter().enumerate().map(|(i, &sums)| (key(i), sums)).collect()
    }

    fn estimate(articles: &[Sums], method: IntervalMethod) -> Estimate {
        Estimate::new(&keyed(articles), &with(method, 0.95), [3; 32])
    }

    fn assert_close(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance, "{value} is not {expected} ± {tolerance}");
    }

    #[test]
    fn one_article_has_no_interval_and_says_so() {
        for method in [IntervalMethod::Bootstrap, IntervalMethod::Analytic] {
            let estimate = estimate(&[article(&[-0.5, 0.25])], method);
            assert_eq!(estimate.interval, None);
            assert_eq!(estimate.hostile, None);
            assert_eq!(estimate.method(), "one-article");
            assert_close(estimate.sums.net(), -0.125, 1e-9);
        }
    }

    #[test]
    fn articles_that_all_agree_leave_no_doubt() {
        let articles = vec![article(&[-0.25, -0.25]); 5];
        for (method, name) in [
            (IntervalMethod::Bootstrap, "cluster-bootstrap-percentile"),
            (IntervalMethod::Bca, "cluster-bootstrap-bca"),
            (IntervalMethod::TwoLevel, "two-level-bootstrap-percentile"),
            (IntervalMethod::Analytic, "cluster-robust"),
        ] {
            let estimate = estimate(&articles, method);
            let interval = estimate.interval.unwrap();
            assert_close(interval.low, -0.25, 1e-9);
            assert_close(interval.high, -0.25, 1e-9);
            assert_eq!(estimate.method(), name);
        }
    }

    #[test]
    fn the_analytic_interval_of_equal_articles_is_that_of_a_mean() {
        let articles = [0.1, 0.2, 0.3, 0.4].map(|net| article(&[net]));
        let interval = estimate(&articles, IntervalMethod::Analytic).interval.unwrap();
        // s² = 0.05/3, t₃ = 3.182446
        let reach = 3.182_446 * (0.05_f64 / 3.0 / 4.0).sqrt();
        assert_close(interval.low, 0.25 - reach, 1e-6);
        assert_close(interval.high, 0.25 + reach, 1e-6);
    }

    #[test]
    fn sentences_that_repeat_their_article_add_no_certainty() {
        let once: Vec<_> = (0_u8..40).map(|i| article(&[f32::from(i % 5) / 8.0 - 0.25])).collect();
        let tenfold: Vec<_> =
            (0_u8..40).map(|i| article(&[f32::from(i % 5) / 8.0 - 0.25; 10])).collect();
        for method in [IntervalMethod::Bootstrap, IntervalMethod::Analytic] {
            let (one, ten) = (estimate(&once, method), estimate(&tenfold, method));
            let (one, ten) = (one.interval.unwrap(), ten.interval.unwrap());
            assert_close(one.low, ten.low, 1e-9);
            assert_close(one.high, ten.high, 1e-9);
        }
    }

    #[test]
    fn outlets_that_differ_make_only_the_two_level_interval_wide() {
        let articles: Vec<_> =
            (0..40).map(|i| article(&[if i % 2 == 0 { -0.5 } else { 0.5 }])).collect();
        let width = |method| {
            let interval = estimate(&articles, method).interval.unwrap();
            interval.high - interval.low
        };
        assert_close(width(IntervalMethod::TwoLevel), 1.0, 1e-6);
        assert!(width(IntervalMethod::Bootstrap) < 0.5);
    }

    #[test]
    fn one_outlet_has_no_two_level_interval_and_says_so() {
        let one: Vec<_> = keyed(&[article(&[0.5]), article(&[0.25])])
            .into_iter()
            .map(|(key, sums)| (key.in_outlet(Some("Fjord Post")), sums))
            .collect();
        let estimate = Estimate::new(&one, &with(IntervalMethod::TwoLevel, 0.95), [1; 32]);
        assert_eq!((estimate.interval, estimate.method()), (None, "one-outlet"));
    }

    #[test]
    fn wilson_intervals_are_those_of_the_textbook() {
        let interval = wilson(0.1, 50.0, 1.959_964);
        assert_close(interval.low, 0.043_478, 1e-5);
        assert_close(interval.high, 0.213_602, 1e-5);
        let none = wilson(0.0, 10.0, 1.959_964);
        assert_close(none.low, 0.0, 0.0);
        assert_close(none.high, 0.277_533, 1e-5);
    }

    #[test]
    fn a_share_among_clustered_sentences_is_less_sure_than_among_independent_ones() {
        let spread = [vec![-1.0; 1], vec![0.0; 9]].concat();
        let spread = vec![article(&spread); 20];
        let bunched: Vec<_> =
            (0..20).map(|i| article(&[if i < 2 { -1.0 } else { 0.0 }; 10])).collect();
        let width = |articles: &[Sums]| {
            let interval = estimate(articles, IntervalMethod::Analytic).hostile.unwrap();
            interval.high - interval.low
        };
        assert!(width(&bunched) > 2.0 * width(&spread), "{} {}", width(&bunched), width(&spread));
    }

    #[test]
    fn the_bound_nearest_zero_is_what_an_interval_is_sharp_by() {
        let least = |low, high| Interval { low, high }.least_distance_from_zero();
        assert_close(least(-0.5, -0.25), 0.25, 0.0);
        assert_close(least(0.125, 0.5), 0.125, 0.0);
        assert_close(least(-0.125, 0.5), 0.0, 0.0);
    }

    #[test]
    fn levels_and_resamples_out_of_range_are_refused() {
        let new = |level, n| IntervalOptions::new(IntervalMethod::Bootstrap, level, n, 1);
        assert_eq!(new(1.0, 1000), Err(OutOfRange::Level(1.0)));
        assert_eq!(new(0.0, 1000), Err(OutOfRange::Level(0.0)));
        assert!(new(f64::NAN, 1000).is_err());
        assert_eq!(new(0.95, 99), Err(OutOfRange::Resamples(99)));
    }

    /// The part of 400 simulated archives whose interval holds the true net stance.
    ///
    /// An article has 1–6 sentences around a level of its own, so that sentences of one article hang together.
    fn coverage(method: IntervalMethod, n_articles: usize) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(2031);
        let mut uniform = move || f64::from(random.next_u32()) / f64::from(u32::MAX) - 0.5;
        let n_archives = 400_u16;
        let mut n_held = 0;
        for archive in 0..n_archives {
            let articles: Vec<_> = (0..n_articles)
                .map(|i| {
                    let level = -0.2 + 0.8 * uniform();
                    #[expect(clippy::cast_possible_truncation, reason = "within ±1")]
                    let nets = [0; 6].map(|_| (level + 0.4 * uniform()) as f32);
                    article(&nets[..=(i % 6)])
                })
                .collect();
            let stream = [archive.to_le_bytes()[0], archive.to_le_bytes()[1]];
            let mut seed = [0; 32];
            seed[..2].copy_from_slice(&stream);
            let estimate = Estimate::new(&keyed(&articles), &with(method, 0.95), seed);
            let interval = estimate.interval.unwrap();
            n_held += u32::from(interval.low <= -0.2 && -0.2 <= interval.high);
        }
        f64::from(n_held) / f64::from(n_archives)
    }

    #[test]
    fn of_a_hundred_intervals_about_ninety_five_hold_the_truth() {
        for method in [IntervalMethod::Bootstrap, IntervalMethod::Bca, IntervalMethod::Analytic] {
            for n_articles in [10, 40] {
                let coverage = coverage(method, n_articles);
                assert!((0.9..=0.98).contains(&coverage), "{method:?} {n_articles}: {coverage}");
            }
        }
    }

    #[test]
    fn from_three_articles_only_the_analytic_interval_keeps_its_promise() {
        let (bootstrap, analytic) =
            (coverage(IntervalMethod::Bootstrap, 3), coverage(IntervalMethod::Analytic, 3));
        assert!(bootstrap < 0.85 && 0.9 < analytic, "{bootstrap} {analytic}");
    }

    fn articles() -> impl Strategy<Value = Vec<Sums>> {
        let sentences = prop::collection::vec(-1.0_f32..=1.0, 1..5);
        let some = prop::collection::vec(sentences, 1..12);
        let many = prop::collection::vec(prop::collection::vec(-1.0_f32..=1.0, 1..2), 257..260);
        prop_oneof![9 => some, 1 => many]
            .prop_map(|articles| articles.iter().map(|nets| article(nets)).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_interval_holds_its_estimate_and_stays_in_range(
            articles in articles(), level in 0.01_f64..0.999, is_analytic in any::<bool>(),
        ) {
            let method =
                if is_analytic { IntervalMethod::Analytic } else { IntervalMethod::Bootstrap };
            let estimate = Estimate::new(&keyed(&articles), &with(method, level), [5; 32]);
            prop_assert_eq!(estimate.interval.is_none(), articles.len() == 1);
            for (interval, value, least) in [
                (estimate.interval, estimate.sums.net(), -1.0),
                (estimate.hostile, estimate.hostile_share, 0.0),
                (estimate.conciliatory, estimate.conciliatory_share, 0.0),
            ] {
                if let Some(Interval { low, high }) = interval {
                    prop_assert!(low <= value && value <= high, "{low} {value} {high}");
                    prop_assert!(least <= low && high <= 1.0, "{low} {high}");
                }
            }
        }

        #[test]
        fn a_higher_level_never_narrows_an_interval(articles in articles(), is_analytic in any::<bool>()) {
            prop_assume!(articles.len() > 1);
            let method =
                if is_analytic { IntervalMethod::Analytic } else { IntervalMethod::Bootstrap };
            let at = |level| Estimate::new(&keyed(&articles), &with(method, level), [5; 32]).interval.unwrap();
            let (narrow, wide) = (at(0.8), at(0.99));
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
        }
    }
}
