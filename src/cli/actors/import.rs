//! `detente actors import`

use std::path::PathBuf;

use anyhow::bail;
use clap::builder::PossibleValuesParser;

use crate::cli::{Outcome, Printer};
use crate::error::WithHint;
use crate::mention::ActorList;
use crate::mention::Base;
use crate::mention::Imported;
use crate::mention::form_names;

/// Make an actor file of somebody else's list
///
/// cameo: the actor and agent files of TABARI and PETRARCH (Phoenix, CAMEO).
/// Names in capitals are respelled; a code with dates becomes a term under its
/// state, flagged `unchecked` and `code:CODE`; `ELI`, who are out of office,
/// belong to nobody. Names of a state that don't resemble its own are taken for
/// its towns and flagged `capital`. Role nouns of agent files tell the office
/// in names such as `MINISTER_JANE_DOE`. The kinds are guessed.
///
/// wikidata: a CSV as query.wikidata.org gives it, with these columns:
///   item                      Q42 or its address; rows of one item are joined
///   itemLabel                 the name to show (required)
///   itemAltLabel              further names, between | or commas
///   kind or typeLabel         person, body, …, or `human`, `political party`, …
///   iso3                      the id of a state
///   parent or parentLabel     an item of the table, an id, or a known name
///   positionLabel             the office held there
///   start, end                the days of that
///
/// An entry that the built-in list has under that name adds its further names
/// to it, no terms if the list has terms; any other gets an id made of its name.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  detente actors import Phoenix.Countries.actors.txt Phoenix.agents.txt -o phoenix.csv
  detente actors import ministers-from-wikidata.csv -o ministers.csv
  detente actors check phoenix.csv
  detente score archive.jsonl --actors phoenix.csv"
)]
pub(super) struct Args {
    /// The files to import; those that belong together in one go
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The actor file to write (.csv); without it, it is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The form of the files, where they don't show it
    #[arg(long, value_name = "FORM", value_parser = PossibleValuesParser::new(form_names()))]
    form: Option<String>,
    /// Know nobody beforehand: for a list that replaces the built-in one (--actors-only)
    #[arg(long)]
    alone: bool,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    if let Some(path) =
        args.output.as_ref().filter(|path| path.extension().is_none_or(|e| e != "csv"))
    {
        let refused =
            || -> anyhow::Result<()> { bail!("`{}` doesn't end in `.csv`", path.display()) };
        refused().hint(|| "the actor file is written as CSV, and read by its ending".to_owned())?;
    }
    let base = if args.alone { Base::Empty } else { Base::BuiltIn };
    let (list, _) = ActorList::load(base, &[])?;
    let imported = crate::mention::import(&list, &args.files, args.form.as_deref())?;
    match &args.output {
        Some(path) => fs_err::write(path, &imported.csv)?,
        None => printer.data(&imported.csv)?,
    }
    super::tell_some(&imported.problems, printer);
    printer.say(&counts(&imported));
    Ok(super::outcome(&imported.problems))
}

fn counts(imported: &Imported) -> String {
    let lines = [
        (imported.n_new, "new actors"),
        (imported.n_extended, "known actors that got names"),
        (imported.n_names, "names"),
        (imported.n_terms, "terms and memberships"),
        (imported.n_taken, "names left out: another known actor goes by them"),
        (imported.n_terms_left_out, "terms left out: parent unknown, or the known actor has terms"),
        (imported.n_role_nouns, "role nouns read"),
        (imported.problems.len(), "lines that can't be used"),
    ];
    lines.iter().map(|(n, what)| format!("{n:>7} {what}")).collect::<Vec<_>>().join("\n")
}
