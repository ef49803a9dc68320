//! Where are actors described? `the ministry`, `the company`, `the Swedish prime minister`.

use super::line::{Line, Mark};
use super::story::{Place, Story};
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::MentionKind;
use crate::mention::lexicon::Class;

/// A description in a line.
pub(super) struct Description {
    pub(super) place: Place,
    /// Its noun.
    pub(super) head: usize,
    /// Small words of it, in lower case: `foreign minister`.
    pub(super) words: Vec<String>,
    /// Whose it is, if it says so: `the Swedish prime minister`.
    pub(super) owner: Option<u32>,
}

impl Story<'_> {
    /// Links the description that begins at a token, and gives its last token.
    pub(super) fn describe(&mut self, line: usize, at: usize) -> Option<usize> {
        if let Some(last) = self.describe_pair(line, at) {
            return Some(last);
        }
        let description = self.description(line, at)?;
        let (actor, confidence) = self.described(&description)?;
        self.link(description.place, actor, confidence, MentionKind::Anaphor);
        Some(description.place.last)
    }

    /// `the two countries`, `both states`: two links, where the last lines speak of just two states.
    fn describe_pair(&mut self, index: usize, at: usize) -> Option<usize> {
        let line = &self.lines[index];
        let is_both = line.reads(at, &["both"]);
        let is_two =
            line.reads(at, &["the"]) && at + 2 < line.len() && line.reads(at + 1, &["two"]);
        let last = if is_two { at + 2 } else { at + 1 };
        let is_states = last < line.len()
            && line.is_next(last)
            && line.reads(
                last,
                &[
                    "countries",
                    "states",
                    "nations",
                    "governments",
                    "neighbours",
                    "neighbors",
                    "sides",
                ],
            );
        if !(is_both || is_two) || !is_states {
            return None;
        }
        let place = Place { line: index, first: at, last };
        let states = self.states_near(place, 2);
        let [one, other] = states[..] else { return None };
        for state in [one, other] {
            self.link(place, state, 75, MentionKind::Anaphor);
        }
        Some(last)
    }

    fn description(&self, index: usize, at: usize) -> Option<Description> {
        let line = &self.lines[index];
        let is_the = line.reads(at, &["the"]);
        let owner_before = || {
            let before = at.checked_sub(1).filter(|_| line.mark(at) == Mark::None)?;
            let before = if line.is_possessive(before) { before.checked_sub(1)? } else { before };
            let entity = self.entities[line.cover[before]?];
            (!entity.is_head && entity.kind == ActorKind::State).then_some(entity.actor)
        };
        let (start, owner) = if is_the { (at + 1, None) } else { (at, Some(owner_before()?)) };
        let head = head_of(line, start)?;
        if line.quotes[at] != line.quotes[head] || (start..=head).any(|at| line.cover[at].is_some())
        {
            return None;
        }
        let last =
            if line.is(head, Class::Role) && is_of_state(line, head) { head + 2 } else { head };
        // A line of its own: `The President.` in a transcript.
        let is_all = at == 0 && last + 1 == line.len();
        if is_all || is_compound(line, last) || self.is_apposition(index, at, last) {
            return None;
        }
        let words = (start..=last).map(|at| line.lower(at));
        let words = words.filter(|word| {
            !matches!(word.as_str(), "former" | "then" | "new" | "late" | "outgoing")
        });
        let place = Place { line: index, first: at, last };
        Some(Description { place, head, words: words.collect(), owner })
    }

    /// Whether a description stands beside a name that it explains: `Gordon Pell, the defence secretary,`.
    fn is_apposition(&self, index: usize, first: usize, last: usize) -> bool {
        let line = &self.lines[index];
        let is_person = |at: usize| {
            line.cover[at].is_some_and(|number| self.entities[number].kind == ActorKind::Person)
        };
        let mut start = first;
        while start > 0
            && line.mark(start) == Mark::None
            && (line.cover[start - 1].is_some()
                || line.is(start - 1, Class::Determiner)
                || line.is_possessive(start - 1))
        {
            start -= 1;
        }
        let before = start > 0 && line.mark(start) == Mark::Comma && is_person(start - 1);
        let next = last + 1;
        let after = next < line.len()
            && line.mark(next) == Mark::Comma
            && line.is_capital(next)
            && (is_person(next)
                || line.cover[next].is_none()
                    && next + 1 < line.len()
                    && line.is_capital(next + 1));
        before || after
    }

    /// Remembers the nouns of a line that speak of somebody else than an actor: `a Dutch firm`.
    pub(super) fn note_rivals(&mut self, index: usize) {
        let line = &self.lines[index];
        let classes = [Class::BodyNoun, Class::CompanyNoun, Class::GroupNoun];
        let is_rival = |&at: &usize| {
            let is_noun = classes.iter().any(|&class| line.is(at, class));
            let is_bare = at > 0 && line.reads(at - 1, &["the", "its", "their", "own", "this"]);
            let is_of_entity = matches!(self.phrase_owner(index, at), Some(Subject::Actor(_)));
            is_noun && !is_bare && !is_of_entity && line.cover[at].is_none() && !line.is_capital(at)
        };
        let nouns: Vec<String> =
            (0..line.len()).filter(is_rival).map(|at| line.lower(at)).collect();
        for noun in nouns {
            self.rivals.insert(noun, index);
        }
    }

    /// `the Bergen company Havgard Pelagic`: the noun and the name are one.
    fn phrase_owner(&self, index: usize, at: usize) -> Option<Subject> {
        let line = &self.lines[index];
        let next = at + 1;
        let number =
            line.cover.get(next).copied().flatten().filter(|_| line.mark(next) == Mark::None)?;
        Some(Subject::Actor(number))
    }
}

/// The noun of a description: the first that means an actor, with no more than office words before it.
fn head_of(line: &Line<'_>, start: usize) -> Option<usize> {
    let nouns =
        [Class::Role, Class::CountryNoun, Class::BodyNoun, Class::GroupNoun, Class::CompanyNoun];
    for at in start..line.len().min(start + 4) {
        if at > start && (line.mark(at) != Mark::None || line.quotes[at] != line.quotes[start]) {
            return None;
        }
        let goes_on = at + 1 < line.len()
            && line.is_next(at + 1)
            && line.is_office_word(at)
            && (line.is(at + 1, Class::Role)
                || line.is_office_word(at + 1)
                || line.is(at + 1, Class::BodyNoun));
        let is_noun = nouns.iter().any(|&class| line.is(at, class))
            || line.reads(at, &["government", "regime"]);
        if is_noun && !goes_on {
            return Some(at);
        }
        let is_modifier = line.is_office_word(at)
            || line.reads(at, &["former", "then", "new", "late", "outgoing"])
            || line.surface(at).chars().all(char::is_lowercase)
                && !line.is_grammar(at)
                && !line.is_verb(at);
        if !is_modifier {
            return None;
        }
    }
    None
}

fn is_of_state(line: &Line<'_>, head: usize) -> bool {
    head + 2 < line.len()
        && line.reads(head, &["secretary"])
        && line.reads(head + 1, &["of"])
        && line.reads(head + 2, &["state"])
}

/// `the alliance holds`: a verb, most likely, since descriptions are rarely followed by plurals.
fn is_third_person(word: &str) -> bool {
    word.len() >= 4
        && word.ends_with('s')
        && !word.ends_with("ss")
        && word.starts_with(char::is_lowercase)
}

/// Whether a noun goes on as a compound or as the title of a name: `the company car`, `the president elect`.
fn is_compound(line: &Line<'_>, last: usize) -> bool {
    let next = last + 1;
    let joined = next < line.len() && line.between(next).starts_with('-');
    joined
        || line.is_next(next)
            && !line.is_grammar(next)
            && !line.is_verb(next)
            && !is_third_person(line.surface(next))
            && !line.owns(last)
            && line.quotes[next] == line.quotes[last]
}
