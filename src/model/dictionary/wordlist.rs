//! What do the word lists give that people use? Any published list of positive and negative words, around a target.
//!
//! It knows no grammar: the words within [`WINDOW`] tokens of a mention count, a negation before one turns it round, and
//! who does what to whom is not asked, so a pair is read as its target is.

mod parse;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use unicode_segmentation::UnicodeSegmentation;

use super::clause::{NEGATION_REACH, NOT};
use super::spread;
use crate::batch::Instance;
use crate::digest::sha256;
use crate::error::WithHint;
use crate::model::{Classifier, Probabilities, Reading, Task};
use crate::text::Span;

/// How many tokens before or behind a mention a word may stand.
const WINDOW: usize = 8;

/// A list of words as a reader of stance: the baseline that political scientists would use otherwise.
#[derive(Debug)]
pub struct Wordlist {
    name: String,
    sha256: String,
    /// By the first word of each entry, or by what it begins with where it ends in `*`.
    entries: BTreeMap<String, Vec<Entry>>,
    n_entries: usize,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    words: Vec<Pattern>,
    /// −1 negative … +1 positive.
    score: f32,
}

impl Entry {
    fn n_beginnings(&self) -> usize {
        self.words.iter().filter(|word| matches!(word, Pattern::Beginning(_))).count()
    }
}

/// A word of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Whole(String),
    Beginning(String),
}

impl Pattern {
    fn new(word: &str) -> Self {
        match word.strip_suffix('*') {
            Some(beginning) => Self::Beginning(beginning.to_owned()),
            None => Self::Whole(word.to_owned()),
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Whole(word) | Self::Beginning(word) => word,
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == whole,
            Self::Beginning(beginning) => word.starts_with(beginning.as_str()),
        }
    }
}

impl Wordlist {
    /// Reads a list: the Lexicoder's (`.lc3`, `.ykd`, or categories with their entries below), VADER's, NRC's (long or
    /// wide) or AFINN's format, seen from the content. Its name is the file's.
    ///
    /// # Errors
    /// When the file can't be read, or has no entries in any of these formats.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let bytes = fs_err::read(path)?;
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        // Older lists are in Latin-1; what can't be read is in no text either.
        let list = Self::parse(&name, &String::from_utf8_lossy(&bytes));
        let list = list.with_context(|| format!("`{}` is no list of words", path.display()));
        let list = list.hint(|| {
            "known are the formats of the Lexicoder (LSD2015), VADER, NRC and AFINN: entries under `negative` and \
             `positive`, or a table of words and scores"
                .to_owned()
        })?;
        Ok(Self { sha256: sha256([bytes]), ..list })
    }

    fn parse(name: &str, list: &str) -> anyhow::Result<Self> {
        let scored = parse::entries(list);
        ensure!(!scored.is_empty(), "no entry has a score");
        let highest = scored.iter().map(|(_, score)| score.abs()).fold(0.0, f32::max);
        ensure!(highest > 0.0, "all scores are 0");
        let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let n_entries = scored.len();
        for (entry, score) in scored {
            let words: Vec<Pattern> = entry.split_whitespace().map(Pattern::new).collect();
            let Some(first) = words.first() else { continue };
            let same = entries.entry(first.key().to_owned()).or_default();
            same.push(Entry { words, score: score / highest });
        }
        for same in entries.values_mut() {
            same.sort_by_key(|entry| (Reverse(entry.words.len()), entry.n_beginnings()));
        }
        Ok(Self { name: name.to_owned(), sha256: String::new(), entries, n_entries })
    }

    /// SHA-256 of the file in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How many entries it has.
    pub fn n_entries(&self) -> usize {
        self.n_entries
    }

    /// The longest entry that stands at a token; of equals one with whole words before one with beginnings.
    fn entry_at(&self, words: &[String]) -> Option<&Entry> {
        let first = words.first()?;
        let ends = first.char_indices().map(|(at, _)| at).skip(1).chain([first.len()]);
        let keys = ends.map(|end| &first[..end]);
        let fits = |entry: &&Entry| {
            let pairs = entry.words.iter().zip(words);
            entry.words.len() <= words.len()
                && pairs.clone().all(|(pattern, word)| pattern.fits(word))
        };
        let found = keys.filter_map(|key| self.entries.get(key)?.iter().find(fits));
        // Of equals the last is taken: that with the longest first word.
        found.max_by_key(|entry| entry.words.len())
    }

    /// The words of the list in a text: first token, token after the last, score after negation.
    fn hits(&self, words: &[String]) -> Vec<(usize, usize, f32)> {
        let (mut hits, mut at) = (Vec::new(), 0);
        while at < words.len() {
            let Some(entry) = self.entry_at(&words[at..]) else {
                at += 1;
                continue;
            };
            let before = &words[at.saturating_sub(NEGATION_REACH)..at];
            let is_not = |word: &String| NOT.contains(&word.as_str()) || word.ends_with("n't");
            let score = if before.iter().any(is_not) { -entry.score } else { entry.score };
            hits.push((at, at + entry.words.len(), score));
            at += entry.words.len();
        }
        hits
    }

    fn read(&self, instance: &Instance) -> Reading {
        let tokens: Vec<(usize, &str)> = instance.text.unicode_word_indices().collect();
        let words: Vec<String> =
            tokens.iter().map(|(_, word)| word.to_lowercase().replace(['’', 'ʼ'], "'")).collect();
        let hits = self.hits(&words);
        let place = |span: &Span| {
            let is_inside =
                |&(at, word): &(usize, &str)| at < span.end() && at + word.len() > span.start();
            let first = tokens.iter().position(is_inside)?;
            Some((first, tokens.iter().rposition(is_inside)? + 1))
        };
        let near = |spans: &Vec<Span>| -> Probabilities {
            let places: Vec<(usize, usize)> = spans.iter().filter_map(place).collect();
            let counts = |&&(start, end, _): &&(usize, usize, f32)| {
                let is_apart = places.iter().all(|&(first, last)| end <= first || last <= start);
                let is_near =
                    |&(first, last): &(usize, usize)| start < last + WINDOW && end + WINDOW > first;
                is_apart && places.iter().any(is_near)
            };
            let scores: Vec<f32> = hits.iter().filter(counts).map(|hit| hit.2).collect();
            spread(scores.iter().sum::<f32>() / scores.len().max(1) as f32)
        };
        let targets: Vec<_> = instance.targets.iter().map(|spans| Some(near(spans))).collect();
        let dyads = instance.pairs.iter().map(|pair| targets[pair.target as usize]).collect();
        Reading { stance: targets.clone(), sentiment: targets, dyads, is_cut: false }
    }
}

impl Classifier for Wordlist {
    fn name(&self) -> &str {
        &self.name
    }

    fn tasks(&self) -> &[Task] {
        &Task::ALL
    }

    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
        Ok(instances.iter().map(|instance| self.read(instance)).collect())
    }
}

#[cfg(test)]
mod tests;
