//! What do the words around a pair say of it? Cues in a sentence, and how they stand to source and target.

use super::cue::{self, Cue};
use super::{Modality, Stance};
use crate::text::Span;

/// A sentence with its cues found, ready to be asked about its pairs.
#[derive(Clone, Debug)]
pub struct CuedSentence {
    pub(super) words: Vec<Word>,
    /// First word, and what the phrase that begins there tells.
    pub(super) cues: Vec<(usize, Cue)>,
    /// Each actor's mentions as ranges of words: first, and after the last.
    pub(super) actors: Vec<Vec<(usize, usize)>>,
}

/// A word in small letters, and what stands before it.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// Which clause it stands in; a semicolon, a colon or a full stop begins the next.
    pub(super) clause: usize,
    /// Whether a comma or a quotation mark stands right before it.
    pub(super) after_comma: bool,
    pub(super) is_quoted: bool,
}

impl CuedSentence {
    /// Finds cues; `actors` are the places where the sentence mentions each actor, in bytes of `text`.
    pub fn new(text: &str, actors: &[Vec<Span>]) -> Self {
        let (words, places) = words(text);
        let place = |span: &Span| {
            let first = places.partition_point(|&(_, end)| end <= span.start());
            let end = places.partition_point(|&(start, _)| start < span.end());
            (first, end.max(first))
        };
        let actors: Vec<Vec<(usize, usize)>> =
            actors.iter().map(|spans| spans.iter().map(place).collect()).collect();
        let cues = cues(&words, &actors);
        Self { words, cues, actors }
    }

    /// How the stance of a source toward a target is put; `None` is the text's own voice as source.
    pub fn of_pair(&self, source: Option<usize>, target: usize, stance: Stance) -> Modality {
        super::pair::of(self, source, target, stance)
    }
}

/// The words of a text with their bytes.
fn words(text: &str) -> (Vec<Word>, Vec<(usize, usize)>) {
    let (mut words, mut places): (Vec<Word>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    let (mut clause, mut after_comma, mut is_quoted) = (0, true, false);
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        if c.is_alphanumeric() {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            words.push(Word {
                text: text[start..at].to_lowercase(),
                clause,
                after_comma,
                is_quoted,
            });
            places.push((start, at));
            after_comma = false;
        }
        match c {
            '"' => (is_quoted, after_comma) = (!is_quoted, true),
            '“' | '«' | '„' => (is_quoted, after_comma) = (true, true),
            '”' | '»' => (is_quoted, after_comma) = (false, true),
            ',' | '(' | ')' | '–' | '—' => after_comma = true,
            '.' | '?' | '!' | ';' | ':' if next.is_none_or(|next| !next.is_alphanumeric()) => {
                (clause, after_comma) = (clause + 1, true);
            }
            _ => {}
        }
    }
    if let Some(start) = start {
        words.push(Word { text: text[start..].to_lowercase(), clause, after_comma, is_quoted });
        places.push((start, text.len()));
    }
    (words, places)
}

/// The cues outside mentions, the longest phrase first.
fn cues(words: &[Word], actors: &[Vec<(usize, usize)>]) -> Vec<(usize, Cue)> {
    let is_named = |at: usize| actors.iter().flatten().any(|&(start, end)| start <= at && at < end);
    let mut cues = Vec::new();
    for at in 0..words.len() {
        let longest = (1..=cue::MAX_WORDS.min(words.len() - at))
            .rev()
            .find_map(|n| cue::of(&words[at..at + n]));
        if let Some(cue) = longest.filter(|_| !is_named(at)) {
            cues.push((at, cue));
        }
    }
    cues
}
