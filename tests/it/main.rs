//! Whole-program tests, one module a subject.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod archive;
mod discourse;
mod encoders;
mod eval;
mod layering;
mod score;
mod training;
