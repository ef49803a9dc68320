//! Comma-separated values, one record a row, the first row naming the columns.

use super::delimited::{self, likely_delimiter};
use super::{Format, RawRecords, Source};

/// `.csv`; semicolons or tabs in place of commas are noticed in the header.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn records(&self, mut source: Source) -> anyhow::Result<RawRecords> {
        let delimiter = likely_delimiter(&source.peek()?);
        delimited::records(source, delimiter)
    }
}
