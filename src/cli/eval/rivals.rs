//! Which of two models is better, and does that mean anything? One line for each pair, gold file and task.

use comfy_table::{CellAlignment, Table, presets};

use super::findings::Findings;
use crate::cli::printer::printable;
use crate::eval::compare::Comparison;
use crate::eval::compare::Difference;

/// The metric that decides.
pub(super) const DECIDES: &str = "f1_macro";

/// Draws the table; nothing where no two models were named.
pub(super) fn render(findings: &Findings) -> String {
    if findings.comparisons.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["gold", "task", "A", "B", "F1 macro A − B", "p", "McNemar p", "verdict"]);
    for comparison in &findings.comparisons {
        let names = [&comparison.gold, comparison.task.name(), &comparison.a, &comparison.b];
        let difference = comparison.difference(DECIDES);
        let numbers = [
            difference.map_or_else(|| "–".to_owned(), shown),
            difference.and_then(|d| d.p_holm).map_or_else(|| "–".to_owned(), p),
            p(comparison.mcnemar.p_holm),
            verdict(comparison, findings.bootstrap.level),
        ];
        table.add_row(names.map(printable).into_iter().chain(numbers));
    }
    for column in table.column_iter_mut().skip(4).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("\n{}\n{}\n", lines.join("\n"), legend(findings))
}

pub(super) fn legend(findings: &Findings) -> String {
    let n = findings.comparisons.len();
    let of = if n == 1 { "one comparison".to_owned() } else { format!("{n} comparisons") };
    format!(
        "p by approximate randomisation of documents, McNemar's by items; both corrected for {of} (Holm)"
    )
}

/// Points of percent, with the interval.
pub(super) fn shown(difference: Difference) -> String {
    let points = |share: f64| format!("{:+.1}", 100.0 * share);
    let estimate = difference.estimate;
    match (estimate.value, estimate.low, estimate.high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{} [{}, {}]", points(value), points(low), points(high))
        }
        (Some(value), ..) => points(value),
        _ => "–".to_owned(),
    }
}

/// A p-value to three places.
pub(super) fn p(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// Who wins, if that can be said at this level.
pub(super) fn verdict(comparison: &Comparison, level: f64) -> String {
    let difference = comparison.difference(DECIDES);
    let decided = difference.and_then(|d| d.estimate.value.zip(d.p_holm));
    match decided {
        None => "not tested".to_owned(),
        Some((value, p)) if p <= 1.0 - level && value > 0.0 => {
            format!("{} is better", printable(&comparison.a))
        }
        Some((value, p)) if p <= 1.0 - level && value < 0.0 => {
            format!("{} is better", printable(&comparison.b))
        }
        Some(_) => "not told apart".to_owned(),
    }
}
