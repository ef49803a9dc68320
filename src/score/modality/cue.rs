//! Which words tell how something is put?

use std::collections::HashMap;
use std::sync::LazyLock;

use super::sentence::Word;

/// What a word tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// What comes is not yet: `will`, `going to`.
    Future,
    /// Harm is announced: `threatened`.
    Threat,
    /// Kindness is announced: `offered`.
    Offer,
    /// Begins a condition: `if`.
    Condition,
    /// A condition that needs no announcement: `on condition that`.
    Strong,
    /// Denies: `denied`.
    Denial,
    /// Says that somebody did something: `accused`.
    Accusation,
    /// Says: `said`.
    Speech,
    /// Tells of a source: `according to`.
    Source,
}

/// Phrases of up to four words and what they tell, in small letters; of two that begin alike the longer one counts.
const PHRASES: &[(&str, Cue)] = &[
    ("will", Cue::Future),
    ("would", Cue::Future),
    ("shall", Cue::Future),
    ("ll", Cue::Future),
    ("won", Cue::Future),
    ("going to", Cue::Future),
    ("can count on", Cue::Future),
    ("may count on", Cue::Future),
    ("can forget", Cue::Future),
    ("i should", Cue::Future),
    ("means to", Cue::Future),
    ("mean to", Cue::Future),
    ("intends to", Cue::Future),
    ("intend to", Cue::Future),
    ("plans to", Cue::Future),
    ("plan to", Cue::Future),
    ("drawing up", Cue::Future),
    ("preparing to", Cue::Future),
    ("determined to", Cue::Future),
    ("vowed", Cue::Future),
    ("vows", Cue::Future),
    ("vow to", Cue::Future),
    ("vowing", Cue::Future),
    ("swore to", Cue::Future),
    ("sworn to", Cue::Future),
    ("pledged", Cue::Future),
    ("pledges", Cue::Future),
    ("pledge to", Cue::Future),
    ("pledging", Cue::Future),
    ("promised", Cue::Future),
    ("promises", Cue::Future),
    ("promising", Cue::Future),
    ("promise to", Cue::Future),
    ("threatened", Cue::Threat),
    ("threatens", Cue::Threat),
    ("threatening", Cue::Threat),
    ("threaten to", Cue::Threat),
    ("threat to", Cue::Threat),
    ("threat of", Cue::Threat),
    ("ultimatum", Cue::Threat),
    ("warned", Cue::Threat),
    ("warns", Cue::Threat),
    ("warning", Cue::Threat),
    ("expect our", Cue::Threat),
    ("offered", Cue::Offer),
    ("offers", Cue::Offer),
    ("offering", Cue::Offer),
    ("offer to", Cue::Offer),
    ("offer of", Cue::Offer),
    ("ready to", Cue::Offer),
    ("prepared to", Cue::Offer),
    ("willing to", Cue::Offer),
    ("willingness to", Cue::Offer),
    ("readiness to", Cue::Offer),
    ("open to", Cue::Offer),
    ("would welcome", Cue::Offer),
    ("if", Cue::Condition),
    ("unless", Cue::Condition),
    ("provided that", Cue::Condition),
    ("providing that", Cue::Condition),
    ("provided", Cue::Condition),
    ("as long as", Cue::Condition),
    ("so long as", Cue::Condition),
    ("on condition", Cue::Condition),
    ("on one condition", Cue::Condition),
    ("on the condition", Cue::Condition),
    ("in exchange for", Cue::Condition),
    ("in return for", Cue::Condition),
    ("once", Cue::Condition),
    ("until", Cue::Condition),
    ("or else", Cue::Condition),
    ("or i", Cue::Condition),
    ("or we", Cue::Condition),
    ("should he", Cue::Condition),
    ("should she", Cue::Condition),
    ("should it", Cue::Condition),
    ("should they", Cue::Condition),
    ("should we", Cue::Condition),
    ("on the day that", Cue::Condition),
    ("the day that", Cue::Condition),
    ("the moment", Cue::Condition),
    ("the minute", Cue::Condition),
    ("in the event", Cue::Condition),
    ("denied", Cue::Denial),
    ("denies", Cue::Denial),
    ("denying", Cue::Denial),
    ("deny", Cue::Denial),
    ("denial", Cue::Denial),
    ("disclaimed", Cue::Denial),
    ("disavowed", Cue::Denial),
    ("as false", Cue::Denial),
    ("no truth", Cue::Denial),
    ("untrue", Cue::Denial),
    ("nonsense", Cue::Denial),
    ("a lie", Cue::Denial),
    ("a fake", Cue::Denial),
    ("a fable", Cue::Denial),
    ("an invention", Cue::Denial),
    ("a fabrication", Cue::Denial),
    ("contrary to", Cue::Denial),
    ("insisted it had not", Cue::Denial),
    ("accused", Cue::Accusation),
    ("accuses", Cue::Accusation),
    ("accusing", Cue::Accusation),
    ("accuse", Cue::Accusation),
    ("alleged", Cue::Accusation),
    ("alleges", Cue::Accusation),
    ("alleging", Cue::Accusation),
    ("allegation", Cue::Accusation),
    ("allegations", Cue::Accusation),
    ("claimed", Cue::Accusation),
    ("claims", Cue::Accusation),
    ("claiming", Cue::Accusation),
    ("charged", Cue::Accusation),
    ("charge that", Cue::Accusation),
    ("charges that", Cue::Accusation),
    ("accusation that", Cue::Accusation),
    ("claim that", Cue::Accusation),
    ("said", Cue::Speech),
    ("says", Cue::Speech),
    ("say", Cue::Speech),
    ("saying", Cue::Speech),
    ("told", Cue::Speech),
    ("tells", Cue::Speech),
    ("wrote", Cue::Speech),
    ("writes", Cue::Speech),
    ("reported", Cue::Speech),
    ("reports", Cue::Speech),
    ("believes", Cue::Speech),
    ("believe", Cue::Speech),
    ("suspects", Cue::Speech),
    ("announced", Cue::Speech),
    ("testified", Cue::Speech),
    ("declared", Cue::Speech),
    ("recalled", Cue::Speech),
    ("recalls", Cue::Speech),
    ("according to", Cue::Source),
    ("reportedly", Cue::Source),
    ("allegedly", Cue::Source),
    ("is said to", Cue::Source),
    ("are said to", Cue::Source),
    ("was said to", Cue::Source),
    ("is believed to", Cue::Source),
    ("is rumoured to", Cue::Source),
    ("it is said", Cue::Source),
    ("planning to", Cue::Future),
    ("plans", Cue::Future),
    ("is set to", Cue::Future),
    ("about to", Cue::Future),
    ("intending to", Cue::Future),
    ("prepares to", Cue::Future),
    ("poised to", Cue::Future),
    ("undertakes to", Cue::Future),
    ("undertook to", Cue::Future),
    ("resolved to", Cue::Future),
    ("resolves to", Cue::Future),
    ("swears to", Cue::Future),
    ("swearing", Cue::Future),
    ("planned to", Cue::Future),
    ("threat", Cue::Threat),
    ("threats to", Cue::Threat),
    ("on pain of", Cue::Threat),
    ("proposed to", Cue::Offer),
    ("proposes to", Cue::Offer),
    ("proposing to", Cue::Offer),
    ("proposal to", Cue::Offer),
    ("happy to", Cue::Offer),
    ("stands ready", Cue::Offer),
    ("volunteered to", Cue::Offer),
    ("at the disposal", Cue::Offer),
    ("tendered", Cue::Offer),
    ("welcome to", Cue::Offer),
    ("glad to", Cue::Offer),
    ("eager to", Cue::Offer),
    ("in case", Cue::Condition),
    ("assuming", Cue::Condition),
    ("supposing", Cue::Condition),
    ("subject to", Cue::Condition),
    ("conditional on", Cue::Condition),
    ("contingent on", Cue::Condition),
    ("only when", Cue::Condition),
    ("only after", Cue::Condition),
    ("only once", Cue::Condition),
    ("not before", Cue::Condition),
    ("on the understanding", Cue::Condition),
    ("only if", Cue::Condition),
    ("if and when", Cue::Condition),
    ("refuted", Cue::Denial),
    ("no such", Cue::Denial),
    ("not true", Cue::Denial),
    ("blamed", Cue::Accusation),
    ("blames", Cue::Accusation),
    ("blaming", Cue::Accusation),
    ("suspected of", Cue::Accusation),
    ("said to have", Cue::Accusation),
    ("alleged to have", Cue::Accusation),
    ("believed to have", Cue::Accusation),
    ("reported to have", Cue::Accusation),
    ("revealed that", Cue::Accusation),
    ("implicated", Cue::Accusation),
    ("suspected", Cue::Accusation),
    ("maintained", Cue::Speech),
    ("maintains", Cue::Speech),
    ("complained", Cue::Speech),
    ("complains", Cue::Speech),
    ("insisted", Cue::Speech),
    ("insists", Cue::Speech),
    ("argued", Cue::Speech),
    ("argues", Cue::Speech),
    ("arguing", Cue::Speech),
    ("admitted", Cue::Speech),
    ("swears that", Cue::Speech),
    ("swore that", Cue::Speech),
    ("added", Cue::Speech),
    ("adding", Cue::Speech),
    ("calls", Cue::Speech),
    ("called", Cue::Speech),
    ("invited", Cue::Offer),
    ("invites", Cue::Offer),
    ("invitation to", Cue::Offer),
    ("inviting", Cue::Offer),
    ("on condition that", Cue::Strong),
    ("or be", Cue::Strong),
    ("failing which", Cue::Strong),
];

/// The most words of a phrase.
pub(super) const MAX_WORDS: usize = 4;

/// A phrase's words and what they tell.
type Phrase = (Vec<&'static str>, Cue);

/// The phrases by their first word.
static BY_FIRST: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut by_first: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for (phrase, cue) in PHRASES {
        let words: Vec<&str> = phrase.split(' ').collect();
        by_first.entry(words[0]).or_default().push((words, *cue));
    }
    by_first
});

/// What the words of a phrase, in small letters, tell.
pub(super) fn of(words: &[Word]) -> Option<Cue> {
    let phrases = BY_FIRST.get(words.first()?.text.as_str())?;
    let texts = || words.iter().map(|word| word.text.as_str());
    phrases.iter().find(|(phrase, _)| phrase.iter().copied().eq(texts())).map(|&(_, cue)| cue)
}

#[cfg(test)]
mod tests {
    use super::{MAX_WORDS, PHRASES};
    use std::collections::BTreeSet;

    #[test]
    fn every_phrase_is_short_small_and_there_once() {
        let phrases: BTreeSet<&str> = PHRASES.iter().map(|(phrase, _)| *phrase).collect();
        assert_eq!(phrases.len(), PHRASES.len());
        for phrase in phrases {
            assert!(
                phrase.split(' ').count() <= MAX_WORDS && phrase.to_lowercase() == phrase,
                "{phrase}"
            );
        }
    }
}
