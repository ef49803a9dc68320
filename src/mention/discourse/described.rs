//! Whom does a description mean? The holder of the office, the body with the noun in its name, the only state near.

use super::describe::Description;
use super::story::{Place, Story};
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::lexicon::Class;
use crate::text::Part;

/// How many lines back a person may be named whose office only the list knows.
const MOST_APART: usize = 3;

/// Bodies that nouns mean which their names don't have.
const KNOWN_AS: [(&str, &[&str]); 5] = [
    ("EU", &["bloc", "union"]),
    ("NATO", &["alliance", "bloc"]),
    ("UNO", &["organisation", "organization", "body"]),
    ("IAEA", &["agency", "watchdog"]),
    ("WHO", &["agency", "organisation", "organization"]),
];

impl Story<'_> {
    /// The actor that a description means, and how sure that is in per cent.
    pub(super) fn described(&self, description: &Description) -> Option<(u32, u8)> {
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
    pub(super) fn states_near(&self, place: Place, n_lines: usize) -> Vec<u32> {
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
}
