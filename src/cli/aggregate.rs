//! `detente aggregate`

use serde_json::{Value, json};

use super::{Outcome, Printer, paint, table};
use crate::aggregate::CorrectBy;
use crate::aggregate::Keep;
use crate::aggregate::Reckoning;
use crate::aggregate::Repeats;
use crate::aggregate::Row;
use crate::aggregate::What;
use crate::aggregate::change::Change;
use crate::aggregate::rows_by;
use crate::aggregate::series_by;
use crate::error::WithHint;
use crate::output::is_broken_pipe;

mod args;
pub(super) mod choices;
mod changes;
mod labels;
mod read;
mod repeated;
mod view;
mod write;

pub(super) use args::{Args, known_fields};

use args::{Correct, Format};
use repeated::OnDuplicates;
use write::Header;

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let selection = args.selection()?;
    let intervals = args.intervals()?;
    let (keep, correct_by) = corrections(args, printer)?;
    let n_labels = if let Keep::Labelled { gold, .. } = &keep { gold.len() } else { 0 };
    let (repeats, duplicates) = repeats(args, printer)?;
    let counted = read::read(&args.dirs, &selection, keep, repeats)?;
    counted.check(&selection)?;
    counted.check_labels(n_labels)?;
    let left_out = counted.counter.left_out();
    read::say_left_out(left_out, printer);
    let names = counted.names;
    let (tally, kept) = counted.counter.finish_keeping();
    let changes = changes::find(args, &tally, &kept, correct_by.as_ref(), &intervals)?;
    let min_articles = args.min_articles;
    let correction = correct_by.as_ref().map(|by| (by, &kept));
    let reckoning = Reckoning { options: &intervals, min_articles, correction };
    let correct_by = correct_by.clone();
    let header = Header { selection, intervals, min_articles, left_out, correct_by, duplicates };
    let is_shown = !args.json && args.format.is_none() && printer.is_terminal();
    let printed = match (changes, is_shown) {
        (Some(changes), true) => show(&changes::draw(&header, &changes, args), printer),
        (Some(changes), false) => {
            let rows = if args.json { rows_by(tally, reckoning) } else { Vec::new() };
            print_changes(args, &header, &rows, &changes, printer)
        }
        (None, true) => {
            let view = view::View {
                selection: &header.selection,
                intervals: &intervals,
                names: &names,
                correction: header.correct_by.as_ref().map(CorrectBy::name),
            };
            show(&view.draw(&series_by(tally, reckoning)), printer)
        }
        (None, false) => print_rows(args, &header, &rows_by(tally, reckoning), printer),
    };
    finished(printed)
}

fn finished(printed: anyhow::Result<()>) -> anyhow::Result<Outcome> {
    match printed {
        // Who pipes into `head` has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(Outcome::Complete),
        printed => printed.map(|()| Outcome::Complete),
    }
}

fn show(text: &str, printer: &mut Printer) -> anyhow::Result<()> {
    Ok(printer.painted(&paint::finish(text, paint::is_wanted(printer)))?)
}

/// Articles that repeat others, how they are treated, and what is told of them.
fn repeats(args: &Args, printer: &mut Printer) -> anyhow::Result<(Repeats, Value)> {
    if args.duplicates == OnDuplicates::Keep {
        return Ok((Repeats::default(), json!({"treated": args.duplicates.name()})));
    }
    anyhow::ensure!(
        0.0 < args.similarity && args.similarity <= 1.0,
        "a similarity of `{}` is not above 0 and at most 1",
        args.similarity
    );
    let found = repeated::find(&args.dirs, args.similarity)?;
    if !found.clusters.is_empty() {
        let repeating = table::plural(found.first_of.len(), "article", "articles");
        let treated = match args.duplicates {
            OnDuplicates::Cluster => "resampled as one with what it repeats",
            _ => "left out (`--duplicates keep` counts all)",
        };
        printer.say(&format!("near-duplicates of earlier articles: {repeating}, {treated}"));
    }
    let told = json!({
        "treated": args.duplicates.name(),
        "similarity": args.similarity,
        "clusters": found.clusters,
    });
    let repeats = match args.duplicates {
        OnDuplicates::Cluster => Repeats::clustered(found.first_of),
        _ => Repeats::left_out(found.first_of),
    };
    Ok((repeats, told))
}

fn print_changes(
    args: &Args,
    header: &Header,
    rows: &[Row],
    changes: &[Change],
    printer: &mut Printer,
) -> anyhow::Result<()> {
    if args.json {
        let changes = changes::document(header, changes, args);
        printer.data(&header.json(rows, Some(changes))?)?;
        return Ok(());
    }
    if args.format == Some(Format::Jsonl) {
        for object in changes::objects(header, changes) {
            printer.data(&(object.to_string() + "\n"))?;
        }
        return Ok(());
    }
    Ok(printer.data(&changes::csv(header, changes)?)?)
}

/// What estimates are put right by, and the readings that have to be kept for it.
fn corrections(args: &Args, printer: &mut Printer) -> anyhow::Result<(Keep, Option<CorrectBy>)> {
    match args.correction()? {
        None => Ok((Keep::default(), None)),
        Some((path, Correct::Gold(correction))) => {
            let sheet = labels::sheet(path)?;
            if sheet.is_of_dyads != (args.what != What::Actors) {
                let (table, what) = if sheet.is_of_dyads {
                    ("dyads", "--what dyads` or `--what sources")
                } else {
                    ("mentions", "--what actors")
                };
                return Err(anyhow::anyhow!("the sample was drawn from the table `{table}`"))
                    .hint(|| format!("it corrects `{what}`"));
            }
            if sheet.n_unlabelled > 0 {
                let n = table::thousands(sheet.n_unlabelled as u64);
                printer.say(&format!(
                    "{n} rows of the sample have no label: the others of their stratum stand for them"
                ));
            }
            Ok((Keep::labelled(sheet.gold), Some(CorrectBy::Gold(correction))))
        }
        Some((path, Correct::Errors(quantifier))) => {
            let errors = labels::errors(path, args.what, quantifier)?;
            Ok((Keep::All, Some(CorrectBy::Errors(quantifier, Box::new(errors)))))
        }
    }
}

fn print_rows(
    args: &Args,
    header: &Header,
    rows: &[Row],
    printer: &mut Printer,
) -> anyhow::Result<()> {
    if args.json {
        printer.data(&header.json(rows, None)?)?;
        return Ok(());
    }
    let format = args.format.unwrap_or(Format::Csv);
    if format == Format::Csv {
        printer.data(&write::csv_line(&header.columns())?)?;
    }
    // In pieces, so that a table of a million rows isn't held twice.
    for piece in rows.chunks(4096) {
        let text = match format {
            Format::Csv => header.csv(piece)?,
            Format::Jsonl => header.jsonl(piece)?,
        };
        printer.data(&text)?;
    }
    Ok(())
}
