//! Where do models fail, on a terminal? A table for each gold file, task and dimension, a column a model.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets};

use super::findings::Findings;
use super::rivals::DECIDES;
use super::table::number;
use crate::cli::printer::printable;
use crate::eval::result::LEAST;
use crate::eval::{Evaluation, Slice};

/// Draws the tables; nothing where no dimension was asked for.
pub(super) fn render(findings: &Findings) -> String {
    let mut text = String::new();
    for rivals in findings.by_task() {
        for dimension in &findings.by {
            text += &sliced(dimension.name, &rivals).unwrap_or_default();
        }
        if findings.by.iter().any(|dimension| dimension.name == "period") {
            text.extend(rivals.iter().map(|result| drift(result)));
        }
    }
    text
}

fn sliced(dimension: &str, rivals: &[&Evaluation]) -> Option<String> {
    let mut values: BTreeMap<&str, Vec<Option<&Slice>>> = BTreeMap::new();
    for (at, result) in rivals.iter().enumerate() {
        for (value, slice) in &result.slices.get(dimension)?.values {
            let row = values.entry(value).or_insert_with(|| vec![None; rivals.len()]);
            row[at] = Some(slice);
        }
    }
    let first = rivals.first()?;
    let n_rare = first.slices.get(dimension)?.n_rare;
    if values.is_empty() {
        return None;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let models = rivals.iter().map(|result| printable(&result.model));
    table.set_header([dimension.to_owned(), "n".to_owned()].into_iter().chain(models));
    for (value, slices) in values {
        let n = slices.iter().flatten().map(|slice| slice.tally.n().to_string()).next();
        let cells = slices.iter().enumerate().map(|(at, slice)| {
            let estimate = slice.and_then(|slice| slice.estimate(DECIDES));
            number(estimate, at == 0)
        });
        let value = printable(&value.replace(['\n', '\t'], " "));
        table.add_row([value, n.unwrap_or_default()].into_iter().chain(cells));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let rare = match n_rare {
        0 => String::new(),
        n => format!(" {n} labels are of values with fewer than {LEAST}\n"),
    };
    let (gold, task) = (printable(&first.gold), first.task.name());
    Some(format!("\n{gold} {task}, F1 macro by {dimension}\n{}\n{rare}", lines.join("\n")))
}

fn drift(result: &Evaluation) -> String {
    let Some(drift) = &result.drift else { return String::new() };
    let points =
        |share: Option<f64>| share.map_or("–".to_owned(), |s| format!("{:+.1}", 100.0 * s));
    let slope = drift.per_year;
    format!(
        "{} on {} {}: errors {} [{}, {}] points a year, p {}, {} dated labels of {:.1}–{:.1}\n",
        printable(&result.model),
        printable(&result.gold),
        result.task.name(),
        points(slope.value),
        points(slope.low),
        points(slope.high),
        drift.p.map_or("–".to_owned(), super::rivals::p),
        drift.n,
        drift.from,
        drift.to,
    )
}
