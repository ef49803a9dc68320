//! How far do coders agree? Krippendorff's α for any number of them, with gaps, and Cohen's κ for two.

use serde_json::{Value, json};

use super::metric::METRICS;
use super::sample::Points;
use super::tally::ratio;

/// What a difference between two classes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Different is different.
    Nominal,
    /// The classes have an order: hostile is farther from conciliatory than from neutral.
    Ordinal,
}

/// How often each class met each other in the same unit: what α is computed from (Krippendorff 2011).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coincidences([[f64; 3]; 3]);

impl Coincidences {
    /// Of two coders who both coded every unit: how often the first said the row's class and the second the column's.
    pub fn of_two(cells: [[f64; 3]; 3]) -> Self {
        let mut all = [[0.0; 3]; 3];
        for (first, row) in cells.iter().enumerate() {
            for (second, n) in row.iter().enumerate() {
                all[first][second] += n;
                all[second][first] += n;
            }
        }
        Self(all)
    }

    /// Adds a unit `weight` times: how many coders gave it each class. A unit of fewer than two codes adds nothing.
    pub fn add(&mut self, codes: [u32; 3], weight: f64) {
        let n: u32 = codes.iter().sum();
        if n < 2 {
            return;
        }
        for (first, row) in self.0.iter_mut().enumerate() {
            for (second, cell) in row.iter_mut().enumerate() {
                let others = codes[second] - u32::from(first == second && codes[second] > 0);
                let pairs = f64::from(codes[first]) * f64::from(others);
                *cell += weight * pairs / f64::from(n - 1);
            }
        }
    }

    /// Krippendorff's α: 1 for perfect agreement, 0 for what chance gives.
    ///
    /// `None` where fewer than two codes can be compared, or all are one class: there is nothing to disagree about.
    pub fn alpha(&self, level: Level) -> Option<f64> {
        let of_class = self.0.map(|row| row.iter().sum::<f64>());
        let n: f64 = of_class.iter().sum();
        let (mut observed, mut by_chance) = (0.0, 0.0);
        for first in 0..3 {
            for second in 0..first {
                let distance = distance(&of_class, second, first, level);
                observed += distance * self.0[first][second];
                by_chance += distance * of_class[first] * of_class[second];
            }
        }
        ratio(observed * (n - 1.0), by_chance).map(|disagreement| 1.0 - disagreement)
    }
}

/// The squared distance between two classes, the lower one first.
fn distance(of_class: &[f64; 3], low: usize, high: usize, level: Level) -> f64 {
    match level {
        Level::Nominal => 1.0,
        Level::Ordinal => {
            let between: f64 = of_class[low..=high].iter().sum();
            (between - f64::midpoint(of_class[low], of_class[high])).powi(2)
        }
    }
}

/// How far two agree over what both labelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappas {
    /// How many both labelled.
    pub n: usize,
    /// The share on which they agree.
    pub share: Option<f64>,
    /// Cohen's κ: plain, with linear and with quadratic weights.
    pub kappa: [Option<f64>; 3],
}

impl Kappas {
    /// Of the classes that the one and the other gave.
    pub fn of(pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let sure = |class: usize| [0, 1, 2].map(|c| if c == class { 1.0 } else { 0.0 });
        let points = Points::new(pairs.map(|(one, other)| (one, Some(sure(other)))));
        let once = vec![1; points.len()];
        let sample = points.sample(&once);
        let metric = |name: &str| {
            METRICS.iter().find(|known| known.name() == name).and_then(|m| m.compute(&sample))
        };
        Self {
            n: points.len(),
            share: metric("accuracy"),
            kappa: ["kappa", "kappa_linear", "kappa_quadratic"].map(metric),
        }
    }

    pub(super) fn to_json(self) -> Value {
        let [kappa, linear, quadratic] = self.kappa;
        json!({
            "n": self.n, "share": self.share,
            "kappa": kappa, "kappa_linear": linear, "kappa_quadratic": quadratic,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{Coincidences, Level};

    /// Written by `eval/reference/metrics.py` with the package `krippendorff`.
    const REFERENCE: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/eval/reference/agreement.json"));

    #[derive(Deserialize)]
    struct Case {
        name: String,
        /// A row a coder, a column a unit.
        codes: Vec<Vec<Option<usize>>>,
        nominal: Option<f64>,
        ordinal: Option<f64>,
    }

    fn coincidences(codes: &[Vec<Option<usize>>]) -> Coincidences {
        let mut all = Coincidences::default();
        for unit in 0..codes.first().map_or(0, Vec::len) {
            let mut counts = [0; 3];
            codes.iter().filter_map(|coder| coder[unit]).for_each(|class| counts[class] += 1);
            all.add(counts, 1.0);
        }
        all
    }

    #[test]
    fn alpha_agrees_with_the_reference() {
        let cases: Vec<Case> = serde_json::from_str(REFERENCE).unwrap();
        assert!(cases.len() > 4);
        for case in cases {
            let all = coincidences(&case.codes);
            for (level, expected) in
                [(Level::Nominal, case.nominal), (Level::Ordinal, case.ordinal)]
            {
                let alpha = all.alpha(level);
                let is_close = match (alpha, expected) {
                    (Some(alpha), Some(expected)) => (alpha - expected).abs() < 1e-9,
                    (alpha, expected) => alpha == expected,
                };
                assert!(is_close, "{} {level:?}: {alpha:?} is not {expected:?}", case.name);
            }
        }
    }

    #[test]
    fn alpha_is_not_defined_without_anything_to_disagree_about() {
        assert_eq!(coincidences(&[]).alpha(Level::Nominal), None);
        let one_class = [vec![Some(1), Some(1)], vec![Some(1), None]];
        assert_eq!(coincidences(&one_class).alpha(Level::Ordinal), None);
        let one_coder = [vec![Some(0), Some(2)]];
        assert_eq!(coincidences(&one_coder).alpha(Level::Nominal), None);
    }

    fn codes() -> impl Strategy<Value = Vec<Vec<Option<usize>>>> {
        (2usize..5, 1usize..15).prop_flat_map(|(n_coders, n_units)| {
            let code = proptest::option::weighted(0.8, 0usize..3);
            proptest::collection::vec(proptest::collection::vec(code, n_units), n_coders)
        })
    }

    proptest! {
        #[test]
        fn alpha_does_not_care_who_is_who(codes in codes()) {
            let reversed: Vec<_> = codes.iter().rev().cloned().collect();
            for level in [Level::Nominal, Level::Ordinal] {
                let (one, other) = (coincidences(&codes).alpha(level), coincidences(&reversed).alpha(level));
                prop_assert_eq!(one.is_some(), other.is_some());
                prop_assert!(one.zip(other).is_none_or(|(a, b)| (a - b).abs() < 1e-9 && a <= 1.0 + 1e-9));
            }
        }

        #[test]
        fn alpha_does_not_care_which_end_of_the_order_is_first(codes in codes()) {
            let turned: Vec<Vec<_>> =
                codes.iter().map(|coder| coder.iter().map(|code| code.map(|class| 2 - class)).collect()).collect();
            let (one, other) = (coincidences(&codes).alpha(Level::Ordinal), coincidences(&turned).alpha(Level::Ordinal));
            prop_assert!(one.zip(other).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
        }

        #[test]
        fn two_coders_are_a_special_case(pairs in proptest::collection::vec((0usize..3, 0usize..3), 0..30)) {
            let mut cells = [[0.0; 3]; 3];
            for &(a, b) in &pairs {
                cells[a][b] += 1.0;
            }
            let coders = [pairs.iter().map(|p| Some(p.0)).collect(), pairs.iter().map(|p| Some(p.1)).collect()];
            for level in [Level::Nominal, Level::Ordinal] {
                let (one, other) = (Coincidences::of_two(cells).alpha(level), coincidences(&coders).alpha(level));
                prop_assert_eq!(one.is_some(), other.is_some());
                prop_assert!(one.zip(other).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
            }
        }
    }
}
