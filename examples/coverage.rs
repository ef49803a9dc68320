//! How often do 95% intervals hold the truth? Prints `eval/results/coverage.md`; some minutes on one core.
//!
//! ```sh
//! cargo run --release --example coverage -- 1000 > eval/results/coverage.md
//! ```

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example that prints")]

use detente::aggregate::{
    ArticleSums, Correction, ErrorMatrix, Estimate, Influence, IntervalMethod,
};
use detente::aggregate::{IntervalOptions, Quantifier, Statistic, Sums, Weight, correct, quantify};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

#[path = "../tests/it/simulated.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod simulated;

use simulated::{Coverage, Domain, World, domains, truth};

const N_ARTICLES: usize = 300;
const N_GOLD: usize = 300;
const N_ELSEWHERE: usize = 400;

fn main() {
    let n_draws = std::env::args().nth(1).map_or(1000, |n| n.parse().unwrap());
    println!("{}", HEAD.replace("DRAWS", &n_draws.to_string()));
    labelled(n_draws);
    without_labels(n_draws);
    intervals(n_draws);
}

const HEAD: &str = "\
# Do intervals keep their promise?

```sh
cargo run --release --example coverage -- DRAWS > eval/results/coverage.md
```

Simulated archives whose truth is known (`tests/it/simulated.rs`), DRAWS of each kind. An archive has 300 articles of two
periods, three quarters of them about each of two actors, with one to five readings of each; articles are hostile,
neutral or conciliatory, so the readings of one hang together, and half of them take one side toward both actors. The
model is right as often as the first column says. Its errors depend on actor and period: it is 10 points worse at actor
A in period 2, where it takes what it gets wrong for neutral, and 5 points better at B, of whom it takes errors for
hostile. 300 readings of about 1,350 are labelled by people.

Each cell: the part of 95% intervals that hold the truth, and their mean width.
";

type Row = [Coverage; 5];

/// Means and differences, raw and corrected by labels.
fn labelled(n_draws: u64) {
    println!("## With a gold sample\n");
    println!(
        "| accuracy | what | raw | DSL | PPI++ | DSL, by uncertainty | PPI++, by uncertainty |"
    );
    println!("|--:|---|--:|--:|--:|--:|--:|");
    for accuracy in [0.7, 0.8, 0.9] {
        let world = World { accuracy, is_uneven: true };
        let mut rows = [Row::default(); 3];
        for seed in 0..n_draws {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let readings = world.archive(&mut random, N_ARTICLES);
            let equal = domains(&readings, N_GOLD, false, seed);
            let uncertain = domains(&readings, N_GOLD, true, seed);
            let estimates = [
                influences(&equal, |domain| raw(&domain.articles)),
                influences(&equal, |domain| by(domain, Correction::Dsl)),
                influences(&equal, |domain| by(domain, Correction::Ppi)),
                influences(&uncertain, |domain| by(domain, Correction::Dsl)),
                influences(&uncertain, |domain| by(domain, Correction::Ppi)),
            ];
            let truths = [truth(0, 1), truth(0, 1) - truth(0, 0), truth(0, 0) - truth(1, 0)];
            for (k, estimates) in estimates.iter().enumerate() {
                for (row, (influence, truth)) in rows.iter_mut().zip(estimates.iter().zip(truths)) {
                    let interval = influence.interval(0.95, [-2.0, 2.0]);
                    row[k].add(influence.value(), [interval.low, interval.high], truth);
                }
            }
        }
        let what = ["A in period 2", "A, period 2 − period 1", "A − B in period 1"];
        for (what, row) in what.iter().zip(rows) {
            println!("| {:.0}% | {what} | {} |", 100.0 * accuracy, cells(&row));
        }
    }
    println!();
}

fn cells(row: &[Coverage]) -> String {
    let cell =
        |coverage: &Coverage| format!("{:.1}% ({:.2})", 100.0 * coverage.held(), coverage.width());
    row.iter().map(cell).collect::<Vec<_>>().join(" | ")
}

/// The first actor's second period, its difference to the first, and the actors' difference in the first.
fn influences(
    domains: &[[Domain; 2]; 2],
    estimate: impl Fn(&Domain) -> Influence,
) -> [Influence; 3] {
    let [first, second] = [0, 1].map(|period| estimate(&domains[0][period]));
    let other = estimate(&domains[1][0]);
    [second.clone(), second.minus(&first), first.minus(&other)]
}

fn raw(articles: &[ArticleSums]) -> Influence {
    Influence::of_mean(articles, Weight::Sentence, Sums::total_net).unwrap()
}

fn by(domain: &Domain, correction: Correction) -> Influence {
    let labelled: Vec<_> =
        domain.readings.iter().copied().filter(|reading| reading.gold.is_some()).collect();
    correct(&domain.articles, &labelled, Statistic::Net, correction, Weight::Sentence)
        .unwrap()
        .influence
}

/// Means corrected by an error matrix, where errors are the same as elsewhere and where they are not.
fn without_labels(n_draws: u64) {
    println!("## With an error matrix alone\n");
    println!(
        "The model's errors are known from {N_ELSEWHERE} labelled readings of other articles, with other shares of the"
    );
    println!(
        "classes. *Even*: it errs here as it did there, as these estimators assume. *Uneven*: errors depend on actor and"
    );
    println!(
        "period, as above; then only labels of the archive itself help. Net stance toward A in period 2.\n"
    );
    println!("| accuracy | errors | raw | ACC | PACC | EM |");
    println!("|--:|---|--:|--:|--:|--:|");
    for accuracy in [0.7, 0.8, 0.9] {
        for is_uneven in [false, true] {
            let world = World { accuracy, is_uneven };
            let mut row = [Coverage::default(); 4];
            for seed in 0..n_draws {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let readings = world.archive(&mut random, N_ARTICLES);
                let elsewhere = world.elsewhere(&mut random, N_ELSEWHERE);
                let domains = domains(&readings, 1, false, seed);
                let domain = &domains[0][1];
                let raw = raw(&domain.articles);
                let interval = raw.interval(0.95, [-1.0, 1.0]);
                row[0].add(raw.value(), [interval.low, interval.high], truth(0, 1));
                let quantifiers = [Quantifier::Acc, Quantifier::Pacc, Quantifier::Em];
                for (k, quantifier) in quantifiers.into_iter().enumerate() {
                    let is_soft = quantifier != Quantifier::Acc;
                    let errors = ErrorMatrix::from_readings(&elsewhere, is_soft).unwrap();
                    let found =
                        quantify(&domain.readings, Statistic::Net, quantifier, &errors).unwrap();
                    let interval = found.interval(0.95);
                    row[k + 1].add(found.value, [interval.low, interval.high], truth(0, 1));
                }
            }
            let errors = if is_uneven { "uneven" } else { "even" };
            println!("| {:.0}% | {errors} | {} |", 100.0 * accuracy, cells(&row));
        }
    }
    println!();
}

/// Intervals of a mean without any errors, by how they are made and from how many articles.
fn intervals(n_draws: u64) {
    println!("## By which method?\n");
    println!(
        "Net stance toward A in period 2, of a model that is always right and sure, so that nothing but the articles is"
    );
    println!(
        "uncertain. BCa is closer at no size by more than chance (1.4 points in 1,000 draws), so percentiles are the default.\n"
    );
    println!("| articles | expanded percentile | BCa | analytic |");
    println!("|--:|--:|--:|--:|");
    let methods = [IntervalMethod::Bootstrap, IntervalMethod::Bca, IntervalMethod::Analytic];
    for n_articles in [5, 10, 20, 50, 100] {
        let mut row = [Coverage::default(); 3];
        for seed in 0..n_draws {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let world = World { accuracy: 1.0, is_uneven: false };
            // Three eighths of the articles are about A in period 2.
            let readings = world.archive(&mut random, n_articles * 8 / 3);
            let domains = domains(&readings, 1, false, seed);
            let articles = &domains[0][1].articles;
            for (coverage, method) in row.iter_mut().zip(methods) {
                let options = IntervalOptions::new(method, 0.95, 400, seed).unwrap();
                let mut stream = [0; 32];
                stream[..8].copy_from_slice(&seed.to_le_bytes());
                let estimate = Estimate::new(articles, &options, stream);
                let interval = estimate.interval.unwrap();
                coverage.add(estimate.net, [interval.low, interval.high], truth(0, 1));
            }
        }
        println!("| {n_articles} | {} |", cells(&row));
    }
}
