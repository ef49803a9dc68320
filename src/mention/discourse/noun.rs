//! What is a noun phrase without a name at its end? A person, a paper, somebody who speaks for an actor, a thing.

use super::line::Mark;
use super::story::Story;
use super::subject::Subject;
use crate::mention::lexicon::Class;

/// Nouns that mean a state's power itself.
const GOVERNING: [&str; 8] = [
    "government",
    "regime",
    "leadership",
    "side",
    "administration",
    "authorities",
    "cabinet",
    "delegation",
];

impl Story<'_> {
    /// Whether the noun that ends at a token may speak for an actor.
    pub(super) fn head_speaks(&self, index: usize, last: usize) -> bool {
        super::story::speaks_for(&self.lines[index], last)
    }

    pub(super) fn head_governs(&self, index: usize, last: usize) -> bool {
        self.lines[index].reads(last, &GOVERNING)
    }

    /// What a phrase that ends in a common noun is.
    pub(super) fn noun_phrase(&self, index: usize, last: usize) -> Subject {
        let line = &self.lines[index];
        if let Some(owner) = self.owner_of(index, last) {
            if self.head_governs(index, last) {
                return Subject::GovernmentOf(owner);
            }
            if self.head_speaks(index, last) {
                return Subject::For(owner);
            }
        }
        if let Some((head, owner)) = self.of_phrase(index, last) {
            if self.head_governs(index, head) {
                return owner.map_or(Subject::Thing, Subject::GovernmentOf);
            }
            if self.head_speaks(index, head) {
                return owner.map_or(Subject::Person, Subject::For);
            }
            return self.bare_noun(index, head);
        }
        if line.is_grammar(last) || line.is_verb(last) {
            return Subject::Unknown;
        }
        self.bare_noun(index, last)
    }

    fn bare_noun(&self, index: usize, head: usize) -> Subject {
        let line = &self.lines[index];
        let is_person = line.is(head, Class::Person)
            || line.is(head, Class::Role)
            || line.is(head, Class::Title)
            || line.reads(
                head,
                &["spokesman", "spokeswoman", "spokesperson", "official", "diplomat", "aide"],
            )
            || line.reads(
                head,
                &[
                    "captain", "judge", "lawyer", "skipper", "witness", "adviser", "analyst",
                    "steward",
                ],
            );
        if line.is(head, Class::Paper) {
            Subject::Paper
        } else if is_person || self.is_unlisted_name(index, head) {
            Subject::Person
        } else if line.surface(head).ends_with('s') && !line.surface(head).ends_with("ss") {
            Subject::Several
        } else {
            Subject::Thing
        }
    }

    /// A capitalised word that is no actor and does not begin the sentence: somebody's name, most likely.
    fn is_unlisted_name(&self, index: usize, head: usize) -> bool {
        let line = &self.lines[index];
        let is_name =
            |at: usize| line.is_capital(at) && line.cover[at].is_none() && !line.is_grammar(at);
        is_name(head)
            && head > 0
            && line.is_next(head)
            && (is_name(head - 1) || line.is(head - 1, Class::Title))
    }

    /// The actor whose the noun is that ends at a token: `Norway's ministry`, `a Norwegian official`.
    pub(super) fn owner_of(&self, index: usize, last: usize) -> Option<usize> {
        let line = &self.lines[index];
        let mut at = last;
        for _ in 0..5 {
            if line.mark(at) != Mark::None || at == 0 {
                return None;
            }
            at -= 1;
            if let Some(number) = line.cover[at] {
                return (!self.entities[number].is_head).then_some(number);
            }
            if line.is_determiner(at) || line.is_verb(at) || line.is(at, Class::Preposition) {
                return None;
            }
        }
        None
    }

    /// The head of a phrase that goes on with `of`, `for` or `in`, and the actor after that: `a spokesman for the
    /// Spanish interior ministry`, `the defence ministry in Vilnius`, `people at the meeting`.
    fn of_phrase(&self, index: usize, last: usize) -> Option<(usize, Option<usize>)> {
        let line = &self.lines[index];
        let mut at = last;
        for _ in 0..8 {
            if line.mark(at) != Mark::None
                || at == 0
                || line.is_verb(at) && line.cover[at].is_none()
            {
                return None;
            }
            at -= 1;
            if line.reads(at, &["of", "for", "in", "from", "at", "to", "with", "on"]) && at > 0 {
                let owner = (at + 1..=last).rev().find_map(|at| line.cover[at]);
                return Some((at - 1, owner));
            }
        }
        None
    }
}
