//! `detente actors`

use super::{Outcome, Printer};

/// List the actors that are known, and check lists of your own
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente actors` is being built")
}
