//! What are the words of a text? Tokens with a number each, and what stands between them.

use super::fold::{fold, is_apostrophe, is_hyphen, is_mark, is_unspaced, is_word_char};

/// What stands between a token and the one before it: one byte, since a phrase must match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap(u8);

impl Gap {
    /// Nothing: two characters of a script without spaces.
    pub(super) const NONE: Self = Self(0);
    /// More than one mark, or the start of the sentence: no phrase goes across it.
    pub(super) const BREAK: Self = Self(1);
    /// White space.
    pub(super) const SPACE: Self = Self(b' ');
    /// One hyphen, without space.
    pub(super) const HYPHEN: Self = Self(b'-');
    /// A full stop without space after it, or after a single letter: `U.S.`, `U. S.`
    pub(super) const DOT: Self = Self(b'.');
    /// An apostrophe without space.
    pub(super) const APOSTROPHE: Self = Self(b'\'');
    /// A comma.
    pub(super) const COMMA: Self = Self(b',');
    /// A slash.
    pub(super) const SLASH: Self = Self(b'/');
    /// An opening parenthesis.
    pub(super) const PAREN: Self = Self(b'(');

    /// The byte that a phrase is looked up by: a hyphen and a space are the same there.
    pub(super) fn key(self) -> u8 {
        if self == Self::HYPHEN { b' ' } else { self.0 }
    }

    /// What the text between two tokens amounts to; `n_letters` is the length of the token before it.
    fn of(text: &str, n_letters: usize) -> Self {
        if text.is_empty() {
            return Self::NONE;
        }
        let marks = text.trim();
        let has_space = marks.len() < text.len();
        let mut chars = marks.chars();
        let (Some(mark), None) = (chars.next(), chars.next()) else {
            return if marks.is_empty() { Self::SPACE } else { Self::BREAK };
        };
        match mark {
            '.' if !has_space || n_letters == 1 => Self::DOT,
            '.' if n_letters <= 4 && text.starts_with('.') => Self::SPACE,
            '.' => Self::BREAK,
            _ if is_hyphen(mark) => {
                if has_space {
                    Self::BREAK
                } else {
                    Self::HYPHEN
                }
            }
            _ if is_apostrophe(mark) => {
                if has_space {
                    Self::SPACE
                } else {
                    Self::APOSTROPHE
                }
            }
            '!'..='~' => Self(u8::try_from(mark).unwrap_or(Self::BREAK.0)),
            _ => Self::BREAK,
        }
    }
}

/// One word of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
    /// Its number in the [`Vocabulary`]; 0 for a word that is not in it.
    pub(super) word: u32,
    /// What stands before it.
    pub(super) gap: Gap,
}

/// The folded words that somebody looks for, numbered from 1.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Open addressing over 64-bit hashes; number 0 marks a free slot.
    slots: Vec<(u64, u32)>,
    n_words: u32,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { slots: vec![(0, 0); 1024], n_words: 0 }
    }
}

impl Vocabulary {
    /// The number of words.
    pub(super) fn len(&self) -> usize {
        self.n_words as usize
    }

    fn find(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = slot_of(hash) & mask;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != hash {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn number(&self, hash: u64) -> u32 {
        self.slots[self.find(hash)].1
    }

    fn insert(&mut self, hash: u64) -> u32 {
        if self.len() * 2 >= self.slots.len() {
            let larger = vec![(0, 0); self.slots.len() * 2];
            for (hash, word) in std::mem::replace(&mut self.slots, larger) {
                if word != 0 {
                    let slot = self.find(hash);
                    self.slots[slot] = (hash, word);
                }
            }
        }
        let slot = self.find(hash);
        if self.slots[slot].1 == 0 {
            self.n_words += 1;
            self.slots[slot] = (hash, self.n_words);
        }
        self.slots[slot].1
    }

    /// Cuts a phrase into tokens, numbering words that are new.
    pub(super) fn learn(&mut self, phrase: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        cut(phrase, 0, &mut tokens, |hash| self.insert(hash));
        tokens
    }

    /// Cuts a text into tokens; `offset` is added to their bytes.
    pub(super) fn cut(&self, text: &str, offset: usize, tokens: &mut Vec<Token>) {
        cut(text, offset, tokens, |hash| self.number(hash));
    }
}

fn slot_of(hash: u64) -> usize {
    usize::try_from((hash ^ (hash >> 32)) & 0xFFFF_FFFF).unwrap_or(0)
}

/// The hash of a folded word, eight bytes at a time. Two words that collide would only be compared in vain: whoever
/// finds a phrase compares its letters as well.
#[derive(Default)]
struct WordHash {
    hash: u64,
    /// Up to seven bytes that are not in yet, the first lowest.
    pending: u64,
    n_bytes: u64,
}

impl WordHash {
    /// The hash of ASCII letters and digits, whose case one bit sets: digits have that bit already.
    fn of_ascii(text: &[u8], start: usize, end: usize) -> u64 {
        const SMALL: u64 = 0x2020_2020_2020_2020;
        let (mut hash, mut at) = (0, start);
        while at + 8 <= end {
            hash = mix(hash, eight(text, at) | SMALL);
            at += 8;
        }
        let n_left = end - at;
        let left = (eight(text, at) | SMALL) & !(u64::MAX << (8 * n_left));
        mix(mix(hash, left), (end - start) as u64)
    }

    fn push(&mut self, byte: u8) {
        self.pending |= u64::from(byte) << (8 * (self.n_bytes % 8));
        self.n_bytes += 1;
        if self.n_bytes.is_multiple_of(8) {
            self.hash = mix(self.hash, std::mem::take(&mut self.pending));
        }
    }

    fn push_folded(&mut self, c: char) {
        fold(c, |letter| {
            let mut bytes = [0; 4];
            letter.encode_utf8(&mut bytes).bytes().for_each(|byte| self.push(byte));
        });
    }

    fn finish(&self) -> u64 {
        mix(mix(self.hash, self.pending), self.n_bytes)
    }
}

fn mix(hash: u64, bytes: u64) -> u64 {
    let product = (hash ^ bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 32)
}

/// Eight bytes from a place on, zeros behind the end.
fn eight(text: &[u8], at: usize) -> u64 {
    match text.get(at..at + 8) {
        Some(bytes) => u64::from_le_bytes(bytes.try_into().expect("there are eight")),
        None => text[at..].iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    }
}

fn cut(text: &str, offset: usize, tokens: &mut Vec<Token>, mut number: impl FnMut(u64) -> u32) {
    let mut at = next_word(text, 0);
    let (mut gap_start, mut n_letters) = (0, 0);
    let mut is_first = true;
    while at < text.len() {
        let (end, hash) = word_at(text, at);
        let gap = match &text.as_bytes()[gap_start..at] {
            _ if is_first => Gap::BREAK,
            b" " => Gap::SPACE,
            _ => Gap::of(&text[gap_start..at], n_letters),
        };
        tokens.push(Token { start: offset + at, end: offset + end, word: number(hash), gap });
        (is_first, n_letters, gap_start) = (false, end - at, end);
        at = next_word(text, end);
    }
}

/// The first byte of the next word at or after a byte.
fn next_word(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        if IS_ASCII_WORD[byte as usize] {
            break;
        }
        if byte.is_ascii() {
            at += 1;
            continue;
        }
        match text[at..].chars().next() {
            Some(c) if !is_word_char(c) => at += c.len_utf8(),
            _ => break,
        }
    }
    at
}

/// The end and the hash of the word that starts at a byte.
fn word_at(text: &str, start: usize) -> (usize, u64) {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| IS_ASCII_WORD[*byte as usize];
    let end = start + bytes[start..].iter().take_while(|&byte| is_word(byte)).count();
    let ends = match text[end..].chars().next() {
        Some(c) if !c.is_ascii() => !is_word_char(c) || is_unspaced(c) && !is_mark(c),
        _ => true,
    };
    if ends && end > start {
        return (end, WordHash::of_ascii(bytes, start, end));
    }
    word_of_chars(text, start)
}

/// The same for a word with other letters than ASCII's.
fn word_of_chars(text: &str, start: usize) -> (usize, u64) {
    let (mut at, mut hash) = (start, WordHash::default());
    let mut is_alone = false;
    for c in text[start..].chars() {
        let is_next = at > start && (is_alone || is_unspaced(c)) && !is_mark(c);
        if !is_word_char(c) || is_next {
            break;
        }
        is_alone |= at == start && is_unspaced(c);
        hash.push_folded(c);
        at += c.len_utf8();
    }
    (at, hash.finish())
}

/// Whether a byte is an ASCII letter or digit.
const IS_ASCII_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{Gap, Vocabulary};
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<(&str, Gap)> {
        let mut tokens = Vec::new();
        Vocabulary::default().cut(text, 0, &mut tokens);
        tokens.iter().map(|token| (&text[token.start..token.end], token.gap)).collect()
    }

    #[test]
    fn gaps_tell_hyphens_dots_and_spaces_apart() {
        let expected = [
            ("U", Gap::BREAK),
            ("S", Gap::DOT),
            ("South", Gap::BREAK),
            ("Korea", Gap::SPACE),
            ("s", Gap::APOSTROPHE),
            ("anti", Gap::SPACE),
            ("Japan", Gap::HYPHEN),
            ("St", Gap::COMMA),
            ("Kitts", Gap::SPACE),
        ];
        assert_eq!(words("U.S.-South\nKorea’s anti-Japan, St. Kitts"), expected);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_characters() {
        let surfaces: Vec<&str> = words("中国と북한이").into_iter().map(|(word, _)| word).collect();
        assert_eq!(surfaces, ["中", "国", "と", "북", "한", "이"]);
    }

    #[test]
    fn the_same_word_has_the_same_number_however_it_is_written() {
        let mut vocabulary = Vocabulary::default();
        let learned = vocabulary.learn("Erdoğan");
        let mut tokens = Vec::new();
        vocabulary.cut("ERDOGAN erdog\u{306}an Erdos", 0, &mut tokens);
        let numbers: Vec<u32> = tokens.iter().map(|token| token.word).collect();
        assert_eq!(numbers, [learned[0].word, learned[0].word, 0]);
    }

    proptest! {
        #[test]
        fn a_word_has_one_number_in_any_case_and_at_any_place(word in "[A-Za-z0-9]{1,20}", before in " {0,9}") {
            let mut vocabulary = Vocabulary::default();
            let number = vocabulary.learn(&word)[0].word;
            let mut tokens = Vec::new();
            // The accent takes the second word through the other path.
            let text = format!("{before}{} {}\u{301} {word}x", word.to_uppercase(), word.to_lowercase());
            vocabulary.cut(&text, 0, &mut tokens);
            let numbers: Vec<u32> = tokens.iter().map(|token| token.word).collect();
            prop_assert_eq!(numbers, [number, number, 0]);
        }
    }

    #[test]
    fn numbers_survive_growth() {
        let mut vocabulary = Vocabulary::default();
        let numbers: Vec<u32> =
            (0..5000).map(|n| vocabulary.learn(&format!("w{n}"))[0].word).collect();
        assert_eq!(numbers, (1..=5000).collect::<Vec<_>>());
        assert_eq!(vocabulary.learn("w17")[0].word, 18);
    }

    proptest! {
        #[test]
        fn tokens_are_ordered_and_on_character_boundaries(text in "\\PC{0,60}") {
            let mut tokens = Vec::new();
            Vocabulary::default().cut(&text, 0, &mut tokens);
            let mut end = 0;
            for token in tokens {
                prop_assert!(end <= token.start && token.start < token.end);
                prop_assert!(text.get(token.start..token.end).is_some());
                end = token.end;
            }
        }
    }
}
