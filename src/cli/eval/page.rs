//! How is a run shown as a page? One HTML file with nothing outside it: tables, confusions, reliability, the surest errors.

mod svg;

use super::findings::Findings;
use super::grid::{Cell, Grid, grids};
use crate::eval::Evaluation;

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums}caption{text-align:left;color:#555;caption-side:bottom;padding-top:.4rem}\
th,td{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}th{border-bottom:2px solid #888}\
.n{text-align:right;white-space:nowrap}.best{font-weight:700}.row{display:flex;flex-wrap:wrap;gap:1.5rem}\
.scroll{overflow-x:auto}figure{margin:0}figcaption{color:#555;font-size:.9rem}code{overflow-wrap:anywhere}\
svg text{font:12px system-ui,sans-serif;fill:#333}";

/// The whole page.
pub(super) fn render(findings: &Findings) -> String {
    let mut body = String::from("<h1>How good is it?</h1>\n");
    for grid in grids(findings) {
        body += &table(&grid);
    }
    body += "<h2>What is taken for what, and what probabilities are worth</h2>\n";
    for result in findings.results.iter().filter(|result| findings.is_named(&result.model)) {
        body += &figures(result);
    }
    for grid in &findings.misses {
        body += &table(grid);
    }
    body += &sources(findings);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>detente eval</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn table(grid: &Grid) -> String {
    let class = |at: usize| if at < grid.n_text { "" } else { " class=\"n\"" };
    let mut head = String::new();
    for (at, name) in grid.head.iter().enumerate() {
        head += &format!("<th{}>{}</th>", class(at), escaped(name));
    }
    let mut rows = String::new();
    for row in &grid.rows {
        let cells: String =
            row.iter().enumerate().map(|(at, c)| cell(c, at >= grid.n_text)).collect();
        rows += &format!("<tr>{cells}</tr>\n");
    }
    format!(
        "<h2>{}</h2>\n<div class=\"scroll\"><table>\n<caption>{}</caption>\n<thead><tr>{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n",
        escaped(&grid.title),
        escaped(&grid.note),
    )
}

fn cell(cell: &Cell, is_number: bool) -> String {
    let class = match (is_number, cell.is_best) {
        (true, true) => " class=\"n best\"",
        (true, false) => " class=\"n\"",
        (false, true) => " class=\"best\"",
        (false, false) => "",
    };
    format!("<td{class}>{}</td>", escaped(&cell.text))
}

fn figures(result: &Evaluation) -> String {
    let figure = |svg: String, caption: &str| {
        format!("<figure>{svg}<figcaption>{caption}</figcaption></figure>\n")
    };
    format!(
        "<h3>{} on {}, {}</h3>\n<div class=\"row\">\n{}{}{}</div>\n",
        escaped(&result.model),
        escaped(&result.gold),
        result.task.name(),
        figure(svg::confusion(result), "rows gold, columns said; shares of a row"),
        figure(svg::reliability(result), "reliability: a bar on the line means what it says"),
        figure(svg::coverage(result), "share right among the most confident"),
    )
}

fn sources(findings: &Findings) -> String {
    let mut text = String::from("<h2>Made from</h2>\n<ul>\n");
    for line in findings.manifest.lines() {
        text += &format!("<li><code>{}</code></li>\n", escaped(&line));
    }
    text + "</ul>\n"
}

/// Text that is nothing but text, in elements and attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
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
    fn text_from_input_stays_text() {
        assert_eq!(escaped("<script>'\"&\u{1b}"), "&lt;script&gt;&#39;&quot;&amp; ");
    }
}
