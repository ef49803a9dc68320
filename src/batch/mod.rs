//! How do texts become one packed batch? Texts with spans are tokenised and laid end to end, without padding.

mod instance;
mod encode;
mod pack;

pub use encode::{Encoded, TextEncoder};
pub use instance::{Instance, Pair};
pub use pack::{PackedBatch, Slots, by_budget};
