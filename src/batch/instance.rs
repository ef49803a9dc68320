//! What is to be read? One text, the targets in it, and the pairs to read between them.

use crate::text::Span;

/// One text that goes through the encoder once, and everybody who is to be read from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The sentence.
    pub text: String,
    /// Each target's mentions, as bytes of `text`; never empty inside.
    pub targets: Vec<Vec<Span>>,
    /// The ordered pairs to read.
    pub pairs: Vec<Pair>,
}

/// An ordered pair of targets, by their index in [`Instance::targets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair {
    /// Who holds the stance; `None` is the text's own voice (`author`).
    pub source: Option<u32>,
    /// Toward whom.
    pub target: u32,
}
