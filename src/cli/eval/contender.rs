//! Who is measured? The models that the user named, and the baselines.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::Args;
use super::gold::{Labelled, read};
use crate::cli::Printer;
use crate::cli::options::DEFAULT_MODEL;
use crate::eval::gold::Layout;
use crate::eval::{Answers, ask_all};
use crate::model::Classifier;
use crate::model::Task;
use crate::model::Wordlist;
use crate::output::manifest;

/// A model that is measured.
pub(super) struct Contender {
    pub(super) name: String,
    /// Whether the user asked for it.
    pub(super) is_named: bool,
    /// `None` for the majority baseline, which is another one for each gold file.
    pub(super) model: Option<Box<dyn Classifier>>,
    /// What the manifest says of it.
    pub(super) card: manifest::Model,
}

const MAJORITY: &str = "majority";
const DICTIONARY: &str = "dictionary";

/// The named models, or the default one, then the baselines that aren't among them.
pub(super) fn contenders(args: &Args) -> anyhow::Result<Vec<Contender>> {
    let mut contenders: Vec<Contender> = Vec::new();
    let default = [DEFAULT_MODEL.to_owned()];
    let named = if args.model.is_empty() { default.as_slice() } else { &args.model };
    let baselines = [MAJORITY, DICTIONARY].map(|name| (name, false));
    for (name, is_named) in named.iter().map(|name| (name.as_str(), true)).chain(baselines) {
        if contenders.iter().any(|known| known.name == name) {
            continue;
        }
        let (model, card) = if name == MAJORITY {
            (None, without_weights(name))
        } else {
            let (model, card) = args.compute.open(name)?;
            (Some(model), card)
        };
        contenders.push(Contender { name: name.to_owned(), is_named, model, card });
    }
    for path in &args.lexicon {
        let list = Wordlist::load(path)?;
        let name = list.name().to_owned();
        if contenders.iter().any(|known| known.name == name) {
            bail!("two models are named `{name}`; the name of a list of words is its file's");
        }
        let sha256 = Some(list.sha256().to_owned());
        let card = manifest::Model { sha256, ..without_weights(&name) };
        contenders.push(Contender { name, is_named: false, model: Some(Box::new(list)), card });
    }
    Ok(contenders)
}

/// The labels of all training files, by task and class; `None` without files.
pub(super) fn class_counts(files: &[PathBuf]) -> anyhow::Result<Option<[[u64; 3]; 3]>> {
    let mut counts = [[0; 3]; 3];
    for path in files {
        let of_file = read(path, &Layout::default())?.class_counts();
        for (count, more) in counts.as_flattened_mut().iter_mut().zip(of_file.as_flattened()) {
            *count += more;
        }
    }
    Ok((!files.is_empty()).then_some(counts))
}

/// A model's answers to a file, without the tasks that it doesn't read.
pub(super) fn answers<'a>(
    file: &'a Labelled,
    contender: &Contender,
    model: &dyn Classifier,
    printer: &mut Printer,
) -> anyhow::Result<Answers<'a>> {
    let (Labelled { path, gold, .. }, name) = (file, &contender.name);
    let reads = |task: &Task| model.tasks().contains(task);
    for task in gold.tasks().into_iter().filter(|task| !reads(task)) {
        let task = task.name();
        printer.say(&format!("`{name}` does not read {task}: no result for it on `{path}`"));
    }
    let mut all = ask_all(gold, model).with_context(|| format!("`{name}` failed on `{path}`"))?;
    all.answers.retain(|answer| reads(&answer.label.task));
    all.coded.retain(|answer| reads(&answer.coded.task));
    Ok(all)
}

/// What the manifest says of a model that has no weights.
fn without_weights(name: &str) -> manifest::Model {
    manifest::Model { name: name.to_owned(), sha256: None, precision: "none".to_owned() }
}
