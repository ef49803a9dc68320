//! Is it still to come, and does it hang on something? Announcements by the source, and their conditions.

use super::cue::Cue;
use super::pair::Pair;
use crate::score::Stance;

impl Pair<'_> {
    /// Whether what the source announces hangs on a condition.
    pub(super) fn is_conditional(&self, stance: Stance) -> bool {
        let governs = |at: usize| self.leads(at, stance) || self.is_own(at);
        let announced = || self.announcements(stance).filter(|&at| governs(at));
        let by_cue =
            self.cues(Cue::Condition).any(|at| announced().any(|from| self.is_condition(at, from)));
        let is_strong =
            self.cues(Cue::Strong).any(|at| self.clause(at) == self.clause(self.from.0));
        by_cue || is_strong || self.is_inverted() && self.announcements(stance).next().is_some()
    }

    /// Whether a condition is one of what an announcement says.
    fn is_condition(&self, at: usize, announced: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        // `asked if`, `as if`, `which, once the …`
        let is_other = matches!(
            before,
            "as" | "even"
                | "asked"
                | "wondered"
                | "see"
                | "know"
                | "at"
                | "what"
                | "who"
                | "which"
                | "is"
                | "was"
                | "for"
        );
        let is_negation = |word: usize| matches!(self.word(word), "not" | "no" | "never" | "t");
        let fits = match self.word(at) {
            "once" | "the" | "on" => announced < at || at == 0,
            "provided" => self.sentence.words[at].after_comma || self.word(at + 1) == "that",
            "until" => announced < at && (announced..at).any(is_negation),
            _ => true,
        };
        let is_wish = (at + 1..at + 4)
            .any(|word| matches!(self.word(word), "likes" | "wishes" | "pleases" | "wants"));
        !is_other && !is_wish && fits && self.clause(at) == self.clause(announced)
    }

    /// `Should the pact fail`, `Were it to fail`.
    fn is_inverted(&self) -> bool {
        let words = self.sentence.words.iter().enumerate();
        words.clone().any(|(at, word)| {
            let is_first =
                at == 0 || self.clause(at - 1) != word.clause || word.after_comma && word.is_quoted;
            let is_were = word.text == "were" && (at + 2..at + 10).any(|to| self.word(to) == "to");
            (is_first && word.text == "should" || is_were && (is_first || word.after_comma))
                && self.is_near(at)
        })
    }

    /// The words that announce, but for what was announced before, or wished, or turned down.
    fn announcements(&self, stance: Stance) -> impl Iterator<Item = usize> {
        let cues = self.sentence.cues.iter().filter(move |(_, cue)| match cue {
            Cue::Future => true,
            Cue::Offer => stance == Stance::Conciliatory,
            Cue::Threat => stance == Stance::Hostile,
            _ => false,
        });
        cues.map(|&(at, _)| at).filter(move |&at| self.is_near(at) && !self.is_past(at, stance))
    }

    /// Whether an announcement lies back, is only thought of, or is of nothing: `had vowed`, `would rather`, `will no longer`.
    fn is_past(&self, at: usize, stance: Stance) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        let (word, after) = (self.word(at), self.word(at + 1));
        let is_old =
            matches!(before, "had" | "having" | "been" | "never" | "who" | "being" | "not");
        let is_unreal =
            word == "would" && matches!(after, "have" | "sooner" | "rather" | "remember" | "not");
        let is_none = after == "no"
            || stance == Stance::Conciliatory && after == "never"
            || after == "that" && word != "warned";
        is_old || is_unreal || is_none
    }

    /// Whether what leads from the source to the target is announced.
    pub(super) fn is_announced(&self, stance: Stance) -> bool {
        self.announcements(stance).any(|at| self.leads(at, stance))
    }

    /// Whether the source announces it, wherever the target stands in the clause.
    fn is_own(&self, at: usize) -> bool {
        if self.source.is_none() {
            return false;
        }
        let is_subject = self.from.1 <= at && self.subject(at) == self.source;
        let is_speaker = self.from.0 > at && self.is_speaker();
        (is_subject || is_speaker) && self.clause(at) == self.clause(self.from.0)
    }

    /// Whether the source is who says it, after its words: `… , said the envoy`.
    fn is_speaker(&self) -> bool {
        let near = |at: usize| {
            at < self.from.0 && at + 6 > self.from.0 || at >= self.from.1 && at < self.from.1 + 6
        };
        let says = |cue: &Cue| matches!(cue, Cue::Speech | Cue::Threat | Cue::Future);
        self.sentence.cues.iter().any(|(at, cue)| says(cue) && near(*at))
    }

    /// Whether a word stands on the way from the source to the target.
    fn leads(&self, at: usize, stance: Stance) -> bool {
        if self.source.is_none() {
            return self.clause(at) == self.clause(self.to.0) && self.leads_from_author(at, stance);
        }
        if self.to.1 <= self.from.0 {
            return self.to.1 <= at && at < self.from.0 && self.is_speaker();
        }
        let is_between = self.from.1 <= at && at < self.to.0;
        let subject = self.subject(at);
        let is_sources = subject.is_none() || subject == self.source;
        // `offered the target`, `offering it`: whoever else stands between.
        let is_direct =
            self.word(at).starts_with("offer") && self.first_after(at) == Some(self.target);
        is_between && (is_sources || is_direct || self.word(at).ends_with("ing"))
            || self.is_suffered(at) && self.clause(at) == self.clause(self.to.0)
    }

    /// `The target will be hunted`.
    fn is_suffered(&self, at: usize) -> bool {
        self.to.1 <= at && self.word(at + 1) == "be" && self.subject(at) == Some(self.target)
    }

    /// Whether the text's own voice announces: harm that the target will suffer, or what `we` shall do.
    fn leads_from_author(&self, at: usize, stance: Stance) -> bool {
        let ours = |word: usize| {
            matches!(self.word(word), "we" | "our" | "republic" | "people" | "motherland")
        };
        let clause = self.clause(at);
        let mut before = (0..at).rev().take_while(|&word| self.clause(word) == clause);
        let is_plain = matches!(self.word(at), "will" | "shall" | "ready" | "prepared");
        self.is_suffered(at) && stance == Stance::Hostile || is_plain && before.any(ours)
    }
}
