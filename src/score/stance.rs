//! What can be read? Three ordered classes, and a distribution over them.

/// The stance of a source toward a target, or (negative, neutral, positive) the sentiment toward it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stance {
    /// Hostile, or negative.
    Hostile,
    /// Neutral.
    Neutral,
    /// Conciliatory, or positive.
    Conciliatory,
}

/// Probabilities of the three classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    /// p(hostile) or p(negative).
    pub hostile: f32,
    /// p(neutral).
    pub neutral: f32,
    /// p(conciliatory) or p(positive).
    pub conciliatory: f32,
}

impl Distribution {
    /// Takes probabilities in the order of all readings.
    pub fn new([hostile, neutral, conciliatory]: [f32; 3]) -> Self {
        Self { hostile, neutral, conciliatory }
    }

    /// The most probable class; of equals the more neutral, then the more hostile.
    pub fn label(self) -> Stance {
        if self.neutral >= self.hostile && self.neutral >= self.conciliatory {
            Stance::Neutral
        } else if self.hostile >= self.conciliatory {
            Stance::Hostile
        } else {
            Stance::Conciliatory
        }
    }

    /// p(conciliatory) − p(hostile), in −1…+1.
    pub fn net(self) -> f32 {
        self.conciliatory - self.hostile
    }
}
