//! How do rows go down a pipe? As JSON Lines, mention and dyad rows told apart by `type`.

use std::io::{BufWriter, Write};

use super::jsonl::{JsonRow, write_line};
use super::{RowCounts, Sink, TableRow};
use crate::score::{ArticleRow, DyadRow, MentionRow};

/// Writes mention and dyad rows to `output` as they come, each with `"type": "mention"` or `"dyad"` first.
///
/// Article rows go into tables alone. When nobody reads any more, writing fails with an error of which
/// [`is_broken_pipe`](super::is_broken_pipe) is true.
pub fn stream<W: Write + Send + 'static>(output: W) -> Box<dyn Sink> {
    Box::new(Stream {
        output: BufWriter::new(output),
        line: Vec::new(),
        counts: RowCounts::default(),
    })
}

struct Stream<W: Write> {
    output: BufWriter<W>,
    line: Vec<u8>,
    counts: RowCounts,
}

impl<W: Write> Stream<W> {
    fn write<R: TableRow>(&mut self, name: &'static str, row: &R) -> anyhow::Result<()> {
        let row = &row.to_raw();
        write_line(
            &mut self.output,
            &mut self.line,
            &JsonRow { name: Some(name), table: R::TABLE, row },
        )
    }
}

impl<W: Write + Send> Sink for Stream<W> {
    fn article(&mut self, _row: &ArticleRow) -> anyhow::Result<()> {
        // The article before is complete: whoever reads along gets it now.
        Ok(self.output.flush()?)
    }

    fn mention(&mut self, row: &MentionRow) -> anyhow::Result<()> {
        self.counts.mentions += 1;
        self.write("mention", row)
    }

    fn dyad(&mut self, row: &DyadRow) -> anyhow::Result<()> {
        self.counts.dyads += 1;
        self.write("dyad", row)
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<RowCounts> {
        self.output.flush()?;
        Ok(self.counts)
    }
}
