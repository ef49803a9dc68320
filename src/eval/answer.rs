//! What does a model say to what gold asks? One answer for each label.

use anyhow::ensure;
use serde_json::{Value, json};

use super::gold::{Coded, Gold, GoldItem, GoldLabel};
use super::tally::{predicted, readable};
use crate::batch::Instance;
use crate::model::{Classifier, Probabilities, Task};
use crate::text::Span;

/// A label and what a model read in its place.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The labelled text.
    pub item: &'a GoldItem,
    /// One of its labels.
    pub label: GoldLabel,
    /// What the model read; `None` where the item is lost.
    pub read: Option<Probabilities>,
}

/// What several coders said, and what a model read in their place.
#[derive(Clone, Copy, Debug)]
pub struct CodedAnswer<'a> {
    /// The labelled text.
    pub item: &'a GoldItem,
    /// What the coders said of one of its targets or pairs.
    pub coded: &'a Coded,
    /// What the model read; `None` where the item is lost.
    pub read: Option<Probabilities>,
}

/// All that a model says to what gold asks.
#[derive(Clone, Debug, Default)]
pub struct Answers<'a> {
    /// One for each label, in gold's order.
    pub answers: Vec<Answer<'a>>,
    /// One for each target or pair that several coders labelled, in gold's order.
    pub coded: Vec<CodedAnswer<'a>>,
}

/// Lets a model read all labelled texts; an answer for each label, in gold's order.
///
/// # Errors
/// When the model fails, or gives another number of readings than it was given texts.
pub fn ask<'a>(gold: &'a Gold, model: &dyn Classifier) -> anyhow::Result<Vec<Answer<'a>>> {
    Ok(ask_all(gold, model)?.answers)
}

/// The same, with answers to what coders disagree about.
///
/// # Errors
/// As [`ask`].
pub fn ask_all<'a>(gold: &'a Gold, model: &dyn Classifier) -> anyhow::Result<Answers<'a>> {
    let is_labelled = |item: &&GoldItem| !item.labels.is_empty() || !item.coded.is_empty();
    let items: Vec<&GoldItem> = gold.items.iter().filter(is_labelled).collect();
    let instances: Vec<Instance> = items.iter().map(|item| item.instance.clone()).collect();
    let readings = model.classify(&instances)?;
    ensure!(
        readings.len() == items.len(),
        "`{}` gave {} readings for {} texts",
        model.name(),
        readings.len(),
        items.len()
    );
    let mut all = Answers::default();
    for (item, reading) in items.into_iter().zip(&readings) {
        let read = |task, slot| readable(reading.of(task).get(slot).copied().flatten());
        let answer =
            |&label: &GoldLabel| Answer { item, label, read: read(label.task, label.slot) };
        all.answers.extend(item.labels.iter().map(answer));
        let coded =
            |coded: &'a Coded| CodedAnswer { item, coded, read: read(coded.task, coded.slot) };
        all.coded.extend(item.coded.iter().map(coded));
    }
    Ok(all)
}

impl Answer<'_> {
    /// The answer as a line of `--predictions`: which file and model it is about is for the caller to say.
    ///
    /// Offsets are code points; of a target with several mentions they are the first one's.
    pub fn to_json(&self, file: &str, model: &str) -> Value {
        let Instance { text, targets, pairs } = &self.item.instance;
        let labels = self.label.task.labels();
        let first = |target: usize| targets[target].first().expect("a target has a mention");
        let (source, target) = match self.label.task {
            Task::Dyad => {
                let pair = pairs[self.label.slot];
                let named = |source: u32| stretch(text, *first(source as usize));
                (pair.source.map_or_else(|| json!("author"), named), pair.target as usize)
            }
            Task::Stance | Task::Sentiment => (Value::Null, self.label.slot),
        };
        let target = first(target).chars(text);
        json!({
            "file": file,
            "model": model,
            "task": self.label.task.name(),
            "id": self.item.id,
            "start": target.start,
            "end": target.end,
            "source": source,
            "p": self.read.map(|read| read.map(shortest)),
            "label": self.read.map(|read| labels[predicted(read)]),
            "gold": labels[self.label.class],
        })
    }
}

/// The 64-bit number that prints as the 32-bit one does: 0.4, not 0.4000000059604645.
fn shortest(p: f32) -> f64 {
    p.to_string().parse().expect("a printed number is one")
}

fn stretch(text: &str, span: Span) -> Value {
    let chars = span.chars(text);
    json!({"mention": span.of(text), "start": chars.start, "end": chars.end})
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::ask;
    use crate::batch::Instance;
    use crate::eval::gold::Gold;
    use crate::model::{Classifier, Reading, Task};

    /// Reads the first target of each text, and nothing else.
    struct First;

    impl Classifier for First {
        fn name(&self) -> &'static str {
            "first"
        }

        fn tasks(&self) -> &[Task] {
            &Task::ALL
        }

        fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
            let first = vec![Some([0.5, 0.25, 0.25])];
            let reading = Reading { stance: first.clone(), dyads: first, ..Reading::default() };
            Ok(vec![reading; instances.len()])
        }
    }

    fn lines(gold: &str) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold").join(gold);
        let gold = Gold::read(&path).unwrap();
        let answers = ask(&gold, &First).unwrap();
        answers.iter().map(|answer| answer.to_json("g.jsonl", "first").to_string()).collect()
    }

    #[test]
    fn a_prediction_names_source_and_target_in_code_points() {
        let lines = lines("directed.jsonl");
        insta::assert_snapshot!(lines[0], @r#"{"file":"g.jsonl","model":"first","task":"dyad","id":"d1","start":18,"end":27,"source":{"mention":"Ruritania","start":0,"end":9},"p":[0.5,0.25,0.25],"label":"hostile","gold":"hostile"}"#);
        insta::assert_snapshot!(lines[2], @r#"{"file":"g.jsonl","model":"first","task":"dyad","id":"d3","start":26,"end":35,"source":"author","p":[0.5,0.25,0.25],"label":"hostile","gold":"hostile"}"#);
    }

    #[test]
    fn what_the_model_did_not_read_is_lost() {
        let lines = lines("sentiment.jsonl");
        insta::assert_snapshot!(lines[0], @r#"{"file":"g.jsonl","model":"first","task":"sentiment","id":"s1","start":0,"end":12,"source":null,"p":null,"label":null,"gold":"positive"}"#);
    }

    /// Answers nothing at all.
    struct Mute;

    impl Classifier for Mute {
        fn name(&self) -> &'static str {
            "mute"
        }

        fn tasks(&self) -> &[Task] {
            &[]
        }

        fn classify(&self, _instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_model_that_leaves_texts_out_is_an_error() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold/stance.jsonl");
        let error = ask(&Gold::read(&path).unwrap(), &Mute).unwrap_err();
        assert_eq!(error.to_string(), "`mute` gave 0 readings for 3 texts");
    }
}
