//! How do texts become one packed batch? Texts with spans are tokenised and laid end to end, without padding.

mod instance;

pub use instance::{Instance, Pair};
