//! How sure are we of a number? Intervals from resampled documents.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::answer::Answer;
use super::gold::GoldItem;
use super::metric::{CLASS_METRICS, METRICS};
use super::sample::{Points, Sample};

/// A value and the interval that it probably lies in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// From all answers; `None` where the metric isn't defined.
    pub value: Option<f64>,
    /// The interval's lower bound.
    pub low: Option<f64>,
    /// The interval's upper bound.
    pub high: Option<f64>,
}

/// The percentile bootstrap over documents (Efron 1979): answers of one document are not independent, so whole
/// documents are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How many samples are drawn; 0 for no intervals.
    pub resamples: u32,
    /// The share of samples that an interval holds, within 0…1.
    pub level: f64,
    /// Of the random numbers: the same seed gives the same intervals.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1000, level: 0.95, seed: 0 }
    }
}

/// Estimates of everything that is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates {
    /// Of each of [`METRICS`], in their order.
    pub metrics: Vec<Estimate>,
    /// Of each class, each of [`CLASS_METRICS`], in their order.
    pub classes: [Vec<Estimate>; 3],
}

impl Bootstrap {
    /// An estimate of every metric, of all classes and of each.
    pub fn estimates(&self, answers: &[Answer<'_>]) -> Estimates {
        let points = points(answers);
        let values = measure(&points.sample(&vec![1; points.len()]));
        let mut samples = vec![Vec::new(); values.len()];
        for times in self.resamples(&Documents::of(answers)) {
            let sample = measure(&points.sample(&times));
            samples.iter_mut().zip(sample).for_each(|(all, value)| all.extend(value));
        }
        let estimate = |(value, sample)| self.estimate(value, sample);
        let mut estimates = values.into_iter().zip(samples).map(estimate);
        let metrics = estimates.by_ref().take(METRICS.len()).collect();
        let classes =
            [(); 3].map(|()| estimates.by_ref().take(CLASS_METRICS.len()).collect::<Vec<_>>());
        Estimates { metrics, classes }
    }

    /// How often each answer is drawn, sample by sample.
    pub(super) fn resamples<'a>(
        &self,
        documents: &'a Documents,
    ) -> impl Iterator<Item = Vec<u32>> + use<'a> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let n = documents.n;
        (0..if n == 0 { 0 } else { self.resamples }).map(move |_| {
            let mut drawn = vec![0; n as usize];
            (0..n).for_each(|_| drawn[rng.random_range(0..n) as usize] += 1);
            documents.of_answer.iter().map(|&document| drawn[document]).collect()
        })
    }

    /// A value with the percentiles of what samples gave.
    pub(super) fn estimate(&self, value: Option<f64>, mut sample: Vec<f64>) -> Estimate {
        sample.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        let bound = |share| value.and_then(|_| quantile(&sample, share));
        Estimate { value, low: bound(tail), high: bound(1.0 - tail) }
    }
}

/// Every metric, then those of each class.
pub(super) fn measure(sample: &Sample<'_>) -> Vec<Option<f64>> {
    let all = METRICS.iter().map(|metric| metric.compute(sample));
    let of_class = |class| CLASS_METRICS.iter().map(move |(_, compute)| compute(sample, class));
    all.chain((0..3).flat_map(of_class)).collect()
}

/// What metrics see of answers.
pub(super) fn points(answers: &[Answer<'_>]) -> Points {
    Points::new(answers.iter().map(|answer| (answer.label.class, answer.read)))
}

/// Which answers stem from one document.
///
/// Rows without a document stand for one each, but rows with the same text are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// The number of each answer's document, in order of first sight.
    pub of_answer: Vec<usize>,
    /// How many documents there are.
    pub n: u32,
}

impl Documents {
    /// The documents of answers.
    pub fn of(answers: &[Answer<'_>]) -> Self {
        Self::of_items(answers.iter().map(|answer| answer.item))
    }

    /// The documents of items.
    pub fn of_items<'a>(items: impl Iterator<Item = &'a GoldItem>) -> Self {
        let mut seen = std::collections::BTreeMap::new();
        let numbers = items.map(|item| {
            let document = item.document.as_deref();
            let key = (document, if document.is_some() { "" } else { &item.instance.text });
            let next = seen.len();
            *seen.entry(key).or_insert(next)
        });
        let of_answer = numbers.collect();
        let n = u32::try_from(seen.len()).expect("a gold file has fewer than 2³² rows");
        Self { of_answer, n }
    }
}

/// The value below which a share of the sorted values lies, interpolated between neighbours.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ place < 2⁵³")]
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::{Bootstrap, Documents, Estimate, quantile};
    use crate::batch::Instance;
    use crate::eval::answer::Answer;
    use crate::eval::gold::{GoldItem, GoldLabel};
    use crate::eval::metric::METRICS;
    use crate::model::Task;

    fn item(text: &str, document: Option<&str>) -> GoldItem {
        GoldItem {
            id: text.to_owned(),
            group: None,
            document: document.map(str::to_owned),
            instance: Instance { text: text.to_owned(), targets: Vec::new(), pairs: Vec::new() },
            ..GoldItem::default()
        }
    }

    fn answer(item: &GoldItem, is_right: bool) -> Answer<'_> {
        let label = GoldLabel { task: Task::Stance, slot: 0, class: usize::from(is_right) };
        Answer { item, label, read: Some([0.0, 1.0, 0.0]) }
    }

    fn accuracy(bootstrap: Bootstrap, answers: &[Answer<'_>]) -> Estimate {
        let index = METRICS.iter().position(|metric| metric.name() == "accuracy").unwrap();
        bootstrap.estimates(answers).metrics[index]
    }

    fn width(estimate: Estimate) -> f64 {
        estimate.high.unwrap() - estimate.low.unwrap()
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.975), Some(3.0));
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
    }

    #[test]
    fn an_interval_has_about_the_width_that_the_binomial_gives() {
        let items: Vec<_> = (0..400).map(|i| item(&i.to_string(), None)).collect();
        let answers: Vec<_> = items.iter().enumerate().map(|(i, x)| answer(x, i % 4 > 0)).collect();
        let estimate = accuracy(Bootstrap::default(), &answers);
        let expected = 2.0 * 1.96 * (0.75f64 * 0.25 / 400.0).sqrt();
        assert_eq!(estimate.value, Some(0.75));
        assert!((width(estimate) / expected - 1.0).abs() < 0.1, "{estimate:?} against {expected}");
    }

    #[test]
    fn answers_of_one_document_make_the_interval_wider() {
        let is_right = |i: usize| !(i / 10).is_multiple_of(4);
        let apart: Vec<_> = (0..400).map(|i| item(&i.to_string(), None)).collect();
        let together: Vec<_> =
            (0..400).map(|i| item(&i.to_string(), Some(&(i / 10).to_string()))).collect();
        let of = |items: &[GoldItem]| {
            let answers: Vec<_> =
                items.iter().enumerate().map(|(i, x)| answer(x, is_right(i))).collect();
            width(accuracy(Bootstrap::default(), &answers))
        };
        assert!(of(&together) > 2.0 * of(&apart));
    }

    #[test]
    fn rows_with_the_same_text_are_one_document() {
        let items = [item("a", None), item("b", None), item("a", None), item("a", Some("a"))];
        let answers: Vec<_> = items.iter().map(|x| answer(x, true)).collect();
        assert_eq!(Documents::of(&answers), Documents { of_answer: vec![0, 1, 0, 2], n: 3 });
    }

    #[test]
    fn the_seed_alone_decides() {
        let items: Vec<_> = (0..50).map(|i| item(&i.to_string(), None)).collect();
        let answers: Vec<_> = items.iter().enumerate().map(|(i, x)| answer(x, i % 3 > 0)).collect();
        let of = |seed| Bootstrap { seed, ..Bootstrap::default() }.estimates(&answers);
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn without_answers_or_resamples_there_is_no_interval() {
        let none = Estimate { value: None, low: None, high: None };
        assert_eq!(accuracy(Bootstrap::default(), &[]), none);
        let item = item("a", None);
        let estimate =
            accuracy(Bootstrap { resamples: 0, ..Bootstrap::default() }, &[answer(&item, true)]);
        assert_eq!(estimate, Estimate { value: Some(1.0), low: None, high: None });
    }
}
