//! How sure are we of a number? Intervals from resampled documents.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::answer::Answer;
use super::metric::METRICS;
use super::tally::Tally;

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

impl Bootstrap {
    /// An estimate of every metric of [`METRICS`], in their order.
    pub fn estimates(&self, answers: &[Answer<'_>]) -> Vec<Estimate> {
        let values = compute(answers, |_| 1.0);
        let mut samples = vec![Vec::new(); METRICS.len()];
        let (clusters, n_clusters) = clusters(answers);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut weights = vec![0.0; n_clusters as usize];
        for _ in 0..if n_clusters == 0 { 0 } else { self.resamples } {
            weights.fill(0.0);
            for _ in 0..n_clusters {
                weights[rng.random_range(0..n_clusters) as usize] += 1.0;
            }
            let sample = compute(answers, |index| weights[clusters[index]]);
            samples.iter_mut().zip(sample).for_each(|(all, value)| all.extend(value));
        }
        let tail = (1.0 - self.level) / 2.0;
        let estimate = |(value, mut sample): (Option<f64>, Vec<f64>)| {
            sample.sort_by(f64::total_cmp);
            let bound = |share| value.and_then(|_| quantile(&sample, share));
            Estimate { value, low: bound(tail), high: bound(1.0 - tail) }
        };
        values.into_iter().zip(samples).map(estimate).collect()
    }
}

/// The number of documents that answers stem from.
pub fn n_documents(answers: &[Answer<'_>]) -> u32 {
    clusters(answers).1
}

fn compute(answers: &[Answer<'_>], weight: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
    let mut tally = Tally::default();
    for (index, answer) in answers.iter().enumerate() {
        match weight(index) {
            0.0 => {}
            weight => tally.add(answer.label.class, answer.read, weight),
        }
    }
    METRICS.iter().map(|metric| metric.compute(&tally)).collect()
}

/// The number of each answer's document, in order of first sight, and how many there are.
///
/// Rows without a document stand for one each, but rows with the same text are one.
fn clusters(answers: &[Answer<'_>]) -> (Vec<usize>, u32) {
    let mut seen = std::collections::BTreeMap::new();
    let numbers = answers.iter().map(|answer| {
        let document = answer.item.document.as_deref();
        let key = (document, if document.is_some() { "" } else { &answer.item.instance.text });
        let next = seen.len();
        *seen.entry(key).or_insert(next)
    });
    let numbers = numbers.collect();
    (numbers, u32::try_from(seen.len()).expect("a gold file has fewer than 2³² rows"))
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
    use super::{Bootstrap, Estimate, n_documents, quantile};
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
            labels: Vec::new(),
            sentence_label: None,
        }
    }

    fn answer(item: &GoldItem, is_right: bool) -> Answer<'_> {
        let label = GoldLabel { task: Task::Stance, slot: 0, class: usize::from(is_right) };
        Answer { item, label, read: Some([0.0, 1.0, 0.0]) }
    }

    fn accuracy(bootstrap: Bootstrap, answers: &[Answer<'_>]) -> Estimate {
        let index = METRICS.iter().position(|metric| metric.name() == "accuracy").unwrap();
        bootstrap.estimates(answers)[index]
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
        assert_eq!(n_documents(&answers), 3);
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
