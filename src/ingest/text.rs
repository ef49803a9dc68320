//! Plain text: a file is one article.

use std::io::Read;

use serde_json::Value;

use super::{Fields, Format, RawRecord, RawRecords, Source};

/// `.txt`, `.text`.
pub(super) struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn has_columns(&self) -> bool {
        false
    }

    fn records(&self, source: Source) -> anyhow::Result<RawRecords> {
        let limit = source.max_record_bytes();
        let reader = source.into_text()?;
        Ok(Box::new(std::iter::once_with(move || read(reader, limit))))
    }
}

fn read(reader: impl Read, limit: usize) -> RawRecord {
    let mut bytes = Vec::new();
    if let Err(error) = reader.take(limit as u64 + 1).read_to_end(&mut bytes) {
        return RawRecord::bad(1, format!("reading stopped: {error}"));
    }
    if bytes.len() > limit {
        return RawRecord::bad(1, format!("longer than the {limit} bytes that are read"));
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => RawRecord::bad(1, "the file is empty"),
        Ok(text) => {
            let fields = [("text".to_owned(), Value::String(text))];
            RawRecord::good(1, Fields::from_iter(fields))
        }
        Err(error) => {
            let n_valid = error.utf8_error().valid_up_to();
            RawRecord::bad(1, format!("invalid UTF-8 after {n_valid} bytes"))
        }
    }
}
