//! What do names do? One line for each gold file, task and model, and the names that move most.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};

use super::findings::Findings;
use crate::cli::printer::printable;
use crate::eval::NameBias;

/// How far names move a model's scores on a file.
pub(super) struct Swapped {
    pub(super) gold: String,
    pub(super) model: String,
    pub(super) bias: NameBias,
}

/// Names that are shown for each model; JSON has all.
const N_SHOWN: usize = 3;

impl Swapped {
    pub(super) fn new(gold: &str, model: &str, bias: NameBias) -> Self {
        Self { gold: gold.to_owned(), model: model.to_owned(), bias }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"gold": self.gold, "model": self.model, "bias": self.bias})
    }
}

/// The table; nothing where no names were swapped.
pub(super) fn render(findings: &Findings) -> String {
    if findings.swapped.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "gold",
        "task",
        "model",
        "n",
        "placeholder",
        "other names",
        "names that move most",
    ]);
    for Swapped { gold, model, bias } in &findings.swapped {
        let names = bias.names.iter().take(N_SHOWN);
        let names: Vec<String> =
            names.map(|each| format!("{} {:+.3}", printable(&each.name), each.shift)).collect();
        table.add_row([
            printable(gold),
            bias.task.name().to_owned(),
            printable(model),
            bias.n.to_string(),
            format!("{:.3}", bias.to_placeholder),
            format!("{:.3}", bias.to_others),
            names.join(", "),
        ]);
    }
    for column in table.column_iter_mut().skip(3).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!(
        "\n{}\nmean absolute change of p(conciliatory) - p(hostile), or of sentiment likewise, when a target is called \
         otherwise; of single names, their mean less that of all\n",
        lines.join("\n")
    )
}
