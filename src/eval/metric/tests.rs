use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::METRICS;
use crate::eval::tally::Tally;

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
    confusion: [[f64; 3]; 3],
}

fn tally(answers: &[(usize, Option<[f32; 3]>)]) -> Tally {
    let mut tally = Tally::default();
    for &(gold, read) in answers {
        tally.add(gold, read, 1.0);
    }
    tally
}

fn assert_close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual} is not {expected}");
}

#[test]
fn metrics_agree_with_scikit_learn() {
    let cases: Vec<Case> = serde_json::from_str(REFERENCE).unwrap();
    for case in &cases {
        let answers: Vec<_> = case.gold.iter().copied().zip(case.read.iter().copied()).collect();
        let tally = tally(&answers);
        for metric in METRICS {
            let what = format!("{} of {}", metric.name(), case.name);
            match (metric.compute(&tally), case.metrics[metric.name()]) {
                (Some(actual), Some(expected)) => assert_close(actual, expected, 1e-9, &what),
                (actual, expected) => assert_eq!(actual, expected, "{what}"),
            }
        }
        for class in 0..3 {
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
    for metric in METRICS {
        assert_eq!(metric.compute(&Tally::default()), None, "{}", metric.name());
    }
}

#[test]
fn perfect_answers_are_the_best_there_is() {
    let sure = |class: usize| [0, 1, 2].map(|c| if c == class { 1.0 } else { 0.0 });
    let tally = tally(&[0, 0, 1, 2].map(|class| (class, Some(sure(class)))));
    for metric in METRICS {
        assert_close(metric.compute(&tally).unwrap(), metric.best(), 1e-12, metric.name());
    }
}

#[test]
fn a_reading_that_is_not_a_number_is_lost() {
    let tally = tally(&[(1, Some([f32::NAN, 1.0, 0.0]))]);
    assert_close(tally.n_lost(), 1.0, 0.0, "lost");
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
        let (before, after) = (tally(&answers), tally(&shuffled));
        for metric in METRICS {
            match (metric.compute(&before), metric.compute(&after)) {
                (Some(before), Some(after)) => prop_assert!((before - after).abs() < 1e-9, "{}", metric.name()),
                (before, after) => prop_assert_eq!(before, after),
            }
        }
    }

    #[test]
    fn metrics_lie_within_their_bounds(answers in answers()) {
        let tally = tally(&answers);
        for metric in METRICS {
            let (low, high) = metric.bounds();
            if let Some(value) = metric.compute(&tally) {
                prop_assert!((low - 1e-6..=high + 1e-6).contains(&value), "{} is {value}", metric.name());
            }
        }
    }

    #[test]
    fn a_weight_is_so_many_repetitions(answers in answers()) {
        let mut weighted = Tally::default();
        for &(gold, read) in &answers {
            weighted.add(gold, read, 2.0);
        }
        let twice = tally(&answers.iter().chain(&answers).copied().collect::<Vec<_>>());
        for metric in METRICS {
            match (metric.compute(&weighted), metric.compute(&twice)) {
                (Some(weighted), Some(twice)) => prop_assert!((weighted - twice).abs() < 1e-9, "{}", metric.name()),
                (weighted, twice) => prop_assert_eq!(weighted, twice),
            }
        }
    }
}
