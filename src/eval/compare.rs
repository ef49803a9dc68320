//! Is one model better than another? Paired tests on the same answers, corrected for how many there are.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::interval::{Bootstrap, Documents, Estimate, points};
use super::metric::METRICS;
use super::sample::Points;
use super::tally::predicted;
use crate::model::Task;

/// Two models at one task of one gold file.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The gold file, as it was named.
    pub gold: String,
    /// What was asked.
    pub task: Task,
    /// The one model.
    pub a: String,
    /// The other.
    pub b: String,
    /// How many labels both were asked for.
    pub n: usize,
    /// How many documents they stem from.
    pub n_documents: u32,
    /// By how much the one's metrics exceed the other's: one for each of [`METRICS`], in their order.
    pub differences: Vec<Difference>,
    /// Whether they are right equally often.
    pub mcnemar: McNemar,
}

/// By how much one model's metric exceeds another's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// With the interval of the paired bootstrap over documents.
    pub estimate: Estimate,
    /// Twice the share of bootstrap samples on the rarer side of 0, two-sided.
    pub p_bootstrap: Option<f64>,
    /// Of approximate randomisation over documents (Noreen 1989), two-sided.
    pub p_randomisation: Option<f64>,
    /// The same, after Holm's correction for all comparisons made.
    pub p_holm: Option<f64>,
}

/// `McNemar`'s exact test (1947): of the items that one model alone has right, does either have more than chance gives?
///
/// It takes items for independent of each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McNemar {
    /// Items that only the first model has right.
    pub only_a: u64,
    /// Items that only the second has right.
    pub only_b: u64,
    /// Two-sided.
    pub p: f64,
    /// The same, after Holm's correction for all comparisons made.
    pub p_holm: f64,
}

/// Compares every two of some models' answers to one task; answers to other tasks are left aside.
///
/// Models that don't read the task are in no pair. What comes back is not corrected yet: see [`correct`].
pub fn compare(
    gold: &str,
    task: Task,
    asked: &[(&str, &[Answer<'_>])],
    bootstrap: &Bootstrap,
) -> Vec<Comparison> {
    let of_task = |answers: &[Answer<'_>]| answers.iter().any(|answer| answer.label.task == task);
    let asked: Vec<_> = asked.iter().filter(|(_, answers)| of_task(answers)).collect();
    let mut comparisons = Vec::new();
    for (at, (a, answers_a)) in asked.iter().enumerate() {
        for (b, answers_b) in &asked[at + 1..] {
            let both = [answers_a, answers_b].map(|answers| {
                answers.iter().filter(|answer| answer.label.task == task).copied().collect()
            });
            comparisons.push(Comparison::new(gold, task, [a, b], &both, bootstrap));
        }
    }
    comparisons
}

/// Corrects the p-values of all comparisons that are shown together: those of one metric are a family.
pub fn correct(comparisons: &mut [Comparison]) {
    for metric in 0..METRICS.len() {
        let tested: Vec<usize> = (0..comparisons.len())
            .filter(|&index| comparisons[index].differences[metric].p_randomisation.is_some())
            .collect();
        let p = |&index: &usize| comparisons[index].differences[metric].p_randomisation;
        let corrected = holm(&tested.iter().filter_map(p).collect::<Vec<_>>());
        for (index, p) in tested.into_iter().zip(corrected) {
            comparisons[index].differences[metric].p_holm = Some(p);
        }
    }
    let corrected = holm(&comparisons.iter().map(|c| c.mcnemar.p).collect::<Vec<_>>());
    for (comparison, p) in comparisons.iter_mut().zip(corrected) {
        comparison.mcnemar.p_holm = p;
    }
}

/// Holm's step-down correction (1979): in the order given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let (mut corrected, mut largest) = (vec![0.0; p.len()], 0.0f64);
    for (rank, index) in order.into_iter().enumerate() {
        largest = largest.max(((p.len() - rank) as f64 * p[index]).min(1.0));
        corrected[index] = largest;
    }
    corrected
}

impl McNemar {
    /// Tests how often each of two models alone is right.
    pub fn new(only_a: u64, only_b: u64) -> Self {
        let p = two_sided_half(only_a.min(only_b), only_a + only_b);
        Self { only_a, only_b, p, p_holm: p }
    }
}

/// The probability that of `n` fair coins at most `k`, or at least `n − k`, show heads.
fn two_sided_half(k: u64, n: u64) -> f64 {
    if 2 * k >= n {
        return 1.0;
    }
    let (mut log_term, mut sum) = (-(n as f64) * std::f64::consts::LN_2, 0.0);
    for i in 0..=k {
        sum += log_term.exp();
        log_term += ((n - i) as f64).ln() - ((i + 1) as f64).ln();
    }
    (2.0 * sum).min(1.0)
}

impl Comparison {
    fn new(
        gold: &str,
        task: Task,
        [a, b]: [&str; 2],
        [answers_a, answers_b]: &[Vec<Answer<'_>>; 2],
        bootstrap: &Bootstrap,
    ) -> Self {
        let documents = Documents::of(answers_a);
        let pair = Pair::new(answers_a, answers_b);
        let is_right = |answer: &Answer<'_>| {
            answer.read.is_some_and(|read| predicted(read) == answer.label.class)
        };
        let alone = |these: &[Answer<'_>], others: &[Answer<'_>]| {
            let pairs = these.iter().zip(others);
            pairs.filter(|(this, other)| is_right(this) && !is_right(other)).count() as u64
        };
        let mcnemar = McNemar::new(alone(answers_a, answers_b), alone(answers_b, answers_a));
        Self {
            gold: gold.to_owned(),
            task,
            a: a.to_owned(),
            b: b.to_owned(),
            n: answers_a.len(),
            n_documents: documents.n,
            differences: differences(&pair, &documents, bootstrap),
            mcnemar,
        }
    }

    /// The difference in a metric, by its name.
    pub fn difference(&self, metric: &str) -> Option<Difference> {
        let index = METRICS.iter().position(|known| known.name() == metric)?;
        self.differences.get(index).copied()
    }

    /// The comparison in the schema of `detente eval --json`.
    pub fn to_json(&self) -> Value {
        let metric = |(metric, d): (&&dyn super::Metric, &Difference)| {
            let Estimate { value, low, high } = d.estimate;
            let value = json!({
                "difference": value, "low": low, "high": high,
                "p_bootstrap": d.p_bootstrap, "p_randomisation": d.p_randomisation, "p_holm": d.p_holm,
            });
            (metric.name().to_owned(), value)
        };
        let McNemar { only_a, only_b, p, p_holm } = self.mcnemar;
        json!({
            "gold": self.gold,
            "task": self.task.name(),
            "a": self.a,
            "b": self.b,
            "n": self.n,
            "n_documents": self.n_documents,
            "metrics": METRICS.iter().zip(&self.differences).map(metric).collect::<Map<_, _>>(),
            "mcnemar": {"only_a": only_a, "only_b": only_b, "p": p, "p_holm": p_holm},
        })
    }
}

/// Both models' answers, one model's behind the other's.
struct Pair {
    points: Points,
    n: usize,
}

impl Pair {
    fn new(a: &[Answer<'_>], b: &[Answer<'_>]) -> Self {
        let both: Vec<Answer<'_>> = a.iter().chain(b).copied().collect();
        Self { points: points(&both), n: a.len() }
    }

    /// How much more the first has of each metric, where the answers of the first are those of the second wherever
    /// `is_swapped` says so, and all are taken `times`.
    fn difference(&self, times: &[u32], is_swapped: impl Fn(usize) -> bool) -> Vec<Option<f64>> {
        let mut chosen = [vec![0; 2 * self.n], vec![0; 2 * self.n]];
        for (index, &times) in times.iter().enumerate() {
            let (first, second) = (index, self.n + index);
            let (first, second) = if is_swapped(index) { (second, first) } else { (first, second) };
            chosen[0][first] = times;
            chosen[1][second] = times;
        }
        let samples = chosen.each_ref().map(|times| self.points.sample(times));
        let [a, b] = samples.each_ref().map(|s| METRICS.iter().map(|metric| metric.compute(s)));
        a.zip(b).map(|(a, b)| Some(a? - b?)).collect()
    }
}

fn differences(pair: &Pair, documents: &Documents, bootstrap: &Bootstrap) -> Vec<Difference> {
    let once = vec![1; pair.n];
    let observed = pair.difference(&once, |_| false);
    let mut samples = vec![Vec::new(); METRICS.len()];
    for times in bootstrap.resamples(documents) {
        let sample = pair.difference(&times, |_| false);
        samples.iter_mut().zip(sample).for_each(|(all, value)| all.extend(value));
    }
    let p_randomisation = randomise(pair, documents, bootstrap, &observed);
    let each = observed.iter().zip(samples).zip(p_randomisation);
    each.map(|((&value, sample), p_randomisation)| {
        let n = (sample.len() + 1) as f64;
        let below = 1 + sample.iter().filter(|&&difference| difference <= 0.0).count();
        let above = 1 + sample.iter().filter(|&&difference| difference >= 0.0).count();
        let p = (2.0 * below.min(above) as f64 / n).min(1.0);
        let is_tested = value.is_some() && !sample.is_empty();
        Difference {
            p_bootstrap: is_tested.then_some(p),
            p_randomisation,
            p_holm: None,
            estimate: bootstrap.estimate(value, sample),
        }
    })
    .collect()
}

/// The share of random exchanges of whole documents' answers that make a difference as large as the one observed, which
/// itself counts as one; `None` where nothing was observed or exchanged.
fn randomise(
    pair: &Pair,
    documents: &Documents,
    bootstrap: &Bootstrap,
    observed: &[Option<f64>],
) -> Vec<Option<f64>> {
    /// Sums in another order differ in their last bits.
    const TOLERANCE: f64 = 1e-12;
    let once = vec![1; pair.n];
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    // The bootstrap has the first stream of the seed.
    rng.set_stream(1);
    let mut n_as_large = vec![0u32; observed.len()];
    for _ in 0..bootstrap.resamples {
        let is_swapped: Vec<bool> = (0..documents.n).map(|_| rng.random()).collect();
        let exchanged = pair.difference(&once, |index| is_swapped[documents.of_answer[index]]);
        for ((count, observed), exchanged) in n_as_large.iter_mut().zip(observed).zip(exchanged) {
            let both = observed.zip(exchanged);
            let is_as_large =
                both.is_none_or(|(observed, other)| other.abs() >= observed.abs() - TOLERANCE);
            *count += u32::from(is_as_large);
        }
    }
    let share = |count: u32| f64::from(count + 1) / (f64::from(bootstrap.resamples) + 1.0);
    let is_tested = bootstrap.resamples > 0;
    let all = n_as_large.into_iter().zip(observed);
    all.map(|(count, observed)| observed.filter(|_| is_tested).map(|_| share(count))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{Comparison, McNemar, compare, correct, holm};
    use crate::batch::Instance;
    use crate::eval::answer::Answer;
    use crate::eval::gold::{GoldItem, GoldLabel};
    use crate::eval::interval::Bootstrap;
    use crate::model::{Probabilities, Task};

    /// Written by `eval/reference/metrics.py` with scipy and statsmodels.
    const REFERENCE: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/eval/reference/tests.json"));

    #[derive(Deserialize)]
    struct Reference {
        mcnemar: Vec<Counts>,
        holm: Vec<Family>,
    }

    #[derive(Deserialize)]
    struct Counts {
        only_a: u64,
        only_b: u64,
        p: f64,
    }

    #[derive(Deserialize)]
    struct Family {
        p: Vec<f64>,
        corrected: Vec<f64>,
    }

    fn items(n: usize) -> Vec<GoldItem> {
        let item = |i: usize| GoldItem {
            id: i.to_string(),
            instance: Instance { text: i.to_string(), targets: Vec::new(), pairs: Vec::new() },
            ..GoldItem::default()
        };
        (0..n).map(item).collect()
    }

    /// Right where `is_right`, else neutral; gold is hostile.
    fn answers(items: &[GoldItem], is_right: impl Fn(usize) -> bool) -> Vec<Answer<'_>> {
        let read = |right: bool| -> Option<Probabilities> {
            Some(if right { [0.8, 0.1, 0.1] } else { [0.1, 0.8, 0.1] })
        };
        let label = GoldLabel { task: Task::Stance, slot: 0, class: 0 };
        items
            .iter()
            .enumerate()
            .map(|(i, item)| Answer { item, label, read: read(is_right(i)) })
            .collect()
    }

    fn compared(a: &[Answer<'_>], b: &[Answer<'_>], resamples: u32) -> Comparison {
        let bootstrap = Bootstrap { resamples, ..Bootstrap::default() };
        compare("g", Task::Stance, &[("a", a), ("b", b)], &bootstrap).remove(0)
    }

    #[test]
    fn tests_agree_with_scipy_and_statsmodels() {
        let reference: Reference = serde_json::from_str(REFERENCE).unwrap();
        for Counts { only_a, only_b, p } in reference.mcnemar {
            let own = McNemar::new(only_a, only_b).p;
            assert!((own - p).abs() < 1e-9, "{only_a} against {only_b}: {own} is not {p}");
        }
        for Family { p, corrected } in reference.holm {
            for (own, expected) in holm(&p).into_iter().zip(corrected) {
                assert!((own - expected).abs() < 1e-9, "{p:?}: {own} is not {expected}");
            }
        }
    }

    #[test]
    fn models_that_answer_alike_are_not_told_apart() {
        let items = items(40);
        let a = answers(&items, |i| i % 3 > 0);
        let comparison = compared(&a, &a, 99);
        let f1 = comparison.difference("f1_macro").unwrap();
        assert_eq!(
            (f1.estimate.value, f1.p_bootstrap, f1.p_randomisation),
            (Some(0.0), Some(1.0), Some(1.0))
        );
        assert_eq!(comparison.mcnemar.p.to_bits(), 1f64.to_bits());
    }

    #[test]
    fn a_model_that_is_clearly_better_is_found_to_be() {
        let items = items(60);
        let comparison = compared(&answers(&items, |_| true), &answers(&items, |i| i % 3 > 0), 199);
        let accuracy = comparison.difference("accuracy").unwrap();
        assert!((accuracy.estimate.value.unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!(accuracy.estimate.low.unwrap() > 0.2, "{accuracy:?}");
        assert!(accuracy.p_randomisation.unwrap() < 0.01, "{accuracy:?}");
        assert!(accuracy.p_bootstrap.unwrap() < 0.02, "{accuracy:?}");
        assert_eq!((comparison.mcnemar.only_a, comparison.mcnemar.only_b), (20, 0));
    }

    /// Of eight items the one model has five alone and the other one: of 64 ways to exchange them, 14 give a difference
    /// of at least four.
    #[test]
    fn randomisation_comes_near_the_exact_test() {
        let items = items(8);
        let (a, b) = (answers(&items, |i| i < 7), answers(&items, |i| i < 2 || i == 7));
        let p = compared(&a, &b, 4000).difference("accuracy").unwrap().p_randomisation.unwrap();
        assert!((p - 14.0 / 64.0).abs() < 0.03, "{p}");
    }

    #[test]
    fn whole_documents_change_places() {
        let mut items = items(40);
        items.iter_mut().enumerate().for_each(|(i, x)| x.document = Some((i / 20).to_string()));
        let comparison = compared(&answers(&items, |_| true), &answers(&items, |_| false), 199);
        // Two documents can be exchanged in four ways, and half of these leave the difference as it is.
        let p = comparison.difference("accuracy").unwrap().p_randomisation.unwrap();
        assert!(p > 0.4, "{p}");
        assert_eq!(comparison.n_documents, 2);
    }

    #[test]
    fn all_comparisons_are_one_family() {
        let items = items(60);
        let all: [Vec<Answer<'_>>; 3] = [
            answers(&items, |_| true),
            answers(&items, |i| i % 6 > 0),
            answers(&items, |i| i % 2 > 0),
        ];
        let asked: Vec<(&str, &[Answer<'_>])> =
            ["a", "b", "c"].into_iter().zip(all.iter().map(Vec::as_slice)).collect();
        let bootstrap = Bootstrap { resamples: 99, ..Bootstrap::default() };
        let mut comparisons = compare("g", Task::Stance, &asked, &bootstrap);
        assert_eq!(comparisons.len(), 3);
        correct(&mut comparisons);
        for comparison in &comparisons {
            let f1 = comparison.difference("f1_macro").unwrap();
            assert!(f1.p_holm.unwrap() >= f1.p_randomisation.unwrap());
            assert!(comparison.mcnemar.p_holm >= comparison.mcnemar.p);
        }
        assert!(compare("g", Task::Dyad, &asked, &bootstrap).is_empty());
    }

    proptest! {
        #[test]
        fn correction_keeps_the_order_and_only_raises(p in proptest::collection::vec(0.0f64..=1.0, 0..12)) {
            let corrected = holm(&p);
            for (i, a) in p.iter().enumerate() {
                prop_assert!(corrected[i] >= *a && corrected[i] <= 1.0);
                for (j, b) in p.iter().enumerate() {
                    prop_assert!(a > b || corrected[i] <= corrected[j]);
                }
            }
        }

        #[test]
        fn mcnemar_does_not_care_who_is_first(a in 0u64..400, b in 0u64..400) {
            let (one, other) = (McNemar::new(a, b).p, McNemar::new(b, a).p);
            prop_assert!((one - other).abs() < 1e-15 && 0.0 < one && one <= 1.0);
        }
    }
}
