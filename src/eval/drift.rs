//! Does a model err more often as time goes on? The slope of its errors over dates, and whether chance gives such a one.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::answer::Answer;
use super::interval::{Bootstrap, Documents, Estimate};
use super::tally::predicted;

/// How errors change with time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// How much the share of wrong answers grows in a year: the slope of least squares.
    pub per_year: Estimate,
    /// The share of random exchanges of the documents' dates that give a slope as steep, two-sided.
    pub p: Option<f64>,
    /// How many answers have a date.
    pub n: usize,
    /// The first date, in years.
    pub from: f64,
    /// The last date, in years.
    pub to: f64,
}

impl Drift {
    /// Fits the slope; `None` where fewer than two dates are known. Answers without a date are left aside, and a lost
    /// item is an error.
    pub fn new(answers: &[Answer<'_>], bootstrap: &Bootstrap) -> Option<Self> {
        let dated: Vec<(Answer<'_>, f64)> =
            answers.iter().filter_map(|answer| Some((*answer, years(answer)?))).collect();
        let kept: Vec<Answer<'_>> = dated.iter().map(|(answer, _)| *answer).collect();
        let documents = Documents::of(&kept);
        let errors: Vec<f64> = kept.iter().map(error).collect();
        // The rows of one document have one date: that of the first.
        let mut of_document: Vec<f64> = vec![f64::NAN; documents.n as usize];
        for (&document, (_, years)) in documents.of_answer.iter().zip(&dated) {
            if of_document[document].is_nan() {
                of_document[document] = *years;
            }
        }
        let from = of_document.iter().copied().min_by(f64::total_cmp)?;
        let to = of_document.iter().copied().max_by(f64::total_cmp)?;
        let slope = |of_document: &[f64], times: &[u32]| {
            let dates = documents.of_answer.iter().map(|&document| of_document[document] - from);
            slope(dates.zip(errors.iter().copied()).zip(times.iter().copied()))
        };
        let once = vec![1; kept.len()];
        let observed = slope(&of_document, &once)?;
        let resamples = bootstrap.resamples(&documents);
        let sample = resamples.filter_map(|times| slope(&of_document, &times)).collect();
        Some(Self {
            per_year: bootstrap.estimate(Some(observed), sample),
            p: shuffled(bootstrap, &of_document, observed, |dates| slope(dates, &once)),
            n: kept.len(),
            from,
            to,
        })
    }
}

/// The share of shuffles that give a slope as steep as the one observed, which itself counts as one.
fn shuffled(
    bootstrap: &Bootstrap,
    of_document: &[f64],
    observed: f64,
    slope: impl Fn(&[f64]) -> Option<f64>,
) -> Option<f64> {
    /// Sums in another order differ in their last bits.
    const TOLERANCE: f64 = 1e-12;
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    // The bootstrap and the comparison of models have the first streams of the seed.
    rng.set_stream(2);
    let mut dates = of_document.to_vec();
    let mut n_as_steep = 1u32;
    for _ in 0..bootstrap.resamples {
        dates.shuffle(&mut rng);
        let is_as_steep = slope(&dates).is_none_or(|s| s.abs() >= observed.abs() - TOLERANCE);
        n_as_steep += u32::from(is_as_steep);
    }
    let n = f64::from(bootstrap.resamples) + 1.0;
    (bootstrap.resamples > 0).then(|| f64::from(n_as_steep) / n)
}

fn error(answer: &Answer<'_>) -> f64 {
    let is_right = answer.read.is_some_and(|read| predicted(read) == answer.label.class);
    if is_right { 0.0 } else { 1.0 }
}

/// A row's date in years: `2031`, `2031-05` or `2031-05-17`, whatever follows; the middle of what isn't told.
fn years(answer: &Answer<'_>) -> Option<f64> {
    let date = answer.item.facets.date.as_deref()?;
    let part = |from: usize, to: usize| date.get(from..to)?.parse::<u16>().ok().map(f64::from);
    let year = part(0, 4)?;
    let month = part(5, 7).filter(|month| (1.0..=12.0).contains(month));
    let day = part(8, 10).filter(|day| (1.0..=31.0).contains(day));
    Some(match (month, day) {
        (None, _) => year + 0.5,
        (Some(month), None) => year + (month - 0.5) / 12.0,
        (Some(month), Some(day)) => year + (month - 1.0 + (day - 0.5) / 31.0) / 12.0,
    })
}

/// The slope of least squares through points that stand there so many times; `None` where all have one date.
fn slope(points: impl Iterator<Item = ((f64, f64), u32)> + Clone) -> Option<f64> {
    let (mut n, mut sum_x, mut sum_y) = (0.0, 0.0, 0.0);
    for ((x, y), times) in points.clone() {
        let times = f64::from(times);
        (n, sum_x, sum_y) = (n + times, sum_x + times * x, sum_y + times * y);
    }
    let (mean_x, mean_y) = (sum_x / n, sum_y / n);
    let (mut spread, mut together) = (0.0, 0.0);
    for ((x, y), times) in points {
        let times = f64::from(times);
        spread += times * (x - mean_x).powi(2);
        together += times * (x - mean_x) * (y - mean_y);
    }
    (spread > 1e-9).then(|| together / spread)
}

#[cfg(test)]
mod tests {
    use super::Drift;
    use crate::batch::Instance;
    use crate::eval::answer::Answer;
    use crate::eval::gold::{Facets, GoldItem, GoldLabel};
    use crate::eval::interval::Bootstrap;
    use crate::model::Task;

    fn items(dates: &[&str]) -> Vec<GoldItem> {
        let item = |(i, date): (usize, &&str)| GoldItem {
            instance: Instance { text: i.to_string(), ..Instance::default() },
            facets: Facets { date: Some((*date).to_owned()), ..Facets::default() },
            ..GoldItem::default()
        };
        dates.iter().enumerate().map(item).collect()
    }

    fn drift(items: &[GoldItem], is_right: impl Fn(usize) -> bool) -> Option<Drift> {
        let label = GoldLabel { task: Task::Stance, slot: 0, class: 1 };
        let read = |right: bool| if right { [0.0, 1.0, 0.0] } else { [1.0, 0.0, 0.0] };
        let answers: Vec<Answer<'_>> = items
            .iter()
            .enumerate()
            .map(|(i, item)| Answer { item, label, read: Some(read(is_right(i))) })
            .collect();
        Drift::new(&answers, &Bootstrap { resamples: 300, ..Bootstrap::default() })
    }

    #[test]
    fn errors_that_grow_with_time_have_a_slope() {
        let dates: Vec<&str> = (0..60).map(|i| if i < 30 { "2030" } else { "2032" }).collect();
        let drift = drift(&items(&dates), |i| i < 30 || i % 3 > 0).unwrap();
        assert!((drift.per_year.value.unwrap() - 1.0 / 6.0).abs() < 1e-12);
        assert!(drift.p.unwrap() < 0.01 && drift.per_year.low.unwrap() > 0.0, "{drift:?}");
        assert_eq!((drift.n, drift.from.to_bits()), (60, 2030.5f64.to_bits()));
    }

    #[test]
    fn errors_that_come_at_random_have_none() {
        let dates: Vec<String> = (0..60).map(|i| format!("2030-{:02}-11", i / 5 + 1)).collect();
        let dates: Vec<&str> = dates.iter().map(String::as_str).collect();
        let drift = drift(&items(&dates), |i| i % 2 > 0).unwrap();
        assert!(drift.p.unwrap() > 0.2, "{drift:?}");
    }

    #[test]
    fn without_two_dates_there_is_no_drift() {
        assert_eq!(drift(&items(&["2030", "2030", "2030"]), |i| i > 0), None);
        assert_eq!(drift(&items(&["", "May"]), |_| true), None);
    }
}
