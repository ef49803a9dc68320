//! What do answers add up to? Counts and sums from which every metric follows, so that resampling only has to add.

use crate::model::Probabilities;
use crate::score::Distribution;

/// The number of equal-width bins of confidence, as Guo et al. (2017) have it.
pub const N_BINS: usize = 15;

/// The column of the confusion matrix for items that the model had no reading for.
const LOST: usize = 3;

/// Sums over answers; a lost item counts as wrong, as a fourth class that is never right.
///
/// Counts are floats because metrics divide them; they stay whole numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Gold class × predicted class, lost last.
    cells: [[f64; 4]; 3],
    log_loss: f64,
    brier: f64,
    bins: [Bin; N_BINS],
}

/// Items of about the same confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many.
    pub n: f64,
    /// The sum of the probabilities of their predicted labels.
    pub confidence: f64,
    /// How many are right.
    pub n_right: f64,
}

/// One answer, with what it adds to sums.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) gold: usize,
    pub(super) read: Option<Probabilities>,
    /// The class that the reading says; [`LOST`] without one.
    predicted: usize,
    log_loss: f64,
    brier: f64,
    bin: usize,
}

impl Point {
    pub(super) fn new(gold: usize, read: Option<Probabilities>) -> Self {
        let Some(read) = readable(read) else {
            return Self { gold, read: None, predicted: LOST, log_loss: 0.0, brier: 0.0, bin: 0 };
        };
        let predicted = predicted(read);
        Self {
            gold,
            read: Some(read),
            predicted,
            log_loss: -f64::from(read[gold]).clamp(f64::EPSILON, 1.0).ln(),
            brier: squared_error(gold, read),
            bin: bin(f64::from(read[predicted])),
        }
    }

    /// The probability of the predicted class; 0 without a reading.
    pub(super) fn confidence(&self) -> f32 {
        self.read.map_or(0.0, |read| read[self.predicted])
    }

    pub(super) fn is_right(&self) -> bool {
        self.predicted == self.gold
    }
}

impl Tally {
    /// Adds a point `weight` times.
    pub(super) fn add_point(&mut self, point: &Point, weight: f64) {
        self.cells[point.gold][point.predicted] += weight;
        if point.read.is_none() {
            return;
        }
        self.log_loss += weight * point.log_loss;
        self.brier += weight * point.brier;
        let bin = &mut self.bins[point.bin];
        bin.n += weight;
        bin.confidence += weight * f64::from(point.confidence());
        bin.n_right += if point.is_right() { weight } else { 0.0 };
    }

    /// All items.
    pub fn n(&self) -> f64 {
        (0..3).map(|class| self.support(class)).sum()
    }

    /// Items without a reading.
    pub fn n_lost(&self) -> f64 {
        self.predicted(LOST)
    }

    /// Items with a reading.
    pub fn n_read(&self) -> f64 {
        self.n() - self.n_lost()
    }

    /// Items whose gold label is `class`.
    pub fn support(&self, class: usize) -> f64 {
        self.cells[class].iter().sum()
    }

    /// Items that were predicted to be of `class`; of class 3, the lost ones.
    pub fn predicted(&self, class: usize) -> f64 {
        self.cells.iter().map(|row| row[class]).sum()
    }

    /// Items of `class` that were predicted to be.
    pub fn hits(&self, class: usize) -> f64 {
        self.cells[class][class]
    }

    /// All items that were predicted right.
    pub fn n_right(&self) -> f64 {
        (0..3).map(|class| self.hits(class)).sum()
    }

    /// The F1 of a class: `None` where neither gold nor prediction has it.
    pub fn f1(&self, class: usize) -> Option<f64> {
        ratio(2.0 * self.hits(class), self.support(class) + self.predicted(class))
    }

    /// The share of a class that was found: `None` where gold hasn't got it.
    pub fn recall(&self, class: usize) -> Option<f64> {
        ratio(self.hits(class), self.support(class))
    }

    /// The share of what was predicted to be of a class that is: `None` where nothing was.
    pub fn precision(&self, class: usize) -> Option<f64> {
        ratio(self.hits(class), self.predicted(class))
    }

    /// Gold × predicted, without the lost.
    pub fn confusion(&self) -> [[f64; 3]; 3] {
        self.cells.map(|[hostile, neutral, conciliatory, _]| [hostile, neutral, conciliatory])
    }

    /// The sum of −ln p(gold) over the items read; p is at least 2⁻⁵².
    pub fn log_loss(&self) -> f64 {
        self.log_loss
    }

    /// The sum over the items read of the squared distance to the gold distribution, 0…2 each.
    pub fn brier(&self) -> f64 {
        self.brier
    }

    /// The items read by the confidence of their label, from low to high; a bin holds its upper bound.
    pub fn bins(&self) -> &[Bin; N_BINS] {
        &self.bins
    }
}

/// `None` for a reading that is none.
pub(super) fn readable(read: Option<Probabilities>) -> Option<Probabilities> {
    read.filter(|read| read.iter().all(|p| p.is_finite()))
}

/// The class that a reading says.
pub(super) fn predicted(read: Probabilities) -> usize {
    Distribution::new(read).label() as usize
}

/// `None` where there is nothing to divide by.
pub(super) fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

fn squared_error(gold: usize, read: Probabilities) -> f64 {
    let wanted = |class| if class == gold { 1.0 } else { 0.0 };
    read.iter().enumerate().map(|(class, &p)| (f64::from(p) - wanted(class)).powi(2)).sum()
}

fn bin(confidence: f64) -> usize {
    (1..N_BINS).filter(|&bound| confidence > bound as f64 / N_BINS as f64).count()
}
