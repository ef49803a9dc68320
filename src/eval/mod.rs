//! How good is it? Gold labels, metrics, and what a difference means.

pub mod gold;
