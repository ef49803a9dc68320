//! How is a run written in Markdown? A table for each grid, and what it was computed from.

use super::findings::Findings;
use super::grid::{Cell, Grid, grids};

/// The whole of it.
pub(super) fn render(findings: &Findings) -> String {
    let tables: Vec<String> = grids(findings).iter().map(table).collect();
    format!("{}\n{}", tables.join("\n"), sources(findings))
}

fn table(grid: &Grid) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = (0..grid.head.len()).map(|at| if at < grid.n_text { "---" } else { "--:" });
    let mut text = format!("## {}\n\n", escaped(&grid.title));
    text += &line(grid.head.iter().map(|name| escaped(name)).collect());
    text += &line(rule.map(str::to_owned).collect());
    for row in &grid.rows {
        text += &line(row.iter().map(cell).collect());
    }
    text + &format!("\n{}\n", escaped(&grid.note))
}

fn cell(cell: &Cell) -> String {
    let text = escaped(&cell.text);
    if cell.is_best { format!("**{text}**") } else { text }
}

/// With a backslash before what Markdown would read as its own, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '|' | '<' | '>' | '#' | '~' | '&' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn sources(findings: &Findings) -> String {
    let mut text = String::from("## Made from\n\n");
    for line in findings.manifest.lines() {
        text += &format!("- {}\n", escaped(&line));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_markdown_reads_as_its_own_is_escaped() {
        assert_eq!(escaped("a|b_c\n<i>*"), "a\\|b\\_c \\<i\\>\\*");
    }
}
