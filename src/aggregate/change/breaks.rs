//! When did it change? Breaks in the level of a series.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Change, Evidence, Kind, Slice, stretch};
use crate::aggregate::{Key, Period};

/// How breaks are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakOptions {
    /// What a further break must improve the fit by, in units of the noise's variance; `None` for 2·ln(periods).
    pub penalty: Option<f64>,
    /// Random orders of blocks that each break is compared with.
    pub permutations: usize,
    /// What these start from.
    pub seed: u64,
}

impl Default for BreakOptions {
    fn default() -> Self {
        Self { penalty: None, permutations: 999, seed: 0 }
    }
}

/// Periods that a stretch between breaks has at least.
const LEAST_PERIODS: usize = 2;

/// Looks for breaks in each subject's series of periods.
///
/// Where they are: the segmentation with the least weighted squared error plus a penalty for each break, found exactly by
/// PELT (Killick, Fearnhead & Eckley 2012). A period weighs as much as it has articles; the noise's variance is that of
/// the differences from period to period, by their median, which breaks hardly change. The default penalty is that of
/// Schwarz's criterion: a break has two parameters, where and how far (Yao 1988).
///
/// Whether each could be chance: blocks of ∛n neighbouring periods between its neighbouring breaks are put into random
/// orders, which keeps what connects neighbours, and the best single break of these orders is compared with it
/// (a block permutation test; the statistic is the reduction of the squared error).
pub fn breaks(evidence: &Evidence<'_>, options: BreakOptions) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, slices) in evidence.series() {
        let points: Vec<_> = slices
            .iter()
            .filter_map(|(&period, &slice)| {
                let net = evidence.net(slice).map(|net| net.value());
                let net = net.or_else(|| single(evidence, slice))?;
                Some((period, slice, Point { net, weight: slice.articles.len() as f64 }))
            })
            .collect();
        let series: Vec<_> = points.iter().map(|&(.., point)| point).collect();
        let starts = segments(&series, options.penalty);
        for bounds in starts.windows(3) {
            let periods = |from: usize, to: usize| stretch(points[from].0, points[to - 1].0);
            let pooled = |from: usize, to: usize| {
                Slice::pooled(points[from..to].iter().map(|&(_, slice, _)| slice))
            };
            let [from, at, to] = bounds else { continue };
            let (first, second) = (pooled(*from, *at), pooled(*at, *to));
            let Some(change) = evidence.change(&key, Kind::Break, &first, &second) else {
                continue;
            };
            let seed = seed(&key, points[*at].0, options.seed);
            changes.push(Change {
                first: periods(*from, *at),
                second: periods(*at, *to),
                label: Some(points[*at].0.to_string()),
                p: permutation(&series[*from..*to], at - from, options.permutations, seed),
                method: format!("pelt, block permutation, {}", change.method),
                ..change
            });
        }
    }
    changes
}

/// Net stance of a period with a single article, where nothing has to be corrected.
fn single(evidence: &Evidence<'_>, slice: &Slice) -> Option<f64> {
    let [(_, sums)] = slice.articles[..] else { return None };
    evidence.correct_by.is_none().then(|| sums.net())
}

fn seed(key: &Key, at: Period, seed: u64) -> [u8; 32] {
    Key { period: at, ..key.clone() }.stream(seed)
}

#[derive(Clone, Copy, Debug)]
struct Point {
    net: f64,
    weight: f64,
}

/// Sums from which the squared error of any stretch follows.
struct Costs {
    sums: Vec<[f64; 3]>,
}

impl Costs {
    fn of(series: &[Point]) -> Self {
        let mut sums = vec![[0.0; 3]];
        let mut total = [0.0; 3];
        for Point { net, weight } in series {
            total[0] += weight;
            total[1] += weight * net;
            total[2] += weight * net * net;
            sums.push(total);
        }
        Self { sums }
    }

    /// The weighted squared error around the mean from one place to before another.
    fn cost(&self, from: usize, to: usize) -> f64 {
        let [w, y, yy]: [f64; 3] = std::array::from_fn(|k| self.sums[to][k] - self.sums[from][k]);
        (yy - y * y / w).max(0.0)
    }
}

/// Where segments start, 0 and the end among them.
fn segments(series: &[Point], penalty: Option<f64>) -> Vec<usize> {
    let n = series.len();
    if n < 2 * LEAST_PERIODS {
        return vec![0, n];
    }
    let costs = Costs::of(series);
    let penalty = penalty.unwrap_or(2.0 * (n as f64).ln()) * noise(series);
    let mut best = vec![f64::INFINITY; n + 1];
    let mut last = vec![0; n + 1];
    best[0] = -penalty;
    // Where the last segment may start, and since when each is worse than a later one.
    let mut candidates: Vec<(usize, Option<usize>)> = vec![(0, None)];
    for end in LEAST_PERIODS..=n {
        // What is worse stays so, as costs never shrink with further periods (the pruning of PELT); the later start
        // has to be long enough a segment by then.
        candidates.retain(|(_, worse)| worse.is_none_or(|since| end < since + LEAST_PERIODS));
        let values: Vec<f64> =
            candidates.iter().map(|&(start, _)| best[start] + costs.cost(start, end)).collect();
        let least = (0..values.len()).min_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0);
        (best[end], last[end]) = (values[least] + penalty, candidates[least].0);
        for ((_, worse), value) in candidates.iter_mut().zip(values) {
            if value > best[end] {
                worse.get_or_insert(end);
            }
        }
        candidates.push((end + 1 - LEAST_PERIODS, None));
    }
    let mut starts = vec![n];
    let mut end = n;
    while end > 0 {
        end = last[end];
        starts.push(end);
    }
    starts.reverse();
    starts
}

/// The variance of a period of weight 1, from the median of differences between neighbours; their mean square where
/// more than half of them are nothing.
fn noise(series: &[Point]) -> f64 {
    let scaled = |pair: &[Point]| {
        (pair[1].net - pair[0].net).abs() / (1.0 / pair[0].weight + 1.0 / pair[1].weight).sqrt()
    };
    let mut differences: Vec<_> = series.windows(2).map(scaled).collect();
    differences.sort_by(f64::total_cmp);
    let median = differences[differences.len() / 2];
    if median > 1e-9 {
        return (1.4826 * median).powi(2);
    }
    let squares: f64 = differences.iter().map(|difference| difference.powi(2)).sum();
    (squares / differences.len() as f64).max(1e-12)
}

/// How often blocks in a random order have a break as good as this one.
fn permutation(series: &[Point], at: usize, permutations: usize, seed: [u8; 32]) -> f64 {
    let n = series.len();
    let gain_at =
        |costs: &Costs, at: usize| costs.cost(0, n) - costs.cost(0, at) - costs.cost(at, n);
    let observed = gain_at(&Costs::of(series), at);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small root")]
    let length = ((n as f64).cbrt().round() as usize).max(1);
    let mut blocks: Vec<&[Point]> = series.chunks(length).collect();
    let mut random = ChaCha8Rng::from_seed(seed);
    let mut n_as_good = 0;
    for _ in 0..permutations {
        for last in (1..blocks.len()).rev() {
            let other = (u64::from(random.next_u32()) * (last as u64 + 1)) >> 32;
            blocks.swap(last, usize::try_from(other).unwrap_or(0));
        }
        let costs = Costs::of(&blocks.concat());
        let gain = (1..n).map(|at| gain_at(&costs, at)).fold(0.0, f64::max);
        n_as_good += usize::from(gain >= observed - 1e-12);
    }
    (n_as_good + 1) as f64 / (permutations + 1) as f64
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{Point, permutation, segments};

    /// Levels of so many periods each, with noise of a standard deviation of 0.1.
    fn series(levels: &[(f64, usize)], seed: u64) -> Vec<Point> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = move || f64::from(random.next_u32()) / f64::from(u32::MAX) - 0.5;
        let mut series = Vec::new();
        for &(level, n) in levels {
            for _ in 0..n {
                let noise = 0.1 * 3.46 * uniform();
                series.push(Point { net: level + noise, weight: 3.0 });
            }
        }
        series
    }

    #[test]
    fn planted_breaks_are_found_where_they_are() {
        let series = series(&[(0.3, 12), (-0.4, 10), (0.1, 14)], 1);
        assert_eq!(segments(&series, None), [0, 12, 22, 36]);
        // Of the orders of 8 blocks, 1 in 35 has all of one level first.
        assert!(permutation(&series[..22], 12, 199, [1; 32]) < 0.06);
    }

    #[test]
    fn noise_alone_seldom_breaks() {
        let breaks = |seed| segments(&series(&[(0.1, 40)], seed), None).len() - 2;
        let n_broken = (0..60).filter(|&seed| breaks(seed) > 0).count();
        assert!(n_broken <= 9, "{n_broken} of 60");
    }

    #[test]
    fn pruning_finds_the_segmentation_that_trying_all_finds() {
        for seed in 0..20 {
            let series = series(&[(0.2, 3), (-0.1, 4), (0.2, 3)], seed);
            let costs = super::Costs::of(&series);
            let penalty = 4.0 * super::noise(&series);
            let value = |starts: &[usize]| {
                let cost: f64 = starts.windows(2).map(|pair| costs.cost(pair[0], pair[1])).sum();
                cost + penalty * (starts.len() - 2) as f64
            };
            let mut best = f64::INFINITY;
            for mask in 0_u32..1 << 9 {
                let inner = (1..10).filter(|&i| mask >> (i - 1) & 1 == 1);
                let starts: Vec<_> = std::iter::once(0).chain(inner).chain([10]).collect();
                if starts.windows(2).all(|pair| pair[1] - pair[0] >= 2) {
                    best = best.min(value(&starts));
                }
            }
            let found = value(&segments(&series, Some(4.0)));
            assert!((found - best).abs() < 1e-9, "{found} {best}");
        }
    }

    #[test]
    fn a_few_periods_have_no_breaks() {
        assert_eq!(segments(&series(&[(1.0, 1), (-1.0, 2)], 1), None), [0, 3]);
        assert_eq!(segments(&[], None), [0, 0]);
    }
}
