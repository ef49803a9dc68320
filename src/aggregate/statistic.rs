//! Which number is estimated? Net stance, or the share of one side.

use super::Sums;
use crate::score::Distribution;
use crate::score::Stance;

/// What is averaged over readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// +1 for conciliatory, −1 for hostile; of a model's reading, p(conciliatory) − p(hostile).
    Net,
    /// 1 for hostile.
    Hostile,
    /// 1 for conciliatory.
    Conciliatory,
}

impl Statistic {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Net, Self::Hostile, Self::Conciliatory];

    /// The least and the most that its mean can be.
    pub fn range(self) -> [f64; 2] {
        if self == Self::Net { [-1.0, 1.0] } else { [0.0, 1.0] }
    }

    /// Its total over readings.
    pub fn of_sums(self, sums: Sums) -> f64 {
        match self {
            Self::Net => sums.total_net(),
            Self::Hostile => sums.n_hostile as f64,
            Self::Conciliatory => sums.n_conciliatory as f64,
        }
    }

    /// Its value for a label.
    pub fn of_label(self, label: Stance) -> f64 {
        let [hostile, _, conciliatory] = self.per_class();
        match label {
            Stance::Hostile => hostile,
            Stance::Neutral => 0.0,
            Stance::Conciliatory => conciliatory,
        }
    }

    /// Its value for a model's reading, as [`Statistic::of_sums`] adds it up.
    pub fn of_reading(self, stance: Distribution) -> f64 {
        match self {
            Self::Net => f64::from(stance.conciliatory) - f64::from(stance.hostile),
            Self::Hostile | Self::Conciliatory => self.of_label(stance.label()),
        }
    }

    /// Its value for hostile, neutral and conciliatory.
    pub(super) fn per_class(self) -> [f64; 3] {
        match self {
            Self::Net => [-1.0, 0.0, 1.0],
            Self::Hostile => [1.0, 0.0, 0.0],
            Self::Conciliatory => [0.0, 0.0, 1.0],
        }
    }
}
