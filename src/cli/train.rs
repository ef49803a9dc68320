//! `detente train`

use super::{Outcome, Printer};

/// Fine-tune a base encoder and the read-out heads
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente train` is being built")
}
