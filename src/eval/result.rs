//! What is said of a model? One result for each gold file × task × model, as `detente eval --json` prints it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::interval::{Bootstrap, Estimate, n_documents};
use super::metric::METRICS;
use super::tally::Tally;
use crate::model::Task;

/// How good a model is at one task of one gold file.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The gold file, as it was named.
    pub gold: String,
    /// The model, as it was named.
    pub model: String,
    /// What was asked.
    pub task: Task,
    /// Over all of the file's answers.
    pub all: Slice,
    /// Over those of each group that the file names.
    pub groups: BTreeMap<String, Slice>,
}

/// How good some answers are.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What they add up to.
    pub tally: Tally,
    /// An estimate of each metric of [`METRICS`], in their order.
    pub estimates: Vec<Estimate>,
    /// How many documents they stem from.
    pub n_documents: u32,
}

impl Evaluation {
    /// Measures a model's answers to one task; answers to other tasks are left aside.
    pub fn new(
        gold: &str,
        model: &str,
        task: Task,
        answers: &[Answer<'_>],
        bootstrap: &Bootstrap,
    ) -> Self {
        let answers: Vec<Answer<'_>> =
            answers.iter().filter(|answer| answer.label.task == task).copied().collect();
        let mut groups: BTreeMap<String, Vec<Answer<'_>>> = BTreeMap::new();
        for answer in &answers {
            if let Some(group) = &answer.item.group {
                groups.entry(group.clone()).or_default().push(*answer);
            }
        }
        Self {
            gold: gold.to_owned(),
            model: model.to_owned(),
            task,
            all: Slice::new(&answers, bootstrap),
            groups: groups
                .into_iter()
                .map(|(group, answers)| (group, Slice::new(&answers, bootstrap)))
                .collect(),
        }
    }

    /// The result in the schema of `detente eval --json`.
    pub fn to_json(&self) -> Value {
        let mut result = Map::new();
        result.insert("gold".to_owned(), json!(self.gold));
        result.insert("model".to_owned(), json!(self.model));
        result.insert("task".to_owned(), json!(self.task.name()));
        result.append(&mut self.all.to_json(self.task));
        let groups = self.groups.iter();
        let groups = groups.map(|(group, slice)| (group.clone(), slice.to_json(self.task).into()));
        result.insert("groups".to_owned(), Value::Object(groups.collect()));
        Value::Object(result)
    }
}

impl Slice {
    fn new(answers: &[Answer<'_>], bootstrap: &Bootstrap) -> Self {
        let mut tally = Tally::default();
        for answer in answers {
            tally.add(answer.label.class, answer.read, 1.0);
        }
        let estimates = bootstrap.estimates(answers);
        Self { tally, estimates, n_documents: n_documents(answers) }
    }

    /// The estimate of a metric, by its name.
    pub fn estimate(&self, metric: &str) -> Option<Estimate> {
        let index = METRICS.iter().position(|known| known.name() == metric)?;
        self.estimates.get(index).copied()
    }

    fn to_json(&self, task: Task) -> Map<String, Value> {
        let mut slice = Map::new();
        slice.insert("n".to_owned(), count(self.tally.n()));
        slice.insert("n_lost".to_owned(), count(self.tally.n_lost()));
        slice.insert("n_documents".to_owned(), json!(self.n_documents));
        for (metric, estimate) in METRICS.iter().zip(&self.estimates) {
            slice.insert(metric.name().to_owned(), json!(estimate));
        }
        let per_class = (0..3).map(|class| (task.labels()[class].to_owned(), self.class(class)));
        slice.insert("per_class".to_owned(), Value::Object(per_class.collect()));
        slice.insert(
            "confusion".to_owned(),
            json!(self.tally.confusion().map(|row| row.map(count))),
        );
        slice
    }

    /// As scikit-learn does, 0 where there is nothing to divide by: `support` tells.
    fn class(&self, class: usize) -> Value {
        json!({
            "precision": self.tally.precision(class).unwrap_or(0.0),
            "recall": self.tally.recall(class).unwrap_or(0.0),
            "f1": self.tally.f1(class).unwrap_or(0.0),
            "support": count(self.tally.support(class)),
        })
    }
}

/// A count as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of rows")]
fn count(count: f64) -> Value {
    json!(count as u64)
}

#[cfg(test)]
mod tests {
    use super::Evaluation;
    use crate::batch::Instance;
    use crate::eval::answer::Answer;
    use crate::eval::gold::{GoldItem, GoldLabel};
    use crate::eval::interval::Bootstrap;
    use crate::model::Task;

    #[test]
    fn a_result_has_the_documented_schema() {
        let item = |group: &str| GoldItem {
            id: group.to_owned(),
            group: Some(group.to_owned()),
            document: None,
            instance: Instance { text: group.to_owned(), targets: Vec::new(), pairs: Vec::new() },
            labels: Vec::new(),
            sentence_label: None,
        };
        let (north, south) = (item("north"), item("south"));
        let answer = |item, class, read| {
            let label = GoldLabel { task: Task::Sentiment, slot: 0, class };
            Answer { item, label, read }
        };
        let answers = [
            answer(&north, 0, Some([0.75, 0.25, 0.0])),
            answer(&north, 1, Some([0.5, 0.5, 0.0])),
            answer(&north, 1, None),
            answer(&south, 2, Some([0.0, 0.75, 0.25])),
        ];
        let bootstrap = Bootstrap { resamples: 50, ..Bootstrap::default() };
        let result = Evaluation::new("g.jsonl", "m", Task::Sentiment, &answers, &bootstrap);
        let mut json = result.to_json();
        assert_eq!(json["groups"]["south"]["n"], 1);
        assert_eq!(json["groups"]["north"]["confusion"][1][1], 1);
        json["groups"] = "left out here: each is as the result itself".into();
        let lines: Vec<_> = json
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        gold: "g.jsonl"
        model: "m"
        task: "sentiment"
        n: 4
        n_lost: 1
        n_documents: 2
        f1_macro: {"value":0.5,"low":0.0,"high":0.8333333333333333}
        f1_posneg: {"value":0.5,"low":0.0,"high":1.0}
        accuracy: {"value":0.5,"low":0.0,"high":0.6666666666666666}
        average_recall: {"value":0.5,"low":0.0,"high":0.75}
        ece: {"value":0.3333333333333333,"low":0.3333333333333333,"high":0.75}
        f1_weighted: {"value":0.5,"low":0.0,"high":0.7777777777777777}
        matthews: {"value":0.3,"low":0.0,"high":0.6123724356957946}
        kappa: {"value":0.2727272727272727,"low":0.0,"high":0.49999999999999994}
        log_loss: {"value":0.789041204710539,"low":0.4904146265058631,"high":1.3862943611198906}
        brier: {"value":0.5833333333333334,"low":0.3125,"high":1.125}
        per_class: {"negative":{"precision":1.0,"recall":1.0,"f1":1.0,"support":1},"neutral":{"precision":0.5,"recall":0.5,"f1":0.5,"support":2},"positive":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}
        confusion: [[1,0,0],[0,1,0],[0,1,0]]
        groups: "left out here: each is as the result itself"
        "#);
    }
}
