//! Whole-program tests, one module a subject.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod archive;
mod coverage;
mod discourse;
mod encoders;
mod estimates;
mod eval;
mod hostile;
mod layering;
mod resume;
mod score;
mod simulated;
mod training;
