//! What is a text? Articles as they were read, the sentences in them, and spans that point into both.

mod span;
mod article;
mod document;

pub use article::{Article, Origin};
pub use document::{Document, Part, Sentence};
pub use span::Span;
