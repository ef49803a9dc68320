//! What does knowing nothing give? The baseline that says the most frequent class of everything.

use super::{Classifier, Probabilities, Reading, Task};
use crate::batch::Instance;

/// Reads the same from every text: how often each class occurs among the labels that it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Majority {
    frequencies: [Option<Probabilities>; 3],
    tasks: Vec<Task>,
}

impl Majority {
    /// Takes the number of labels of each task, in the order of [`Task::ALL`], and class.
    ///
    /// A task without labels has no reading.
    pub fn new(counts: [[u64; 3]; 3]) -> Self {
        let frequencies = counts.map(|counts| {
            let n: u64 = counts.iter().sum();
            (n > 0).then(|| counts.map(|count| share(count, n)))
        });
        let has_labels = |&task: &Task| frequencies[task as usize].is_some();
        Self { frequencies, tasks: Task::ALL.into_iter().filter(has_labels).collect() }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than 24 bits")]
fn share(part: u64, whole: u64) -> f32 {
    (part as f64 / whole as f64) as f32
}

impl Classifier for Majority {
    fn name(&self) -> &'static str {
        "majority"
    }

    fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
        let [stance, sentiment, dyad] = self.frequencies;
        let read = |instance: &Instance| Reading {
            stance: vec![stance; instance.targets.len()],
            sentiment: vec![sentiment; instance.targets.len()],
            dyads: vec![dyad; instance.pairs.len()],
            is_cut: false,
        };
        Ok(instances.iter().map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Majority;
    use crate::batch::{Instance, Pair};
    use crate::model::{Classifier, Task};
    use crate::text::Span;

    #[test]
    fn every_target_and_pair_is_read_as_the_classes_are_distributed() {
        let majority = Majority::new([[1, 2, 1], [0, 0, 0], [3, 1, 0]]);
        let oslo = vec![Span::new("Oslo", 0..4).unwrap()];
        let pair = Pair { source: None, target: 0 };
        let instance =
            Instance { text: "Oslo".to_owned(), targets: vec![oslo], pairs: vec![pair, pair] };
        let readings = majority.classify(&[instance]).unwrap();
        assert_eq!(readings[0].stance, [Some([0.25, 0.5, 0.25])]);
        assert_eq!(readings[0].sentiment, [None]);
        assert_eq!(readings[0].dyads, [Some([0.75, 0.25, 0.0]); 2]);
        assert_eq!(majority.tasks(), [Task::Stance, Task::Dyad]);
    }
}
