//! What came out? All that a run of `detente eval` has to show, in whatever form.

use serde_json::{Value, json};

use super::errors;
use super::gold::Labelled;
use super::grid::Grid;
use super::manifest::Manifest;
use super::names::Swapped;
use crate::error::Skipped;
use crate::eval::answer::CodedAnswer;
use crate::eval::compare::compare;
use crate::eval::compare::correct;
use crate::eval::slice::Dimension;
use crate::eval::{Agreement, Answer, Answers, Bootstrap, Comparison, Evaluation};

/// A model's answers to a file.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    /// Whether the user asked for the model.
    pub(super) is_named: bool,
    pub(super) answers: Answers<'a>,
}

/// All results of a run.
pub(super) struct Findings {
    /// How intervals are drawn.
    pub(super) bootstrap: Bootstrap,
    /// What answers are told apart by.
    pub(super) by: Vec<&'static Dimension>,
    /// The models that the user asked for.
    pub(super) named: Vec<String>,
    /// By file, task and model.
    pub(super) results: Vec<Evaluation>,
    /// Of every two models that the user named, by file and task.
    pub(super) comparisons: Vec<Comparison>,
    /// Of the coders of each file and task that has several.
    pub(super) agreement: Vec<Agreement>,
    /// The surest errors of each model that the user named, by file and task.
    pub(super) misses: Vec<Grid>,
    /// How far names move the scores of each model that the user named, where that was asked.
    pub(super) swapped: Vec<Swapped>,
    /// What all of it was made from.
    pub(super) manifest: Manifest,
    /// The rows that couldn't be used.
    pub(super) skipped: Vec<Skipped>,
}

impl Findings {
    pub(super) fn new(bootstrap: Bootstrap, by: Vec<&'static Dimension>) -> Self {
        Self {
            bootstrap,
            by,
            named: Vec::new(),
            results: Vec::new(),
            comparisons: Vec::new(),
            agreement: Vec::new(),
            misses: Vec::new(),
            swapped: Vec::new(),
            manifest: Manifest::default(),
            skipped: Vec::new(),
        }
    }

    /// Measures what all models said of a file: one result for each task and model that reads it.
    pub(super) fn add(&mut self, file: &Labelled, asked: &[Asked<'_>]) {
        self.skipped.extend(file.gold.skipped.iter().cloned());
        let named: Vec<(&str, &[Answer<'_>])> = asked
            .iter()
            .filter(|asked| asked.is_named)
            .map(|asked| (asked.name, asked.answers.answers.as_slice()))
            .collect();
        self.named = named.iter().map(|(name, _)| (*name).to_owned()).collect();
        for task in file.gold.tasks() {
            for Asked { name, answers: Answers { answers, .. }, .. } in asked {
                if answers.iter().any(|answer| answer.label.task == task) {
                    let result =
                        Evaluation::new(&file.path, name, task, answers, &self.by, &self.bootstrap);
                    self.results.push(result);
                }
            }
            let misses = |(name, answers): &(&str, &[Answer<'_>])| {
                errors::surest(&file.path, name, task, answers)
            };
            self.misses.extend(named.iter().filter_map(misses));
            self.comparisons.append(&mut compare(&file.path, task, &named, &self.bootstrap));
            let coded: Vec<(&str, &[CodedAnswer<'_>])> = asked
                .iter()
                .map(|asked| (asked.name, asked.answers.coded.as_slice()))
                .filter(|(_, coded)| coded.iter().any(|answer| answer.coded.task == task))
                .collect();
            self.agreement.extend(Agreement::new(&file.path, task, &coded, &self.bootstrap));
        }
    }

    /// The results of each gold file and task, side by side.
    pub(super) fn by_task(&self) -> Vec<Vec<&Evaluation>> {
        let is_same = |a: &Evaluation, b: &Evaluation| (&a.gold, a.task) == (&b.gold, b.task);
        self.results.chunk_by(is_same).map(|rivals| rivals.iter().collect()).collect()
    }

    /// Whether the user asked for a model.
    pub(super) fn is_named(&self, model: &str) -> bool {
        self.named.iter().any(|named| named == model)
    }

    /// Says that there is nothing more to add.
    pub(super) fn finish(&mut self) {
        correct(&mut self.comparisons);
    }

    /// What `--json` prints.
    pub(super) fn to_json(&self) -> Value {
        let skipped = self.skipped.iter().map(|skipped| {
            json!({"path": skipped.path.display().to_string(), "line": skipped.line, "reason": skipped.reason})
        });
        json!({
            "results": self.results.iter().map(Evaluation::to_json).collect::<Vec<_>>(),
            "comparisons": self.comparisons.iter().map(Comparison::to_json).collect::<Vec<_>>(),
            "agreement": self.agreement.iter().map(Agreement::to_json).collect::<Vec<_>>(),
            "names": self.swapped.iter().map(Swapped::to_json).collect::<Vec<_>>(),
            "resamples": self.bootstrap.resamples,
            "level": self.bootstrap.level,
            "seed": self.bootstrap.seed,
            "manifest": self.manifest,
            "skipped": skipped.collect::<Vec<_>>(),
        })
    }
}
