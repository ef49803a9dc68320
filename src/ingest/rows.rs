//! Where does a delimited text's row end, and where its cells? Byte by byte, in chunks of any size.

use std::io::{self, BufRead};

/// One row as read; kept between rows for its memory.
#[derive(Default)]
pub(super) struct Row {
    /// The line that it begins on, from 1.
    pub(super) line: u64,
    /// The cells' bytes, one after the other.
    bytes: Vec<u8>,
    /// Where each cell ends in `bytes`, and whether it was quoted.
    ends: Vec<(usize, bool)>,
    /// How many cells there are, those that aren't held among them.
    pub(super) n_cells: usize,
    /// The bytes of all cells, those that aren't held among them.
    n_bytes: usize,
    /// Why the row is no record.
    pub(super) problem: Option<String>,
}

impl Row {
    fn start(&mut self, line: u64) {
        self.bytes.clear();
        self.bytes.shrink_to(1 << 20);
        self.ends.clear();
        (self.line, self.n_cells, self.n_bytes, self.problem) = (line, 0, 0, None);
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        starts
            .zip(&self.ends)
            .map(|(start, &(end, is_quoted))| (&self.bytes[start..end], is_quoted))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// Behind a quote in a quoted cell: the cell's end, or the first half of a doubled quote.
    QuoteInQuoted,
}

pub(super) struct Rows<R> {
    reader: R,
    machine: Machine,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R, delimiter: u8, limit: usize) -> Self {
        let machine = Machine {
            delimiter,
            limit,
            max_cells: 0,
            line: 1,
            is_after_cr: false,
            state: State::CellStart,
            is_quoted: false,
        };
        Self { reader, machine }
    }

    /// Reads the next row that isn't blank, holding no more cells than `max_cells`; `false` at the end.
    pub(super) fn read(&mut self, row: &mut Row, max_cells: usize) -> io::Result<bool> {
        self.machine.max_cells = max_cells;
        self.machine.start(row);
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(self.machine.finish(row));
            }
            let (n, is_end) = self.machine.run(chunk, row);
            self.reader.consume(n);
            if is_end {
                return Ok(true);
            }
        }
    }
}

fn too_long(n_bytes: usize, limit: usize) -> String {
    format!(
        "a row of {n_bytes} bytes, longer than the {limit} that are read; is a quote left open?"
    )
}

/// The walk over a table's bytes, chunk by chunk.
struct Machine {
    delimiter: u8,
    limit: usize,
    max_cells: usize,
    /// The line of the next byte, from 1.
    line: u64,
    /// Whether the last byte was a CR that ended a line, so that a LF behind it belongs to it.
    is_after_cr: bool,
    state: State,
    /// Whether the cell at hand began with a quote.
    is_quoted: bool,
}

impl Machine {
    fn start(&mut self, row: &mut Row) {
        row.start(self.line);
        (self.state, self.is_quoted) = (State::CellStart, false);
    }

    /// Walks on to the end of the row (`true`) or of the chunk; and how many bytes that took.
    fn run(&mut self, chunk: &[u8], row: &mut Row) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            if std::mem::take(&mut self.is_after_cr) && byte == b'\n' {
                at += 1;
                continue;
            }
            match self.state {
                State::Quoted => at += self.quoted(&chunk[at..], row),
                State::CellStart if byte == b'"' => {
                    (self.state, self.is_quoted) = (State::Quoted, true);
                    at += 1;
                }
                State::QuoteInQuoted if byte == b'"' => {
                    self.hold(b"\"", row);
                    self.state = State::Quoted;
                    at += 1;
                }
                _ if byte == self.delimiter => {
                    self.end_cell(row);
                    at += 1;
                }
                _ if byte == b'\n' || byte == b'\r' => {
                    at += 1;
                    if self.end_line(row, byte) {
                        return (at, true);
                    }
                }
                // What stands behind a closing quote belongs to the cell, as most readers have it.
                _ => at += self.bare(&chunk[at..], row),
            }
        }
        (at, false)
    }

    /// Ends the last row, which has no line break behind it; `false` if there is none.
    fn finish(&mut self, row: &mut Row) -> bool {
        if row.n_cells == 0 && row.n_bytes == 0 && self.state == State::CellStart {
            return false;
        }
        let is_open = self.state == State::Quoted;
        self.end_row(row);
        if is_open {
            row.problem =
                Some("a quoted cell that is never closed; the rest of the file is in it".into());
        }
        true
    }

    /// `false` where the line was blank, so that the row begins on the next.
    fn end_line(&mut self, row: &mut Row, byte: u8) -> bool {
        self.line += 1;
        self.is_after_cr = byte == b'\r';
        if row.n_cells == 0 && self.state == State::CellStart {
            row.line = self.line;
            return false;
        }
        self.end_row(row);
        true
    }

    fn end_row(&mut self, row: &mut Row) {
        self.end_cell(row);
        if row.n_bytes > self.limit {
            row.problem = Some(too_long(row.n_bytes, self.limit));
        }
    }

    fn end_cell(&mut self, row: &mut Row) {
        row.n_cells += 1;
        if row.ends.len() < self.max_cells {
            row.ends.push((row.bytes.len(), self.is_quoted));
        }
        (self.state, self.is_quoted) = (State::CellStart, false);
    }

    fn bare(&mut self, rest: &[u8], row: &mut Row) -> usize {
        let n = memchr::memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        self.state = State::Bare;
        self.hold(&rest[..n], row);
        n
    }

    fn quoted(&mut self, rest: &[u8], row: &mut Row) -> usize {
        let quote = memchr::memchr(b'"', rest);
        let within = &rest[..quote.unwrap_or(rest.len())];
        self.line += memchr::memchr_iter(b'\n', within).count() as u64;
        self.hold(within, row);
        if quote.is_some() {
            self.state = State::QuoteInQuoted;
        }
        within.len() + usize::from(quote.is_some())
    }

    /// Adds bytes to the cell, unless the row is longer than is held.
    fn hold(&self, bytes: &[u8], row: &mut Row) {
        row.n_bytes += bytes.len();
        if row.n_bytes <= self.limit {
            row.bytes.extend_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Rows};
    use proptest::prelude::*;
    use std::io::BufReader;

    /// The rows of a table with the lines that they begin on, read in chunks of `n` bytes.
    fn rows(text: &[u8], n: usize) -> Vec<(u64, Vec<String>)> {
        let mut rows = Rows::new(BufReader::with_capacity(n, text), b',', 1 << 20);
        let mut row = Row::default();
        let mut all = Vec::new();
        while rows.read(&mut row, 100).unwrap() {
            let cells = row.cells().map(|(cell, _)| String::from_utf8_lossy(cell).into_owned());
            all.push((row.line, cells.collect()));
        }
        all
    }

    #[test]
    fn quoted_cells_hold_delimiters_line_breaks_and_quotes() {
        let text = b"a,\"b,\r\n\"\"c\"\"\"\r\n\n\"\",x\"y\rlast,\"q\" z";
        for n in [1, 2, 3, 64] {
            let expected = [
                (1, vec!["a".into(), "b,\r\n\"c\"".into()]),
                (4, vec![String::new(), "x\"y".into()]),
                (5, vec!["last".into(), "q z".into()]),
            ];
            assert_eq!(rows(text, n), expected, "in chunks of {n}");
        }
    }

    proptest! {
        #[test]
        fn rows_are_read_as_the_csv_crate_reads_them(text in "[ab\",\n]{0,60}", n in 1usize..9) {
            let mut reader = ::csv::ReaderBuilder::new().flexible(true).has_headers(false)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader.records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let got: Vec<_> = rows(text.as_bytes(), n).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(got, expected);
        }

        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in proptest::collection::vec(proptest::collection::vec("[a\"',; \r\n\t=é]{0,5}", 3), 1..5),
        ) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let got: Vec<_> = rows(&text, 7).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(got, table);
        }
    }
}
