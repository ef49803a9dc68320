//! How hostile, or how conciliatory, was A toward B in the news, when did that change, and how sure are we?
//!
//! The data flows one way, and each module answers one question about it:
//!
//! 1. [`text`]: what is a text? Articles, sentences, spans.
//! 2. [`ingest`]: where do articles come from?
//! 3. [`mention`]: who is spoken of, where?
//! 4. [`batch`]: how do texts become one packed batch?
//! 5. [`model`]: how does a batch become logits?
//! 6. [`score`]: how hostile is this, toward whom?
//! 7. [`output`]: where do rows go?
//! 8. [`aggregate`]: what does it add up to?
//! 9. [`eval`] and [`train`]: how good is it, and how is a model made?
//!
//! [`pipeline`] is the one place where the stages meet; [`cli`] is the command line over it.

pub mod error;
pub mod digest;
pub mod text;
pub mod ingest;
pub mod mention;
pub mod batch;
pub mod model;
pub mod score;
pub mod output;
pub mod aggregate;
pub mod eval;
pub mod train;
pub mod pipeline;
pub mod cli;
