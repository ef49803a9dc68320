//! Where do known words stand, and who stands around them?

use unicode_segmentation::UnicodeSegmentation;

use super::lexicon::{Kind, Lexicon, MAX_WORDS, Sense};
use crate::text::Span;

/// A text with its known words and its targets, counted in tokens.
#[derive(Debug)]
pub(super) struct Clause {
    words: Vec<String>,
    hits: Vec<Hit>,
    /// Each target's mentions: first token, and the token after the last.
    targets: Vec<Vec<(usize, usize)>>,
}

/// A known word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hit {
    /// First token.
    start: usize,
    /// Token after the last.
    end: usize,
    kind: Kind,
    /// −1 hostile … +1 conciliatory, after negation.
    pub(super) score: f32,
    /// Whether who stands before it suffers it.
    pub(super) is_passive: bool,
}

impl Clause {
    pub(super) fn new(text: &str, targets: &[Vec<Span>], lexicon: &Lexicon) -> Self {
        let tokens: Vec<(usize, &str)> = text.unicode_word_indices().collect();
        let words: Vec<String> =
            tokens.iter().map(|(_, word)| word.to_lowercase().replace(['’', 'ʼ'], "'")).collect();
        let place = |span: &Span| {
            let start = tokens.iter().position(|(at, word)| at + word.len() > span.start());
            let end = tokens.iter().rposition(|(at, _)| *at < span.end());
            let start = start.unwrap_or(tokens.len());
            (start, end.map_or(0, |last| last + 1).max(start))
        };
        let targets: Vec<Vec<_>> =
            targets.iter().map(|spans| spans.iter().map(place).collect()).collect();
        let hits = hits(&words, &targets, lexicon);
        Self { words, hits, targets }
    }

    /// The verbs and the nouns of deeds.
    pub(super) fn deeds(&self) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(|hit| hit.kind != Kind::Attribute)
    }

    /// The words of one kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.kind == kind)
    }

    /// How many tokens stand between a word and a target's nearest mention.
    pub(super) fn distance(&self, hit: &Hit, target: usize) -> Option<usize> {
        let gap = |&(start, end): &(usize, usize)| {
            start.checked_sub(hit.end).or(hit.start.checked_sub(end)).unwrap_or(0)
        };
        self.targets[target].iter().map(gap).min()
    }

    /// How many other targets stand nearer to a word.
    pub(super) fn n_nearer(&self, hit: &Hit, target: usize) -> i32 {
        let own = self.distance(hit, target);
        let others = (0..self.targets.len()).filter(|&other| self.distance(hit, other) < own);
        i32::try_from(others.count()).unwrap_or(i32::MAX)
    }

    /// The last mention before a word: tokens between, and other targets that stand nearer.
    pub(super) fn before(&self, hit: &Hit, target: usize) -> Option<(usize, i32)> {
        let ends = self.targets[target].iter().map(|&(_, end)| end);
        let end = ends.filter(|&end| end <= hit.start).max()?;
        Some((hit.start - end, self.n_others(target, end, hit.start)))
    }

    /// The first mention after a word: tokens between, and other targets that stand nearer.
    pub(super) fn after(&self, hit: &Hit, target: usize) -> Option<(usize, i32)> {
        let starts = self.targets[target].iter().map(|&(start, _)| start);
        let start = starts.filter(|&start| hit.end <= start).min()?;
        Some((start - hit.end, self.n_others(target, hit.end, start)))
    }

    /// The mention that "by" leads to after a passive: tokens between.
    pub(super) fn agent(&self, hit: &Hit, target: usize) -> Option<usize> {
        let by = hit.end + self.words[hit.end..].iter().position(|word| word == "by")?;
        let starts = self.targets[target].iter().map(|&(start, _)| start);
        let start = starts.filter(|&start| by < start && start - by <= AGENT_REACH).min()?;
        Some(start - hit.end)
    }

    /// Targets other than `target` between two tokens, each counted once.
    fn n_others(&self, target: usize, from: usize, to: usize) -> i32 {
        let stands_between = |(index, places): &(usize, &Vec<(usize, usize)>)| {
            *index != target && places.iter().any(|&(start, end)| from <= start && end <= to)
        };
        let n_others = self.targets.iter().enumerate().filter(stands_between).count();
        i32::try_from(n_others).unwrap_or(i32::MAX)
    }
}

/// How far behind "by" an agent may stand, in tokens.
const AGENT_REACH: usize = 5;

/// Finds known words outside the targets, longest first.
fn hits(words: &[String], targets: &[Vec<(usize, usize)>], lexicon: &Lexicon) -> Vec<Hit> {
    let is_named =
        |at: usize| targets.iter().flatten().any(|&(start, end)| (start..end).contains(&at));
    let mut hits = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = (1..=MAX_WORDS.min(words.len() - at)).rev().find_map(|n_words| {
            let senses = lexicon.senses(&words[at..at + n_words].join(" "));
            let is_free = !(at..at + n_words).any(is_named);
            sense(senses, words, at).filter(|_| is_free).map(|sense| (n_words, sense))
        });
        let Some((n_words, sense)) = longest else {
            at += 1;
            continue;
        };
        hits.push(Hit {
            start: at,
            end: at + n_words,
            kind: sense.kind,
            score: negated(sense.score, &words[at.saturating_sub(NEGATION_REACH)..at]),
            is_passive: sense.is_past && is_passive(words, at, at + n_words),
        });
        at += n_words;
    }
    hits
}

/// Of a form that may be a verb or a noun, the noun after an article or the like.
fn sense(senses: &[Sense], words: &[String], at: usize) -> Option<Sense> {
    let is_after_article = at.checked_sub(1).is_some_and(|before| {
        let word = words[before].as_str();
        word.ends_with("'s") || word.ends_with("s'") || ARTICLES.contains(&word)
    });
    let noun = senses.iter().find(|sense| sense.kind != Kind::Verb && is_after_article);
    noun.or(senses.first()).copied()
}

const ARTICLES: &[&str] = &[
    "a", "an", "the", "its", "their", "his", "her", "our", "this", "these", "any", "no", "of",
    "for", "with", "in", "new", "fresh", "full",
];

/// How far before a word its negation may stand, in tokens.
pub(super) const NEGATION_REACH: usize = 3;

/// Says no.
pub(super) const NOT: &[&str] = &[
    "not", "never", "no", "nor", "neither", "without", "hardly", "cannot", "denied", "denies",
    "deny", "denying", "stopped", "unlikely",
];

/// Says no to doing it.
const WILL_NOT: &[&str] = &[
    "refuse",
    "refused",
    "refuses",
    "refusing",
    "fail",
    "failed",
    "fails",
    "failing",
    "decline",
    "declined",
    "declines",
    "declining",
    "withdrew",
    "withholds",
    "withheld",
    "ended",
    "reject",
    "rejected",
    "rejects",
];

/// Not to attack is neutral; not to thank is half hostile, and to refuse to, wholly.
fn negated(score: f32, before: &[String]) -> f32 {
    let is_any = |list: &[&str]| before.iter().any(|word| list.contains(&word.as_str()));
    let is_not = is_any(NOT) || before.iter().any(|word| word.ends_with("n't"));
    match (is_any(WILL_NOT), is_not) {
        (false, false) => score,
        _ if score < 0.0 => 0.0,
        (true, _) => -score,
        (false, true) => -score / 2.0,
    }
}

/// "was attacked", "has been attacked", "attacked by".
fn is_passive(words: &[String], start: usize, end: usize) -> bool {
    const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"];
    let is_by = words.get(end).is_some_and(|word| word == "by");
    is_by || words[start.saturating_sub(2)..start].iter().any(|word| BE.contains(&word.as_str()))
}
