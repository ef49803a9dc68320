//! `detente actors suggest`

use std::path::PathBuf;

use crate::cli::options::ActorArgs;
use crate::cli::{Outcome, Printer};
use crate::ingest::Columns;
use crate::ingest::Options;
use crate::ingest::Record;
use crate::mention::Suggester;
use crate::mention::Suggestion;
use crate::text::Document;

/// List the names in an archive that no actor goes by, the most frequent first
///
/// Prints an actor file in TOML, ready to paste: each name with how often it
/// stands in how many articles, and an example, as a comment. A name is a run of
/// capitalised words inside a sentence; headlines are left out, since capitals
/// mean nothing there. Ids are made of the names; a kind is a guess: `person`
/// where a title or a first name says so, else `company` or `body` by its words.
/// Go through them, set kinds and parents, and delete what is no actor.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  detente actors suggest archive.jsonl.gz
  detente actors suggest news/ -n 200 --min-articles 5 > more.toml
  detente actors suggest archive.csv --column text=body --actors mine.csv
  detente actors check more.toml"
)]
pub(super) struct Args {
    /// Files, folders, or `-` for standard input, as for `detente score`
    #[arg(required = true, value_name = "ARCHIVE")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    actors: ActorArgs,
    /// How many names at most
    #[arg(short, long, value_name = "N", default_value_t = 50)]
    n: usize,
    /// Leave out names that stand in fewer articles than this
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_articles: u64,
    /// Where a field is found, if not under a usual name: `text=body`
    #[arg(long = "column", value_name = "FIELD=NAME")]
    columns: Vec<String>,
    /// Format of standard input, and of files whose name doesn't say
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<String>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let options = Options {
        columns: Columns::parse(&args.columns)?,
        format: args.input_format.as_deref().map(crate::ingest::format).transpose()?,
        ..Options::default()
    };
    let reader = crate::ingest::read(&args.inputs, &options)?;
    let (gazetteer, _) = args.actors.gazetteer(printer)?;
    let mut suggester = Suggester::new(&gazetteer);
    let mut skipped = Vec::new();
    for record in reader {
        match record? {
            Record::Article(article) => suggester.add(&Document::split(*article)),
            Record::Skipped(one) => skipped.push(one),
            Record::Warning(_) => {}
        }
    }
    super::tell_some(&skipped, printer);
    let suggestions = suggester.finish(args.min_articles, args.n);
    if suggestions.is_empty() {
        printer
            .say(&format!("no name that the list lacks stands in {} articles", args.min_articles));
    }
    printer.data(&suggestions.iter().map(entry).collect::<Vec<_>>().join("\n"))?;
    Ok(super::outcome(&skipped))
}

/// An entry of an actor file, with what it was found by.
fn entry(one: &Suggestion) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let rows =
        |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let comment: String =
        one.example.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (id, name) = (quoted(&one.id), quoted(&one.name));
    let mut text = format!(
        "# {} times in {} articles: {comment}\n[[actor]]\nid = {id}\nname = {name}\nkind = \"{}\"\n",
        one.n_times,
        one.n_articles,
        one.kind.name(),
    );
    if !one.acronyms.is_empty() {
        let acronyms = rows(&one.acronyms);
        text += &format!(
            "[[actor]]\nid = {id}\naliases = [{acronyms}]\ncase = \"exact\"\nflags = [\"acronym\"]\n"
        );
    }
    if let Some(surname) = &one.surname {
        text += &format!(
            "[[actor]]\nid = {id}\naliases = [{}]\nflags = [\"surname\"]\n",
            quoted(surname)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::entry;
    use crate::mention::ActorKind;
    use crate::mention::ActorList;
    use crate::mention::Base;
    use crate::mention::Suggestion;

    #[test]
    fn what_is_suggested_is_an_actor_file() {
        let one = Suggestion {
            id: "jane-o-doe".to_owned(),
            name: "Jane \"O\" Doe".to_owned(),
            acronyms: vec!["JD".to_owned(), "JOD".to_owned()],
            surname: Some("Doe".to_owned()),
            kind: ActorKind::Person,
            n_times: 12,
            n_articles: 3,
            example: "Then Jane \"O\" Doe\nleft.\u{1b}[31m".to_owned(),
        };
        let text = entry(&one);
        assert!(
            text.starts_with("# 12 times in 3 articles: Then Jane \"O\" Doe left. [31m\n"),
            "{text}"
        );
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("more.toml");
        fs_err::write(&path, text).unwrap();
        let (list, problems) = ActorList::load(Base::Empty, &[path]).unwrap();
        assert_eq!(problems, []);
        let names: Vec<&str> =
            list.get(0).aliases.iter().map(|alias| alias.text.as_str()).collect();
        assert_eq!(names, ["Jane \"O\" Doe", "JD", "JOD", "Doe"]);
    }
}
