//! `detente actors`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jiff::civil::Date;
use serde_json::{Value, json};

mod import;

use super::options::ActorArgs;
use super::printer::printable;
use super::{Outcome, Printer};
use crate::error::Skipped;
use crate::mention::Actor;
use crate::mention::ActorKind;
use crate::mention::ActorList;
use crate::mention::Affiliation;
use crate::mention::Alias;
use crate::mention::Base;
use crate::mention::Conflict;

/// List the actors that are known, and make and check lists of your own
///
/// An actor is a state, body, group, company or person that texts are
/// searched for, with the names it goes by and what it belongs to, when.
/// A list of your own is a CSV, TOML or JSONL file with these fields:
///
///   id,name,aliases,kind,parent,from,to,case,flags
///   ACME,Acme Corporation,Acme|Acme Corp.,company,USA,,,,
///   jane-doe,Jane Doe,,person,ACME,2019-03-01,2024-06-30,,
///   jane-doe,,Doe,,,,,,surname
///
/// The first row with an id defines the actor. A further row with a parent
/// adds what it belonged to and when; one without adds aliases. In TOML each
/// row is an `[[actor]]`. A date is a day, a month (2019-03) or a year.
///
/// case:   name (as written or ALL CAPS), exact, any
/// flags:  demonym, capital, metonym, epithet, acronym: what the alias is
///         surname: counts after the full name or a title
///         ambiguous: counts where the article shows who is meant
///         office:ROLE: what a person holds, so that a title finds them
///         unchecked, checked:HOW: whether the dates were verified
///         code:CODE: what another list calls it
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  detente actors list --kind person --on 2010-01-01
  detente actors import dictionary.actors.txt -o actors.csv
  detente actors check my-actors.csv"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    Check(CheckArgs),
    Import(import::Args),
}

/// Show who is known, with parents, dates and the number of aliases
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente actors list --kind body                who counts as an international body or ministry
  detente actors list --search kremlin           which actor goes by a name
  detente actors list --kind person --on 2011-12-01 --search kim
  detente actors list --json > actors.json       with every alias and every parent")]
struct ListArgs {
    #[command(flatten)]
    source: ActorArgs,
    /// Only actors of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// Only actors whose id, name or an alias has this text in it, whatever the case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only who exists on this day (YYYY-MM-DD), with the parents and aliases of that day
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// Say what is wrong with a list, or count what is in it
///
/// Files are read on top of the built-in list, so that their parents may be its states. Reports rows that cannot be
/// used (with file and line), names that two actors share at the same time, dates of office that nobody has checked,
/// and how many actors of each kind there are. Exit code 1 if any row cannot be used.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente actors check                           the built-in list
  detente actors check mine.csv more.toml        lists of your own, on top of it
  detente actors check --alone mine.csv          a list that replaces it (--actors-only)")]
struct CheckArgs {
    /// Lists to check; without any, the built-in one
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check the files without the built-in list below them
    #[arg(long, requires = "files")]
    alone: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    State,
    Body,
    Group,
    Company,
    Person,
}

impl From<Kind> for ActorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::State => Self::State,
            Kind::Body => Self::Body,
            Kind::Group => Self::Group,
            Kind::Company => Self::Company,
            Kind::Person => Self::Person,
        }
    }
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::List(args) => {
            let (list, problems) = args.source.list()?;
            tell(&problems, printer);
            let shown: Vec<&Actor> =
                list.actors().iter().filter(|actor| args.shows(actor)).collect();
            printer.data(&if args.json {
                as_json(&shown, args.on)
            } else {
                as_table(&shown, args.on)
            })?;
            Ok(outcome(&problems))
        }
        Command::Import(args) => import::run(args, printer),
        Command::Check(args) => {
            let base = if args.alone { Base::Empty } else { Base::BuiltIn };
            let (list, problems) = ActorList::load(base, &args.files)?;
            tell(&problems, printer);
            printer.data(&report(&list, &problems))?;
            Ok(outcome(&problems))
        }
    }
}

fn outcome(problems: &[Skipped]) -> Outcome {
    if problems.is_empty() { Outcome::Complete } else { Outcome::Skipped }
}

fn tell(problems: &[Skipped], printer: &mut Printer) {
    for problem in problems {
        printer.say(&problem.to_string());
    }
}

/// How many of many problems are shown.
const MAX_TOLD: usize = 10;

/// Tells the first problems, and how many more there are.
fn tell_some(problems: &[Skipped], printer: &mut Printer) {
    tell(&problems[..problems.len().min(MAX_TOLD)], printer);
    if problems.len() > MAX_TOLD {
        printer.say(&format!("… and {} more", problems.len() - MAX_TOLD));
    }
}

impl ListArgs {
    fn shows(&self, actor: &Actor) -> bool {
        let is_of_kind = self.kind.is_none_or(|kind| actor.kind == kind.into());
        is_of_kind && self.on.is_none_or(|day| actor.exists_on(day)) && self.finds(actor)
    }

    fn finds(&self, actor: &Actor) -> bool {
        let Some(text) = &self.search else { return true };
        let text = text.to_lowercase();
        let has_text = |name: &str| name.to_lowercase().contains(&text);
        has_text(&actor.id)
            || has_text(&actor.name)
            || actor.aliases.iter().any(|alias| has_text(&alias.text))
    }
}

/// The affiliations that hold on a day, or all.
fn affiliations(actor: &Actor, on: Option<Date>) -> impl Iterator<Item = &Affiliation> {
    actor
        .affiliations
        .iter()
        .filter(move |affiliation| on.is_none_or(|day| affiliation.holds_on(day)))
}

/// The aliases that hold on a day, or all.
fn aliases(actor: &Actor, on: Option<Date>) -> impl Iterator<Item = &Alias> {
    actor.aliases.iter().filter(move |alias| on.is_none_or(|day| alias.holds_on(day)))
}

fn as_table(actors: &[&Actor], on: Option<Date>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["id", "name", "kind", "parent", "dates", "aliases"]);
    for actor in actors {
        let lines: Vec<(String, String)> =
            match affiliations(actor, on).collect::<Vec<_>>().as_slice() {
                [] => vec![(String::new(), time(actor.from, actor.to))],
                several => {
                    several.iter().map(|one| (one.parent.clone(), time(one.from, one.to))).collect()
                }
            };
        let (parents, times): (Vec<String>, Vec<String>) = lines.into_iter().unzip();
        let n_aliases = aliases(actor, on).count().to_string();
        let row = [
            &actor.id,
            &actor.name,
            actor.kind.name(),
            &parents.join("\n"),
            &times.join("\n"),
            &n_aliases,
        ];
        table.add_row(row.map(printable));
    }
    // Each line begins with the first column's padding.
    let line = |line: String| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned();
    table.lines().map(line).fold(String::new(), |text, line| text + &line + "\n")
}

/// First and last day, an open end left blank; nothing where both are.
fn time(from: Option<Date>, to: Option<Date>) -> String {
    let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    if from.is_none() && to.is_none() {
        String::new()
    } else {
        format!("{}…{}", day(from), day(to))
    }
}

fn as_json(actors: &[&Actor], on: Option<Date>) -> String {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let actor = |actor: &&Actor| {
        let parents = affiliations(actor, on).map(|one| {
            json!({"parent": one.parent, "from": day(one.from), "to": day(one.to), "flags": one.flags})
        });
        let names = aliases(actor, on).map(|one| {
            json!({"text": one.text, "case": one.case.name(), "from": day(one.from), "to": day(one.to), "flags": one.flags})
        });
        json!({
            "id": actor.id,
            "name": actor.name,
            "kind": actor.kind.name(),
            "from": day(actor.from),
            "to": day(actor.to),
            "parents": parents.collect::<Vec<Value>>(),
            "n_aliases": aliases(actor, on).count(),
            "aliases": names.collect::<Vec<Value>>(),
        })
    };
    format!("{:#}\n", json!({"actors": actors.iter().map(actor).collect::<Vec<Value>>()}))
}

/// How many shared names are shown one by one.
const MAX_SHOWN: usize = 20;

fn report(list: &ActorList, problems: &[Skipped]) -> String {
    let dates = || list.actors().iter().flat_map(|actor| &actor.affiliations);
    let n_dated = dates().filter(|one| one.from.is_some() || one.to.is_some()).count();
    let n_unchecked = dates().filter(|one| one.is_unchecked()).count();
    let n_aliases: usize = list.actors().iter().map(|actor| actor.aliases.len()).sum();
    let mut text = format!("rows that cannot be used       {}\n", problems.len());
    text.push_str(&conflict_lines(&list.conflicts()));
    let _ = writeln!(text, "dates of office not checked    {n_unchecked} of {n_dated}");
    let _ = writeln!(text, "aliases                        {n_aliases}");
    let _ = writeln!(text, "actors                         {}", list.len());
    for kind in ActorKind::ALL {
        let n_actors = list.actors().iter().filter(|actor| actor.kind == kind).count();
        let _ = writeln!(text, "  {:<28} {n_actors}", kind.name());
    }
    text
}

fn conflict_lines(conflicts: &[Conflict]) -> String {
    let (decided, open): (Vec<&Conflict>, Vec<&Conflict>) =
        conflicts.iter().partition(|one| one.is_expected);
    let names = |conflicts: &[&Conflict]| {
        conflicts.iter().map(|one| one.alias.as_str()).collect::<BTreeSet<_>>().len()
    };
    let mut text =
        format!("names of several actors\n  that the article decides     {}\n", names(&decided));
    let _ = writeln!(text, "  that the first listed gets   {}", names(&open));
    for conflict in open.iter().take(MAX_SHOWN) {
        let line = format!("    `{}`: {}, {}", conflict.alias, conflict.first, conflict.second);
        let _ = writeln!(text, "{}", printable(&line));
    }
    if open.len() > MAX_SHOWN {
        let _ = writeln!(text, "    … and {} more pairs", open.len() - MAX_SHOWN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{ListArgs, as_json, as_table, report};
    use crate::mention::Actor;
    use crate::mention::ActorList;
    use crate::mention::Base;
    use clap::Parser;
    use jiff::civil::date;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        list: ListArgs,
    }

    const ROWS: &str = "id,name,aliases,kind,parent,from,to,case,flags\n\
        PRK,North Korea,DPRK,state,,1948-09-09,,,\n\
        kim-jong-il,Kim Jong Il,,person,PRK,1994-07-08,2011-12-17,,unchecked\n\
        kim-jong-il,,Kim,,,,,,surname\n\
        kim-jong-un,Kim Jong Un,,person,PRK,2011-12-17,,,checked:site\n\
        kim-jong-un,,Kim,,,,,,surname\n\
        acme,Acme,DPRK,company,,,,,\n\
        bad,Bad,,state,nowhere,,,,\n";

    fn list() -> (ActorList, Vec<crate::error::Skipped>) {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, ROWS).unwrap();
        ActorList::load(Base::Empty, &[path]).unwrap()
    }

    fn shown<'a>(list: &'a ActorList, args: &[&str]) -> Vec<&'a Actor> {
        let args = Cli::parse_from([&["list"], args].concat()).list;
        list.actors().iter().filter(|actor| args.shows(actor)).collect()
    }

    fn ids(args: &[&str]) -> Vec<String> {
        shown(&list().0, args).iter().map(|actor| actor.id.clone()).collect()
    }

    #[test]
    fn a_list_is_narrowed_by_kind_text_and_day() {
        assert_eq!(ids(&["--kind", "person"]), ["kim-jong-il", "kim-jong-un"]);
        assert_eq!(ids(&["--search", "dprk"]), ["PRK", "acme"]);
        assert_eq!(ids(&["--on", "1940-01-01", "--kind", "state"]), ["bad"]);
    }

    #[test]
    fn the_table_shows_parents_and_aliases_of_the_day() {
        let (list, _) = list();
        let table = as_table(&shown(&list, &["--search", "kim"]), Some(date(2005, 1, 1)));
        insta::assert_snapshot!(table, @"
        id           name         kind    parent  dates                  aliases
        kim-jong-il  Kim Jong Il  person  PRK     1994-07-08…2011-12-17  2
        kim-jong-un  Kim Jong Un  person                                 2
        ");
    }

    #[test]
    fn json_has_every_alias_and_parent() {
        let (list, _) = list();
        let json: serde_json::Value =
            serde_json::from_str(&as_json(&shown(&list, &["--search", "jong un"]), None)).unwrap();
        let expected = serde_json::json!({"actors": [{
            "id": "kim-jong-un",
            "name": "Kim Jong Un",
            "kind": "person",
            "from": null,
            "to": null,
            "parents": [{"parent": "PRK", "from": "2011-12-17", "to": null, "flags": ["checked:site"]}],
            "n_aliases": 2,
            "aliases": [
                {"text": "Kim Jong Un", "case": "name", "from": null, "to": null, "flags": []},
                {"text": "Kim", "case": "name", "from": null, "to": null, "flags": ["surname"]},
            ],
        }]});
        assert_eq!(json, expected);
    }

    #[test]
    fn the_report_counts_problems_conflicts_and_kinds() {
        let (list, problems) = list();
        insta::assert_snapshot!(report(&list, &problems), @"
        rows that cannot be used       1
        names of several actors
          that the article decides     1
          that the first listed gets   1
            `DPRK`: PRK, acme
        dates of office not checked    1 of 2
        aliases                        9
        actors                         5
          state                        2
          body                         0
          group                        0
          company                      1
          person                       2
        ");
    }
}
