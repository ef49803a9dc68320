//! Where was a model most wrong? A table of its wrong answers, the surest first.

use std::path::Path;

use crate::eval::Answer;
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
        let mut wrong: Vec<(f32, &Answer<'_>)> = answers
            .iter()
            .map(|answer| (confidence(answer), answer))
            .filter(|(_, answer)| !is_right(answer))
            .collect();
        wrong.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        for (confidence, answer) in wrong {
            self.writer.write_record(record(gold, model, confidence, answer))?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.writer.flush()?)
    }
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
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let p = |class: usize| answer.read.map_or_else(String::new, |read| read[class].to_string());
    let source = match &said["source"] {
        serde_json::Value::Object(source) => {
            source["mention"].as_str().unwrap_or_default().to_owned()
        }
        _ => text("source"),
    };
    let (start, end) = (said["start"].as_u64(), said["end"].as_u64());
    let count = |n: Option<u64>| usize::try_from(n.unwrap_or_default()).unwrap_or_default();
    let stretch = count(end).saturating_sub(count(start));
    let target = answer.item.instance.text.chars().skip(count(start)).take(stretch).collect();
    let facets = &answer.item.facets;
    let value = |name: &str| {
        crate::eval::slice::Dimension::find(name).and_then(|d| d.value(answer)).unwrap_or_default()
    };
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
