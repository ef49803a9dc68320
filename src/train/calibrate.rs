//! How sure may the model say it is? As sure as makes held-out labels most probable: one temperature a task.

use crate::eval::Answer;
use crate::eval::METRICS;
use crate::eval::sample::Points;
use crate::model::Probabilities;
use crate::model::Task;

/// The temperature (Guo et al. 2017) that makes the gold classes of one task's answers most probable, searched between
/// 1/5 and 5; 1 where nothing was answered.
pub(super) fn temperature<'a>(answers: impl Iterator<Item = &'a Answer<'a>>, task: Task) -> f32 {
    let answers = answers.filter(|answer| answer.label.task == task);
    fitted(
        &answers.filter_map(|answer| Some((answer.read?, answer.label.class))).collect::<Vec<_>>(),
    )
}

/// Parts that are held out in turn.
const N_FOLDS: usize = 5;

/// The expected calibration error of one task's answers, each fifth of the texts under the temperature of the others
/// (cross-fitting): what the stored temperature does on texts that it wasn't fitted to; `None` where nothing was answered.
pub(super) fn cross_fitted_error(answers: &[Answer<'_>], task: Task) -> Option<f64> {
    let mut folds: [Vec<(Probabilities, usize)>; N_FOLDS] = Default::default();
    let mut n_texts = 0;
    for (i, answer) in answers.iter().enumerate() {
        n_texts += usize::from(i > 0 && !std::ptr::eq(answer.item, answers[i - 1].item));
        if let Some(p) = answer.read.filter(|_| answer.label.task == task) {
            folds[n_texts % N_FOLDS].push((p, answer.label.class));
        }
    }
    let mut tempered_answers = Vec::new();
    for held_out in 0..N_FOLDS {
        let others = folds.iter().enumerate().filter(|(fold, _)| *fold != held_out);
        let temperature = fitted(&others.flat_map(|(_, read)| read.clone()).collect::<Vec<_>>());
        for &(p, class) in &folds[held_out] {
            tempered_answers.push((class, Some(tempered(p, temperature))));
        }
    }
    let points = Points::new(tempered_answers);
    let ece = METRICS.iter().find(|metric| metric.name() == "ece")?;
    ece.compute(&points.sample(&vec![1; points.len()]))
}

/// Probabilities whose logits are divided by a temperature.
fn tempered(p: Probabilities, temperature: f32) -> Probabilities {
    let raised = p.map(|p| p.max(1e-7).powf(1.0 / temperature));
    raised.map(|p| p / raised.iter().sum::<f32>())
}

/// The temperature that makes the gold classes most probable.
fn fitted(read: &[(Probabilities, usize)]) -> f32 {
    if read.is_empty() {
        return 1.0;
    }
    let log = golden_section(-5f64.ln(), 5f64.ln(), |log| negative_log_likelihood(read, log.exp()));
    #[expect(clippy::cast_possible_truncation, reason = "a temperature needs no more than f32")]
    let temperature = log.exp() as f32;
    temperature
}

/// The mean of −log p(gold class) after division of the logits by `temperature`.
fn negative_log_likelihood(read: &[(Probabilities, usize)], temperature: f64) -> f64 {
    let loss = |(p, class): &(Probabilities, usize)| {
        let logits = p.map(|p| f64::from(p.max(1e-7)).ln() / temperature);
        logits.iter().map(|logit| logit.exp()).sum::<f64>().ln() - logits[*class]
    };
    read.iter().map(loss).sum::<f64>() / read.len() as f64
}

/// Where a function with one valley is least (Kiefer 1953).
fn golden_section(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    while high - low > 1e-4 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if f(left) < f(right) { high = right } else { low = left }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{GoldItem, GoldLabel};

    #[test]
    fn each_fold_is_judged_by_a_temperature_that_the_others_gave() {
        let item = |i: usize| GoldItem { id: i.to_string(), ..GoldItem::default() };
        let items: Vec<GoldItem> = (0..500).map(item).collect();
        // Says 0.98 and is right three times in four.
        let answer = |(i, item)| {
            let class = if i % 4 == 0 { 1 + i / 4 % 2 } else { 0 };
            let label = GoldLabel { task: Task::Stance, slot: 0, class };
            Answer { item, label, read: Some([0.98, 0.01, 0.01]) }
        };
        let answers: Vec<Answer<'_>> = items.iter().enumerate().map(answer).collect();
        let error = cross_fitted_error(&answers, Task::Stance).unwrap();
        assert!(error < 0.01, "{error}");
        assert_eq!(cross_fitted_error(&answers, Task::Dyad), None);
    }

    #[test]
    fn an_overconfident_reader_is_cooled_down() {
        // Says 0.98 and is right three times in four.
        let read: Vec<(Probabilities, usize)> = (0..100)
            .map(|i| ([0.98, 0.01, 0.01], if i % 4 == 0 { 1 + i / 4 % 2 } else { 0 }))
            .collect();
        let log =
            golden_section(-5f64.ln(), 5f64.ln(), |log| negative_log_likelihood(&read, log.exp()));
        let p =
            |t: f64| 0.98f64.powf(1.0 / t) / (0.98f64.powf(1.0 / t) + 2.0 * 0.01f64.powf(1.0 / t));
        assert!((p(log.exp()) - 0.75).abs() < 1e-3, "{}", p(log.exp()));
    }
}
