//! Which cue governs a pair? Denial, then condition, then report, then announcement; else it is asserted.

use super::cue::Cue;
use super::sentence::CuedSentence;
use super::{Modality, Stance};

/// A pair in a sentence.
pub(super) struct Pair<'a> {
    pub(super) sentence: &'a CuedSentence,
    pub(super) source: Option<usize>,
    pub(super) target: usize,
    /// The words of the nearest mentions of both: first, and after the last.
    pub(super) from: (usize, usize),
    pub(super) to: (usize, usize),
}

pub(super) fn of(
    sentence: &CuedSentence,
    source: Option<usize>,
    target: usize,
    stance: Stance,
) -> Modality {
    let pairs = Pair::all(sentence, source, target);
    let Some(pair) = pairs.first() else { return Modality::Asserted };
    if pairs.iter().any(Pair::is_denied) {
        Modality::Denied
    } else if pair.is_conditional(stance) {
        Modality::Conditional
    } else if pair.is_reported(stance) {
        Modality::Reported
    } else if pair.is_announced(stance) {
        Modality::announced(stance)
    } else {
        Modality::Asserted
    }
}

impl<'a> Pair<'a> {
    /// A pair by each of its mentions, the nearest first: a source before its target is nearer.
    fn all(sentence: &'a CuedSentence, source: Option<usize>, target: usize) -> Vec<Self> {
        let own_voice = [(0, 0)];
        let sources = match source {
            Some(source) => sentence.actors.get(source).map_or(&[][..], Vec::as_slice),
            None => &own_voice,
        };
        let targets = sentence.actors.get(target).map_or(&[][..], Vec::as_slice);
        let pair = |&from: &(usize, usize)| {
            targets.iter().map(move |&to| Self { sentence, source, target, from, to })
        };
        let mut pairs: Vec<Self> = sources.iter().flat_map(pair).collect();
        pairs.sort_by_key(|pair| {
            let (from, to) = (pair.from, pair.to);
            if from.1 <= to.0 { to.0 - from.1 } else { from.0.saturating_sub(to.1) + 8 }
        });
        pairs
    }
}

impl Pair<'_> {
    pub(super) fn clause(&self, word: usize) -> usize {
        self.sentence.words.get(word).map_or(0, |word| word.clause)
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.sentence.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Whether a word stands in a clause between those of the source and the target, these included.
    pub(super) fn is_near(&self, at: usize) -> bool {
        let (from, to) = (self.clause(self.source_word()), self.clause(self.to.0));
        (from.min(to)..=from.max(to)).contains(&self.clause(at))
    }

    pub(super) fn source_word(&self) -> usize {
        if self.source.is_some() { self.from.0 } else { self.to.0 }
    }

    pub(super) fn cues(&self, wanted: Cue) -> impl Iterator<Item = usize> {
        let near = self.sentence.cues.iter().filter(move |(_, cue)| *cue == wanted);
        near.map(|&(at, _)| at).filter(|&at| self.is_near(at))
    }

    /// The actor whose mention stands last before a word, in its clause.
    pub(super) fn subject(&self, at: usize) -> Option<usize> {
        let mentions = self.mentions().filter(|&(_, (_, end))| end <= at);
        let (actor, (start, _)) = mentions.max_by_key(|&(_, (start, _))| start)?;
        (self.clause(start) == self.clause(at)).then_some(actor)
    }

    /// The actor whose mention comes first after a word.
    pub(super) fn first_after(&self, at: usize) -> Option<usize> {
        self.mentions()
            .filter(|&(_, (start, _))| start > at)
            .min_by_key(|&(_, (start, _))| start)
            .map(|(actor, _)| actor)
    }

    pub(super) fn mentions(&self) -> impl Iterator<Item = (usize, (usize, usize))> {
        let actors = self.sentence.actors.iter().enumerate();
        actors.flat_map(|(actor, places)| places.iter().map(move |&place| (actor, place)))
    }
}
