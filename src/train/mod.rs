//! How is a model made? A base encoder and heads, fitted to labelled sets, several tasks in one run.

mod config;
mod data;
mod merge;
mod loss;
mod optimizer;
mod state;
mod unlabelled;
mod calibrate;
mod fit;

pub use config::Config;
pub use fit::{Progress, Report, Run, fit};
