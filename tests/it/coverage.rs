//! Do corrected intervals hold the truth where raw ones don't? A small `cargo run --example coverage`.

use detente::aggregate::{Correction, ErrorMatrix, Influence, Quantifier, Statistic, Sums, Weight};
use detente::aggregate::{correct, quantify};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::simulated::{Coverage, World, domains, truth};

const N_DRAWS: u64 = 200;

#[test]
fn intervals_corrected_by_labels_hold_the_truth_where_raw_ones_do_not() {
    let world = World { accuracy: 0.7, is_uneven: true };
    let [mut raw, mut dsl, mut ppi] = [Coverage::default(); 3];
    for seed in 0..N_DRAWS {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let readings = world.archive(&mut random, 200);
        let domains = domains(&readings, 300, seed % 2 == 0, seed);
        let domain = &domains[0][1];
        let estimate =
            Influence::of_mean(&domain.articles, Weight::Sentence, Sums::total_net).unwrap();
        let interval = estimate.interval(0.95, [-1.0, 1.0]);
        raw.add(estimate.value(), [interval.low, interval.high], truth(0, 1));
        for (coverage, correction) in [(&mut dsl, Correction::Dsl), (&mut ppi, Correction::Ppi)] {
            let corrected = correct(
                &domain.articles,
                &domain.readings,
                Statistic::Net,
                correction,
                Weight::Sentence,
            );
            let corrected = corrected.unwrap();
            let interval = corrected.interval(0.95);
            let value = corrected.influence.value();
            coverage.add(value, [interval.low, interval.high], truth(0, 1));
        }
    }
    assert!(raw.held() < 0.85, "{}", raw.held());
    for corrected in [dsl, ppi] {
        assert!((0.9..=0.99).contains(&corrected.held()), "{}", corrected.held());
        assert!(corrected.bias().abs() < 0.02, "{}", corrected.bias());
    }
    assert!(ppi.width() < dsl.width(), "{} {}", ppi.width(), dsl.width());
}

#[test]
fn an_error_matrix_corrects_where_errors_are_the_same_as_where_it_is_from() {
    let world = World { accuracy: 0.7, is_uneven: false };
    let mut coverages = [Coverage::default(); 3];
    let quantifiers = [Quantifier::Acc, Quantifier::Pacc, Quantifier::Em];
    for seed in 0..N_DRAWS {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let readings = world.archive(&mut random, 200);
        let elsewhere = world.elsewhere(&mut random, 300);
        let domains = domains(&readings, 1, false, seed);
        for (coverage, quantifier) in coverages.iter_mut().zip(quantifiers) {
            let errors =
                ErrorMatrix::from_readings(&elsewhere, quantifier != Quantifier::Acc).unwrap();
            let found =
                quantify(&domains[0][1].readings, Statistic::Net, quantifier, &errors).unwrap();
            let interval = found.interval(0.95);
            coverage.add(found.value, [interval.low, interval.high], truth(0, 1));
        }
    }
    for (coverage, quantifier) in coverages.iter().zip(quantifiers) {
        let held = coverage.held();
        assert!((0.9..=0.99).contains(&held), "{quantifier:?}: {held}");
    }
}
