//! How is a model made? A base encoder and heads, fitted to labelled sets, several tasks in one run.

mod config;
mod data;
mod merge;
mod loss;
mod optimizer;
mod state;
mod unlabelled;
mod calibrate;
mod measure;
mod run;
mod fit;

pub use config::Config;
pub use fit::fit;
pub use run::{Progress, Report, Run};
