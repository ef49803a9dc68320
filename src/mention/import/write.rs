//! How is an actor file written? As CSV that the reader of actor files takes back.

use crate::mention::actor_file::{COLUMNS, Row};

/// The rows as CSV with a header.
pub(super) fn csv(rows: &[Row]) -> String {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let written = std::iter::once(COLUMNS.map(str::to_owned)).chain(rows.iter().map(fields));
    for row in written {
        writer.write_record(&row).expect("a vector takes every row of nine fields");
    }
    let bytes = writer.into_inner().expect("a vector is never full");
    String::from_utf8(bytes).expect("the rows are text")
}

fn fields(row: &Row) -> [String; COLUMNS.len()] {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let case = if row.case == crate::mention::CaseRule::Name { "" } else { row.case.name() };
    [
        row.id.clone(),
        text(&row.name),
        row.aliases.join("|"),
        row.kind.map(|kind| kind.name().to_owned()).unwrap_or_default(),
        text(&row.parent),
        day(row.from),
        day(row.to),
        case.to_owned(),
        row.flags.join("|"),
    ]
}
