//! Whose words are these? The voice of each stretch of a sentence, and who speaks in it.

use super::Mention;
use crate::text::Span;

/// Whose words a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The text's own.
    Author,
    /// Inside quotation marks.
    Quoted,
    /// Told of a speaker without quotation marks.
    Reported,
}

impl Voice {
    /// The name in outputs: `author`, `quoted` or `reported`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Quoted => "quoted",
            Self::Reported => "reported",
        }
    }
}

/// A stretch of one sentence that is not in the text's own voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Index of the sentence in the document's `sentences`.
    pub sentence: u32,
    /// Its bytes within the sentence's **part**.
    pub span: Span,
    /// Quoted or reported, never the author's.
    pub voice: Voice,
    /// Index of the actor who speaks in the list, where it is known.
    pub speaker: Option<u32>,
}

/// How much is linked to actors beside the names of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Anaphora {
    /// Nothing: names as the list has them.
    Off,
    /// Short forms of names too: surnames after a full name or a title, acronyms that the text brings in, `Meridian`
    /// after `Meridian Air`.
    Names,
    /// Descriptions (`the ministry`) and pronouns as well.
    #[default]
    All,
}

impl Anaphora {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Off, Self::Names, Self::All];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Names => "names",
            Self::All => "all",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anaphora| anaphora.name() == name)
    }
}

/// What was found in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Who is mentioned: in the order of the sentences and of the text, each in one sentence. Only the two of
    /// a pair (`both countries`) share a stretch.
    pub mentions: Vec<Mention>,
    /// What is not in the text's own voice, in the order of the text. A quotation within a reported clause is a later
    /// entry that overlaps the clause's: of several that cover a place the last one tells.
    pub utterances: Vec<Utterance>,
}

/// The voice at a byte of a sentence's part, and who speaks there.
pub fn voice_at(utterances: &[Utterance], sentence: u32, byte: usize) -> (Voice, Option<u32>) {
    utterances
        .iter()
        .rev()
        .find(|one| one.sentence == sentence && one.span.range().contains(&byte))
        .map_or((Voice::Author, None), |one| (one.voice, one.speaker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_within_a_reported_clause_is_quoted() {
        let text = "He said that it was 'over' now.";
        let one = |range, voice| Utterance {
            sentence: 2,
            span: Span::new(text, range).unwrap(),
            voice,
            speaker: Some(7),
        };
        let all = [one(13..30, Voice::Reported), one(20..26, Voice::Quoted)];
        assert_eq!(voice_at(&all, 2, 15), (Voice::Reported, Some(7)));
        assert_eq!(voice_at(&all, 2, 22), (Voice::Quoted, Some(7)));
        assert_eq!(voice_at(&all, 2, 3), (Voice::Author, None));
        assert_eq!(voice_at(&all, 1, 22), (Voice::Author, None));
    }

    #[test]
    fn every_degree_of_anaphora_is_found_by_its_name() {
        for anaphora in Anaphora::ALL {
            assert_eq!(Anaphora::from_name(anaphora.name()), Some(anaphora));
        }
        assert_eq!(Anaphora::from_name("some"), None);
    }
}
