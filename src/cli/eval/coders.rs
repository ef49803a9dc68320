//! How do coders and models agree, on a terminal? A paragraph for each gold file and task with several coders.

use super::findings::Findings;
use crate::cli::printer::printable;
use crate::eval::Estimate;
use crate::eval::agreement::Kappas;
use crate::eval::humans::{Agreement, MARGIN, Rival, Stranger};

/// Writes the paragraphs; nothing where no file has several coders.
pub(super) fn render(findings: &Findings) -> String {
    findings.agreement.iter().map(paragraph).collect()
}

fn paragraph(agreement: &Agreement) -> String {
    let Agreement { gold, task, n, coders, alpha: [nominal, ordinal], .. } = agreement;
    let mut text = format!(
        "\n{} {}: {} coders, {n} labels by two or more; α {}, ordinal {}\n",
        printable(gold),
        task.name(),
        coders.len(),
        estimate(*nominal),
        estimate(*ordinal),
    );
    for (a, b, kappas) in &agreement.pairs {
        text += &format!("  {} and {}: {}\n", printable(a), printable(b), shown(kappas));
    }
    for model in &agreement.models {
        text += &lines(model);
    }
    let margin = 100.0 * MARGIN;
    text + &format!(
        "  points of agreement with the other coders more than the coder has; as good: at most {margin:.0} less\n"
    )
}

fn lines(model: &Stranger) -> String {
    let mut text = format!(
        "  {} and most coders: {}; as good as {} of {} coders\n",
        printable(&model.model),
        shown(&model.majority),
        model.n_matched(),
        model.coders.len(),
    );
    text.extend(model.coders.iter().map(in_place_of));
    text
}

fn in_place_of(rival: &Rival) -> String {
    let points =
        |share: Option<f64>| share.map_or("–".to_owned(), |s| format!("{:+.1}", 100.0 * s));
    let Estimate { value, low, high } = rival.difference;
    let interval = format!("{} [{}, {}]", points(value), points(low), points(high));
    format!(
        "    in the place of {}: {interval} {}\n",
        printable(&rival.coder),
        rival.verdict().name()
    )
}

fn shown(kappas: &Kappas) -> String {
    let [kappa, _, quadratic] = kappas.kappa;
    format!("κ {}, quadratic {}, n {}", number(kappa), number(quadratic), kappas.n)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

fn estimate(estimate: Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{} [{low:.2}–{high:.2}]", number(estimate.value)),
        _ => number(estimate.value),
    }
}
