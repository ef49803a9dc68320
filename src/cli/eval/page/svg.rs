//! How are numbers drawn? Small charts of one result, in SVG.

use super::escaped;
use crate::eval::Evaluation;

const SIZE: f64 = 220.0;
const MARGIN: f64 = 36.0;

/// A square with axes from 0 to 1, and what stands in it.
fn square(label: &str, x: &str, y: &str, inside: &str) -> String {
    let far = MARGIN + SIZE;
    let whole = SIZE + 2.0 * MARGIN;
    let middle = MARGIN + SIZE / 2.0;
    let mut ticks = String::new();
    for step in [0.0, 0.5, 1.0] {
        let at = MARGIN + SIZE * step;
        ticks +=
            &format!("<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{step}</text>", far + 14.0);
        let up = far - SIZE * step + 4.0;
        ticks +=
            &format!("<text x=\"{}\" y=\"{up}\" text-anchor=\"end\">{step}</text>", MARGIN - 4.0);
    }
    format!(
        "<svg role=\"img\" aria-label=\"{label}\" width=\"{whole}\" height=\"{whole}\" viewBox=\"0 0 {whole} {whole}\">\
         {inside}<rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{SIZE}\" height=\"{SIZE}\" fill=\"none\" stroke=\"#888\"/>\
         {ticks}<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{x}</text>\
         <text x=\"{MARGIN}\" y=\"{}\">{y}</text></svg>",
        far + 30.0,
        MARGIN - 10.0,
    )
}

/// Where a share stands.
fn place(x: f64, y: f64) -> (f64, f64) {
    (MARGIN + SIZE * x, MARGIN + SIZE * (1.0 - y))
}

/// The accuracy of each bin of confidence, as wide as the bin, with how many it holds.
pub(super) fn reliability(result: &Evaluation) -> String {
    let bins = result.all.tally.bins();
    let width = 1.0 / bins.len() as f64;
    let ((x1, y1), (x2, y2)) = (place(0.0, 0.0), place(1.0, 1.0));
    let mut inside = String::new();
    for (index, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.n > 0.0) {
        let accuracy = bin.n_right / bin.n;
        let (x, y) = place(index as f64 * width, accuracy);
        let (w, h) = (SIZE * width - 1.0, SIZE * accuracy);
        inside += &format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"#4c78a8\"><title>confidence \
             {:.2}, accuracy {accuracy:.2}, n {}</title></rect>",
            bin.confidence / bin.n,
            bin.n,
        );
    }
    inside += &format!(
        "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"#c44\" stroke-dasharray=\"4 3\"/>"
    );
    square("reliability diagram", "confidence", "accuracy", &inside)
}

/// How right the most confident are, by how many are kept.
pub(super) fn coverage(result: &Evaluation) -> String {
    let points: Vec<String> = result
        .all
        .coverage
        .iter()
        .map(|step| place(step.coverage, step.accuracy))
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let line = format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#4c78a8\" stroke-width=\"2\"/>",
        points.join(" ")
    );
    square("coverage and accuracy", "share kept", "accuracy", &line)
}

/// Gold by predicted: darker for larger shares of a row.
pub(super) fn confusion(result: &Evaluation) -> String {
    const LEFT: f64 = 92.0;
    const TOP: f64 = 26.0;
    let tally = &result.all.tally;
    let labels = result.task.labels().map(escaped);
    let mut inside = String::new();
    for (gold, row) in tally.confusion().iter().enumerate() {
        let middle = TOP + CELL * (gold as f64 + 0.5) + 4.0;
        let left = LEFT - 6.0;
        inside += &format!(
            "<text x=\"{left}\" y=\"{middle}\" text-anchor=\"end\">{}</text>",
            labels[gold]
        );
        for (said, &n) in row.iter().enumerate() {
            let share = if tally.support(gold) > 0.0 { n / tally.support(gold) } else { 0.0 };
            inside += &field(LEFT + CELL * said as f64, TOP + CELL * gold as f64, n, share);
        }
    }
    for (said, label) in labels.iter().enumerate() {
        let middle = LEFT + CELL * (said as f64 + 0.5);
        let above = TOP - 8.0;
        inside +=
            &format!("<text x=\"{middle}\" y=\"{above}\" text-anchor=\"middle\">{label}</text>");
    }
    let (width, height) = (LEFT + 3.0 * CELL + 8.0, TOP + 3.0 * CELL + 8.0);
    format!(
        "<svg role=\"img\" aria-label=\"confusion matrix\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">{inside}</svg>"
    )
}

/// The side of a field of the confusion matrix.
const CELL: f64 = 74.0;

/// One field of the confusion matrix: how many, and their share of the row.
fn field(x: f64, y: f64, n: f64, share: f64) -> String {
    let ink = if share > 0.55 { "#fff" } else { "#222" };
    let (middle, upper, lower) = (x + CELL / 2.0, y + CELL / 2.0, y + CELL / 2.0 + 16.0);
    let percent = 100.0 * share;
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"#2f5d8c\" fill-opacity=\"{share:.3}\" \
         stroke=\"#ccc\"/><text x=\"{middle}\" y=\"{upper}\" text-anchor=\"middle\" style=\"fill:{ink}\">{n}</text>\
         <text x=\"{middle}\" y=\"{lower}\" text-anchor=\"middle\" style=\"fill:{ink}\">{percent:.0} %</text>"
    )
}
