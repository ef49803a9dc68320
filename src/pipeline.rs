//! How do articles become rows? The one place where the stages meet.
