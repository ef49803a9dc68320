//! What form do these bytes have? For standard input and pipes, whose names say nothing.

use super::{Columns, Field, Format, csv, delimited, jsonl, parquet, text, tsv};

/// Tells the format from the first bytes, in this order:
///
/// 1. they begin with `PAR1`: Parquet;
/// 2. the first byte that isn't blank is `{` (or `[`, which JSONL then explains): JSONL;
/// 3. the first line has two or more cells, one of which is a usual (or mapped) name of the text or the
///    title: TSV if tabs part them, else CSV;
/// 4. anything else: plain text, one article.
pub(super) fn sniff(head: &[u8], columns: &Columns) -> &'static dyn Format {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.starts_with(b"PAR1") {
        return &parquet::Parquet;
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => &jsonl::Jsonl,
        Some(_) => match header_delimiter(head, columns) {
            Some(b'\t') => &tsv::Tsv,
            Some(_) => &csv::Csv,
            None => &text::Text,
        },
        None => &text::Text,
    }
}

fn header_delimiter(head: &[u8], columns: &Columns) -> Option<u8> {
    let delimiter = delimited::likely_delimiter(head);
    let line = head.split(|&byte| byte == b'\n' || byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let cells: Vec<_> =
        line.split(char::from(delimiter)).map(|cell| cell.trim().trim_matches('"')).collect();
    let is_text =
        |cell: &&str| [Field::Text, Field::Title].iter().any(|&field| columns.names(field, cell));
    (cells.len() > 1 && cells.iter().any(is_text)).then_some(delimiter)
}
