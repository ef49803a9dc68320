//! What tables does a run give, whatever they are written in? Heads, rows, and what stands below.

use super::findings::Findings;
use super::rivals;
use super::table::{COLUMNS, is_best, number};
use crate::eval::agreement::Kappas;
use crate::eval::humans::Rival;
use crate::eval::{Agreement, Evaluation};

/// A table without a form.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// How many columns at the left hold text; the others hold numbers.
    pub(super) n_text: usize,
    /// What must be known to read it.
    pub(super) note: String,
}

/// What stands in a table.
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it is the best of its kind.
    pub(super) is_best: bool,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, is_best: false }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// All tables of a run: results, comparisons, coders, parts.
pub(super) fn grids(findings: &Findings) -> Vec<Grid> {
    let mut grids = vec![results(findings)];
    grids.extend((!findings.comparisons.is_empty()).then(|| comparisons(findings)));
    grids.extend(findings.agreement.iter().map(coders));
    for rivals in findings.by_task() {
        grids.extend(findings.by.iter().filter_map(|dimension| parts(dimension.name, &rivals)));
    }
    grids
}

fn results(findings: &Findings) -> Grid {
    let mut rows = Vec::new();
    for rivals in findings.by_task() {
        for result in &rivals {
            let names = [&result.gold, result.task.name(), &result.model].map(Cell::from);
            let counts = [result.all.tally.n(), result.all.tally.n_lost()];
            let counts = counts.map(|n| Cell::from(n.to_string()));
            let numbers = COLUMNS.map(|(metric, _, has_interval)| Cell {
                text: number(result.all.estimate(metric), has_interval),
                is_best: rivals.len() > 1 && is_best(metric, result, &rivals),
            });
            rows.push(names.into_iter().chain(counts).chain(numbers).collect());
        }
    }
    let head = ["gold", "task", "model", "n", "lost"].into_iter();
    Grid {
        title: "Results".to_owned(),
        head: head.chain(COLUMNS.map(|(_, heading, _)| heading)).map(str::to_owned).collect(),
        rows,
        n_text: 3,
        note: super::table::legend(&findings.bootstrap),
    }
}

fn comparisons(findings: &Findings) -> Grid {
    let rows = findings.comparisons.iter().map(|comparison| {
        let names = [&comparison.gold, comparison.task.name(), &comparison.a, &comparison.b];
        let difference = comparison.difference(rivals::DECIDES);
        let p = difference.and_then(|d| d.p_holm).map_or("–".to_owned(), rivals::p);
        let numbers = [
            difference.map_or("–".to_owned(), rivals::shown),
            p,
            rivals::p(comparison.mcnemar.p_holm),
            rivals::verdict(comparison, findings.bootstrap.level),
        ];
        names.map(Cell::from).into_iter().chain(numbers.map(Cell::from)).collect()
    });
    let head = ["gold", "task", "A", "B", "F1 macro, A less B", "p", "McNemar p", "verdict"];
    Grid {
        title: "Model against model".to_owned(),
        head: head.map(str::to_owned).into(),
        rows: rows.collect(),
        n_text: 4,
        note: rivals::legend(findings),
    }
}

fn coders(agreement: &Agreement) -> Grid {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (a, b, kappas) in &agreement.pairs {
        let numbers = [decimal(kappas.kappa[0]), decimal(kappas.kappa[2]), kappas.n.to_string()];
        let names = [a.as_str(), b.as_str()].map(Cell::from).into_iter();
        rows.push(names.chain(numbers.map(Cell::from)).chain([Cell::from("")]).collect());
    }
    for model in &agreement.models {
        let with = |other: &str, kappas: &Kappas, more: String| {
            let numbers =
                [decimal(kappas.kappa[0]), decimal(kappas.kappa[2]), kappas.n.to_string(), more];
            let names = [model.model.as_str(), other].map(Cell::from).into_iter();
            names.chain(numbers.map(Cell::from)).collect::<Vec<Cell>>()
        };
        let matched = format!("as good as {} of {}", model.n_matched(), model.coders.len());
        rows.push(with("most coders", &model.majority, matched));
        rows.extend(
            model.coders.iter().map(|rival| with(&rival.coder, &rival.kappas, place(rival))),
        );
    }
    let [nominal, ordinal] = agreement.alpha.map(|alpha| decimal(alpha.value));
    Grid {
        title: format!("Coders of {}, {}", agreement.gold, agreement.task.name()),
        head: ["one", "other", "κ", "κ, quadratic", "n", "in the other's place"]
            .map(str::to_owned)
            .into(),
        rows,
        n_text: 2,
        note: format!(
            "Krippendorff's α {nominal}, ordinal {ordinal}, over {} labels by two or more; in the other's place: points \
             of agreement with the other coders more than that coder has",
            agreement.n
        ),
    }
}

fn place(rival: &Rival) -> String {
    let points = |share: Option<f64>| {
        share.map_or("–".to_owned(), |share| format!("{:+.1}", 100.0 * share))
    };
    let d = rival.difference;
    format!(
        "{} [{}, {}] {}",
        points(d.value),
        points(d.low),
        points(d.high),
        rival.verdict().name()
    )
}

fn parts(dimension: &str, rivals: &[&Evaluation]) -> Option<Grid> {
    let first = rivals.first()?;
    let values = &first.slices.get(dimension)?.values;
    let rows: Vec<Vec<Cell>> = values
        .iter()
        .map(|(value, slice)| {
            let cells = rivals.iter().map(|result| {
                let slice = result.slices.get(dimension).and_then(|d| d.values.get(value));
                Cell::from(number(slice.and_then(|slice| slice.estimate(rivals::DECIDES)), true))
            });
            let lead = [value.clone(), slice.tally.n().to_string()].map(Cell::from);
            lead.into_iter().chain(cells).collect()
        })
        .collect();
    let models = rivals.iter().map(|result| result.model.clone());
    (!rows.is_empty()).then(|| Grid {
        title: format!("F1 macro by {dimension}: {}, {}", first.gold, first.task.name()),
        head: [dimension.to_owned(), "n".to_owned()].into_iter().chain(models).collect(),
        rows,
        n_text: 1,
        note: "in %".to_owned(),
    })
}

fn decimal(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2}"))
}
