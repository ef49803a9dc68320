//! What is said of a model? One result for each gold file × task × model, as `detente eval --json` prints it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::drift::Drift;
use super::interval::{Bootstrap, Documents, Estimate, Estimates, points};
use super::metric::{CLASS_METRICS, METRICS};
use super::sample::Coverage;
use super::slice::Dimension;
use super::tally::{N_BINS, Tally};
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
    /// Over those of each value of each dimension that was asked for.
    pub slices: BTreeMap<&'static str, Sliced>,
    /// How errors change over the rows' dates.
    pub drift: Option<Drift>,
}

/// Answers told apart by one dimension.
#[derive(Clone, Debug)]
pub struct Sliced {
    /// Each value that has at least [`LEAST`] answers.
    pub values: BTreeMap<String, Slice>,
    /// How many answers have a value that is rarer.
    pub n_rare: usize,
}

/// The answers that a value needs to be looked at on its own.
pub const LEAST: usize = 10;

/// How good some answers are.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What they add up to.
    pub tally: Tally,
    /// An estimate of each metric, of all classes and of each.
    pub estimates: Estimates,
    /// How right the most confident answers are.
    pub coverage: Vec<Coverage>,
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
        by: &[&'static Dimension],
        bootstrap: &Bootstrap,
    ) -> Self {
        let answers: Vec<Answer<'_>> =
            answers.iter().filter(|answer| answer.label.task == task).copied().collect();
        let groups = apart(&answers, |answer| answer.item.group.clone());
        let slice = |dimension: &&'static Dimension| {
            let apart = apart(&answers, |answer| dimension.value(answer));
            (dimension.name, Sliced::new(apart, bootstrap))
        };
        Self {
            gold: gold.to_owned(),
            model: model.to_owned(),
            task,
            all: Slice::new(&answers, bootstrap),
            groups: measured(groups, bootstrap),
            slices: by.iter().map(slice).collect(),
            drift: Drift::new(&answers, bootstrap),
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
        let slices =
            self.slices.iter().map(|(name, sliced)| ((*name).to_owned(), sliced.to_json()));
        result.insert("slices".to_owned(), Value::Object(slices.collect()));
        result.insert("drift".to_owned(), json!(self.drift));
        Value::Object(result)
    }
}

/// Answers by a value of theirs; those without one are left out.
fn apart<'a>(
    answers: &[Answer<'a>],
    value: impl Fn(&Answer<'_>) -> Option<String>,
) -> BTreeMap<String, Vec<Answer<'a>>> {
    let mut apart: BTreeMap<String, Vec<Answer<'a>>> = BTreeMap::new();
    for answer in answers {
        if let Some(value) = value(answer) {
            apart.entry(value).or_default().push(*answer);
        }
    }
    apart
}

fn measured(
    apart: BTreeMap<String, Vec<Answer<'_>>>,
    bootstrap: &Bootstrap,
) -> BTreeMap<String, Slice> {
    let apart: Vec<_> = apart.into_iter().collect();
    let slice =
        |(value, answers): (String, Vec<Answer<'_>>)| (value, Slice::new(&answers, bootstrap));
    apart.into_par_iter().map(slice).collect()
}

impl Sliced {
    fn new(mut apart: BTreeMap<String, Vec<Answer<'_>>>, bootstrap: &Bootstrap) -> Self {
        let rare = apart.values().filter(|answers| answers.len() < LEAST);
        let n_rare = rare.map(Vec::len).sum();
        apart.retain(|_, answers| answers.len() >= LEAST);
        Self { values: measured(apart, bootstrap), n_rare }
    }

    fn to_json(&self) -> Value {
        let values =
            self.values.iter().map(|(value, slice)| (value.clone(), slice.counts().into()));
        json!({"values": values.collect::<Map<String, Value>>(), "n_rare": self.n_rare})
    }
}

impl Slice {
    fn new(answers: &[Answer<'_>], bootstrap: &Bootstrap) -> Self {
        let points = points(answers);
        let times = vec![1; points.len()];
        let sample = points.sample(&times);
        let coverage = sample.coverage_curve();
        let estimates = bootstrap.estimates(answers);
        Self { tally: sample.tally, estimates, coverage, n_documents: Documents::of(answers).n }
    }

    /// The estimate of a metric, by its name.
    pub fn estimate(&self, metric: &str) -> Option<Estimate> {
        let index = METRICS.iter().position(|known| known.name() == metric)?;
        self.estimates.metrics.get(index).copied()
    }

    /// How many, and the metrics.
    fn counts(&self) -> Map<String, Value> {
        let mut slice = Map::new();
        slice.insert("n".to_owned(), count(self.tally.n()));
        slice.insert("n_lost".to_owned(), count(self.tally.n_lost()));
        slice.insert("n_documents".to_owned(), json!(self.n_documents));
        for (metric, estimate) in METRICS.iter().zip(&self.estimates.metrics) {
            slice.insert(metric.name().to_owned(), json!(estimate));
        }
        slice
    }

    fn to_json(&self, task: Task) -> Map<String, Value> {
        let mut slice = self.counts();
        let per_class = (0..3).map(|class| (task.labels()[class].to_owned(), self.class(class)));
        slice.insert("per_class".to_owned(), Value::Object(per_class.collect()));
        slice.insert(
            "confusion".to_owned(),
            json!(self.tally.confusion().map(|row| row.map(count))),
        );
        slice.insert("reliability".to_owned(), self.reliability().collect());
        let step = |step: &Coverage| json!({"coverage": step.coverage, "accuracy": step.accuracy, "confidence": step.confidence});
        slice.insert("coverage".to_owned(), self.coverage.iter().map(step).collect());
        slice
    }

    /// The bins of confidence that hold items.
    fn reliability(&self) -> impl Iterator<Item = Value> {
        let width = 1.0 / N_BINS as f64;
        let bins = self.tally.bins().iter().enumerate().filter(|(_, bin)| bin.n > 0.0);
        bins.map(move |(index, bin)| {
            json!({
                "above": index as f64 * width,
                "to": (index + 1) as f64 * width,
                "n": count(bin.n),
                "confidence": bin.confidence / bin.n,
                "accuracy": bin.n_right / bin.n,
            })
        })
    }

    /// As scikit-learn does, 0 where there is nothing to divide by: `support` tells.
    fn class(&self, class: usize) -> Value {
        let estimates = &self.estimates.classes[class];
        let intervals = CLASS_METRICS.iter().zip(estimates).map(|((name, _), estimate)| {
            ((*name).to_owned(), json!([estimate.low, estimate.high]))
        });
        json!({
            "precision": self.tally.precision(class).unwrap_or(0.0),
            "recall": self.tally.recall(class).unwrap_or(0.0),
            "f1": self.tally.f1(class).unwrap_or(0.0),
            "support": count(self.tally.support(class)),
            "auc": estimates.last().and_then(|auc| auc.value),
            "intervals": Value::Object(intervals.collect()),
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
    use super::{Evaluation, LEAST};
    use crate::batch::Instance;
    use crate::eval::answer::Answer;
    use crate::eval::gold::{GoldItem, GoldLabel};
    use crate::eval::interval::Bootstrap;
    use crate::eval::metric::METRICS;
    use crate::eval::slice::Dimension;
    use crate::model::Task;

    #[test]
    fn slices_too_small_to_be_looked_at_are_counted() {
        let item = |text: &str| GoldItem {
            instance: Instance { text: text.to_owned(), ..Instance::default() },
            ..GoldItem::default()
        };
        let (short, long) = (item("a"), item(&"a ".repeat(20)));
        let label = GoldLabel { task: Task::Stance, slot: 0, class: 0 };
        let answer = |item| Answer { item, label, read: None };
        let mut answers = vec![answer(&short); LEAST];
        answers.push(answer(&long));
        let by = [Dimension::find("length").unwrap()];
        let bootstrap = Bootstrap { resamples: 5, ..Bootstrap::default() };
        let result = Evaluation::new("g", "m", Task::Stance, &answers, &by, &bootstrap);
        let sliced = &result.slices["length"];
        assert_eq!(sliced.values.keys().collect::<Vec<_>>(), ["01–15 words"]);
        assert_eq!(sliced.n_rare, 1);
        assert_eq!(result.to_json()["slices"]["length"]["values"]["01–15 words"]["n"], 10);
    }

    #[test]
    fn a_result_has_the_documented_schema() {
        let item = |group: &str| GoldItem {
            id: group.to_owned(),
            group: Some(group.to_owned()),
            document: None,
            instance: Instance { text: group.to_owned(), targets: Vec::new(), pairs: Vec::new() },
            ..GoldItem::default()
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
        let result = Evaluation::new("g.jsonl", "m", Task::Sentiment, &answers, &[], &bootstrap);
        let mut json = result.to_json();
        assert_eq!(json["groups"]["south"]["n"], 1);
        assert_eq!(json["groups"]["north"]["confusion"][1][1], 1);
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let metrics = METRICS.iter().map(|metric| metric.name());
        let before = ["gold", "model", "task", "n", "n_lost", "n_documents"].into_iter();
        let after =
            ["per_class", "confusion", "reliability", "coverage", "groups", "slices", "drift"];
        assert_eq!(keys, before.chain(metrics).chain(after).collect::<Vec<_>>());
        json["f1_macro"]["low"] = "not looked at here".into();
        insta::assert_snapshot!(json["f1_macro"], @r#"{"value":0.5,"low":"not looked at here","high":0.8333333333333333}"#);
        insta::assert_snapshot!(json["per_class"]["negative"], @r#"{"precision":1.0,"recall":1.0,"f1":1.0,"support":1,"auc":1.0,"intervals":{"precision":[1.0,1.0],"recall":[1.0,1.0],"f1":[1.0,1.0],"auc":[1.0,1.0]}}"#);
        insta::assert_snapshot!(json["confusion"], @"[[1,0,0],[0,1,0],[0,1,0]]");
        insta::assert_snapshot!(json["reliability"][1], @r#"{"above":0.7333333333333333,"to":0.8,"n":2,"confidence":0.75,"accuracy":0.5}"#);
        insta::assert_snapshot!(json["coverage"], @r#"[{"coverage":0.6666666666666666,"accuracy":0.5,"confidence":0.75},{"coverage":1.0,"accuracy":0.6666666666666666,"confidence":0.5}]"#);
    }
}
