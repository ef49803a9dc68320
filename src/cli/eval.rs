//! `detente eval`

use super::{Outcome, Printer};

/// Measure models against gold labels
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente eval` is being built")
}
