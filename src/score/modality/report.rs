//! Who denies, or only tells? Denials by the source, and what others say of it.

use super::cue::Cue;
use super::pair::Pair;
use crate::score::Stance;

impl Pair<'_> {
    /// Whether the source denies something that has the target in it.
    pub(super) fn is_denied(&self) -> bool {
        let has_that = |at: usize| {
            self.sentence
                .words
                .iter()
                .any(|word| word.text == "that" && word.clause == self.clause(at))
        };
        let is_whole = |at: usize| {
            has_that(at)
                && matches!(
                    self.word(at),
                    "a" | "as" | "no" | "an" | "nonsense" | "untrue" | "contrary"
                )
        };
        self.cues(Cue::Denial).any(|at| {
            let subject = self.subject(at);
            let is_denier = subject.is_none() || subject == self.source;
            self.source.is_some()
                && is_denier
                && (self.to.0 > at && !self.goes_on(at) || is_whole(at))
        })
    }

    /// Whether another statement follows a denial before the target comes: `denied the raid and called the report …`.
    fn goes_on(&self, at: usize) -> bool {
        let is_speech = |cue: Cue| matches!(cue, Cue::Speech | Cue::Accusation);
        let next = self
            .sentence
            .cues
            .iter()
            .filter(|&&(word, cue)| at < word && word < self.to.0 && is_speech(cue));
        next.into_iter().any(|&(word, _)| {
            (word.saturating_sub(2)..word).any(|before| self.word(before) == "and")
        })
    }

    /// Whether somebody else tells it.
    pub(super) fn is_reported(&self, stance: Stance) -> bool {
        if self.source.is_none() {
            return false;
        }
        let is_said = || {
            let is_told = self.cues(Cue::Source).any(|at| self.is_told(at));
            is_told || self.cues(Cue::Speech).any(|at| self.is_said(at) || self.is_said_after(at))
        };
        let is_accused = self.cues(Cue::Accusation).any(|at| self.is_accused(at));
        is_accused || is_said() && !self.is_announced(stance)
    }

    /// `According to X, the source armed the target`, where X is neither the source nor one of its own.
    fn is_told(&self, at: usize) -> bool {
        let is_own =
            |word: usize| matches!(self.word(word), "its" | "his" | "her" | "their" | "aide");
        let words = &self.sentence.words;
        let last = (at + 2..words.len().min(at + 5)).find(|&word| words[word].after_comma);
        let last = last.unwrap_or(at + 5);
        let teller = self.mentions().find(|&(_, (start, end))| start < last && end > at + 1);
        !(at + 1..at + 4).any(is_own) && teller.is_none_or(|(actor, _)| Some(actor) != self.source)
    }

    /// `X accused the source of arming the target`, `the source claimed to have hit the target`.
    fn is_accused(&self, at: usize) -> bool {
        if self.word(at + 1) == "to" && self.word(at + 2) == "have" {
            return self.subject(at) == self.source && self.to.0 > at;
        }
        let relative = |&word: &usize| matches!(self.word(word), "whom" | "which");
        if let Some(whom) = (at.saturating_sub(5)..at).rev().find(relative) {
            let is_source = self.from.1 <= whom && whom < self.from.1 + 2;
            return is_source && (at..at + 3).any(|word| self.word(word) == "of");
        }
        let last = self.to.0.max(self.from.0);
        let is_after = self.from.0 > at && self.to.0 > at;
        let is_blame = self.word(at).starts_with("blam");
        let links = |word: usize| {
            matches!(self.word(word), "of" | "that" | "with")
                || is_blame && self.word(word) == "for"
        };
        let first = self.first_after(at);
        let is_object = first.is_some() && (first == self.source || first == Some(self.target));
        let is_clause = (at + 1..at + 7).any(|word| self.word(word) == "that");
        is_after
            && self.clause(self.to.0) == self.clause(at)
            && (is_clause || is_object && (at + 1..last).any(links))
            && !self.breaks(at + 1, last)
    }

    /// Whether another report begins between two words.
    fn breaks(&self, from: usize, to: usize) -> bool {
        self.sentence
            .cues
            .iter()
            .any(|&(at, cue)| from <= at && at < to && matches!(cue, Cue::Accusation | Cue::Speech))
    }

    /// `X said that the source armed the target`.
    fn is_said(&self, at: usize) -> bool {
        if self.clause(self.from.0) != self.clause(at)
            || self.subject(at) == self.source
            || self.to.0 <= at && self.to.1 + 3 < at
        {
            return false;
        }
        // `X says the source armed the target`, but not `… , says the source`.
        let is_next =
            self.from.0 > at && self.from.0 <= at + 1 && !self.sentence.words[at].after_comma;
        let says = matches!(
            self.word(at),
            "says" | "say" | "maintains" | "insists" | "believes" | "suspects" | "writes"
        );
        if is_next && says && self.subject(at).is_some() {
            return true;
        }
        let that = (at + 1..self.from.0.min(at + 10)).find(|&word| self.word(word) == "that");
        let Some(that) = that else { return false };
        self.first_after(that) == self.source && !self.breaks(at + 1, self.from.0)
    }

    /// `The source armed the target, X said`: said by another actor, or by one who saw it.
    fn is_said_after(&self, at: usize) -> bool {
        const OUTSIDERS: [&str; 10] = [
            "witnesses",
            "villagers",
            "fishermen",
            "diplomat",
            "defector",
            "memoir",
            "survivors",
            "niece",
            "neighbours",
            "minutes",
        ];
        if self.from.1.max(self.to.1) > at || self.clause(at) != self.clause(self.from.0) {
            return false;
        }
        // What is said doesn't follow.
        let goes_on = self.word(at + 1) == "that" || self.word(at + 2) == "that";
        let start = (self.from.1.max(self.to.1)..=at)
            .rev()
            .take(9)
            .find(|&word| self.sentence.words[word].after_comma);
        let Some(start) = start.filter(|_| !goes_on) else { return false };
        let speaker = self.mentions().find(|&(_, (from, to))| start <= from && to <= at);
        let is_other = speaker.is_some_and(|(actor, _)| actor == self.target);
        is_other || (start..at).any(|word| OUTSIDERS.contains(&self.word(word)))
    }
}
