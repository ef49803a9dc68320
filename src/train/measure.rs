//! How good is the model so far? What dev says of it after an epoch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::calibrate;
use crate::eval::Gold;
use crate::eval::METRICS;
use crate::eval::ask;
use crate::eval::sample::Points;
use crate::model::Classifier;
use crate::model::Task;

/// What dev says of a model.
pub(super) struct Measured {
    /// F1-macro of each file and task.
    pub(super) scores: Vec<(String, f64)>,
    /// What calibrates each task.
    pub(super) temperature: BTreeMap<Task, f32>,
    /// The cross-fitted calibration error of each task.
    pub(super) calibration_error: BTreeMap<Task, f64>,
}

/// Lets the model read all dev files.
pub(super) fn measure(model: &dyn Classifier, dev: &[(PathBuf, Gold)]) -> anyhow::Result<Measured> {
    let f1 = METRICS
        .iter()
        .find(|metric| metric.name() == "f1_macro")
        .context("F1-macro is a metric")?;
    let (mut scores, mut all) = (Vec::new(), Vec::new());
    for (file, gold) in dev {
        let answers = ask(gold, model)?;
        let folder =
            file.parent().and_then(Path::file_name).unwrap_or(file.as_os_str()).to_string_lossy();
        for task in gold.tasks() {
            let of_task = answers.iter().filter(|answer| answer.label.task == task);
            let points = Points::new(of_task.map(|answer| (answer.label.class, answer.read)));
            let f1 = f1.compute(&points.sample(&vec![1; points.len()])).unwrap_or(0.0);
            scores.push((format!("{folder} {}", task.name()), f1));
        }
        all.extend(answers);
    }
    let temperature = Task::ALL.map(|task| (task, calibrate::temperature(all.iter(), task))).into();
    let error = |task| Some((task, calibrate::cross_fitted_error(&all, task)?));
    let calibration_error = Task::ALL.into_iter().filter_map(error).collect();
    Ok(Measured { scores, temperature, calibration_error })
}
