//! Tab-separated values: CSV with tabs, quoted alike.

use super::{Format, RawRecords, Source, delimited};

/// `.tsv`, `.tab`.
pub(super) struct Tsv;

impl Format for Tsv {
    fn name(&self) -> &'static str {
        "tsv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tsv", "tab"]
    }

    fn records(&self, source: Source) -> anyhow::Result<RawRecords> {
        delimited::records(source, b'\t')
    }
}
