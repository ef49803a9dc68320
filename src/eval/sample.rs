//! What do metrics see? All answers, each so many times: sums over them, and their order by certainty.

use super::tally::{Point, Tally};
use crate::model::Probabilities;

/// Gold classes with what was read in their place, sorted once, so that resampling only has to count.
#[derive(Clone, Debug, Default)]
pub struct Points {
    all: Vec<Point>,
    /// For each class, the indices of the points read, the most probable first.
    by_class: [Vec<usize>; 3],
    /// The indices of the points read, the most confident first.
    by_confidence: Vec<usize>,
}

/// Points, each taken so many times.
#[derive(Clone, Debug)]
pub struct Sample<'a> {
    points: &'a Points,
    times: &'a [u32],
    /// What they add up to.
    pub tally: Tally,
}

/// How right the most confident share of the answers is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// The share of the answers read that is kept, 0…1.
    pub coverage: f64,
    /// The share of these that is right.
    pub accuracy: f64,
    /// The least confidence among them.
    pub confidence: f64,
}

impl Points {
    /// Takes gold classes and readings; a reading that isn't finite is none.
    pub fn new(answers: impl IntoIterator<Item = (usize, Option<Probabilities>)>) -> Self {
        let all: Vec<Point> =
            answers.into_iter().map(|(gold, read)| Point::new(gold, read)).collect();
        let sorted = |key: &dyn Fn(&Point) -> f32| {
            let mut read: Vec<usize> =
                (0..all.len()).filter(|&index| all[index].read.is_some()).collect();
            read.sort_by(|&a, &b| key(&all[b]).total_cmp(&key(&all[a])));
            read
        };
        let p = |class: usize| move |point: &Point| point.read.map_or(0.0, |read| read[class]);
        let by_class = [0, 1, 2].map(|class| sorted(&p(class)));
        let by_confidence = sorted(&|point| point.confidence());
        Self { all, by_class, by_confidence }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes each point `times` times: one number a point, in the order that they were given in.
    pub fn sample<'a>(&'a self, times: &'a [u32]) -> Sample<'a> {
        let mut tally = Tally::default();
        for (point, &times) in self.all.iter().zip(times).filter(|(_, times)| **times > 0) {
            tally.add_point(point, f64::from(times));
        }
        Sample { points: self, times, tally }
    }
}

impl Sample<'_> {
    /// The probability that a point of `class` is given a higher probability of it than a point of another class,
    /// equal ones counting half: the area under the ROC curve, one class against the rest (Hanley & `McNeil` 1982).
    ///
    /// `None` where there are only points of the class, or none.
    pub fn auc(&self, class: usize) -> Option<f64> {
        let (mut n_own, mut n_other, mut area) = (0.0, 0.0, 0.0);
        let p = |index: usize| self.points.all[index].read.map_or(0.0, |read| read[class]);
        for tied in self.points.by_class[class].chunk_by(|&a, &b| p(a).total_cmp(&p(b)).is_eq()) {
            let (mut own, mut other) = (0.0, 0.0);
            for &index in tied {
                let is_own = self.points.all[index].gold == class;
                *if is_own { &mut own } else { &mut other } += f64::from(self.times[index]);
            }
            area += other * (n_own + own / 2.0);
            (n_own, n_other) = (n_own + own, n_other + other);
        }
        super::tally::ratio(area, n_own * n_other)
    }

    /// Groups of points of the same confidence, the most confident first: confidence, how many, how many right.
    fn by_confidence(&self) -> impl Iterator<Item = (f64, u32, u32)> {
        let point = |index: usize| &self.points.all[index];
        let is_tied = move |&a: &usize, &b: &usize| {
            point(a).confidence().total_cmp(&point(b).confidence()).is_eq()
        };
        self.points.by_confidence.chunk_by(is_tied).filter_map(move |tied| {
            let n = tied.iter().map(|&index| self.times[index]).sum();
            let is_right = |index: &&usize| point(**index).is_right();
            let n_right = tied.iter().filter(is_right).map(|&index| self.times[index]).sum();
            (n > 0).then(|| (f64::from(point(tied[0]).confidence()), n, n_right))
        })
    }

    /// The mean, over all numbers of answers kept, of the share of wrong ones among the most confident so many
    /// (Geifman & El-Yaniv 2017); among equally confident ones, what a random order gives on average.
    pub fn area_under_risk(&self) -> Option<f64> {
        let (mut n, mut n_wrong, mut area) = (0.0, 0.0, 0.0);
        for (_, more, right) in self.by_confidence() {
            let share = f64::from(more - right) / f64::from(more);
            for step in 1..=more {
                let step = f64::from(step);
                area += (n_wrong + share * step) / (n + step);
            }
            n += f64::from(more);
            n_wrong += f64::from(more - right);
        }
        super::tally::ratio(area, n)
    }

    /// How right the most confident 10, 20, … 100 % are; equally confident answers are kept or left together, so that a
    /// step may hold more than its share.
    pub fn coverage_curve(&self) -> Vec<Coverage> {
        const STEPS: u32 = 10;
        let n_read: u32 = self.by_confidence().map(|(_, n, _)| n).sum();
        let (mut n, mut n_right, mut curve) = (0u32, 0u32, Vec::new());
        let mut next = 1u32;
        for (confidence, more, right) in self.by_confidence() {
            (n, n_right) = (n + more, n_right + right);
            if u64::from(n) * u64::from(STEPS) < u64::from(next) * u64::from(n_read) {
                continue;
            }
            let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
            let accuracy = share(n_right, n);
            curve.push(Coverage { coverage: share(n, n_read), accuracy, confidence });
            while u64::from(n) * u64::from(STEPS) >= u64::from(next) * u64::from(n_read) {
                next += 1;
            }
        }
        curve
    }
}

#[cfg(test)]
mod tests {
    use super::Points;

    fn points() -> Points {
        let read = |p: f32| Some([p, 1.0 - p, 0.0]);
        Points::new([(0, read(0.9)), (0, read(0.8)), (1, read(0.8)), (1, read(0.3)), (2, None)])
    }

    #[test]
    fn the_area_under_the_roc_curve_counts_pairs_in_order_and_ties_half() {
        // Of four pairs of a class-0 and another point, three are in order and one is a tie.
        let points = points();
        assert_eq!(points.sample(&[1; 5]).auc(0), Some(3.5 / 4.0));
        assert_eq!(points.sample(&[1; 5]).auc(2), None);
    }

    #[test]
    fn the_area_under_risk_is_the_mean_share_of_wrong_ones() {
        // Kept: one right; then two at 0.8, one of them wrong, half a wrong one each on average; then one right.
        let expected = (0.0 + 0.5 / 2.0 + 1.0 / 3.0 + 1.0 / 4.0) / 4.0;
        let area = points().sample(&[1; 5]).area_under_risk().unwrap();
        assert!((area - expected).abs() < 1e-12, "{area} is not {expected}");
    }

    #[test]
    fn equally_confident_answers_are_kept_or_left_together() {
        let points = points();
        let curve = points.sample(&[1; 5]).coverage_curve();
        let shares: Vec<_> = curve.iter().map(|step| (step.coverage, step.accuracy)).collect();
        assert_eq!(shares, [(0.25, 1.0), (0.75, 2.0 / 3.0), (1.0, 0.75)]);
    }

    #[test]
    fn without_readings_there_is_no_curve() {
        let points = Points::new([(0, None), (1, Some([f32::NAN; 3]))]);
        let sample = points.sample(&[1, 1]);
        assert_eq!((sample.auc(0), sample.area_under_risk()), (None, None));
        assert!(sample.coverage_curve().is_empty());
    }
}
