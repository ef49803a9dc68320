//! How are results shown on a terminal? One line for each gold file, task and model.

use comfy_table::{CellAlignment, Table, presets};

use super::findings::Findings;
use super::{coders, names, rivals, slices};
use crate::cli::printer::printable;
use crate::eval::{Bootstrap, Estimate, Evaluation, METRICS};

/// A metric's name, its heading, and whether its interval is shown.
pub(super) const COLUMNS: [(&str, &str, bool); 5] = [
    ("f1_macro", "F1 macro", true),
    ("f1_posneg", "F1 pos/neg", true),
    ("accuracy", "accuracy", false),
    ("average_recall", "recall", false),
    ("ece", "ECE", false),
];

/// Stand before and after what is to be bold, as wide as the spaces that others have there.
const BOLD: [char; 2] = ['\u{E000}', '\u{E001}'];

/// Draws the table; the best of each gold file and task is bold where `is_terminal`.
pub(super) fn render(findings: &Findings, is_terminal: bool) -> String {
    let Findings { results, bootstrap, .. } = findings;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let headings = COLUMNS.map(|(_, heading, _)| format!(" {heading} "));
    table.set_header(
        ["gold", "task", "model", "n", "lost"].map(str::to_owned).into_iter().chain(headings),
    );
    for result in results {
        let rivals: Vec<&Evaluation> = results
            .iter()
            .filter(|rival| (&rival.gold, rival.task) == (&result.gold, result.task))
            .collect();
        let (n, n_lost) = (result.all.tally.n(), result.all.tally.n_lost());
        let names = [&result.gold, result.task.name(), &result.model].map(printable);
        let counts = [n.to_string(), n_lost.to_string()];
        let numbers = COLUMNS.map(|(metric, _, has_interval)| {
            let is_best = rivals.len() > 1 && is_best(metric, result, &rivals);
            let [before, after] = if is_best { BOLD } else { [' ', ' '] };
            let number = number(result.all.estimate(metric), has_interval);
            format!("{before}{number}{after}")
        });
        table.add_row(names.into_iter().chain(counts).chain(numbers));
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines = table.lines().map(|line| embolden(line.trim_end(), is_terminal));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let more = rivals::render(findings)
        + &coders::render(findings)
        + &slices::render(findings)
        + &names::render(findings);
    format!("{lines}\n{}\n{more}", legend(bootstrap))
}

pub(super) fn legend(bootstrap: &Bootstrap) -> String {
    let Bootstrap { resamples, level, seed } = bootstrap;
    let intervals = match resamples {
        0 => "no intervals".to_owned(),
        _ => format!(
            "{} % intervals from {resamples} samples of documents, seed {seed}",
            (level * 1000.0).round() / 10.0
        ),
    };
    format!("in %; {intervals}; lost items count as wrong")
}

/// In percent, with its interval.
pub(super) fn number(estimate: Option<Estimate>, has_interval: bool) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let Some(Estimate { value: Some(value), low, high }) = estimate else {
        return "–".to_owned();
    };
    match (low, high) {
        (Some(low), Some(high)) if has_interval => {
            format!("{} [{}–{}]", percent(value), percent(low), percent(high))
        }
        _ => percent(value),
    }
}

pub(super) fn is_best(metric: &str, result: &Evaluation, rivals: &[&Evaluation]) -> bool {
    let Some(best) = METRICS.iter().find(|known| known.name() == metric).map(|m| m.best()) else {
        return false;
    };
    let off = |result: &Evaluation| Some((result.all.estimate(metric)?.value? - best).abs());
    let own = off(result);
    own.is_some_and(|own| rivals.iter().filter_map(|rival| off(rival)).all(|other| own <= other))
}

fn embolden(line: &str, is_terminal: bool) -> String {
    let marks = if is_terminal { ["\u{1b}[1m ", " \u{1b}[0m"] } else { [" ", " "] };
    line.replace(BOLD[0], marks[0]).replace(BOLD[1], marks[1])
}
