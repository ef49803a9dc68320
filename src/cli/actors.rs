//! `detente actors`

use clap::{Subcommand, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jiff::civil::Date;
use serde_json::{Value, json};

mod check;
mod import;
mod suggest;

use super::options::ActorArgs;
use super::printer::printable;
use super::{Outcome, Printer};
use crate::error::Skipped;
use crate::mention::Actor;
use crate::mention::ActorKind;
use crate::mention::Affiliation;
use crate::mention::Alias;

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
  detente actors suggest archive.jsonl > more.toml
  detente actors check my-actors.csv more.toml"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    Check(check::Args),
    Import(import::Args),
    Suggest(suggest::Args),
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
        Command::Suggest(args) => suggest::run(args, printer),
        Command::Check(args) => check::run(args, printer),
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

#[cfg(test)]
mod tests {
    use super::{ListArgs, as_json, as_table};
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
}
