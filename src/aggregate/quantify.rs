//! How large are the true shares, given only how the model errs elsewhere?
//!
//! These estimators need no labels of the archive itself. They assume instead that the model errs on it as it did where
//! the error matrix is from, class by class (prior shift): if errors depend on actor or period, they stay biased.

use super::matrix::{Square, Three, dot, inverse, probabilities, quadratic, to_shares};
use super::{ArticleKey, ErrorMatrix, Influence, KeptReading, Statistic};

/// How an error matrix corrects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// Adjusted classify-and-count: shares of labels, through the matrix's inverse (Gart & Buck 1966; Forman 2008).
    Acc,
    /// The same of mean probabilities (probabilistic adjusted classify-and-count: Bella et al. 2010).
    Pacc,
    /// The shares under which the probabilities are most likely, by expectation–maximisation (Saerens, Latinne &
    /// Decaestecker 2002); needs calibrated probabilities, and of the matrix only its true classes' shares.
    Em,
}

impl Quantifier {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acc => "acc",
            Self::Pacc => "pacc",
            Self::Em => "em",
        }
    }
}

/// A corrected mean, with the uncertainty of the archive and that of the error matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantified {
    /// The estimate, within its range.
    pub value: f64,
    /// What each article adds to the error, at an estimate that may lie out of range.
    influence: Influence,
    /// The part of the variance that the error matrix is the cause of.
    pub from_errors: f64,
    range: [f64; 2],
}

impl Quantified {
    /// The interval of this level.
    pub fn interval(&self, level: f64) -> super::Interval {
        let influence = self.influence.clone().with_variance(self.from_errors);
        let interval = influence.interval(level, self.range);
        super::Interval { low: interval.low.min(self.value), high: interval.high.max(self.value) }
    }
}

/// Corrects the mean of a statistic over readings of at least two articles. Each reading weighs the same.
///
/// `None` where there are fewer articles, or the model hardly tells the classes apart.
pub fn quantify(
    readings: &[KeptReading],
    statistic: Statistic,
    quantifier: Quantifier,
    errors: &ErrorMatrix,
) -> Option<Quantified> {
    let n_articles = n_articles(readings);
    if n_articles < 2 {
        return None;
    }
    match quantifier {
        Quantifier::Acc | Quantifier::Pacc => adjusted(readings, statistic, errors, n_articles),
        Quantifier::Em => em(readings, statistic, errors, n_articles),
    }
}

fn n_articles(readings: &[KeptReading]) -> usize {
    let mut articles: Vec<ArticleKey> = readings.iter().map(|reading| reading.article).collect();
    articles.sort_unstable();
    articles.dedup();
    articles.len()
}

/// q = A⁻¹x for the mean x of what the model says, where A's columns are what it says of each true class. The errors of
/// x and of A both reach q through A⁻¹ (the delta method).
fn adjusted(
    readings: &[KeptReading],
    statistic: Statistic,
    errors: &ErrorMatrix,
    n_articles: usize,
) -> Option<Quantified> {
    // Rows are true classes, so this is the transpose of A⁻¹, and its product with l is l·A⁻¹.
    let inverse = inverse(&errors.means)?;
    let weights: Three = std::array::from_fn(|k| dot(inverse[k], statistic.per_class()));
    let n = readings.len() as f64;
    let said = || readings.iter().map(|reading| errors.said(reading.stance));
    let mut mean = [0.0; 3];
    said().for_each(|said| (0..3).for_each(|k| mean[k] += said[k] / n));
    let shares: Three =
        std::array::from_fn(|truth| (0..3).map(|k| inverse[k][truth] * mean[k]).sum());
    let value = dot(weights, mean);
    let moved = readings.iter().zip(said());
    let moved = moved.map(|(reading, said)| (reading.article, (dot(weights, said) - value) / n));
    let from_errors = (0..3)
        .map(|truth| shares[truth].powi(2) * quadratic(&errors.covariances[truth], weights))
        .sum();
    Some(Quantified {
        value: dot(statistic.per_class(), to_shares(shares)),
        influence: Influence::new(value, moved.collect(), n_articles - 1),
        from_errors,
        range: statistic.range(),
    })
}

/// The most likely shares, with the sandwich variance of a maximum of likelihood over clusters (White 1982).
fn em(
    readings: &[KeptReading],
    statistic: Statistic,
    errors: &ErrorMatrix,
    n_articles: usize,
) -> Option<Quantified> {
    let read: Vec<_> =
        readings.iter().map(|reading| probabilities(reading.stance).map(|p| p.max(1e-6))).collect();
    let total = errors.n();
    let priors = errors.n.map(|n| n / total);
    let shares = most_likely(&read, priors);
    let likelihoods = |read: &Three| -> Three { std::array::from_fn(|k| read[k] / priors[k]) };
    // The two free directions are the shares of hostile and conciliatory, both against neutral.
    let score = |read: &Three| {
        let likelihoods = likelihoods(read);
        let mixed = dot(shares, likelihoods);
        [(likelihoods[0] - likelihoods[1]) / mixed, (likelihoods[2] - likelihoods[1]) / mixed]
    };
    let step = step(read.iter().map(score), statistic)?;
    let value = dot(statistic.per_class(), shares);
    let moved = readings.iter().zip(&read).map(|(reading, read)| {
        let score = score(read);
        (reading.article, step[0] * score[0] + step[1] * score[1])
    });
    Some(Quantified {
        value,
        influence: Influence::new(value, moved.collect(), n_articles - 1),
        from_errors: from_priors(&read, statistic, priors, total),
        range: statistic.range(),
    })
}

/// How much a unit of score in either direction moves the statistic: its slope times the inverse of the information.
fn step(scores: impl Iterator<Item = [f64; 2]>, statistic: Statistic) -> Option<[f64; 2]> {
    let mut information = [[0.0; 2]; 2];
    for score in scores {
        (0..2).for_each(|i| (0..2).for_each(|j| information[i][j] += score[i] * score[j]));
    }
    let determinant = information[0][0] * information[1][1] - information[0][1].powi(2);
    if determinant <= 1e-12 {
        return None;
    }
    let [hostile, neutral, conciliatory] = statistic.per_class();
    let slope = [hostile - neutral, conciliatory - neutral];
    Some([
        (slope[0] * information[1][1] - slope[1] * information[0][1]) / determinant,
        (slope[1] * information[0][0] - slope[0] * information[0][1]) / determinant,
    ])
}

fn most_likely(read: &[Three], priors: Three) -> Three {
    let mut shares = priors;
    for _ in 0..1000 {
        let ratios: Three = std::array::from_fn(|k| shares[k] / priors[k]);
        let mut sums = [0.0; 3];
        for read in read {
            let total = dot(*read, ratios);
            (0..3).for_each(|k| sums[k] += read[k] * ratios[k] / total);
        }
        let next = sums.map(|sum| sum / read.len() as f64);
        let change: f64 = (0..3).map(|k| (next[k] - shares[k]).abs()).sum();
        shares = next;
        if change < 1e-7 {
            break;
        }
    }
    shares
}

/// The variance that stems from not knowing the priors better than from so many labels: multinomial, through the
/// numerical derivative of the estimate.
fn from_priors(read: &[Three], statistic: Statistic, priors: Three, n: f64) -> f64 {
    let at = |priors: Three| dot(statistic.per_class(), most_likely(read, priors));
    let slopes: Three = std::array::from_fn(|k| {
        let step = 0.02 * priors[k];
        let moved = |step: f64| {
            let mut moved = priors;
            moved[k] += step;
            let total: f64 = moved.iter().sum();
            at(moved.map(|prior| prior / total))
        };
        (moved(step) - moved(-step)) / (2.0 * step)
    });
    let covariance: Square = std::array::from_fn(|i| {
        std::array::from_fn(|j| (if i == j { priors[i] } else { 0.0 } - priors[i] * priors[j]) / n)
    });
    quadratic(&covariance, slopes)
}

#[cfg(test)]
mod tests {
    use super::{Quantifier, quantify};
    use crate::aggregate::{ArticleKey, ErrorMatrix, KeptReading, Statistic};
    use crate::score::Distribution;
    use crate::score::Stance;

    const CLASSES: [Stance; 3] = [Stance::Hostile, Stance::Neutral, Stance::Conciliatory];
    /// What the model's probabilities are when it says each class.
    const SAID: [[f32; 3]; 3] = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]];

    /// So many readings of each true class, of which the model gets a tenth wrong each way.
    fn readings(counts: [usize; 3]) -> Vec<(Stance, Distribution)> {
        let mut readings = Vec::new();
        for (truth, &n) in counts.iter().enumerate() {
            for i in 0..n {
                let said = match i % 10 {
                    0 => (truth + 1) % 3,
                    1 => (truth + 2) % 3,
                    _ => truth,
                };
                readings.push((CLASSES[truth], Distribution::new(SAID[said])));
            }
        }
        readings
    }

    fn archive(counts: [usize; 3]) -> Vec<KeptReading> {
        let reading = |(i, (_, stance)): (usize, (Stance, Distribution))| KeptReading {
            article: ArticleKey::new(&(i / 3).to_string()),
            stance,
            gold: None,
        };
        readings(counts).into_iter().enumerate().map(reading).collect()
    }

    #[test]
    fn other_shares_with_the_same_errors_are_found_back() {
        let archive = archive([300, 500, 200]);
        for (quantifier, is_soft, tolerance) in [
            (Quantifier::Acc, false, 1e-9),
            (Quantifier::Pacc, true, 1e-6),
            (Quantifier::Em, true, 0.02),
        ] {
            let errors = ErrorMatrix::from_readings(&readings([100, 100, 100]), is_soft).unwrap();
            for (statistic, truth) in
                [(Statistic::Net, -0.1), (Statistic::Hostile, 0.3), (Statistic::Conciliatory, 0.2)]
            {
                let found = quantify(&archive, statistic, quantifier, &errors).unwrap();
                assert!(
                    (found.value - truth).abs() < tolerance,
                    "{quantifier:?} {statistic:?} {}",
                    found.value
                );
                let interval = found.interval(0.95);
                assert!(interval.low < truth && truth < interval.high);
            }
        }
    }

    #[test]
    fn fewer_labels_behind_the_error_matrix_make_intervals_wider() {
        let archive = archive([300, 500, 200]);
        for quantifier in [Quantifier::Acc, Quantifier::Em] {
            let width = |n| {
                let errors = ErrorMatrix::from_readings(&readings([n; 3]), false).unwrap();
                let found = quantify(&archive, Statistic::Net, quantifier, &errors).unwrap();
                let interval = found.interval(0.95);
                interval.high - interval.low
            };
            assert!(width(20) > 1.1 * width(2000), "{quantifier:?} {} {}", width(20), width(2000));
        }
    }

    #[test]
    fn a_model_that_tells_nothing_apart_corrects_nothing() {
        let errors = ErrorMatrix::from_counts([[10.0, 10.0, 10.0]; 3]).unwrap();
        assert!(
            quantify(&archive([30, 30, 30]), Statistic::Net, Quantifier::Acc, &errors).is_none()
        );
    }
}
