//! How many were looked for? *p* values that say so.

use super::{Change, Kind};

/// How *p* values are adjusted for the number of changes that were looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Adjust {
    /// Holm (1979): that even one is chance has at most this probability.
    #[default]
    Holm,
    /// Benjamini & Hochberg (1995): among those up to this value, at most that part is chance.
    Bh,
    /// Not at all.
    None,
}

impl Adjust {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holm => "holm",
            Self::Bh => "benjamini-hochberg",
            Self::None => "none",
        }
    }
}

/// Adjusts the *p* values of each kind of change by how many there are of it.
pub fn adjust(changes: &mut [Change], how: Adjust) {
    for kind in [Kind::Difference, Kind::Break, Kind::Trend, Kind::Event] {
        let places: Vec<_> = (0..changes.len()).filter(|&i| changes[i].kind == kind).collect();
        let p: Vec<_> = places.iter().map(|&i| changes[i].p).collect();
        for (&place, p) in places.iter().zip(adjusted(&p, how)) {
            changes[place].p_adjusted = p;
        }
    }
}

fn adjusted(p: &[f64], how: Adjust) -> Vec<f64> {
    let n = p.len();
    let mut order: Vec<_> = (0..n).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = p.to_vec();
    match how {
        Adjust::None => {}
        Adjust::Holm => {
            let mut most: f64 = 0.0;
            for (rank, &i) in order.iter().enumerate() {
                most = most.max(p[i] * (n - rank) as f64).min(1.0);
                adjusted[i] = most;
            }
        }
        Adjust::Bh => {
            let mut least: f64 = 1.0;
            for (rank, &i) in order.iter().enumerate().rev() {
                least = least.min(p[i] * n as f64 / (rank + 1) as f64);
                adjusted[i] = least;
            }
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::{Adjust, adjusted};

    fn assert_close(values: &[f64], expected: &[f64]) {
        assert_eq!(values.len(), expected.len());
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-12, "{values:?}");
        }
    }

    #[test]
    fn adjusted_values_are_those_of_the_textbook() {
        let p = [0.01, 0.04, 0.03, 0.005];
        assert_close(&adjusted(&p, Adjust::Holm), &[0.03, 0.06, 0.06, 0.02]);
        assert_close(&adjusted(&p, Adjust::Bh), &[0.02, 0.04, 0.04, 0.02]);
        assert_close(&adjusted(&p, Adjust::None), &p);
        assert_close(&adjusted(&[], Adjust::Holm), &[]);
    }
}
