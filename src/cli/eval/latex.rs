//! How is a run written in LaTeX? A booktabs table for each grid, to be put into a paper.

use super::findings::Findings;
use super::grid::{Cell, Grid, grids};

/// The whole of it: tables that need `\usepackage{booktabs}`.
pub(super) fn render(findings: &Findings) -> String {
    let sources: String = findings.manifest.lines().iter().map(|line| comment(line)).collect();
    let tables: Vec<String> = grids(findings).iter().map(table).collect();
    format!("% needs \\usepackage{{booktabs}}\n{sources}\n{}", tables.join("\n"))
}

fn comment(line: &str) -> String {
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("% {line}\n")
}

fn table(grid: &Grid) -> String {
    let columns: String =
        (0..grid.head.len()).map(|at| if at < grid.n_text { 'l' } else { 'r' }).collect();
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let mut text = format!(
        "\\begin{{table}}\n\\centering\n\\caption{{{}. {}.}}\n",
        escaped(&grid.title),
        escaped(&grid.note)
    );
    text += &format!("\\begin{{tabular}}{{{columns}}}\n\\toprule\n");
    text += &line(grid.head.iter().map(|name| escaped(name)).collect());
    text += "\\midrule\n";
    for row in &grid.rows {
        text += &line(row.iter().map(cell).collect());
    }
    text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
}

fn cell(cell: &Cell) -> String {
    let text = escaped(&cell.text);
    if cell.is_best { format!("\\textbf{{{text}}}") } else { text }
}

/// As LaTeX writes it; `[` in braces, since it would be an option after `\\`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '\\' => out += "\\textbackslash{}",
            '<' => out += "$<$",
            '>' => out += "$>$",
            '[' => out += "{[}",
            '–' => out += "--",
            '−' => out += "$-$",
            'κ' => out += "$\\kappa$",
            'α' => out += "$\\alpha$",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_latex_reads_as_its_own_is_escaped() {
        assert_eq!(escaped("50 % & a_b\\c"), "50 \\% \\& a\\_b\\textbackslash{}c");
        assert_eq!(escaped("<0.001 [1–2]"), "$<$0.001 {[}1--2]");
    }
}
