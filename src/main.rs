//! The `detente` command.

use std::process::ExitCode;

use clap::Parser;
use detente::cli::{Cli, Printer, run};

fn main() -> ExitCode {
    let mut printer = Printer;
    match run(Cli::parse(), &mut printer) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            printer.fail(&error);
            ExitCode::from(2)
        }
    }
}
