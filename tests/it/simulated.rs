//! What would be found in archives whose truth is known? Articles as clusters, and a model that errs.

use detente::aggregate::{ArticleKey, ArticleSums, Candidate, KeptReading, Labelled, Sums};
use detente::aggregate::{draw, uncertainty};
use detente::score::{Distribution, Stance};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

const CLASSES: [Stance; 3] = [Stance::Hostile, Stance::Neutral, Stance::Conciliatory];
/// True classes in hostile, neutral and conciliatory articles.
const KINDS: [[f64; 3]; 3] = [[0.7, 0.25, 0.05], [0.1, 0.8, 0.1], [0.05, 0.35, 0.6]];
/// Kinds of articles by actor and period.
const ARCHIVE: [[[f64; 3]; 2]; 2] =
    [[[0.2, 0.6, 0.2], [0.4, 0.4, 0.2]], [[0.1, 0.6, 0.3], [0.15, 0.6, 0.25]]];
/// True classes where the model was trained and its errors measured.
const TRAINING: [f64; 3] = [0.3, 0.4, 0.3];

/// How the model errs.
#[derive(Clone, Copy)]
pub(crate) struct World {
    /// How often it is right.
    pub(crate) accuracy: f64,
    /// Whether its errors depend on actor and period: it is worse at the first actor's second period, where it takes
    /// all that it gets wrong for neutral, and better at the second actor, of whom it takes errors for hostile.
    pub(crate) is_uneven: bool,
}

/// A reading whose truth is known.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) article: ArticleKey,
    pub(crate) actor: usize,
    pub(crate) period: usize,
    pub(crate) truth: Stance,
    pub(crate) stance: Distribution,
}

pub(crate) fn uniform(random: &mut ChaCha8Rng) -> f64 {
    f64::from(random.next_u32()) / (f64::from(u32::MAX) + 1.0)
}

fn choose(random: &mut ChaCha8Rng, probabilities: [f64; 3]) -> usize {
    let at = uniform(random);
    if at < probabilities[0] {
        0
    } else {
        1 + usize::from(at >= probabilities[0] + probabilities[1])
    }
}

/// The true net stance toward an actor in a period, over all archives that might have been.
pub(crate) fn truth(actor: usize, period: usize) -> f64 {
    let kinds = ARCHIVE[actor][period];
    (0..3).map(|kind| kinds[kind] * (KINDS[kind][2] - KINDS[kind][0])).sum()
}

impl World {
    fn accuracy(self, actor: usize, period: usize) -> f64 {
        match (self.is_uneven, actor, period) {
            (true, 0, 1) => self.accuracy - 0.1,
            (true, 1, _) => self.accuracy + 0.05,
            _ => self.accuracy,
        }
    }

    /// What the model says of a reading: a class and how sure it is, as probabilities that are right where it was
    /// trained.
    fn says(
        self,
        random: &mut ChaCha8Rng,
        truth: usize,
        actor: usize,
        period: usize,
    ) -> Distribution {
        let is_right = uniform(random) < self.accuracy(actor, period);
        let said = if is_right {
            truth
        } else if self.is_uneven && (actor == 1 || period == 1) {
            let wrong = usize::from(actor != 1);
            if truth == wrong { (truth + 1) % 3 } else { wrong }
        } else {
            (truth + 1 + usize::from(uniform(random) < 0.5)) % 3
        };
        let is_sure = uniform(random) < if is_right { 0.8 } else { 0.3 };
        let likelihood = |class: usize| {
            let (right, sure) = if class == said {
                (self.accuracy, 0.8)
            } else {
                ((1.0 - self.accuracy) / 2.0, 0.3)
            };
            TRAINING[class] * right * if is_sure { sure } else { 1.0 - sure }
        };
        let all: [f64; 3] = std::array::from_fn(likelihood);
        let sum: f64 = all.iter().sum();
        #[expect(clippy::cast_possible_truncation, reason = "probabilities")]
        Distribution::new(all.map(|p| (p / sum) as f32))
    }

    /// An archive of so many articles, half of them in each period, most of them about both actors.
    pub(crate) fn archive(self, random: &mut ChaCha8Rng, n_articles: usize) -> Vec<Reading> {
        let mut readings = Vec::new();
        for i in 0..n_articles {
            let article = ArticleKey::new(&i.to_string());
            let period = i % 2;
            let shared = uniform(random);
            for (actor, shares) in ARCHIVE.iter().enumerate() {
                if (i / 2) % 4 == actor {
                    continue;
                }
                // Half of the articles take one side toward both.
                let at = if uniform(random) < 0.5 { shared } else { uniform(random) };
                let kinds = shares[period];
                let kind = usize::from(at >= kinds[0]) + usize::from(at >= kinds[0] + kinds[1]);
                for _ in 0..=random.next_u32() % 5 {
                    let truth = choose(random, KINDS[kind]);
                    let stance = self.says(random, truth, actor, period);
                    readings.push(Reading {
                        article,
                        actor,
                        period,
                        truth: CLASSES[truth],
                        stance,
                    });
                }
            }
        }
        readings
    }

    /// Readings from where the model was trained, of nobody in the archive.
    pub(crate) fn elsewhere(
        self,
        random: &mut ChaCha8Rng,
        n: usize,
    ) -> Vec<(Stance, Distribution)> {
        let even = Self { is_uneven: false, ..self };
        let reading = |_| {
            let truth = choose(random, TRAINING);
            (CLASSES[truth], even.says(random, truth, 0, 0))
        };
        (0..n).map(reading).collect()
    }
}

/// The sums of one actor's articles in one period, and its readings, those drawn with their labels.
pub(crate) struct Domain {
    pub(crate) articles: Vec<ArticleSums>,
    pub(crate) readings: Vec<KeptReading>,
}

/// Draws a gold sample, in proportion to the model's uncertainty or not, and divides an archive by actor and period.
pub(crate) fn domains(
    readings: &[Reading],
    n_gold: usize,
    by_uncertainty: bool,
    seed: u64,
) -> [[Domain; 2]; 2] {
    let size = |reading: &Reading| if by_uncertainty { uncertainty(reading.stance) } else { 1.0 };
    let candidates: Vec<_> =
        readings.iter().map(|reading| Candidate { stratum: 0, size: size(reading) }).collect();
    let mut probabilities = vec![None; readings.len()];
    for drawn in draw(&candidates, n_gold, seed).unwrap() {
        probabilities[drawn.index] = Some(drawn.probability);
    }
    let of = |actor, period| {
        let mut domain = Domain { articles: Vec::new(), readings: Vec::new() };
        for (reading, probability) in readings.iter().zip(&probabilities) {
            if (reading.actor, reading.period) != (actor, period) {
                continue;
            }
            let sums = Sums::of(reading.stance);
            match domain.articles.last_mut() {
                Some((last, total)) if *last == reading.article => *total += sums,
                _ => domain.articles.push((reading.article, sums)),
            }
            let gold =
                probability.map(|probability| Labelled { stance: reading.truth, probability });
            let Reading { article, stance, .. } = *reading;
            domain.readings.push(KeptReading { article, stance, gold });
        }
        domain.articles.sort_by_key(|&(article, _)| article);
        domain
    };
    [[of(0, 0), of(0, 1)], [of(1, 0), of(1, 1)]]
}

/// How often intervals hold the truth, and how wide they are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Coverage {
    n: f64,
    n_held: f64,
    widths: f64,
    errors: f64,
}

impl Coverage {
    pub(crate) fn add(&mut self, value: f64, [low, high]: [f64; 2], truth: f64) {
        self.n += 1.0;
        self.n_held += f64::from(u8::from(low <= truth && truth <= high));
        self.widths += high - low;
        self.errors += value - truth;
    }

    /// The part of intervals that held the truth.
    pub(crate) fn held(&self) -> f64 {
        self.n_held / self.n
    }

    /// The mean width.
    pub(crate) fn width(&self) -> f64 {
        self.widths / self.n
    }

    /// The mean error of the estimate.
    pub(crate) fn bias(&self) -> f64 {
        self.errors / self.n
    }
}
