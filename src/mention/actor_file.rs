//! How is a list of actors written down? Rows of CSV, TOML tables or JSON lines, all with the same nine fields.

use std::path::Path;

use anyhow::{Context, anyhow};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::actor::{ActorKind, CaseRule};
use super::day::{first_day, last_day};
use super::fold;
use crate::error::WithHint;

/// The columns of an actor file, in their usual order.
pub(super) const COLUMNS: [&str; 9] =
    ["id", "name", "aliases", "kind", "parent", "from", "to", "case", "flags"];

/// The marks that an alias may carry.
pub(super) const FLAGS: [&str; 8] =
    ["demonym", "capital", "metonym", "epithet", "ambiguous", "surname", "acronym", "unchecked"];

/// The beginnings of marks that say more: how a date was checked, which office is held, what another list's code is.
const OPEN_FLAGS: [&str; 3] = ["checked:", "office:", "code:"];

/// One row of an actor file whose fields make sense by themselves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) aliases: Vec<String>,
    pub(super) kind: Option<ActorKind>,
    pub(super) parent: Option<String>,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) case: CaseRule,
    pub(super) flags: Vec<String>,
}

/// What a file holds: its rows, and the lines that are none, with the reason.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<(u64, String)>,
}

/// Reads the text of an actor file in the form that its name's ending says.
pub(super) fn read(path: &Path, text: &str) -> anyhow::Result<Rows> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    match ending.to_ascii_lowercase().as_str() {
        "csv" => separated(text, b','),
        "tsv" => separated(text, b'\t'),
        "toml" => Ok(toml_tables(text)),
        "jsonl" | "ndjson" => Ok(json_lines(text)),
        _ => Err(anyhow!("`{}` is no known kind of actor file", path.display()))
            .hint(|| "name it .csv, .tsv, .toml or .jsonl, after what it holds".to_owned()),
    }
}

/// The fields of a row as written; `T` is what a form has for a text or a date.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
struct Fields<T> {
    #[serde(default)]
    id: String,
    name: Option<String>,
    #[serde(default = "Vec::new")]
    aliases: Vec<String>,
    kind: Option<String>,
    parent: Option<String>,
    from: Option<T>,
    to: Option<T>,
    case: Option<String>,
    #[serde(default = "Vec::new")]
    flags: Vec<String>,
}

impl<T: ToString> Fields<T> {
    fn check(self, line: u64, rows: &mut Rows) {
        match self.row(line, &mut rows.problems) {
            Ok(row) => rows.rows.push(row),
            Err(reason) => rows.problems.push((line, reason)),
        }
    }

    fn row(self, line: u64, problems: &mut Vec<(u64, String)>) -> Result<Row, String> {
        let id = self.id.trim().to_owned();
        if id.is_empty() {
            return Err("id is empty".to_owned());
        }
        let kind =
            known(self.kind, "kind", ActorKind::from_name, &ActorKind::ALL.map(ActorKind::name))?;
        let case =
            known(self.case, "case", CaseRule::from_name, &CaseRule::ALL.map(CaseRule::name))?;
        let from = day(self.from, "from", first_day)?;
        let to = day(self.to, "to", last_day)?;
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(format!("from {from} is after to {to}"));
        }
        let flags = flags(self.flags)?;
        let (aliases, empty): (Vec<_>, Vec<_>) = self
            .aliases
            .into_iter()
            .map(|alias| alias.trim().to_owned())
            .partition(|alias| has_words(alias));
        problems.extend(
            empty.iter().map(|alias| (line, format!("alias `{alias}` of `{id}` is empty"))),
        );
        let (name, parent) = (filled(self.name), filled(self.parent));
        Ok(Row {
            line,
            id,
            name,
            aliases,
            kind,
            parent,
            from,
            to,
            case: case.unwrap_or_default(),
            flags,
        })
    }
}

fn has_words(alias: &str) -> bool {
    alias.chars().any(fold::is_word_char)
}

fn filled(field: Option<String>) -> Option<String> {
    field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn known<T>(
    field: Option<String>,
    what: &str,
    find: impl Fn(&str) -> Option<T>,
    names: &[&str],
) -> Result<Option<T>, String> {
    let Some(name) = filled(field) else { return Ok(None) };
    match find(&name) {
        Some(value) => Ok(Some(value)),
        None => Err(format!("unknown {what} `{name}`, not one of {}", names.join(", "))),
    }
}

fn flags(written: Vec<String>) -> Result<Vec<String>, String> {
    let flags: Vec<String> = written.into_iter().filter_map(|flag| filled(Some(flag))).collect();
    let is_known = |flag: &str| {
        FLAGS.contains(&flag) || OPEN_FLAGS.iter().any(|start| flag.starts_with(start))
    };
    match flags.iter().find(|flag| !is_known(flag)) {
        Some(flag) => Err(format!(
            "unknown flag `{flag}`, not one of {}, {}",
            FLAGS.join(", "),
            "checked:HOW, office:ROLE, code:CODE"
        )),
        None => Ok(flags),
    }
}

fn day<T: ToString>(
    field: Option<T>,
    what: &str,
    parse: impl Fn(&str) -> Option<Date>,
) -> Result<Option<Date>, String> {
    let Some(text) = filled(field.map(|value| value.to_string())) else { return Ok(None) };
    let text = text.trim_matches('"');
    parse(text)
        .map(Some)
        .ok_or_else(|| format!("bad date `{text}` in {what}: write YYYY-MM-DD, YYYY-MM or YYYY"))
}

fn separated(text: &str, delimiter: u8) -> anyhow::Result<Rows> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().context("header cannot be read")?.clone();
    let columns = header.iter().map(column).collect::<anyhow::Result<Vec<usize>>>()?;
    let mut rows = Rows::default();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                rows.problems.push((line, format!("no CSV row: {error}")));
                continue;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        if record.len() > columns.len() {
            let reason = format!("{} fields under {} columns", record.len(), columns.len());
            rows.problems.push((line, reason));
            continue;
        }
        let mut fields = [""; COLUMNS.len()];
        for (field, &column) in record.iter().zip(&columns) {
            fields[column] = field;
        }
        from_columns(fields).check(line, &mut rows);
    }
    Ok(rows)
}

fn column(name: &str) -> anyhow::Result<usize> {
    let known = COLUMNS.iter().position(|column| *column == name.trim());
    known
        .ok_or_else(|| anyhow!("unknown column `{name}` in the header"))
        .hint(|| format!("the columns are {}", COLUMNS.join(",")))
}

fn from_columns(fields: [&str; COLUMNS.len()]) -> Fields<String> {
    let [id, name, aliases, kind, parent, from, to, case, flags] = fields.map(str::to_owned);
    let list = |text: String| match text.trim() {
        "" => Vec::new(),
        text => text.split('|').map(str::to_owned).collect(),
    };
    Fields {
        id,
        name: Some(name),
        aliases: list(aliases),
        kind: Some(kind),
        parent: Some(parent),
        from: Some(from),
        to: Some(to),
        case: Some(case),
        flags: list(flags),
    }
}

fn json_lines(text: &str) -> Rows {
    let mut rows = Rows::default();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match serde_json::from_str::<Fields<serde_json::Value>>(text) {
            Ok(fields) => fields.check(line, &mut rows),
            Err(error) => rows.problems.push((line, format!("no actor: {error}"))),
        }
    }
    rows
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    actor: Vec<toml::Spanned<toml::Value>>,
}

fn toml_tables(text: &str) -> Rows {
    let mut rows = Rows::default();
    let (mut line, mut counted) = (1, 0);
    // Tables come in the order of the file, so that each line is counted once.
    let mut line_of = |byte: usize| {
        let byte = byte.clamp(counted, text.len());
        let n_breaks = memchr::memchr_iter(b'\n', &text.as_bytes()[counted..byte]).count();
        (line, counted) = (line + n_breaks as u64, byte);
        line
    };
    let tables = match toml::from_str::<Tables>(text) {
        Ok(tables) => tables.actor,
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            rows.problems.push((line, format!("no TOML: {}", error.message())));
            return rows;
        }
    };
    for table in tables {
        let line = line_of(table.span().start);
        match table.into_inner().try_into::<Fields<toml::Value>>() {
            Ok(fields) => fields.check(line, &mut rows),
            Err(error) => rows.problems.push((line, format!("no actor: {}", error.message()))),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{Row, Rows, read};
    use crate::mention::{ActorKind, CaseRule};
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::path::Path;

    fn rows(name: &str, text: &str) -> Rows {
        read(Path::new(name), text).unwrap()
    }

    fn problems(text: &str) -> Vec<(u64, String)> {
        rows("x.csv", &format!("id,name,aliases,kind,parent,from,to,case,flags\n{text}")).problems
    }

    fn putin(line: u64) -> Row {
        Row {
            line,
            id: "vladimir-putin".to_owned(),
            name: Some("Vladimir Putin".to_owned()),
            aliases: vec!["Putin".to_owned(), "V. Putin".to_owned()],
            kind: Some(ActorKind::Person),
            parent: Some("RUS".to_owned()),
            from: Some(date(2012, 5, 7)),
            to: None,
            case: CaseRule::Exact,
            flags: vec!["surname".to_owned(), "checked:site".to_owned()],
        }
    }

    #[test]
    fn all_forms_say_the_same() {
        let csv = "id,name,aliases,kind,parent,from,to,case,flags\n\
            vladimir-putin,Vladimir Putin,Putin|V. Putin,person,RUS,2012-05-07,,exact,surname|checked:site\n";
        assert_eq!(rows("x.csv", csv), Rows { rows: vec![putin(2)], problems: vec![] });
        assert_eq!(rows("x.tsv", &csv.replace(',', "\t")).rows, [putin(2)]);
        let toml = "# heads of state\n[[actor]]\nid = 'vladimir-putin'\nname = 'Vladimir Putin'\naliases = ['Putin', \
            'V. Putin']\nkind = 'person'\nparent = 'RUS'\nfrom = 2012-05-07\ncase = 'exact'\nflags = ['surname', 'checked:site']\n";
        assert_eq!(rows("x.toml", toml), Rows { rows: vec![putin(2)], problems: vec![] });
        let json = r#"{"id": "vladimir-putin", "name": "Vladimir Putin", "aliases": ["Putin", "V. Putin"], "kind": "person",
            "parent": "RUS", "from": "2012-05-07", "to": null, "case": "exact", "flags": ["surname", "checked:site"]}"#;
        assert_eq!(rows("x.jsonl", &json.replace('\n', "")).rows, [putin(1)]);
    }

    #[test]
    fn columns_may_be_few_and_in_any_order() {
        let read = rows("x.csv", "name,id\nNorway,NOR\n");
        assert_eq!(
            (read.rows[0].id.as_str(), read.rows[0].name.as_deref()),
            ("NOR", Some("Norway"))
        );
    }

    #[test]
    fn every_bad_field_names_its_line_and_reason() {
        let found = problems(
            "A,A,,state,,2011-02-30,,,\nB,B,,nation,,,,,\nC,C,,state,,2012,2011,,\nD,D,x||y,state,,,,,\n\
            ,E,,state,,,,,\nF,F,,state,,,,loud,\nG,G,,state,,,,,nick\nH,H,,state,,,,,,,\n",
        );
        let reasons: Vec<String> =
            found.iter().map(|(line, reason)| format!("{line}: {reason}")).collect();
        assert_eq!(
            reasons,
            [
                "2: bad date `2011-02-30` in from: write YYYY-MM-DD, YYYY-MM or YYYY",
                "3: unknown kind `nation`, not one of state, body, group, company, person",
                "4: from 2012-01-01 is after to 2011-12-31",
                "5: alias `` of `D` is empty",
                "6: id is empty",
                "7: unknown case `loud`, not one of name, exact, any",
                "8: unknown flag `nick`, not one of demonym, capital, metonym, epithet, ambiguous, surname, acronym, \
                unchecked, checked:HOW, office:ROLE, code:CODE",
                "9: 11 fields under 9 columns",
            ]
        );
    }

    #[test]
    fn a_mistake_in_one_table_or_line_leaves_the_others() {
        let toml = "[[actor]]\nid = 'A'\nnmae = 'A'\n\n[[actor]]\nid = 'B'\nname = 'B'\n";
        let read = rows("x.toml", toml);
        assert_eq!((read.rows.len(), read.problems[0].0), (1, 1));
        let read = rows("x.jsonl", "{\"id\": \"A\"\n\n{\"id\": \"B\"}\n");
        assert_eq!((read.rows.len(), read.problems[0].0), (1, 1));
        assert_eq!(rows("x.toml", "[[actor]]\nid = 'A'\n\nid =\n").problems[0].0, 4);
    }

    #[test]
    fn an_unknown_column_or_ending_is_refused() {
        assert!(read(Path::new("x.csv"), "id,nmae\n").is_err());
        assert!(read(Path::new("x.xlsx"), "").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(text in "[\\PC\n\"|,={}\\[\\]-]{0,80}", ending in "csv|tsv|toml|jsonl") {
            let _ = read(Path::new(&format!("x.{ending}")), &text);
            let _ = read(Path::new(&format!("x.{ending}")), &format!("id,name,from\n{text}"));
        }
    }
}
