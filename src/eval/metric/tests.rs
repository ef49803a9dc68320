use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::METRICS;
use crate::eval::sample::{Points, Sample};

/// Written by `eval/reference/metrics.py`.
const REFERENCE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/eval/reference/metrics.json"));

#[derive(Deserialize)]
struct Case {
    name: String,
    gold: Vec<usize>,
    read: Vec<Option<[f32; 3]>>,
    metrics: BTreeMap<String, Option<f64>>,
    precision: [f64; 3],
    recall: [f64; 3],
    f1: [f64; 3],
    support: [f64; 3],
    auc: [Option<f64>; 3],
    confusion: [[f64; 3]; 3],
}

/// What a test says of answers, each taken once.
fn look<T>(answers: &[(usize, Option<[f32; 3]>)], look: impl FnOnce(&Sample<'_>) -> T) -> T {
    look(&Points::new(answers.iter().copied()).sample(&vec![1; answers.len()]))
}

/// The values of all metrics, each item taken so many times.
fn values(answers: &[(usize, Option<[f32; 3]>)], times: u32) -> Vec<(&'static str, Option<f64>)> {
    let points = Points::new(answers.iter().copied());
    let times = vec![times; answers.len()];
    let sample = points.sample(&times);
    METRICS.iter().map(|metric| (metric.name(), metric.compute(&sample))).collect()
}

fn assert_close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual} is not {expected}");
}

fn assert_same(actual: Option<f64>, expected: Option<f64>, what: &str) {
    match (actual, expected) {
        (Some(actual), Some(expected)) => assert_close(actual, expected, 1e-9, what),
        (actual, expected) => assert_eq!(actual, expected, "{what}"),
    }
}

#[test]
fn metrics_agree_with_scikit_learn() {
    let cases: Vec<Case> = serde_json::from_str(REFERENCE).unwrap();
    for case in &cases {
        let answers: Vec<_> = case.gold.iter().copied().zip(case.read.iter().copied()).collect();
        for (name, value) in values(&answers, 1) {
            assert_same(value, case.metrics[name], &format!("{name} of {}", case.name));
        }
        let tally = look(&answers, |sample| sample.tally.clone());
        for class in 0..3 {
            let auc = look(&answers, |sample| sample.auc(class));
            assert_same(auc, case.auc[class], &format!("auc of {class} of {}", case.name));
            let or_zero = |value: Option<f64>| value.unwrap_or(0.0);
            assert_close(or_zero(tally.precision(class)), case.precision[class], 1e-9, &case.name);
            assert_close(or_zero(tally.recall(class)), case.recall[class], 1e-9, &case.name);
            assert_close(or_zero(tally.f1(class)), case.f1[class], 1e-9, &case.name);
            assert_close(tally.support(class), case.support[class], 0.0, &case.name);
            for predicted in 0..3 {
                let expected = case.confusion[class][predicted];
                assert_close(tally.confusion()[class][predicted], expected, 0.0, &case.name);
            }
        }
    }
}

#[test]
fn every_metric_is_in_the_reference_under_its_name() {
    let cases: Vec<Case> = serde_json::from_str(REFERENCE).unwrap();
    let mut names: Vec<_> = METRICS.iter().map(|metric| metric.name()).collect();
    names.sort_unstable();
    assert_eq!(cases[0].metrics.keys().collect::<Vec<_>>(), names);
}

#[test]
fn without_items_no_metric_is_defined() {
    assert!(values(&[], 1).iter().all(|(_, value)| value.is_none()));
}

#[test]
fn perfect_answers_are_the_best_there_is() {
    let sure = |class: usize| [0, 1, 2].map(|c| if c == class { 1.0 } else { 0.0 });
    let values = values(&[0, 0, 1, 2].map(|class| (class, Some(sure(class)))), 1);
    for (metric, (name, value)) in METRICS.iter().zip(values) {
        assert_close(value.unwrap(), metric.best(), 1e-12, name);
    }
}

#[test]
fn a_reading_that_is_not_a_number_is_lost() {
    let answers = [(1, Some([f32::NAN, 1.0, 0.0]))];
    assert_close(look(&answers, |sample| sample.tally.n_lost()), 1.0, 0.0, "lost");
}

fn answers() -> impl Strategy<Value = Vec<(usize, Option<[f32; 3]>)>> {
    let read = (0u16..=1000, 0u16..=1000).prop_map(|(a, b)| {
        let (low, high) = (f32::from(a.min(b)) / 1000.0, f32::from(a.max(b)) / 1000.0);
        [low, high - low, 1.0 - high]
    });
    proptest::collection::vec((0usize..3, proptest::option::weighted(0.9, read)), 0..60)
}

proptest! {
    #[test]
    fn metrics_do_not_depend_on_the_order_of_the_answers((answers, shuffled) in answers().prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle()))) {
        for ((name, before), (_, after)) in values(&answers, 1).into_iter().zip(values(&shuffled, 1)) {
            assert_same(before, after, name);
        }
    }

    #[test]
    fn metrics_lie_within_their_bounds(answers in answers()) {
        for (metric, (name, value)) in METRICS.iter().zip(values(&answers, 1)) {
            let (low, high) = metric.bounds();
            if let Some(value) = value {
                prop_assert!((low - 1e-6..=high + 1e-6).contains(&value), "{name} is {value}");
            }
        }
    }

    #[test]
    fn a_weight_is_so_many_repetitions(answers in answers()) {
        let twice: Vec<_> = answers.iter().chain(&answers).copied().collect();
        for ((name, weighted), (_, twice)) in values(&answers, 2).into_iter().zip(values(&twice, 1)) {
            assert_same(weighted, twice, name);
        }
    }

    /// Neither direction of the order is special: hostile and conciliatory may change places.
    #[test]
    fn metrics_do_not_depend_on_which_end_of_the_order_is_first(answers in answers()) {
        let is_even = |read: Option<[f32; 3]>| read.is_some_and(|[a, _, c]| a.to_bits() == c.to_bits());
        let turned: Vec<_> = answers
            .iter()
            .filter(|(_, read)| !is_even(*read))
            .map(|&(gold, read)| (2 - gold, read.map(|[a, b, c]| [c, b, a])))
            .collect();
        let answers: Vec<_> = answers.iter().filter(|(_, read)| !is_even(*read)).copied().collect();
        for ((name, before), (_, after)) in values(&answers, 1).into_iter().zip(values(&turned, 1)) {
            assert_same(before, after, name);
        }
    }
}
