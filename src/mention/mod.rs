//! Who is spoken of, where? Actors, the names they go by, and the stretches of text that mention them.

mod actor;
mod day;
mod actor_file;
mod draft;
mod list;
mod conflict;
mod duplicate;
mod fold;
mod case;
mod words;
mod phrases;
mod lexicon;
mod scene;
mod ambiguity;
mod american;
mod capital;
mod demonym;
mod surname;
mod reading;
mod gazetteer;
mod kind_words;
mod import;
mod suggest;
mod voice;
mod discourse;
#[cfg(test)]
mod fixture;

pub use actor::{Actor, ActorKind, Affiliation, Alias, CaseRule};
pub use conflict::Conflict;
pub use duplicate::Duplicate;
pub use gazetteer::Gazetteer;
pub use import::{Imported, form_names, import};
pub use list::{ActorList, Base, built_in_sha256};
pub use suggest::{Suggester, Suggestion};
pub use voice::{Anaphora, Found, Utterance, Voice, voice_at};

use crate::text::Span;

/// One stretch of one sentence that names an actor, or refers back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// Index of the actor in the [`Gazetteer`]'s list.
    pub actor: u32,
    /// Index of the sentence in the document's `sentences`.
    pub sentence: u32,
    /// Its bytes within the sentence's **part**.
    pub span: Span,
    /// Whether it names the actor or refers back to it.
    pub kind: MentionKind,
    /// How sure the link to the actor is, in per cent; [`Mention::CERTAIN`] for names of the list.
    pub confidence: u8,
}

impl Mention {
    /// The confidence of a name that stands in the list.
    pub const CERTAIN: u8 = 100;
}

/// How a mention refers to its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MentionKind {
    /// By one of its names.
    Name,
    /// By a name that is a judgement: `the puppet group`, `the Great Satan`.
    Epithet,
    /// By a pronoun or a description that refers back to a name.
    Anaphor,
}

impl MentionKind {
    /// The name in outputs: `name`, `epithet` or `anaphor`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Epithet => "epithet",
            Self::Anaphor => "anaphor",
        }
    }
}
