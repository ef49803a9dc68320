//! Which phrases stand in a text? A trie over numbered words, so that each word is looked up once.
//!
//! Why not an automaton over bytes: aliases begin and end with words, so a word that begins none of them needs one
//! look-up and no more; boundaries, white space, hyphens and folding cost nothing further; and 300,000 phrases are
//! three hash tables instead of a state machine of hundreds of megabytes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::words::{Token, Vocabulary};

/// Phrases, each with a number, as a trie whose edges are a gap and a word.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// The state after a first word, by the word's number; 0 for none.
    roots: Vec<u32>,
    /// From a state, a gap and a word to a state.
    edges: HashMap<u64, u32, BuildHasherDefault<KeyHasher>>,
    /// The first phrase that ends in a state, and whether the state goes on; state 0 is none.
    states: Vec<State>,
    /// The next phrase that ends in the same state, by phrase; [`NO_PHRASE`] for none.
    next: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    first: u32,
    has_edges: bool,
}

/// Ends a chain of phrases.
const NO_PHRASE: u32 = u32::MAX;

impl Phrases {
    /// Adds a phrase, whose number is how many there were before it; `None` if it has no words or too many of them.
    pub(super) fn add(&mut self, phrase: &str, vocabulary: &mut Vocabulary) -> Option<u32> {
        let tokens = vocabulary.learn(phrase);
        let (first, rest) = tokens.split_first()?;
        self.roots.resize(vocabulary.len() + 1, 0);
        let mut state = self.roots[first.word as usize];
        if state == 0 {
            state = self.new_state();
            self.roots[first.word as usize] = state;
        }
        for token in rest {
            let key = edge_key(state, token)?;
            self.states[state as usize].has_edges = true;
            state = if let Some(&next) = self.edges.get(&key) {
                next
            } else {
                let next = self.new_state();
                self.edges.insert(key, next);
                next
            };
        }
        let phrase = u32::try_from(self.next.len()).ok()?;
        let ends = &mut self.states[state as usize];
        self.next.push(ends.first);
        ends.first = phrase;
        Some(phrase)
    }

    fn new_state(&mut self) -> u32 {
        if self.states.is_empty() {
            self.states.push(State { first: NO_PHRASE, has_edges: false });
        }
        self.states.push(State { first: NO_PHRASE, has_edges: false });
        u32::try_from(self.states.len() - 1).unwrap_or(0)
    }

    /// Whether any phrase starts with a word.
    #[inline]
    pub(super) fn may_start(&self, token: &Token) -> bool {
        token.word != 0 && self.roots.get(token.word as usize).is_some_and(|&state| state != 0)
    }

    /// Calls `found` with the number of tokens and the state of every phrase that starts with the first token.
    pub(super) fn starting_at(&self, tokens: &[Token], mut found: impl FnMut(usize, PhraseSet)) {
        let Some((first, rest)) = tokens.split_first() else { return };
        let mut state = self.roots.get(first.word as usize).copied().unwrap_or(0);
        for n_tokens in 1.. {
            let Some(here) = self.states.get(state as usize).filter(|_| state != 0) else { return };
            if here.first != NO_PHRASE {
                found(n_tokens, PhraseSet(here.first));
            }
            let next = rest.get(n_tokens - 1).filter(|token| here.has_edges && token.word != 0);
            let Some(key) = next.and_then(|token| edge_key(state, token)) else { return };
            state = self.edges.get(&key).copied().unwrap_or(0);
        }
    }

    /// The numbers of the phrases in a set, the last added first.
    pub(super) fn members(&self, set: PhraseSet) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(set.0), |&phrase| {
            Some(self.next[phrase as usize]).filter(|&next| next != NO_PHRASE)
        })
    }
}

/// The phrases that fold to the same words.
#[derive(Clone, Copy, Debug)]
pub(super) struct PhraseSet(u32);

/// 28 bits of state, 8 of gap, 28 of word; `None` beyond that.
fn edge_key(state: u32, token: &Token) -> Option<u64> {
    let fits = state < 1 << 28 && token.word < 1 << 28;
    fits.then(|| {
        (u64::from(state) << 36) | (u64::from(token.gap.key()) << 28) | u64::from(token.word)
    })
}

/// A multiplicative hash for keys that are not chosen by an adversary.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::{Phrases, Vocabulary};

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, Vec<u32>)> {
        let (mut vocabulary, mut trie) = (Vocabulary::default(), Phrases::default());
        for phrase in phrases {
            trie.add(phrase, &mut vocabulary).unwrap();
        }
        let (mut tokens, mut hits) = (Vec::new(), Vec::new());
        vocabulary.cut(text, 0, &mut tokens);
        for at in 0..tokens.len() {
            trie.starting_at(&tokens[at..], |n_tokens, set| {
                hits.push((n_tokens, trie.members(set).collect()));
            });
        }
        hits
    }

    #[test]
    fn every_phrase_that_starts_at_a_word_is_found() {
        let phrases = ["Korea", "South Korea", "south korea", "South"];
        assert_eq!(
            found(&phrases, "in South\nKorea"),
            [(1, vec![3]), (2, vec![2, 1]), (1, vec![0])]
        );
    }

    #[test]
    fn a_hyphen_is_a_space_but_a_comma_is_not() {
        assert_eq!(found(&["Guinea-Bissau"], "Guinea Bissau"), [(2, vec![0])]);
        assert!(found(&["Guinea-Bissau"], "Guinea, Bissau").is_empty());
    }

    #[test]
    fn dotted_initials_are_not_the_undotted_word() {
        assert_eq!(
            found(&["U.S.", "US"], "U.S. US U. S."),
            [(2, vec![0]), (1, vec![1]), (2, vec![0])]
        );
    }

    #[test]
    fn a_phrase_without_words_is_refused() {
        assert_eq!(Phrases::default().add("…", &mut Vocabulary::default()), None);
    }
}
