//! How do rows lie in a part's file? As tagged cells, numbers in 7-bit groups, floats bit by bit: exact in both ways.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::Entry;
use crate::error::Skipped;
use crate::output::cell::mention_kind;
use crate::output::{Cell, RawRow, TableRow};
use crate::score::{ArticleRows, MentionSpan};

/// Tags of entries.
mod entry {
    pub(super) const SKIPPED: u8 = 0;
    pub(super) const WARNING: u8 = 1;
    pub(super) const SCORED: u8 = 2;
}

/// Tags of cells.
mod cell {
    pub(super) const NULL: u8 = 0;
    pub(super) const TEXT: u8 = 1;
    pub(super) const COUNT: u8 = 2;
    pub(super) const REAL: u8 = 3;
    pub(super) const FALSE: u8 = 4;
    pub(super) const TRUE: u8 = 5;
    pub(super) const DAY: u8 = 6;
    pub(super) const SPANS: u8 = 7;
}

/// Entries as bytes. An article's further fields are written once: its rows have no others.
pub(super) fn encode(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut out = Out(Vec::new());
    for entry in entries {
        match entry {
            Entry::Skipped(skipped) => out.skipped(entry::SKIPPED, skipped),
            Entry::Warning(warning) => out.skipped(entry::WARNING, warning),
            Entry::Scored { rows, content } => {
                out.0.push(entry::SCORED);
                out.text(content);
                out.text(&serde_json::to_string(&rows.article.extra)?);
                out.row(&rows.article);
                out.rows(&rows.mentions);
                out.rows(&rows.dyads);
            }
        }
    }
    Ok(out.0)
}

/// The inverse of [`encode`].
pub(super) fn decode(bytes: &[u8]) -> anyhow::Result<Vec<Entry>> {
    let mut rest = In(bytes);
    let mut entries = Vec::new();
    while !rest.0.is_empty() {
        entries.push(match rest.byte()? {
            entry::SKIPPED => Entry::Skipped(rest.skipped()?),
            entry::WARNING => Entry::Warning(rest.skipped()?),
            entry::SCORED => {
                let content = rest.text()?.to_owned();
                let extra: Map<String, Value> = serde_json::from_str(rest.text()?)?;
                let rows = ArticleRows {
                    article: rest.row(&extra)?,
                    mentions: rest.rows(&extra)?,
                    dyads: rest.rows(&extra)?,
                };
                Entry::Scored { rows: Box::new(rows), content }
            }
            tag => bail!("no entry has the tag {tag}"),
        });
    }
    Ok(entries)
}

/// Bytes that are being written.
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn skipped(&mut self, tag: u8, skipped: &Skipped) {
        self.0.push(tag);
        self.text(&skipped.path.to_string_lossy());
        self.number(skipped.line);
        self.text(&skipped.reason);
    }

    fn rows<R: TableRow>(&mut self, rows: &[R]) {
        self.number(rows.len() as u64);
        for row in rows {
            self.row(row);
        }
    }

    fn row<R: TableRow>(&mut self, row: &R) {
        row.to_raw().cells.iter().for_each(|cell| self.cell(cell));
    }

    fn cell(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Null => self.0.push(cell::NULL),
            Cell::Text(text) => {
                self.0.push(cell::TEXT);
                self.text(text);
            }
            Cell::Count(number) => {
                self.0.push(cell::COUNT);
                self.number(*number);
            }
            Cell::Real(number) => {
                self.0.push(cell::REAL);
                self.0.extend(number.to_le_bytes());
            }
            Cell::Flag(flag) => self.0.push(if *flag { cell::TRUE } else { cell::FALSE }),
            Cell::Day(day) => {
                self.0.push(cell::DAY);
                self.0.extend(day.year().to_le_bytes());
                self.0.extend(day.month().to_le_bytes());
                self.0.extend(day.day().to_le_bytes());
            }
            Cell::Spans(spans) => {
                self.0.push(cell::SPANS);
                self.number(spans.len() as u64);
                for span in spans.iter() {
                    self.number(span.start.into());
                    self.number(span.end.into());
                    self.text(&span.surface);
                    self.text(span.kind.name());
                    self.0.extend(span.confidence.to_le_bytes());
                }
            }
        }
    }
}

/// Bytes that are still to be read.
struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn bytes(&mut self, n: usize) -> anyhow::Result<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(n).context("the entries end early")?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        Ok(self.bytes(N)?.try_into()?)
    }

    fn byte(&mut self) -> anyhow::Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn number(&mut self) -> anyhow::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number is too long")
    }

    fn text(&mut self) -> anyhow::Result<&'a str> {
        let n = self.number()?.try_into()?;
        Ok(std::str::from_utf8(self.bytes(n)?)?)
    }

    fn skipped(&mut self) -> anyhow::Result<Skipped> {
        Ok(Skipped {
            path: PathBuf::from(self.text()?),
            line: self.number()?,
            reason: self.text()?.to_owned(),
        })
    }

    fn rows<R: TableRow>(&mut self, extra: &Map<String, Value>) -> anyhow::Result<Vec<R>> {
        (0..self.number()?).map(|_| self.row(extra)).collect()
    }

    fn row<R: TableRow>(&mut self, extra: &Map<String, Value>) -> anyhow::Result<R> {
        let cells = R::TABLE.columns().iter().map(|_| self.cell());
        R::from_raw(RawRow {
            cells: cells.collect::<anyhow::Result<_>>()?,
            extra: Cow::Borrowed(extra),
        })
    }

    fn cell(&mut self) -> anyhow::Result<Cell<'a>> {
        Ok(match self.byte()? {
            cell::NULL => Cell::Null,
            cell::TEXT => Cell::text(self.text()?),
            cell::COUNT => Cell::Count(self.number()?),
            cell::REAL => Cell::Real(f32::from_le_bytes(self.array()?)),
            cell::FALSE => Cell::Flag(false),
            cell::TRUE => Cell::Flag(true),
            cell::DAY => {
                let year = i16::from_le_bytes(self.array()?);
                let [month, day] = self.array()?;
                Cell::Day(Date::new(year, month.cast_signed(), day.cast_signed())?)
            }
            cell::SPANS => {
                let spans = (0..self.number()?).map(|_| self.span());
                Cell::Spans(spans.collect::<anyhow::Result<Vec<_>>>()?.into())
            }
            tag => bail!("no cell has the tag {tag}"),
        })
    }

    fn span(&mut self) -> anyhow::Result<MentionSpan> {
        Ok(MentionSpan {
            start: self.number()?.try_into()?,
            end: self.number()?.try_into()?,
            surface: self.text()?.to_owned(),
            kind: mention_kind(self.text()?)?,
            confidence: f32::from_le_bytes(self.array()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn rows_come_back_bit_by_bit(rows in crate::output::tests::whole_articles()) {
            let part = super::super::tests::part(rows);
            prop_assert_eq!(decode(&encode(&part.entries).unwrap()).unwrap(), part.entries);
        }
    }
}
