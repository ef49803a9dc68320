//! Who is a verb's subject? Asked of word classes, commas and the places of names, walking back from the verb.

use super::entity::Entity;
use super::line::{Line, Mark};
use super::story::Story;
use crate::mention::ActorKind;
use crate::mention::lexicon::Class;

/// What a verb's subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// An entity, by its number.
    Actor(usize),
    /// Somebody who speaks for the entity: `a Norwegian official`, `a spokesman for the union`.
    For(usize),
    /// The government of the entity: what `it` takes up as well.
    GovernmentOf(usize),
    /// A statement, letter or report.
    Paper,
    /// A person who is not linked.
    Person,
    /// Several, or a plural.
    Several,
    /// Something else.
    Thing,
    /// The walk found nothing.
    Unknown,
}

/// How many verbs are followed back over `and`.
const MOST_STEPS: usize = 4;

impl Line<'_> {
    /// Whether a word is a verb in a finite form, as far as its class and its neighbours tell.
    pub(super) fn is_verb(&self, at: usize) -> bool {
        if self.is_capital(at) && at > 0 || self.is(at, Class::Auxiliary) {
            return self.is(at, Class::Auxiliary);
        }
        let follows = |class| at > 0 && self.is_next(at) && self.is(at - 1, class);
        if follows(Class::Determiner)
            && !self.reads(at - 1, &["that", "this", "these", "those", "all", "some"])
            || follows(Class::Preposition)
                && !self.reads(at - 1, &["as", "than", "since", "before", "after"])
            || at > 0 && self.is_possessive(at - 1)
        {
            return false;
        }
        let classes = [Class::Past, Class::Saying, Class::Telling, Class::Quoting];
        classes.iter().any(|&class| self.is(at, class)) || self.is_past(at) || self.is_present(at)
    }

    fn is_past(&self, at: usize) -> bool {
        let surface = self.surface(at);
        surface.len() >= 4 && surface.ends_with("ed") && !self.is(at, Class::NotPast)
    }

    /// `Norway wants`, `he hopes`, `who leads`.
    fn is_present(&self, at: usize) -> bool {
        let surface = self.surface(at);
        let is_form = surface.len() >= 4 && surface.ends_with('s') && !surface.ends_with("ss");
        if !is_form || !self.is_next(at) || at == 0 {
            return false;
        }
        let is_adverb = |at: usize| self.is(at, Class::Adverb) || self.surface(at).ends_with("ly");
        let before = if is_adverb(at - 1) && at > 1 { at - 2 } else { at - 1 };
        let is_name = self.cover[before].is_some() && self.is_capital(before);
        is_name && !self.owns(before) || self.reads(before, &["he", "she", "it", "who", "which"])
    }

    /// Whether a word stands between a verb and its auxiliary or subject.
    fn is_filler(&self, at: usize) -> bool {
        self.is(at, Class::Adverb)
            || self.is(at, Class::Day) && !self.is_possessive(at + 1)
            || self.surface(at).ends_with("ly")
            || matches!(self.surface(at), "be" | "been" | "being" | "t")
    }
}

/// What stands before a token that the one before it in the same quotation may be far from.
fn mark_since(line: &Line<'_>, before: usize, at: usize) -> Mark {
    if before + 1 == at { line.mark(at) } else { Mark::Break }
}

impl Story<'_> {
    /// The verbs of a line before a token, the nearest first, in the same quotation or outside all.
    pub(super) fn verbs_before(&self, line: usize, at: usize) -> Vec<usize> {
        let line = &self.lines[line];
        let quote = line.quotes.get(at).copied().flatten();
        (0..at).rev().filter(|&verb| line.quotes[verb] == quote && line.is_verb(verb)).collect()
    }

    /// The subject of a line's first verb outside quotations.
    pub(super) fn main_subject(&self, index: usize) -> Subject {
        let line = &self.lines[index];
        let mut verbs = (0..line.len()).filter(|&at| line.quotes[at].is_none() && line.is_verb(at));
        let Some(verb) = verbs.next() else { return Subject::Unknown };
        match self.subject_of(index, verb) {
            Subject::Unknown => {
                // A subordinate clause without a subject of its own, or one that the verb stands before.
                let inverted = self.inverted_subject(index, verb);
                match (inverted, verbs.next()) {
                    (Subject::Unknown, Some(next)) => self.subject_of(index, next),
                    (found, _) => found,
                }
            }
            found => found,
        }
    }

    /// The subject of a verb.
    pub(super) fn subject_of(&self, line: usize, verb: usize) -> Subject {
        self.subject_within(line, verb, MOST_STEPS)
    }

    fn subject_within(&self, index: usize, verb: usize, n_steps: usize) -> Subject {
        let line = &self.lines[index];
        let mut at = verb;
        loop {
            let Some(before) = line.previous(at) else { return Subject::Unknown };
            match mark_since(line, before, at) {
                Mark::Break => return self.after_bracket(index, before, at),
                Mark::Comma => return self.across_comma(index, before, n_steps),
                Mark::None => {}
            }
            if line.cover[before].is_none() {
                if line.is_filler(before) || line.is_verb(before) {
                    at = before;
                    continue;
                }
                if line.reads(before, &["turn"]) && before > 0 && line.reads(before - 1, &["in"]) {
                    at = before - 1;
                    continue;
                }
                // `Norway on Friday said`
                if line.reads(before, &["on", "in"]) && line.is(before + 1, Class::Day) {
                    at = before;
                    continue;
                }
                if n_steps > 0 && line.reads(before, &["and", "but", "or", "then", "nor"]) {
                    return self.earlier(index, before, n_steps);
                }
                if n_steps > 0 && line.reads(before, &["to"]) {
                    return self.controller(index, before, n_steps);
                }
            }
            return self.phrase_ending(index, before);
        }
    }

    /// `Kordia Steel (KS) said`.
    fn after_bracket(&self, index: usize, before: usize, at: usize) -> Subject {
        let line = &self.lines[index];
        let is_bracketed = before + 1 == at
            && before > 0
            && line.between(at).trim_start().starts_with(')')
            && line.between(before).ends_with('(');
        if is_bracketed { self.phrase_ending(index, before - 1) } else { Subject::Unknown }
    }

    /// The subject of the verb before a conjunction.
    fn earlier(&self, index: usize, conjunction: usize, n_steps: usize) -> Subject {
        let verb = self.verbs_before(index, conjunction).into_iter().next();
        verb.map_or(Subject::Unknown, |verb| self.subject_within(index, verb, n_steps - 1))
    }

    /// Who is to do something: the object before `to`, else the subject of the verb before it.
    fn controller(&self, index: usize, to: usize, n_steps: usize) -> Subject {
        let line = &self.lines[index];
        match to.checked_sub(1).and_then(|before| line.cover[before]) {
            Some(entity) if self.entities[entity].is_head => Subject::Actor(entity),
            _ => self.earlier(index, to, n_steps),
        }
    }

    /// A verb after a comma: `Pell, the defence secretary, said`, `Norway's minister, Torgeir Holmvassli, said`.
    fn across_comma(&self, index: usize, before: usize, n_steps: usize) -> Subject {
        let line = &self.lines[index];
        let is_same = |at: usize| line.quotes[at] == line.quotes[before];
        let opening = (before.saturating_sub(24)..=before)
            .rev()
            .take_while(|&at| is_same(at))
            .find(|&at| line.mark(at) != Mark::None);
        let Some(start) = opening.filter(|&start| start > 0 && line.mark(start) == Mark::Comma)
        else {
            return Subject::Unknown;
        };
        // A name between commas: what stands before it is its office.
        if let Some(entity) = line.cover[start].map(|number| (number, self.entities[number]))
            && entity.1.last == before
        {
            return Subject::Actor(entity.0);
        }
        if line.reads(start, &["and", "but", "or"]) && n_steps > 0 {
            return self.earlier(index, start, n_steps);
        }
        self.phrase_ending(index, start - 1)
    }

    /// What a noun phrase that ends with a token is.
    pub(super) fn phrase_ending(&self, index: usize, last: usize) -> Subject {
        let line = &self.lines[index];
        let entity = line.cover[last].filter(|&number| self.entities[number].last == last);
        if let Some(number) = entity {
            return self.named_phrase(index, number);
        }
        if line.reads(last, &["who", "which", "that"]) && last > 0 {
            return self.antecedent_of_relative(index, last);
        }
        if line.reads(last, &["they", "we", "you", "both", "many", "most", "some", "others"]) {
            return Subject::Several;
        }
        if line.reads(last, &["he", "she", "i", "one", "nobody", "everybody", "somebody"]) {
            return Subject::Person;
        }
        if line.reads(last, &["it"]) {
            // `it warned`, after a statement.
            let before = index.checked_sub(1).map(|before| &self.lines[before]);
            let is_paper = before.is_some_and(|line| {
                (0..line.len()).any(|at| line.is(at, Class::Paper) && line.quotes[at].is_none())
            });
            return if is_paper { Subject::Paper } else { Subject::Thing };
        }
        self.noun_phrase(index, last)
    }

    /// A phrase that ends in a name, which may only belong to its noun: `a spokesman for Norway`.
    fn named_phrase(&self, index: usize, number: usize) -> Subject {
        let line = &self.lines[index];
        let Entity { first, last, kind, .. } = self.entities[number];
        if line.owns(last) {
            return Subject::Thing;
        }
        let start = self.phrase_start(index, first);
        let Some(before) = start.checked_sub(1).filter(|_| line.mark(start) == Mark::None) else {
            return Subject::Actor(number);
        };
        // `the ship that left Oman had`: the name is the object of a relative clause.
        if before > 1
            && line.reads(before - 1, &["who", "which", "that"])
            && line.is_verb(before)
            && !line.is(before, Class::Saying)
        {
            return self.antecedent_of_relative(index, before - 1);
        }
        if line.reads(before, &["of", "for", "in", "from", "at", "to", "with"]) && before > 0 {
            return match self.phrase_ending(index, before - 1) {
                Subject::Thing if self.head_governs(index, before - 1) => {
                    Subject::GovernmentOf(number)
                }
                Subject::Person | Subject::Thing if self.head_speaks(index, before - 1) => {
                    Subject::For(number)
                }
                Subject::Unknown => Subject::Actor(number),
                found => found,
            };
        }
        if line.reads(before, &["and", "or"]) && before > 0 {
            let other = line.cover[before - 1].map(|other| self.entities[other].kind);
            let is_joined = other
                .is_some_and(|other| (other == ActorKind::Person) == (kind == ActorKind::Person));
            if is_joined {
                return Subject::Several;
            }
        }
        Subject::Actor(number)
    }

    /// Where the phrase of a name begins: titles and articles before it belong to it.
    pub(super) fn phrase_start(&self, index: usize, first: usize) -> usize {
        let line = &self.lines[index];
        let mut start = first;
        while start > 0
            && line.mark(start) == Mark::None
            && line.quotes[start - 1] == line.quotes[first]
            && (line.is(start - 1, Class::Determiner) && !line.reads(start - 1, &["that"])
                || line.is(start - 1, Class::Title)
                || line.is(start - 1, Class::Role)
                || line.is_office_word(start - 1)
                || line.cover[start - 1].is_some_and(|number| !self.entities[number].is_head)
                || line.is_possessive(start - 1)
                || line.is_capital(start - 1)
                    && !line.is_grammar(start - 1)
                    && line.cover[start - 1].is_none())
        {
            start -= 1;
        }
        start
    }

    /// `Norway, which had closed`.
    fn antecedent_of_relative(&self, index: usize, relative: usize) -> Subject {
        let line = &self.lines[index];
        let before = relative - 1;
        if line.reads(relative, &["that"]) && line.is_verb(before) {
            return Subject::Unknown;
        }
        match line.cover[before].filter(|&number| self.entities[number].last == before) {
            Some(number) => self.named_phrase(index, number),
            None if line.is_grammar(before) => Subject::Unknown,
            None => self.noun_phrase(index, before),
        }
    }
}
