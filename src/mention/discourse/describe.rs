//! Whom does a description mean? `the ministry`, `the company`, `the Swedish prime minister`.

use super::line::{Line, Mark};
use super::story::{Place, Story};
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::MentionKind;
use crate::mention::lexicon::Class;
use crate::text::Part;

/// How many lines back a person may be named whose office only the list knows.
const MOST_APART: usize = 3;

/// A description in a line.
struct Description {
    place: Place,
    /// Its noun.
    head: usize,
    /// Small words of it, in lower case: `foreign minister`.
    words: Vec<String>,
    /// Whose it is, if it says so: `the Swedish prime minister`.
    owner: Option<u32>,
}

/// Bodies that nouns mean which their names don't have.
const KNOWN_AS: [(&str, &[&str]); 5] = [
    ("EU", &["bloc", "union"]),
    ("NATO", &["alliance", "bloc"]),
    ("UNO", &["organisation", "organization", "body"]),
    ("IAEA", &["agency", "watchdog"]),
    ("WHO", &["agency", "organisation", "organization"]),
];

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

    /// The actor that a description means, and how sure that is in per cent.
    fn described(&self, description: &Description) -> Option<(u32, u8)> {
        let line = &self.lines[description.place.line];
        let head = description.head;
        if line.is(head, Class::Role) {
            return self.holder(description);
        }
        if description.owner.is_some() || self.has_complement(description) {
            return None;
        }
        if line.is(head, Class::CountryNoun) && description.words.len() == 1 {
            return self.one_state(description.place, 2, 80);
        }
        if line.reads(head, &["government", "regime"]) && description.words.len() == 1 {
            let issuer = self.issuer.filter(|&issuer| {
                line.part == Part::Text && self.list.get(issuer).kind == ActorKind::State
            });
            return issuer
                .map(|issuer| (issuer, 90))
                .or_else(|| self.one_state(description.place, 1, 65));
        }
        self.organisation(description)
    }

    /// `the president of Mali`, `the council that`: more is said of it than that it was named.
    fn has_complement(&self, description: &Description) -> bool {
        let line = &self.lines[description.place.line];
        let next = description.place.last + 1;
        next < line.len()
            && (line.reads(next, &["of", "which", "where", "for", "behind"])
                || line.reads(next, &["that"]) && !self.is_told(description))
    }

    /// `told the council that`.
    fn is_told(&self, description: &Description) -> bool {
        let Place { line, first, .. } = description.place;
        first > 0 && self.lines[line].is(first - 1, Class::Telling)
    }

    /// The person who holds an office.
    fn holder(&self, description: &Description) -> Option<(u32, u8)> {
        let mut owner = description.owner;
        if self.has_complement(description) {
            let line = &self.lines[description.place.line];
            let next = description.place.last + 2;
            let next =
                if next < line.len() && line.reads(next, &["the"]) { next + 1 } else { next };
            owner = Some(self.entities[line.cover.get(next).copied().flatten()?].actor);
        }
        let fits = |&actor: &u32| owner.is_none_or(|owner| self.is_of(actor, owner));
        let place = (description.place.line, description.place.first);
        let holders = |is_listed_enough| {
            let mut holders = self.persons.holders(&description.words, is_listed_enough);
            holders.retain(fits);
            holders
        };
        let told = holders(owner.is_some());
        let holders = if told.is_empty() { holders(true) } else { told.clone() };
        let last = self.last_of(place, |actor| holders.contains(&actor))?;
        // An office that only the list knows may be somebody else's, unless he has just been named.
        if told.is_empty() && last.1 + MOST_APART < place.0 {
            return None;
        }
        let is_only = holders
            .iter()
            .filter(|&&actor| self.last_of(place, |other| other == actor).is_some())
            .count()
            == 1;
        if is_only {
            return Some((last.0, 92));
        }
        // Of several presidents the text's own one is `the president`: whom the last sentence is about, or who came first.
        let about = match place.0.checked_sub(1).map(|line| self.subjects[line]) {
            Some(Subject::Actor(number)) => Some(self.entities[number].actor),
            _ => None,
        };
        let about = about.filter(|actor| holders.contains(actor));
        let first = || self.entities.iter().map(|one| one.actor).find(|one| holders.contains(one));
        about.or_else(first).map(|actor| (actor, 70))
    }

    /// The body, group or company that a noun means.
    fn organisation(&self, description: &Description) -> Option<(u32, u8)> {
        let line = &self.lines[description.place.line];
        let place = (description.place.line, description.place.first);
        let (head, words) = (line.lower(description.head), &description.words);
        let named = self.last_of(place, |actor| self.is_called(actor, words));
        let found = named.map(|found| (found, 88)).or_else(|| {
            if words.len() > 1 {
                return None;
            }
            let is_group = line.is(description.head, Class::GroupNoun);
            let is_company = line.is(description.head, Class::CompanyNoun);
            let fits = |actor: u32| match self.list.get(actor).kind {
                ActorKind::Group => is_group,
                ActorKind::Company => is_company && self.may_be(actor, &head),
                _ => false,
            };
            let found = self.last_of(place, fits)?;
            let is_only = self.last_of(place, |actor| fits(actor) && actor != found.0).is_none();
            Some((found, if is_only { 85 } else { 65 }))
        });
        let ((actor, at), confidence) = found?;
        let is_rivalled = self.rivals.get(&head).is_some_and(|&rival| rival > at);
        (!is_rivalled).then_some((actor, confidence))
    }

    /// Whether all words of a description stand in one of an actor's names.
    fn is_called(&self, actor: u32, words: &[String]) -> bool {
        let actor = self.list.get(actor);
        if !matches!(actor.kind, ActorKind::Body | ActorKind::Group | ActorKind::Company) {
            return false;
        }
        let known =
            KNOWN_AS.iter().find(|(id, _)| *id == actor.id).map_or(&[][..], |(_, words)| words);
        let has = |name: &str| {
            let name = name.to_lowercase();
            words.iter().all(|word| name.split([' ', '-']).any(|part| part == word))
        };
        words.iter().all(|word| known.contains(&word.as_str()))
            || has(&actor.name)
            || actor.aliases.iter().any(|alias| has(&alias.text))
    }

    /// Whether a company may be what a noun says: an airline has the air in its name.
    fn may_be(&self, actor: u32, noun: &str) -> bool {
        let name = self.list.get(actor).name.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        match noun {
            "airline" | "carrier" => has(&["air", "lufthansa", "flot", "wings", "jet"]),
            "bank" | "lender" => has(&["bank", "credit", "financ", "sachs"]),
            "steelmaker" => has(&["steel", "stahl"]),
            "carmaker" | "automaker" => has(&["motor", "auto", "car", "wagen"]),
            "drugmaker" => has(&["pharma", "med", "bio"]),
            "insurer" | "retailer" | "planemaker" | "chipmaker" => false,
            _ => true,
        }
    }

    /// The one state that the last lines are about.
    fn one_state(&self, place: Place, n_lines: usize, confidence: u8) -> Option<(u32, u8)> {
        let states = self.states_near(place, n_lines);
        if let [state] = states[..] { Some((state, confidence)) } else { None }
    }

    /// The states that a line speaks of before a place, and the lines before it, each once.
    fn states_near(&self, place: Place, n_lines: usize) -> Vec<u32> {
        let mut states: Vec<u32> = self
            .before(place.line, place.first, self.lines[place.line].quotes[place.first])
            .iter()
            .filter(|entity| entity.kind == ActorKind::State)
            .map(|entity| entity.actor)
            .collect();
        for back in 1..=n_lines {
            let Some(line) = place.line.checked_sub(back) else { break };
            if self.lines[line].part != self.lines[place.line].part {
                break;
            }
            let here = self.by_line[line].iter().map(|&number| self.entities[number]);
            states.extend(
                here.filter(|entity| entity.kind == ActorKind::State).map(|entity| entity.actor),
            );
        }
        states.sort_unstable();
        states.dedup();
        states
    }

    /// The actor of a kind that was spoken of last before a place, and in which line; headlines don't count in texts.
    pub(super) fn last_of(
        &self,
        place: (usize, usize),
        fits: impl Fn(u32) -> bool,
    ) -> Option<(u32, usize)> {
        for line in (0..=place.0).rev() {
            if self.lines[line].part != self.lines[place.0].part {
                break;
            }
            let here = self.by_line[line].iter().map(|&number| self.entities[number]);
            let fitting =
                here.filter(|entity| (entity.line, entity.first) < place && fits(entity.actor));
            if let Some(entity) = fitting.max_by_key(|entity| entity.first) {
                return Some((entity.actor, line));
            }
        }
        None
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
