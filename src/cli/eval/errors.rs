//! Where was a model most wrong? A table of its wrong answers, the surest first.

use std::path::Path;

use serde_json::Value;

use super::grid::{Cell, Grid};
use crate::eval::Answer;
use crate::eval::slice::Dimension;
use crate::model::Task;
use crate::score::Distribution;

/// The file of `--errors`.
pub(super) struct Errors {
    writer: csv::Writer<fs_err::File>,
}

const HEAD: [&str; 20] = [
    "gold",
    "model",
    "task",
    "id",
    "text",
    "target",
    "start",
    "end",
    "source",
    "label",
    "said",
    "confidence",
    "p_negative",
    "p_neutral",
    "p_positive",
    "actor",
    "group",
    "date",
    "outlet",
    "modality",
];

impl Errors {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let mut writer = csv::Writer::from_writer(fs_err::File::create(path)?);
        writer.write_record(HEAD)?;
        Ok(Self { writer })
    }

    /// Writes the wrong ones of a model's answers to a file, the most confident first; lost items come last.
    pub(super) fn write(
        &mut self,
        gold: &str,
        model: &str,
        answers: &[Answer<'_>],
    ) -> anyhow::Result<()> {
        for (confidence, answer) in wrong(answers.iter()) {
            self.writer.write_record(record(gold, model, confidence, answer))?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// The wrong ones with their confidence, the surest first.
fn wrong<'a, 'b: 'a>(answers: impl Iterator<Item = &'a Answer<'b>>) -> Vec<(f32, &'a Answer<'b>)> {
    let wrong = answers.filter(|answer| !is_right(answer));
    let mut wrong: Vec<_> = wrong.map(|answer| (confidence(answer), answer)).collect();
    wrong.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    wrong
}

/// The surest errors at one task, as a table; `None` where there is none.
pub(super) fn surest(gold: &str, model: &str, task: Task, answers: &[Answer<'_>]) -> Option<Grid> {
    const SHOWN: usize = 20;
    let wrong = wrong(answers.iter().filter(|answer| answer.label.task == task));
    let rows: Vec<Vec<Cell>> = wrong
        .iter()
        .take(SHOWN)
        .map(|(confidence, answer)| {
            let record = record(gold, model, *confidence, answer);
            let shown = [4, 8, 5, 9, 10].map(|at| Cell::from(record[at].clone()));
            let confidence = Cell::from(format!("{confidence:.2}"));
            shown.into_iter().chain([confidence]).collect()
        })
        .collect();
    (!rows.is_empty()).then(|| Grid {
        title: format!("Surest errors of {model} on {gold}, {}", task.name()),
        head: ["text", "source", "target", "right", "said", "confidence"].map(str::to_owned).into(),
        note: format!("{} of {} errors", rows.len(), wrong.len()),
        rows,
        n_text: 5,
    })
}

fn is_right(answer: &Answer<'_>) -> bool {
    answer.read.is_some_and(|read| Distribution::new(read).label() as usize == answer.label.class)
}

fn confidence(answer: &Answer<'_>) -> f32 {
    answer.read.map_or(0.0, |read| read[Distribution::new(read).label() as usize])
}

/// The cells; those of a lost item that say what was read are empty.
fn record(gold: &str, model: &str, confidence: f32, answer: &Answer<'_>) -> [String; 20] {
    let said = answer.to_json(gold, model);
    let text = |key: &str| match &said[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let p = |class: usize| answer.read.map_or_else(String::new, |read| read[class].to_string());
    let source = match &said["source"] {
        Value::Object(source) => source["mention"].as_str().unwrap_or_default().to_owned(),
        _ => text("source"),
    };
    let target = target(&said, &answer.item.instance.text);
    let facets = &answer.item.facets;
    let value =
        |name: &str| Dimension::find(name).and_then(|d| d.value(answer)).unwrap_or_default();
    let read = answer.read.map(|_| confidence.to_string());
    [
        gold.to_owned(),
        model.to_owned(),
        text("task"),
        text("id"),
        answer.item.instance.text.clone(),
        target,
        text("start"),
        text("end"),
        source,
        text("gold"),
        text("label"),
        read.unwrap_or_default(),
        p(0),
        p(1),
        p(2),
        value("actor"),
        value("group"),
        facets.date.clone().unwrap_or_default(),
        value("outlet"),
        value("modality"),
    ]
}

/// The stretch of the text that an answer, as JSON, is about.
fn target(said: &Value, text: &str) -> String {
    let count = |key: &str| usize::try_from(said[key].as_u64().unwrap_or_default()).unwrap_or(0);
    text.chars().skip(count("start")).take(count("end").saturating_sub(count("start"))).collect()
}
