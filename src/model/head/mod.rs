//! How are hidden states read? Everybody in a sentence, and every pair, from the same states.

mod linear;
mod readout;
mod packed;

pub use packed::PackedReadout;
pub use readout::{Logits, Readout, probabilities, probabilities_of};
