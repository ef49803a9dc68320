//! `detente aggregate`

use super::{Outcome, Printer};

/// Add up a scored run per actor or dyad and period, with intervals
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente aggregate` is being built")
}
