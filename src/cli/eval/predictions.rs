//! Where do single answers go? One JSON line for each scored item.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::eval::Answer;

/// The file of `--predictions`.
pub(super) struct Predictions(BufWriter<fs_err::File>);

impl Predictions {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        Ok(Self(BufWriter::new(fs_err::File::create(path)?)))
    }

    pub(super) fn write(
        &mut self,
        path: &str,
        model: &str,
        answers: &[Answer<'_>],
    ) -> anyhow::Result<()> {
        for answer in answers {
            writeln!(self.0, "{}", answer.to_json(path, model))?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}
