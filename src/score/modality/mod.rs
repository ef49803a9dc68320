//! Was it done, or only announced, denied, told? The modality of a stance, by the words around its source and target.
//!
//! Rules, since labelled cases are few: cues such as `denied`, `if`, `according to`, `will` count by where they stand
//! to the two mentions. Which stance it is decides between threat and offer alone.

mod cue;
mod sentence;
mod pair;
mod announce;
mod report;
mod reading;

use super::Stance;
pub(super) use reading::{of_pairs, of_targets};
pub use sentence::CuedSentence;

/// How a stance is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Modality {
    /// Said or done as fact.
    Asserted,
    /// Announced harm.
    Threatened,
    /// Announced kindness.
    Offered,
    /// Under an `if` or `unless`.
    Conditional,
    /// Denied.
    Denied,
    /// Only somebody else's claim has it.
    Reported,
}

impl Modality {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Asserted,
        Self::Threatened,
        Self::Offered,
        Self::Conditional,
        Self::Denied,
        Self::Reported,
    ];

    /// The name in outputs: `asserted`, `threatened`, `offered`, `conditional`, `denied` or `reported`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Threatened => "threatened",
            Self::Offered => "offered",
            Self::Conditional => "conditional",
            Self::Denied => "denied",
            Self::Reported => "reported",
        }
    }

    /// The modality of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|modality| modality.name() == name)
    }

    /// What an announcement is, by the stance that it carries.
    fn announced(stance: Stance) -> Self {
        match stance {
            Stance::Hostile => Self::Threatened,
            Stance::Neutral => Self::Asserted,
            Stance::Conciliatory => Self::Offered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CuedSentence, Modality, Stance};
    use crate::text::Span;
    use proptest::prelude::*;

    /// The modality of the stance of A toward B; the sentence has them as words.
    fn modality(stance: Stance, text: &str) -> &'static str {
        let place = |name: &str| {
            text.match_indices(name).filter_map(|(at, _)| Span::new(text, at..at + 1)).collect()
        };
        let sentence = CuedSentence::new(text, &[place("A"), place("B"), place("C")]);
        let source = if text.contains('A') { Some(0) } else { None };
        sentence.of_pair(source, 1, stance).name()
    }

    fn hostile(text: &str) -> &'static str {
        modality(Stance::Hostile, text)
    }

    fn kind(text: &str) -> &'static str {
        modality(Stance::Conciliatory, text)
    }

    #[test]
    fn deeds_and_words_are_asserted() {
        assert_eq!(hostile("A condemned B on Monday."), "asserted");
        assert_eq!(kind("A thanked B for the aid that will come."), "asserted");
        assert_eq!(hostile("A, which had vowed to spare it, shelled B."), "asserted");
        assert_eq!(hostile("A would rather not speak of B."), "asserted");
    }

    #[test]
    fn announced_harm_is_a_threat_and_announced_kindness_an_offer() {
        assert_eq!(hostile("A vowed to crush B."), "threatened");
        assert_eq!(hostile("A said on Monday that it would expel the envoys of B."), "threatened");
        assert_eq!(hostile("The bandits of B will be hunted down."), "threatened");
        assert_eq!(kind("A offered B a loan."), "offered");
        assert_eq!(kind("A is ready to receive the envoys of B."), "offered");
    }

    #[test]
    fn an_announcement_under_a_condition_is_conditional() {
        assert_eq!(kind("If B leaves the island, A will lift the ban."), "conditional");
        assert_eq!(hostile("A will sue B unless it pays."), "conditional");
        assert_eq!(hostile("Should the pact fail, A would close the port to B."), "conditional");
        assert_eq!(hostile("Asked if it was true, A condemned B."), "asserted");
    }

    #[test]
    fn a_denial_is_the_sources_own() {
        assert_eq!(kind("A denied that it had quarrelled with B."), "denied");
        assert_eq!(hostile("C denied that A had praised B."), "asserted");
        assert_eq!(hostile("A denied the raid and called B a liar."), "asserted");
    }

    #[test]
    fn what_another_tells_of_source_and_target_is_reported() {
        assert_eq!(hostile("C accused A of arming the enemies of B."), "reported");
        assert_eq!(hostile("C said that A had shelled B."), "reported");
        assert_eq!(hostile("A shelled B, according to villagers."), "reported");
        assert_eq!(hostile("A said that B lied."), "asserted");
        assert_eq!(hostile("A accused B of arming C."), "asserted");
    }

    proptest! {
        #[test]
        fn any_text_and_places_have_a_modality(
            words in prop::collection::vec("if|will|said|that|denied|accused|of|were|to|,|\\\\.|\"|é|[a-z]{1,3}|\\\\PC", 0..25),
            cuts in prop::collection::vec((0usize..40, 1usize..9), 1..6),
        ) {
            let text = words.join(" ");
            let place = |&(start, length): &(usize, usize)| Span::from_chars(&text, start..start + length);
            let actors: Vec<Vec<Span>> =
                cuts.chunks(2).map(|cuts| cuts.iter().filter_map(place).collect()).collect();
            let sentence = CuedSentence::new(&text, &actors);
            for source in [None, Some(0), Some(1), Some(7)] {
                for stance in [Stance::Hostile, Stance::Neutral, Stance::Conciliatory] {
                    let found = sentence.of_pair(source, actors.len() - 1, stance);
                    prop_assert_eq!(Modality::from_name(found.name()), Some(found));
                }
            }
        }
    }
}
