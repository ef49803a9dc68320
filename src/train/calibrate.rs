//! How sure may the model say it is? As sure as makes held-out labels most probable: one temperature a task.

use crate::eval::Answer;
use crate::model::Probabilities;
use crate::model::Task;

/// The temperature (Guo et al. 2017) that makes the gold classes of one task's answers most probable, searched between
/// 1/5 and 5; 1 where nothing was answered.
pub(super) fn temperature<'a>(answers: impl Iterator<Item = &'a Answer<'a>>, task: Task) -> f32 {
    let read: Vec<(Probabilities, usize)> = answers
        .filter(|answer| answer.label.task == task)
        .filter_map(|answer| Some((answer.read?, answer.label.class)))
        .collect();
    if read.is_empty() {
        return 1.0;
    }
    let log =
        golden_section(-5f64.ln(), 5f64.ln(), |log| negative_log_likelihood(&read, log.exp()));
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
