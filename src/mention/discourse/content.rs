//! Which words does somebody say without quotation marks? The clause of a verb of saying, before it or behind it.

use super::line::{Line, Mark};
use super::speech::Attribution;
use super::story::Story;
use crate::mention::ActorKind;
use crate::mention::lexicon::Class;
use crate::text::Part;

/// Tokens of a line: the first, and the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) first: usize,
    pub(super) end: usize,
}

impl Story<'_> {
    /// What is reported in a line, and by whom; in the order of the verbs.
    pub(super) fn contents(
        &self,
        index: usize,
        attributions: &[Attribution],
    ) -> Vec<(Content, Option<u32>)> {
        let mut found = Vec::new();
        // Where the content of the verb before ended.
        let mut from = 0;
        for attribution in attributions {
            if !self.lines[index].is(attribution.verb, Class::Saying)
                && !self.lines[index].reads(attribution.verb, &["according"])
            {
                continue;
            }
            let mut parts = self.content_of(index, attribution, from);
            // `that the drill was over, it said`
            let next = attributions.iter().find(|next| {
                next.verb > attribution.verb
                    && self.is_parenthesis(index, next)
                    && next.end + 3 > self.lines[index].len()
            });
            if let (Some(next), Some(last)) = (next, parts.last_mut()) {
                last.end = last.end.min(next.start.max(last.first));
            }
            if let Some(last) = parts.last() {
                from = last.end.max(attribution.end);
            }
            found.extend(parts.into_iter().map(|content| (content, attribution.speaker)));
        }
        if self.lines[index].part == Part::Title {
            found.extend(self.after_colon(index));
        }
        found
    }

    fn content_of(&self, index: usize, attribution: &Attribution, from: usize) -> Vec<Content> {
        let line = &self.lines[index];
        if line.reads(attribution.verb, &["according"]) {
            let is_apart = attribution.start == 0
                || line.mark(attribution.start) == Mark::Comma
                || attribution.end == line.len() && attribution.can_speak;
            return if is_apart { self.around(index, attribution, from) } else { Vec::new() };
        }
        if let Some(that) = self.that_after(index, attribution.verb) {
            return vec![Content { first: that, end: self.content_end(index, that, false) }];
        }
        if self.is_parenthesis(index, attribution) {
            return self.around(index, attribution, from);
        }
        let first = self.skip_adverbials(index, attribution.verb + 1);
        let is_behind = attribution.verb > 0 && line.quotes[attribution.verb - 1].is_some();
        let is_bare =
            line.is(attribution.verb, Class::BareSaying) && !attribution.is_inverted && !is_behind;
        if is_bare && self.is_clause(index, first) {
            return vec![Content { first, end: self.content_end(index, first, true) }];
        }
        Vec::new()
    }

    /// The `that` of a verb, with at most a hearer and some adverbials between.
    fn that_after(&self, index: usize, verb: usize) -> Option<usize> {
        let line = &self.lines[index];
        for at in verb + 1..line.len().min(verb + 18) {
            if line.quotes[at].is_some() || line.mark(at) == Mark::Break {
                return None;
            }
            if line.reads(at, &["that"]) {
                let is_object = at > verb + 1
                    && line.mark(at) == Mark::None
                    && (line.is(verb, Class::Quoting) || line.is(at - 1, Class::Preposition));
                return (!is_object && at + 1 < line.len()).then_some(at);
            }
            if line.is_verb(at) && line.cover[at].is_none() {
                return None;
            }
        }
        None
    }

    /// Whether an attribution only interrupts or follows what is said: `…, the company said on Tuesday`.
    fn is_parenthesis(&self, index: usize, attribution: &Attribution) -> bool {
        let line = &self.lines[index];
        let Attribution { verb, start, is_inverted, .. } = *attribution;
        // `Hong, a section chief of the ministry, told KCNA`: what stands before the comma is the speaker.
        let is_apposed = !is_inverted && start == verb;
        if start == 0 || is_apposed || !attribution.can_speak {
            return false;
        }
        let is_parted = line.mark(start) != Mark::None || line.quotes[start - 1].is_some();
        if !is_parted
            || line.reads(start, &["and", "but", "who", "which", "while", "when", "as", "because"])
        {
            return false;
        }
        let is_inner = verb + 1 < line.len() && line.mark(verb + 1) == Mark::Comma;
        let has_content = is_inner
            || is_inverted && start >= 3
            || (0..start).any(|at| line.is_verb(at) || line.quotes[at].is_some());
        let next = verb + 1;
        let closes = next >= line.len()
            || line.mark(next) != Mark::None
            || line.quotes[next].is_some()
            || line.is(next, Class::Preposition)
            || line.is(next, Class::Adverb)
            || line.is(next, Class::Day)
            || line.is(verb, Class::Telling)
            || line.reads(next, &["last", "this", "late", "early", "reporters"]);
        has_content && (is_inverted || closes)
    }

    /// What stands around an attribution: before it, and after it where it goes on behind a comma.
    fn around(&self, index: usize, attribution: &Attribution, from: usize) -> Vec<Content> {
        let line = &self.lines[index];
        let Attribution { start, end, .. } = *attribution;
        let mut found = Vec::new();
        let first = self.clause_of(index, from, start);
        let is_free = |at: usize| line.quotes[at].is_none();
        if first < start && (first..start).all(is_free) {
            found.push(Content { first, end: start });
        }
        let goes_on = end < line.len() && is_free(end) && line.between(end).contains([',', ';']);
        let is_aside = goes_on
            && line.reads(
                end,
                &[
                    "adding",
                    "referring",
                    "who",
                    "which",
                    "speaking",
                    "citing",
                    "according",
                    "while",
                    "as",
                    "when",
                    "after",
                ],
            );
        let is_after_quote = start > 0 && !is_free(start - 1);
        if goes_on && !is_aside && !is_after_quote {
            let last = self.content_end(index, end, true);
            found.push(Content { first: end, end: last });
        }
        found
    }

    /// The start of the clause before an attribution: behind a semicolon, or an earlier content.
    fn clause_of(&self, index: usize, from: usize, start: usize) -> usize {
        let line = &self.lines[index];
        let parts = (from..start).rev().find(|&at| {
            line.between(at).contains(';')
                || at > 0 && line.quotes[at - 1].is_some() && line.quotes[at].is_none()
        });
        parts.unwrap_or(from)
    }

    /// Whether a clause begins at a token: a noun phrase and its verb.
    fn is_clause(&self, index: usize, first: usize) -> bool {
        let line = &self.lines[index];
        if first >= line.len() || line.quotes[first].is_some() || line.mark(first) == Mark::Break {
            return false;
        }
        let begins = !line.is_grammar(first)
            || line.is_determiner(first)
            || line.cover[first].is_some()
            || line.reads(
                first,
                &[
                    "it", "he", "she", "they", "we", "there", "all", "both", "nobody", "no", "not",
                    "if", "what", "its", "his", "her", "their",
                ],
            );
        let verb = (first + 1..line.len().min(first + 20)).find(|&at| self.is_finite(index, at));
        // `announced his resignation and appointed`: the verb has the same subject.
        begins && verb.is_some_and(|verb| !line.reads(verb - 1, &["and", "or", "but", "to"]))
    }

    /// Whether a word is a verb for sure: not `a report submitted to the agency`.
    fn is_finite(&self, index: usize, at: usize) -> bool {
        let line = &self.lines[index];
        let is_participle = line.surface(at).ends_with("ed")
            && at + 1 < line.len()
            && line.reads(at + 1, &["to", "by", "in", "at", "for", "from"])
            && !line.is_verb(at - 1);
        line.is_verb(at) && !is_participle
    }

    fn skip_adverbials(&self, index: usize, from: usize) -> usize {
        let line = &self.lines[index];
        let mut at = from;
        while at < line.len() && line.mark(at) == Mark::None {
            if line.reads(at, &["on"]) && at + 1 < line.len() && line.is(at + 1, Class::Day) {
                at += 2;
            } else if line.is(at, Class::Day)
                || line.reads(at, &["yesterday", "later", "also", "today"])
            {
                at += 1;
            } else {
                break;
            }
        }
        at
    }

    /// Where a content that begins at a token ends: at a semicolon or a quotation that is no part of it, and without
    /// `that` where a new clause of another actor begins.
    fn content_end(&self, index: usize, first: usize, is_bare: bool) -> usize {
        let line = &self.lines[index];
        for at in first + 1..line.len() {
            if line.quotes[at].is_some() {
                continue;
            }
            if line.between(at).contains(';') && !self.goes_on_behind(index, at) {
                return at;
            }
            let is_joint = line.mark(at) == Mark::Comma && line.reads(at, &["and", "but", "while"]);
            let is_named = at + 1 < line.len()
                && line.cover[at + 1].is_some_and(|number| {
                    self.entities[number].first == at + 1 && self.entities[number].is_head
                });
            if is_bare && is_joint && is_named && self.is_subject(index, at + 1) {
                return at;
            }
        }
        line.len()
    }

    /// `; but no firm could be sure`: the same speaker goes on.
    fn goes_on_behind(&self, index: usize, at: usize) -> bool {
        self.lines[index].reads(at, &["but", "and", "that", "nor", "it", "he", "she", "they"])
    }

    /// Whether the name that begins at a token has a verb of its own.
    fn is_subject(&self, index: usize, first: usize) -> bool {
        let line = &self.lines[index];
        let last = line.cover[first].map_or(first, |number| self.entities[number].last);
        (last + 1..line.len().min(last + 4)).any(|at| line.is_verb(at))
    }

    /// `Holmvassli: Iceland must pay`, `Iceland must pay: Holmvassli`.
    fn after_colon(&self, index: usize) -> Option<(Content, Option<u32>)> {
        let line = &self.lines[index];
        let colon = (1..line.len())
            .find(|&at| line.between(at).contains(": ") && line.quotes[at - 1].is_none())?;
        let ends = line.cover[colon - 1].map(|number| self.entities[number]);
        if let Some(entity) = ends.filter(|entity| self.phrase_start(index, entity.first) == 0) {
            let speaks = entity.kind != ActorKind::State && line.quotes[colon].is_none();
            return speaks
                .then_some((Content { first: colon, end: line.len() }, Some(entity.actor)));
        }
        let names_speaker = line.len() - colon <= 4 && line.quotes[0].is_none();
        let last = line.len() - 1;
        let entity = line.cover[last].map(|number| self.entities[number].actor);
        let is_person =
            line.is(last, Class::SpeaksFor) || entity.is_some() && line.is_capital(colon);
        let is_said = (0..colon)
            .any(|at| line.is_verb(at) || line.reads(at, &["must", "should", "will", "can"]));
        let owner =
            entity.or_else(|| self.owner_of(index, last).map(|number| self.entities[number].actor));
        (names_speaker && is_person && is_said).then_some((Content { first: 0, end: colon }, owner))
    }
}

/// Whether a word is a verb that goes with quoted words.
pub(super) fn goes_with_quotes(line: &Line<'_>, at: usize) -> bool {
    [Class::Saying, Class::Telling, Class::Quoting].iter().any(|&class| line.is(at, class))
}
