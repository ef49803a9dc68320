//! `detente actors check`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::printer::printable;
use crate::cli::{Outcome, Printer};
use crate::error::Skipped;
use crate::mention::ActorKind;
use crate::mention::ActorList;
use crate::mention::Base;
use crate::mention::Conflict;
use crate::mention::Duplicate;

/// Say what is wrong with a list, and count what is in it
///
/// Files are read on top of the built-in list, so that their parents may be
/// its states. Reports, each with what can be done about it:
///
/// - rows that cannot be used, with file and line;
/// - names that two actors go by at the same time: where both are flagged
///   `ambiguous` or `surname`, the article decides who is meant; else the
///   first listed gets them all, and the other is never found by them;
/// - actors that may be one, since they share their full name or most names;
/// - names that an actor has twice, and names that never hold;
/// - dates of office that nobody has checked.
///
/// Exit code 1 if any row cannot be used.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  detente actors check                           the built-in list
  detente actors check mine.csv more.toml        lists of your own, on top of it
  detente actors check --all mine.csv            every conflict, not the first twenty
  detente actors check --alone mine.csv          a list that replaces it (--actors-only)"
)]
pub(super) struct Args {
    /// Lists to check; without any, the built-in one
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check the files without the built-in list below them
    #[arg(long, requires = "files")]
    alone: bool,
    /// Show everything found, not the first twenty of each kind
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let base = if args.alone { Base::Empty } else { Base::BuiltIn };
    let (list, problems) = ActorList::load(base, &args.files)?;
    super::tell(&problems, printer);
    printer.data(&report(&list, &problems, if args.all { usize::MAX } else { MAX_SHOWN }))?;
    Ok(super::outcome(&problems))
}

/// How many of a kind are shown one by one.
const MAX_SHOWN: usize = 20;

fn report(list: &ActorList, problems: &[Skipped], max_shown: usize) -> String {
    let dates = || list.actors().iter().flat_map(|actor| &actor.affiliations);
    let n_dated = dates().filter(|one| one.from.is_some() || one.to.is_some()).count();
    let n_unchecked = dates().filter(|one| one.is_unchecked()).count();
    let n_aliases: usize = list.actors().iter().map(|actor| actor.aliases.len()).sum();
    let mut text = format!("rows that cannot be used       {}\n", problems.len());
    text.push_str(&conflict_lines(list, &list.conflicts(), max_shown));
    text.push_str(&duplicate_lines(list, &list.duplicates(), max_shown));
    let _ = writeln!(text, "dates of office not checked    {n_unchecked} of {n_dated}");
    let _ = writeln!(text, "aliases                        {n_aliases}");
    let _ = writeln!(text, "actors                         {}", list.len());
    for kind in ActorKind::ALL {
        let n_actors = list.actors().iter().filter(|actor| actor.kind == kind).count();
        let _ = writeln!(text, "  {:<28} {n_actors}", kind.name());
    }
    text
}

fn conflict_lines(list: &ActorList, conflicts: &[Conflict], max_shown: usize) -> String {
    let (decided, open): (Vec<&Conflict>, Vec<&Conflict>) =
        conflicts.iter().partition(|one| one.is_expected);
    let names = |conflicts: &[&Conflict]| {
        conflicts.iter().map(|one| one.alias.as_str()).collect::<BTreeSet<_>>().len()
    };
    let mut text =
        format!("names of several actors\n  that the article decides     {}\n", names(&decided));
    let _ = writeln!(text, "  that the first listed gets   {}", names(&open));
    let explained = open.iter().map(|one| {
        let times = super::time(one.time.0, one.time.1);
        let when = if times.is_empty() { String::new() } else { format!(" in {times}") };
        let (first, second) = (who(list, &one.first), who(list, &one.second));
        format!("`{}`{when}: {first} gets it, {second} doesn't", one.alias)
    });
    list_lines(&mut text, explained, max_shown);
    if !open.is_empty() {
        text.push_str("    what to do: drop the name from one, give both `from` and `to`, or flag both `ambiguous`\n");
    }
    text
}

fn duplicate_lines(list: &ActorList, duplicates: &[Duplicate], max_shown: usize) -> String {
    let mut text = String::new();
    let one_actor = duplicates.iter().filter_map(|each| match each {
        Duplicate::Actor { name, first, second } => {
            Some(format!("{}, {}: share `{name}`", who(list, first), who(list, second)))
        }
        _ => None,
    });
    section(
        &mut text,
        "actors that may be one",
        one_actor.collect(),
        max_shown,
        "give the rows of both one id",
    );
    let twice = duplicates.iter().filter_map(|each| match each {
        Duplicate::Name { actor, name } => Some(format!("`{name}` of {actor}")),
        _ => None,
    });
    section(
        &mut text,
        "names that an actor has twice",
        twice.collect(),
        max_shown,
        "keep the row whose case, dates and flags are right",
    );
    let never = duplicates.iter().filter_map(|each| match each {
        Duplicate::Never { actor, name } => Some(format!("`{name}` of {actor}")),
        _ => None,
    });
    section(
        &mut text,
        "names that never hold",
        never.collect(),
        max_shown,
        "their dates lie outside the actor's own",
    );
    text
}

fn section(text: &mut String, title: &str, lines: Vec<String>, max_shown: usize, advice: &str) {
    let _ = writeln!(text, "{title:<30} {}", lines.len());
    let is_empty = lines.is_empty();
    list_lines(text, lines.into_iter(), max_shown);
    if !is_empty {
        let _ = writeln!(text, "    what to do: {advice}");
    }
}

/// An actor by id, name and kind.
fn who(list: &ActorList, id: &str) -> String {
    let actor = list.index_of(id).map(|actor| list.get(actor));
    actor.map_or_else(
        || id.to_owned(),
        |actor| format!("{id} ({}, {})", actor.name, actor.kind.name()),
    )
}

fn list_lines(text: &mut String, lines: impl ExactSizeIterator<Item = String>, max_shown: usize) {
    let n = lines.len();
    for line in lines.take(max_shown) {
        let _ = writeln!(text, "    {}", printable(&line));
    }
    if n > max_shown {
        let _ = writeln!(text, "    … and {} more; `--all` shows them", n - max_shown);
    }
}

#[cfg(test)]
mod tests {
    use super::report;
    use crate::mention::ActorList;
    use crate::mention::Base;

    const ROWS: &str = "id,name,aliases,kind,parent,from,to,case,flags\n\
        PRK,North Korea,DPRK,state,,1948-09-09,,,\n\
        PRK,,Chosun,,,1910,1945,,\n\
        kim-jong-il,Kim Jong Il,,person,PRK,1994-07-08,2011-12-17,,unchecked\n\
        kim-jong-il,,Kim,,,,,,surname\n\
        kim-jong-un,Kim Jong Un,,person,PRK,2011-12-17,,,checked:site\n\
        kim-jong-un,,Kim,,,,,,surname\n\
        un-kim-jong,Un Kim-Jong,,person,,,,,\n\
        acme,Acme,DPRK|ACME,company,,,,,\n\
        bad,Bad,,state,nowhere,,,,\n";

    #[test]
    fn the_report_explains_conflicts_and_duplicates_and_counts_kinds() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, ROWS).unwrap();
        let (list, problems) = ActorList::load(Base::Empty, &[path]).unwrap();
        insta::assert_snapshot!(report(&list, &problems, 1), @r"
        rows that cannot be used       1
        names of several actors
          that the article decides     1
          that the first listed gets   1
            `DPRK` in 1948-09-09…: PRK (North Korea, state) gets it, acme (Acme, company) doesn't
            what to do: drop the name from one, give both `from` and `to`, or flag both `ambiguous`
        actors that may be one         1
            kim-jong-un (Kim Jong Un, person), un-kim-jong (Un Kim-Jong, person): share `Kim Jong Un`
            what to do: give the rows of both one id
        names that an actor has twice  0
        names that never hold          1
            `Chosun` of PRK
            what to do: their dates lie outside the actor's own
        dates of office not checked    1 of 2
        aliases                        12
        actors                         6
          state                        2
          body                         0
          group                        0
          company                      1
          person                       3
        ");
    }
}
