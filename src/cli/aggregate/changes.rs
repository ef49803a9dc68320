//! What changed? Differences, breaks, trends and events, as tables.
//!
//! The columns are `kind` (`difference`, `break`, `trend` or `event`), `actor` (or `source`, or `source, target`), the
//! fields of `--by`, `label` (the event, or the first period behind a break), `first`, `second`, `n_first`, `n_second`
//! (articles), `change` (second minus first; of a trend, per period), `low`, `high`, `p`, `p_adjusted`, `method`.

use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use serde_json::{Map, Value, json};

use super::args::Args;
use super::write::{Header, cell, csv_line, rounded};
use crate::aggregate::CorrectBy;
use crate::aggregate::Grain;
use crate::aggregate::IntervalOptions;
use crate::aggregate::Kept;
use crate::aggregate::Subject;
use crate::aggregate::Tally;
use crate::aggregate::What;
use crate::aggregate::change::{BreakOptions, Change, Event, Evidence};
use crate::aggregate::change::{adjust, breaks, differences, events, reversed, trends};
use crate::cli::{paint, table};
use crate::error::WithHint;

/// Finds the changes that were asked for; `None` where none were.
pub(super) fn find(
    args: &Args,
    tally: &Tally,
    kept: &Kept,
    correct_by: Option<&CorrectBy>,
    options: &IntervalOptions,
) -> anyhow::Result<Option<Vec<Change>>> {
    let is_over_time = args.breaks || args.trend || args.events.is_some();
    if args.compare.is_empty() && !is_over_time {
        return Ok(None);
    }
    if is_over_time && args.period == Grain::All && args.periods.is_empty() {
        return Err(anyhow!("breaks, trends and events need a series"))
            .hint(|| "say how long its periods are: `--period month`".to_owned());
    }
    if let Some(CorrectBy::Errors(..)) = correct_by {
        return Err(anyhow!("an error matrix corrects levels, not changes"))
            .hint(|| "correct changes by a labelled sample: `--gold FILE`".to_owned());
    }
    let min_articles = args.min_articles;
    let evidence = Evidence::new(tally.clone(), kept, correct_by, options, min_articles);
    let mut changes = compared(args, &evidence)?;
    if args.breaks {
        let break_options =
            BreakOptions { penalty: args.penalty, permutations: 999, seed: args.seed };
        changes.extend(breaks(&evidence, break_options));
    }
    if args.trend {
        changes.extend(trends(&evidence));
    }
    if let Some(path) = &args.events {
        changes.extend(events(&evidence, &read_events(path)?, args.window));
    }
    adjust(&mut changes, args.adjust);
    Ok(Some(changes))
}

fn compared(args: &Args, evidence: &Evidence<'_>) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for pair in &args.compare {
        if pair == "reverse" {
            ensure!(args.what == What::Dyads, "`--compare reverse` goes with `--what dyads`");
            changes.extend(reversed(evidence));
            continue;
        }
        let (first, second) = pair
            .split_once(',')
            .ok_or_else(|| anyhow!("`--compare {pair}` names no two"))
            .hint(|| "put a comma between them: `--compare 2031-05,2031-12`".to_owned())?;
        changes.extend(differences(evidence, first.trim(), second.trim()).hint(|| {
            "periods need `--period` or `--periods`, fields `--by`; pairs are `SOURCE>TARGET`"
                .to_owned()
        })?);
    }
    Ok(changes)
}

/// Reads events: CSV with the columns `date` and `label`.
fn read_events(path: &Path) -> anyhow::Result<Vec<Event>> {
    let parse = || -> anyhow::Result<Vec<Event>> {
        let mut csv = csv::Reader::from_reader(fs_err::File::open(path)?);
        let header = csv.headers()?.clone();
        let place = |name: &str| header.iter().position(|known| known.trim() == name);
        let (Some(date), Some(label)) = (place("date"), place("label")) else {
            return Err(anyhow!("there are no columns `date` and `label`"))
                .hint(|| "examples/events.csv shows how events are written".to_owned());
        };
        let mut events = Vec::new();
        for record in csv.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let text = record.get(date).unwrap_or("").trim();
            let date =
                text.parse().ok().with_context(|| format!("line {line}: `{text}` is no date"))?;
            events.push(Event { date, label: record.get(label).unwrap_or("").trim().to_owned() });
        }
        Ok(events)
    };
    parse().with_context(|| path.display().to_string())
}

/// The columns of changes.
pub(super) fn columns(header: &Header) -> Vec<String> {
    let of_rows = header.columns();
    let n_subject = of_rows.iter().take_while(|name| *name != "period").count();
    let n_by = header.selection.by.len();
    let (subject, by) = (&of_rows[..n_subject], &of_rows[n_subject + 1..n_subject + 1 + n_by]);
    let after = [
        "label",
        "first",
        "second",
        "n_first",
        "n_second",
        "change",
        "low",
        "high",
        "p",
        "p_adjusted",
        "method",
    ];
    let names = std::iter::once("kind".to_owned()).chain(subject.iter().cloned());
    names.chain(by.iter().cloned()).chain(after.map(str::to_owned)).collect()
}

fn values(change: &Change) -> Vec<Value> {
    let mut values = vec![Value::from(change.kind.name())];
    values.extend(subject(change).map(Value::from));
    values.extend(change.key.by.iter().map(|value| Value::from(value.clone())));
    values.extend([
        change.label.clone().into(),
        change.first.clone().into(),
        change.second.clone().into(),
        change.n_first.into(),
        change.n_second.into(),
        rounded(change.change),
        rounded(change.interval.low),
        rounded(change.interval.high),
        rounded(change.p),
        rounded(change.p_adjusted),
        change.method.clone().into(),
    ]);
    values
}

/// Ids, as many as there are columns for them.
fn subject(change: &Change) -> impl Iterator<Item = String> {
    let (first, second) = match &change.key.subject {
        Subject::Received(id) | Subject::Expressed(id) => (id.clone(), None),
        Subject::Dyad { source, target } => (source.clone(), Some(target.clone())),
    };
    std::iter::once(first).chain(second)
}

/// Changes as CSV, with a header.
pub(super) fn csv(header: &Header, changes: &[Change]) -> anyhow::Result<String> {
    let mut text = csv_line(&columns(header))?;
    for change in changes {
        let cells: Vec<_> = values(change).into_iter().map(cell).collect();
        text.push_str(&csv_line(&cells)?);
    }
    Ok(text)
}

/// Changes as objects.
pub(super) fn objects(header: &Header, changes: &[Change]) -> Vec<Value> {
    let columns = columns(header);
    let object = |change| -> Value {
        let cells = columns.iter().cloned().zip(values(change));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    changes.iter().map(object).collect()
}

/// The member `changes` of the document of `--json`.
pub(super) fn document(header: &Header, changes: &[Change], args: &Args) -> Value {
    json!({
        "adjusted_by": args.adjust.name(),
        "rows": objects(header, changes),
    })
}

/// Changes that a terminal is shown.
const MOST_LINES: usize = 40;

/// Changes as a terminal is shown them, with colour marks: the surest first.
pub(super) fn draw(header: &Header, changes: &[Change], args: &Args) -> String {
    if changes.is_empty() {
        return "no change was found, or too little to tell\n".to_owned();
    }
    let mut shown: Vec<_> = changes.iter().collect();
    shown.sort_by(|a, b| a.p_adjusted.total_cmp(&b.p_adjusted).then(a.kind.cmp(&b.kind)));
    let n_further = shown.len().saturating_sub(MOST_LINES);
    shown.truncate(MOST_LINES);
    let level = table::percent_of_level(&header.intervals);
    let change_title = format!("change [{level}]");
    let mut grid = table::grid(&["kind", "whose", "what", "articles", &change_title, "p"], 3);
    for change in shown {
        grid.add_row(line(change));
    }
    let further = match n_further {
        0 => String::new(),
        n => format!("and {n} more; `--format csv` prints all\n"),
    };
    format!(
        "{}{further}\nchange of net stance, second minus first; of trends, per period.\n\
         p: adjusted by {} for the changes of its kind; `--format csv` says how each was made.\n",
        table::lines(&grid),
        args.adjust.name(),
    )
}

fn line(change: &Change) -> [String; 6] {
    let mut whose: Vec<_> = subject(change).collect();
    whose.extend(change.key.by.iter().flatten().cloned());
    let what = match &change.label {
        Some(label) => label.clone(),
        None => format!("{} → {}", change.first, change.second),
    };
    let (low, high) = (change.interval.low, change.interval.high);
    let digits = if change.change.abs().max(high - low) < 0.1 { 4 } else { 2 };
    let text = format!("{:+.digits$} [{low:+.digits$}, {high:+.digits$}]", change.change);
    let tone = if change.p_adjusted < 0.05 { change.change } else { 0.0 };
    [
        change.kind.name().to_owned(),
        table::name(&whose.join(" "), 24),
        table::name(&what, 34),
        format!("{}+{}", change.n_first, change.n_second),
        paint::mark(&text, tone),
        format!("{:.3}", change.p_adjusted),
    ]
}
