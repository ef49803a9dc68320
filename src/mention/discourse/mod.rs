//! Who is meant, and who speaks? Short forms, descriptions and pronouns linked to actors; voices and speakers.
//!
//! An article is read once, sentence by sentence, as a reader would: names first, then what refers back to them, then
//! who says what. Everything rests on one question, asked of every verb: who is its subject? (`subject`). There is no
//! parser: word classes, commas and the places of names answer it, and where they don't, nothing is linked.
//!
//! The order of preference among antecedents, subjects before others and near before far, with agreement in kind and
//! gender, is that of Lappin and Leass, "An Algorithm for Pronominal Anaphora Resolution", Computational Linguistics
//! 20(4), 1994; that a sentence's subject is what the next one is most likely about, that of centering theory (Grosz,
//! Joshi and Weinstein, Computational Linguistics 21(2), 1995).

mod quotes;
mod line;
mod entity;
mod subject;
mod short;
mod describe;
mod noun;
mod pronoun;
mod we;
mod speech;
mod content;
mod quoted;
mod story;

pub(super) use story::read;
