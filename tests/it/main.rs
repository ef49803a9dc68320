//! Whole-program tests, one module a subject.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod archive;
mod encoders;
mod eval;
mod hostile;
mod layering;
mod resume;
mod score;
mod training;
