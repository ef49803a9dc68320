//! The `detente` command.

use std::process::ExitCode;

use clap::Parser;
use detente::cli::{Cli, Printer, run};

fn main() -> ExitCode {
    share_no_work_through_candle();
    let mut printer = Printer;
    match run(Cli::parse(), &mut printer) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            printer.fail(&error);
            ExitCode::from(2)
        }
    }
}

/// Lets candle compute on the calling thread: our kernels share work through rayon, and candle's own pool would spin on
/// the same cores while it waits.
#[expect(unsafe_code, reason = "the environment is set before there is a second thread")]
fn share_no_work_through_candle() {
    // SAFETY: this is the first thing that `main` does, so no other thread reads the environment.
    unsafe { std::env::set_var("CANDLE_NUM_THREADS", "1") };
}
