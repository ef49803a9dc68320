//! JSON Lines: one object a line.

use std::io::{self, BufRead};

use serde_json::Value;

use super::{Fields, Format, RawRecord, RawRecords, Source};

/// `.jsonl`, `.ndjson`, and `.json` where it has one object a line.
pub(super) struct Jsonl;

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson", "json"]
    }

    fn records(&self, source: Source) -> anyhow::Result<RawRecords> {
        let limit = source.max_record_bytes();
        let reader = source.into_text()?;
        Ok(Box::new(Lines { reader, limit, line: 0, buffer: Vec::new(), is_over: false }))
    }
}

struct Lines<R> {
    reader: R,
    /// The most bytes of a line that are held.
    limit: usize,
    /// The line read last, from 1.
    line: u64,
    buffer: Vec<u8>,
    is_over: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        while !self.is_over {
            let line = self.line + 1;
            match read_line(&mut self.reader, self.limit, &mut self.buffer) {
                Ok(0) => self.is_over = true,
                Ok(n_bytes) => {
                    self.line = line;
                    if n_bytes > self.limit {
                        let reason = format!(
                            "a line of {n_bytes} bytes, longer than the {} that are read",
                            self.limit
                        );
                        return Some(RawRecord::bad(line, reason));
                    }
                    let content = self.buffer.trim_ascii();
                    if content.is_empty() {
                        continue;
                    }
                    // Lines of one array are no records; say so once, not once a line.
                    self.is_over = line == 1 && content[0] == b'[';
                    return Some(match parse(content) {
                        Ok(fields) => RawRecord::good(line, fields),
                        Err(reason) => RawRecord::bad(line, reason),
                    });
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(RawRecord::bad(line, format!("reading stopped here: {error}")));
                }
            }
        }
        None
    }
}

/// Reads a line with its end into `line`, but no more than `limit` bytes of it; returns its whole length.
fn read_line(reader: &mut impl BufRead, limit: usize, line: &mut Vec<u8>) -> io::Result<usize> {
    line.clear();
    // What one long line took isn't kept for all the short ones.
    line.shrink_to(1 << 20);
    let mut n_bytes = 0;
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = memchr::memchr(b'\n', chunk);
        let n = end.map_or(chunk.len(), |end| end + 1);
        n_bytes += n;
        if n_bytes <= limit {
            line.extend_from_slice(&chunk[..n]);
        }
        reader.consume(n);
        if end.is_some() || n == 0 {
            return Ok(n_bytes);
        }
    }
}

fn parse(line: &[u8]) -> Result<Fields, String> {
    let text = std::str::from_utf8(line).map_err(|error| {
        format!("invalid UTF-8 after {} bytes of the line", error.valid_up_to())
    })?;
    if text.starts_with('[') {
        return Err(
            "a list, not an object; one object a line is read: `jq -c '.[]'` makes it so".into()
        );
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("not a JSON object".into()),
        Err(error) => {
            let message = error.to_string();
            let what = message.split(" at line ").next().unwrap_or_default();
            Err(format!("invalid JSON at column {}: {what}", error.column()))
        }
    }
}
