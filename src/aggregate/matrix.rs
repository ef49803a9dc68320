//! How does the model err? What it says of readings whose true class is known, and linear algebra for three classes.

use crate::score::Distribution;
use crate::score::Stance;

/// Three numbers: hostile, neutral, conciliatory.
pub(super) type Three = [f64; 3];
/// Rows of three.
pub(super) type Square = [Three; 3];

/// How a model errs: for each true class, the mean of what it says, and how sure that mean is.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorMatrix {
    /// By true class: the mean of labels (each 0 or 1) or of probabilities.
    pub(super) means: Square,
    /// By true class: the covariance of that mean.
    pub(super) covariances: [Square; 3],
    /// Labelled readings of each true class.
    pub(super) n: Three,
    /// Whether probabilities were averaged, not labels.
    is_soft: bool,
}

/// An error matrix that nothing can be corrected with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no labelled reading is {}: how the model errs on it isn't known", ["hostile", "neutral", "conciliatory"][*.0])]
pub struct ClassMissing(pub usize);

impl ErrorMatrix {
    /// From counts of labels: rows are true classes, columns the model's (`confusion` of `detente eval --json`).
    ///
    /// # Errors
    /// When a true class never occurs.
    pub fn from_counts(counts: [[f64; 3]; 3]) -> Result<Self, ClassMissing> {
        let label = |class: usize| std::array::from_fn(|k| f64::from(u8::from(k == class)));
        let weighted = (0..3)
            .flat_map(|truth| (0..3).map(move |said| (truth, label(said), counts[truth][said])));
        Self::of(weighted.collect(), false)
    }

    /// From readings whose true class is known: by their probabilities where `is_soft`, else by their labels.
    ///
    /// # Errors
    /// When a true class never occurs.
    pub fn from_readings(
        readings: &[(Stance, Distribution)],
        is_soft: bool,
    ) -> Result<Self, ClassMissing> {
        let said = |stance: Distribution| {
            if is_soft { probabilities(stance) } else { label(stance) }
        };
        let readings = readings.iter().map(|&(truth, stance)| (truth as usize, said(stance), 1.0));
        Self::of(readings.collect(), is_soft)
    }

    fn of(said: Vec<(usize, Three, f64)>, is_soft: bool) -> Result<Self, ClassMissing> {
        let mut n = [0.0; 3];
        let mut means = [[0.0; 3]; 3];
        for &(truth, values, weight) in &said {
            n[truth] += weight;
            (0..3).for_each(|k| means[truth][k] += weight * values[k]);
        }
        if let Some(missing) = n.iter().position(|&n| n <= 0.0) {
            return Err(ClassMissing(missing));
        }
        (0..3).for_each(|truth| means[truth].iter_mut().for_each(|mean| *mean /= n[truth]));
        let mut covariances = [[[0.0; 3]; 3]; 3];
        for (truth, values, weight) in said {
            let error: Three = std::array::from_fn(|k| values[k] - means[truth][k]);
            for (i, row) in covariances[truth].iter_mut().enumerate() {
                for (j, cell) in row.iter_mut().enumerate() {
                    *cell += weight * error[i] * error[j] / n[truth] / (n[truth] - 1.0).max(1.0);
                }
            }
        }
        Ok(Self { means, covariances, n, is_soft })
    }

    /// What the model says of a reading, as the matrix has it.
    pub(super) fn said(&self, stance: Distribution) -> Three {
        if self.is_soft { probabilities(stance) } else { label(stance) }
    }

    /// Labelled readings that it was made of.
    pub fn n(&self) -> f64 {
        self.n.iter().sum()
    }

    /// Whether probabilities were averaged, not labels.
    pub fn is_soft(&self) -> bool {
        self.is_soft
    }
}

pub(super) fn probabilities(stance: Distribution) -> Three {
    [stance.hostile, stance.neutral, stance.conciliatory].map(f64::from)
}

fn label(stance: Distribution) -> Three {
    let class = stance.label() as usize;
    std::array::from_fn(|k| f64::from(u8::from(k == class)))
}

pub(super) fn dot(a: Three, b: Three) -> f64 {
    (0..3).map(|k| a[k] * b[k]).sum()
}

/// `a · matrix · a`.
pub(super) fn quadratic(matrix: &Square, a: Three) -> f64 {
    dot(a, std::array::from_fn(|i| dot(matrix[i], a)))
}

/// The inverse by cofactors; `None` where the rows hardly differ.
pub(super) fn inverse(m: &Square) -> Option<Square> {
    let cofactor = |i: usize, j: usize| {
        let [above, below] = [(i + 1) % 3, (i + 2) % 3].map(|row| m[row]);
        let [left, right] = [(j + 1) % 3, (j + 2) % 3];
        above[left] * below[right] - above[right] * below[left]
    };
    let determinant: f64 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    if determinant.abs() < 1e-3 {
        return None;
    }
    Some(std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant)))
}

/// The nearest shares: none below 0, together 1 (Duchi et al. 2008).
pub(super) fn to_shares(values: Three) -> Three {
    let mut sorted = values;
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let mut shift = 0.0;
    for (k, value) in sorted.iter().enumerate() {
        sum += value;
        let candidate = (sum - 1.0) / (k + 1) as f64;
        if value - candidate > 0.0 {
            shift = candidate;
        }
    }
    values.map(|value| (value - shift).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::{ClassMissing, ErrorMatrix, dot, inverse, to_shares};

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let matrix = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.05, 0.25, 0.7]];
        let inverse = inverse(&matrix).unwrap();
        for (i, row) in matrix.iter().enumerate() {
            let product: [f64; 3] = std::array::from_fn(|j| dot(*row, inverse.map(|row| row[j])));
            for (j, cell) in product.iter().enumerate() {
                assert!((cell - f64::from(u8::from(i == j))).abs() < 1e-12, "{i} {j}: {cell}");
            }
        }
    }

    #[test]
    fn a_model_that_says_the_same_of_every_class_has_no_inverse() {
        assert_eq!(inverse(&[[0.3, 0.4, 0.3]; 3]), None);
    }

    #[test]
    fn shares_are_never_negative_and_add_up() {
        let shares = to_shares([-0.25, 0.75, 0.5]);
        for (share, expected) in shares.iter().zip([0.0, 0.625, 0.375]) {
            assert!((share - expected).abs() < 1e-12, "{shares:?}");
        }
    }

    #[test]
    fn a_class_that_never_occurs_is_refused() {
        let counts = [[5.0, 1.0, 0.0], [0.0; 3], [0.0, 1.0, 5.0]];
        let error = ErrorMatrix::from_counts(counts).unwrap_err();
        assert_eq!(error, ClassMissing(1));
        assert_eq!(
            error.to_string(),
            "no labelled reading is neutral: how the model errs on it isn't known"
        );
    }
}
