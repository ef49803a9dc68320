//! `detente models`

use super::{Outcome, Printer};

/// List the checkpoints that are known
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente models` is being built")
}
