//! How does a table from query.wikidata.org list actors? A CSV with a header, several rows an item:
//!
//! | column (or) | what |
//! |---|---|
//! | `item` (`id`, `qid`) | the item, `Q42` or its address; rows of one item are joined |
//! | `itemLabel` (`label`, `name`) | the name to show; required |
//! | `itemAltLabel` (`altLabel`, `aliases`) | further names, between `\|`, or between commas where there is no `\|` |
//! | `kind` (`type`, `typeLabel`, `instanceOfLabel`) | one of our kinds, or a label such as `human`, `political party` |
//! | `iso3` (`code`) | the id of a state |
//! | `parent`, `parentLabel` (`country…`, `memberOf…`, `employer…`) | what it belongs to: an item of the table, an id, or a known name |
//! | `position` (`positionLabel`, `office`) | the office that it holds there |
//! | `start`, `end` (`startTime`, `endTime`, `from`, `to`) | first and last day of that; of the item itself where the row has no parent |

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use csv::StringRecord;
use jiff::civil::Date;

use super::Form;
use super::entry::{Entry, Found, Name, Term};
use super::known::Known;
use crate::error::WithHint;
use crate::mention::actor::{ActorKind, CaseRule};
use crate::mention::day::{first_day, last_day};

pub(super) struct Wikidata;

/// What a column may be called, by what it is.
const COLUMNS: [(Column, &[&str]); 9] = [
    (Column::Item, &["item", "qid", "id"]),
    (Column::Label, &["itemLabel", "label", "name"]),
    (Column::Aliases, &["itemAltLabel", "altLabel", "altLabels", "aliases"]),
    (Column::Kind, &["kind", "type", "typeLabel", "instanceOfLabel", "instanceLabel"]),
    (Column::Iso, &["iso3", "code"]),
    (
        Column::Parent,
        &[
            "parent",
            "country",
            "memberOf",
            "employer",
            "parentLabel",
            "countryLabel",
            "memberOfLabel",
            "employerLabel",
        ],
    ),
    (Column::Position, &["positionLabel", "position", "office"]),
    (Column::Start, &["start", "startTime", "from"]),
    (Column::End, &["end", "endTime", "to"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Item,
    Label,
    Aliases,
    Kind,
    Iso,
    Parent,
    Position,
    Start,
    End,
}

impl Form for Wikidata {
    fn name(&self) -> &'static str {
        "wikidata"
    }

    fn fits(&self, path: &Path, text: &str) -> bool {
        let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let header = text.lines().next().unwrap_or_default();
        is_csv
            && header
                .split(',')
                .any(|name| matches!(name.trim().trim_matches('"'), "item" | "itemLabel" | "qid"))
    }

    fn read(&self, text: &str, _: &Known<'_>) -> anyhow::Result<Found> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns = columns(reader.headers().context("header cannot be read")?)?;
        let mut table = Table { columns, found: Found::default(), places: BTreeMap::new() };
        for record in reader.records() {
            let outcome = match &record {
                Ok(record) => table.row(record),
                Err(error) => Err(format!("no CSV row: {error}")),
            };
            if let Err(reason) = outcome {
                let place = match &record {
                    Ok(record) => record.position(),
                    Err(error) => error.position(),
                };
                table.found.problems.push((place.map_or(1, csv::Position::line), reason));
            }
        }
        Ok(table.found)
    }
}

/// Where each kind of column stands; several may say the same, the first filled one counts.
fn columns(header: &StringRecord) -> anyhow::Result<BTreeMap<Column, Vec<usize>>> {
    let mut columns: BTreeMap<Column, Vec<usize>> = BTreeMap::new();
    for (column, names) in COLUMNS {
        for name in names {
            let places = header.iter().enumerate().filter(|(_, field)| field.trim() == *name);
            columns.entry(column).or_default().extend(places.map(|(at, _)| at));
        }
    }
    if columns[&Column::Label].is_empty() {
        let missing = || -> anyhow::Result<()> { bail!("there is no column `itemLabel`") };
        missing().hint(|| "`detente actors import --help` names the columns".to_owned())?;
    }
    Ok(columns)
}

struct Table {
    columns: BTreeMap<Column, Vec<usize>>,
    found: Found,
    /// The entry of each item.
    places: BTreeMap<String, usize>,
}

impl Table {
    fn field<'r>(&self, record: &'r StringRecord, column: Column) -> Option<&'r str> {
        let fields = self.columns[&column].iter().filter_map(|&at| record.get(at));
        fields
            .map(str::trim)
            .find(|field| !field.is_empty() && !field.contains("/.well-known/genid/"))
    }

    fn row(&mut self, record: &StringRecord) -> Result<(), String> {
        let field = |column| self.field(record, column);
        let label = field(Column::Label).ok_or("no label")?;
        let item = field(Column::Item).map(|item| item.rsplit('/').next().unwrap_or(item));
        if !label.chars().any(char::is_alphanumeric) || Some(label) == item {
            return Err(format!("`{label}` is no label"));
        }
        let key = item.unwrap_or(label).to_owned();
        let kind = kind(field(Column::Kind), field(Column::Iso).is_some())?;
        let from = field(Column::Start).map(|text| day(text, first_day)).transpose()?;
        let to = field(Column::End).map(|text| day(text, last_day)).transpose()?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err("end is before start".to_owned());
        }
        let mut names = vec![name(label, label, kind)];
        names.extend(
            field(Column::Aliases).into_iter().flat_map(parts).map(|text| name(text, label, kind)),
        );
        let (id, code) = (field(Column::Iso).map(str::to_owned), item.map(str::to_owned));
        let term =
            field(Column::Parent).map(|parent| term(parent, field(Column::Position), (from, to)));
        let at = *self.places.entry(key).or_insert(self.found.entries.len());
        if at == self.found.entries.len() {
            let time = (None, None);
            self.found.entries.push(Entry {
                id,
                code,
                names: Vec::new(),
                time,
                kind,
                terms: vec![],
            });
        }
        let entry = &mut self.found.entries[at];
        for name in names {
            if entry.names.iter().all(|known| known.text != name.text) {
                entry.names.push(name);
            }
        }
        entry.terms.extend(term.filter(|term| !entry.terms.contains(term)));
        Ok(())
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mark = if text.contains('|') { "|" } else { ", " };
    text.split(mark).map(str::trim).filter(|part| part.chars().any(char::is_alphanumeric))
}

/// A name, with the marks that short ones need.
fn name(text: &str, label: &str, kind: ActorKind) -> Name {
    let is_short = text.chars().count() <= 6 && !text.contains(' ');
    let plain = |case, flags: &[&str]| Name {
        text: text.to_owned(),
        case,
        flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
    };
    if is_short && !text.chars().any(char::is_lowercase) && text.is_ascii() {
        plain(CaseRule::Exact, &["acronym"])
    } else if kind == ActorKind::Person && text != label && !text.contains(' ') && text.is_ascii() {
        let is_last = label.rsplit(' ').next() == Some(text);
        plain(CaseRule::Name, if is_last { &["surname"] } else { &["ambiguous"] })
    } else {
        plain(CaseRule::Name, &[])
    }
}

fn term(parent: &str, office: Option<&str>, (from, to): (Option<Date>, Option<Date>)) -> Term {
    let parent = parent.rsplit('/').next().unwrap_or(parent).to_owned();
    let mut flags = Vec::new();
    flags.extend(office.map(|office| format!("office:{}", office.replace('|', " "))));
    if from.is_some() || to.is_some() {
        flags.push("unchecked".to_owned());
    }
    Term { parent, from, to, flags }
}

/// A day, month or year, with or without a time after it.
fn day(text: &str, read: impl Fn(&str) -> Option<Date>) -> Result<Date, String> {
    let day = text.trim_start_matches('+').split('T').next().unwrap_or_default();
    read(day).ok_or_else(|| format!("bad date `{text}`: write YYYY-MM-DD, YYYY-MM or YYYY"))
}

/// Our kind, by its name or by a word of what Wikidata calls an instance of.
fn kind(text: Option<&str>, has_iso: bool) -> Result<ActorKind, String> {
    const WORDS: [(ActorKind, &[&str]); 5] = [
        (ActorKind::Person, &["human", "politician", "person"]),
        (
            ActorKind::Company,
            &[
                "company",
                "business",
                "enterprise",
                "corporation",
                "newspaper",
                "broadcaster",
                "bank",
            ],
        ),
        (
            ActorKind::Group,
            &[
                "party",
                "armed",
                "movement",
                "terrorist",
                "militia",
                "ethnic",
                "rebel",
                "militant",
                "paramilitary",
            ],
        ),
        (
            ActorKind::Body,
            &[
                "organization",
                "organisation",
                "ministry",
                "agency",
                "council",
                "court",
                "army",
                "parliament",
                "body",
                "commission",
                "university",
                "union",
            ],
        ),
        (ActorKind::State, &["state", "country", "territory", "dependency", "republic", "kingdom"]),
    ];
    let Some(text) = text else {
        return if has_iso { Ok(ActorKind::State) } else { Err("no kind, and no iso3".to_owned()) };
    };
    let small = text.to_lowercase();
    let has_word = |words: &[&str]| small.split([' ', '-']).any(|word| words.contains(&word));
    ActorKind::from_name(&small)
        .or_else(|| WORDS.iter().find(|(_, words)| has_word(words)).map(|(kind, _)| *kind))
        .ok_or_else(|| format!("unknown kind `{text}`: add a column `kind` with state, body, group, company or person"))
}
