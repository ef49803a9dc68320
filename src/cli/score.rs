//! `detente score`

use super::{Outcome, Printer};

/// Score articles: who is hostile or conciliatory toward whom, sentence by sentence
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(_args: &Args, _printer: &mut Printer) -> anyhow::Result<Outcome> {
    anyhow::bail!("`detente score` is being built")
}
