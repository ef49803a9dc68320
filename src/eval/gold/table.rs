//! How is a table read? Rows of CSV or TSV become rows of our own form.

use serde_json::{Map, Value, json};

use super::form::Reason;
use super::layout::{FIELDS, Layout};

/// The rows of a table with their line; its first line names the columns. TSV if the head has more tabs than commas,
/// and the same with semicolons.
///
/// # Errors
/// When the head lacks a column that is needed, or one that the layout names.
pub(super) fn rows(
    bytes: &[u8],
    layout: &Layout,
) -> anyhow::Result<Vec<(u64, Result<Value, Reason>)>> {
    let head = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| head.split(|&byte| byte == delimiter).count();
    let delimiter = [b',', b'\t', b';'].into_iter().rev().max_by_key(|&d| count(d)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(true)
        .from_reader(bytes);
    let head: Vec<String> = reader
        .byte_headers()?
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .collect();
    let columns = Columns::new(&head, layout)?;
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                rows.push((line, columns.row(&record)));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.push((line, Err(error.to_string())));
            }
        }
    }
}

/// Which columns hold what.
struct Columns {
    n: usize,
    /// Each field's column.
    fields: Vec<(&'static str, usize)>,
    /// The columns of several coders' labels, with the coders' names.
    coders: Vec<(String, usize)>,
}

impl Columns {
    fn new(head: &[String], layout: &Layout) -> anyhow::Result<Self> {
        let find = |name: &str| head.iter().position(|column| column.eq_ignore_ascii_case(name));
        let named = |name: &String| {
            find(name).ok_or_else(|| {
                anyhow::anyhow!("there is no column `{name}`; the columns are: {}", quoted(head))
            })
        };
        let (mut fields, mut coders) = (Vec::new(), Vec::new());
        for (field, usual) in FIELDS {
            match layout.columns.get(*field).map(Vec::as_slice) {
                Some([]) => {}
                Some([name]) => fields.push((*field, named(name)?)),
                Some(several) if *field == "label" => {
                    for name in several {
                        coders.push((name.clone(), named(name)?));
                    }
                }
                Some(_) => anyhow::bail!("`{field}` has several columns, but only `label` may"),
                None => {
                    fields.extend(usual.iter().find_map(|name| find(name)).map(|at| (*field, at)));
                }
            }
        }
        let columns = Self { n: head.len(), fields, coders };
        for field in ["text", "mention"] {
            anyhow::ensure!(
                columns.at(field).is_some(),
                "no column holds the {field}; the columns are: {}",
                quoted(head)
            );
        }
        anyhow::ensure!(
            columns.at("label").is_some() || !columns.coders.is_empty(),
            "no column holds the label; the columns are: {}",
            quoted(head)
        );
        Ok(columns)
    }

    fn at(&self, field: &str) -> Option<usize> {
        self.fields.iter().find(|(known, _)| *known == field).map(|&(_, at)| at)
    }

    /// What each coder said who said something.
    fn labels(&self, cells: &[&str]) -> Value {
        let said = self.coders.iter().filter(|(_, at)| !cells[*at].is_empty());
        Value::Object(said.map(|(name, at)| (name.clone(), json!(cells[*at]))).collect())
    }

    /// The row in our own form.
    fn row(&self, record: &csv::ByteRecord) -> Result<Value, Reason> {
        if record.len() != self.n {
            return Err(format!("{} fields where the head has {}", record.len(), self.n));
        }
        let cells: Vec<&str> = record
            .iter()
            .map(|cell| std::str::from_utf8(cell).map_err(|_| "not UTF-8".to_owned()))
            .collect::<Result<_, _>>()?;
        let cell = |field: &str| self.at(field).map(|at| cells[at]).filter(|cell| !cell.is_empty());
        let number = |field: &str| {
            let cell = cell(field).map(str::trim);
            let parse =
                |cell: &str| cell.parse::<usize>().map_err(|_| format!("`{cell}` is no {field}"));
            cell.map(parse).transpose()
        };
        let mut target = Map::new();
        target.insert("mention".to_owned(), json!(cell("mention").ok_or("no mention")?));
        target.insert("start".to_owned(), json!(number("start")?));
        target.insert("end".to_owned(), json!(number("end")?));
        target.insert("actor".to_owned(), json!(cell("actor")));
        target.insert("modality".to_owned(), json!(cell("modality")));
        if self.coders.is_empty() {
            target.insert("label".to_owned(), json!(cell("label").ok_or("no label")?));
        } else {
            target.insert("labels".to_owned(), self.labels(&cells));
        }
        let mut row = json!({
            "id": cell("id"), "text": cell("text").ok_or("no text")?, "targets": [target],
            "genre": cell("group"), "coder": cell("coder"), "date": cell("date"), "outlet": cell("outlet"),
            "domain": cell("domain"), "voice": cell("voice"), "meta": {"doc": cell("document")},
        });
        match cell("source") {
            None => {}
            Some("author") => row["source"] = json!("author"),
            Some(source) => {
                row["source_mention"] = json!({"mention": source, "start": number("source_start")?, "end": number("source_end")?});
            }
        }
        Ok(row)
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The rows of the three-line form of aspect-based sets (`.seg`, `.raw`): the text with `$T$` for the target, the
/// target, and its polarity −1, 0 or 1.
pub(super) fn segments(bytes: &[u8]) -> Vec<(u64, Result<Value, Reason>)> {
    let lines: Vec<&[u8]> = bytes.trim_ascii_end().split(|&byte| byte == b'\n').collect();
    let rows = lines.chunks(3).enumerate();
    rows.filter(|(_, lines)| lines.iter().any(|line| !line.trim_ascii().is_empty()))
        .map(|(index, lines)| (3 * index as u64 + 1, segment(lines)))
        .collect()
}

fn segment(lines: &[&[u8]]) -> Result<Value, Reason> {
    let [text, target, polarity] = lines else {
        return Err("the last of three lines is missing".to_owned());
    };
    let line = |bytes: &[u8]| {
        std::str::from_utf8(bytes)
            .map(|line| line.trim().to_owned())
            .map_err(|_| "not UTF-8".to_owned())
    };
    let (text, target, polarity) = (line(text)?, line(target)?, line(polarity)?);
    let polarity: f64 = polarity.parse().map_err(|_| format!("`{polarity}` is no polarity"))?;
    let (before, after) = text.split_once("$T$").ok_or("no `$T$` in the text")?;
    let start = before.chars().count();
    let end = start + target.chars().count();
    let after = after.replace("$T$", &target);
    Ok(json!({
        "sentence": format!("{before}{target}{after}"),
        "mention": target, "from": start, "to": end, "polarity": polarity,
    }))
}
