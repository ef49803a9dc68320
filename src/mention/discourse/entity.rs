//! Who has been spoken of so far? The actors of an article in the order of the text, with what is known of each.

use std::collections::BTreeMap;

use super::line::{Line, Mark};
use super::story::Story;
use crate::mention::ActorKind;
use crate::mention::actor::Affiliation;
use crate::mention::lexicon::Class;

/// A place where an actor is spoken of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entity {
    pub(super) actor: u32,
    pub(super) kind: ActorKind,
    pub(super) line: usize,
    /// Its first and last token.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Whether it heads its phrase: not `Norwegian` in `Norwegian ships` nor `Norway` in `Norway's ships`.
    pub(super) is_head: bool,
    /// Whether a plural pronoun takes it up: `the rebels`.
    pub(super) is_plural: bool,
}

/// Which pronoun takes up a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

/// An office as words, and whether the text itself says that the person holds it.
type Role = (Vec<String>, bool);

/// What is known of the persons of an article.
#[derive(Debug, Default)]
pub(super) struct Persons {
    gender: BTreeMap<u32, Option<Gender>>,
    /// The offices that each is said to hold, as words: `foreign minister`.
    roles: BTreeMap<u32, Vec<Role>>,
}

impl Persons {
    pub(super) fn gender(&self, actor: u32) -> Option<Gender> {
        self.gender.get(&actor).copied().flatten()
    }

    /// Whether a pronoun of a gender may take up a person.
    pub(super) fn agrees(&self, actor: u32, gender: Gender) -> bool {
        self.gender(actor).is_none_or(|own| own == gender)
    }

    /// Remembers the gender of a person of whom none was known.
    pub(super) fn learn(&mut self, actor: u32, gender: Gender) {
        self.gender.entry(actor).or_default().get_or_insert(gender);
    }

    /// The persons who hold an office of which `words` are said: `the minister` for a foreign minister. Offices that
    /// only the list knows count where the words say whose office it is.
    pub(super) fn holders(&self, words: &[String], is_listed_enough: bool) -> Vec<u32> {
        let fits =
            |(role, is_told): &Role| (*is_told || is_listed_enough) && is_short_for(words, role);
        let holding = self.roles.iter().filter(|(_, roles)| roles.iter().any(fits));
        holding.map(|(&actor, _)| actor).collect()
    }

    fn add_role(&mut self, actor: u32, role: Role) {
        let roles = self.roles.entry(actor).or_default();
        if !role.0.is_empty() && !roles.contains(&role) {
            roles.push(role);
        }
    }
}

/// Whether `words` may stand for a whole office: `minister` for `foreign minister`, not `president` for `vice
/// president` nor `minister` for `prime minister`.
fn is_short_for(words: &[String], role: &[String]) -> bool {
    let lesser = ["vice", "deputy", "prime", "former", "assistant", "acting"];
    if let Some(left) = role.len().checked_sub(words.len())
        && role.ends_with(words)
    {
        return !role[..left].iter().any(|word| lesser.contains(&word.as_str()));
    }
    words == ["secretary"] && role.starts_with(words)
}

impl Story<'_> {
    /// Gathers what titles, appositions and lists say of a person who is named at a place.
    pub(super) fn introduce(&mut self, entity: Entity) {
        let actor = entity.actor;
        if !self.persons.gender.contains_key(&actor) {
            let gender = self.gender_of_name(&self.list.get(actor).name);
            self.persons.gender.insert(actor, gender);
            for role in self.listed_offices(actor) {
                self.persons.add_role(actor, (role, false));
            }
        }
        let line = &self.lines[entity.line];
        let mut roles = Vec::new();
        if let Some(before) = entity.first.checked_sub(1) {
            let role = line.role_ending(before);
            if line.mark(entity.first) == Mark::None || !role.is_empty() {
                roles.push(role);
            }
            let gender = gender_of_word(line, before);
            if let Some(gender) = gender.filter(|_| line.mark(entity.first) == Mark::None) {
                self.persons.gender.insert(actor, Some(gender));
            }
        }
        roles.extend(line.role_after(entity.last));
        for role in roles {
            self.persons.add_role(actor, (role, true));
        }
    }

    fn listed_offices(&self, actor: u32) -> Vec<Vec<String>> {
        let date = self.document.article.date;
        let affiliations = self.list.get(actor).affiliations.iter();
        let held = affiliations.filter(|one| date.is_none_or(|date| one.holds_on(date)));
        let words =
            |office: &str| office.to_lowercase().split([' ', '-']).map(str::to_owned).collect();
        held.flat_map(Affiliation::offices).map(words).collect()
    }

    fn gender_of_name(&self, name: &str) -> Option<Gender> {
        let mut tokens = Vec::new();
        self.gazetteer.cut(name, 0, &mut tokens);
        let lexicon = self.gazetteer.lexicon();
        let of = |class| tokens.iter().any(|token| lexicon.is(token.word, class));
        match (of(Class::FemaleName), of(Class::MaleName)) {
            (true, false) => Some(Gender::Female),
            (false, true) => Some(Gender::Male),
            _ => None,
        }
    }
}

fn gender_of_word(line: &Line<'_>, at: usize) -> Option<Gender> {
    if line.is(at, Class::FemaleWord) {
        Some(Gender::Female)
    } else if line.is(at, Class::MaleWord) {
        Some(Gender::Male)
    } else {
        None
    }
}

impl Line<'_> {
    /// The words of the office that ends with a token: `foreign minister`; none if the token names no office.
    pub(super) fn role_ending(&self, last: usize) -> Vec<String> {
        let mut first = last;
        // `secretary of state`
        if self.reads(last, &["state"]) && last >= 2 && self.reads(last - 1, &["of"]) {
            first = last - 2;
        }
        if !self.is(first, Class::Role) {
            return Vec::new();
        }
        while first > 0
            && self.is_next(first) | self.is_hyphened(first)
            && self.is_office_word(first - 1)
        {
            first -= 1;
        }
        (first..=last).map(|at| self.lower(at)).collect()
    }

    fn is_hyphened(&self, at: usize) -> bool {
        self.between(at) == "-"
    }

    /// A word that goes with an office before its noun.
    pub(super) fn is_office_word(&self, at: usize) -> bool {
        let modifiers = [
            "prime",
            "foreign",
            "vice",
            "deputy",
            "special",
            "defence",
            "defense",
            "interior",
            "finance",
            "trade",
            "justice",
            "secretary",
            "chief",
            "supreme",
            "general",
            "rear",
            "lord",
            "opposition",
            "party",
        ];
        self.reads(at, &modifiers)
    }

    /// The offices in an apposition after a name: `Dalia Ferenc, Hungary's foreign minister,`.
    fn role_after(&self, last: usize) -> Vec<Vec<String>> {
        let start = last + 1;
        if start >= self.len() || self.mark(start) != Mark::Comma {
            return Vec::new();
        }
        let end =
            (start + 1..self.len()).find(|&at| self.mark(at) != Mark::None).unwrap_or(self.len());
        let end = end.min(start + 9);
        if self.reads(start, &["who", "whose", "and", "but"]) {
            return Vec::new();
        }
        (start..end)
            .filter(|&at| self.is(at, Class::Role) || self.reads(at, &["state"]))
            .map(|at| self.role_ending(at))
            .filter(|role| !role.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::is_short_for;

    #[test]
    fn a_short_title_stands_for_a_longer_one_but_not_for_a_lesser() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let is_short = |short, long| is_short_for(&words(short), &words(long));
        assert!(is_short("minister", "foreign minister"));
        assert!(is_short("secretary", "secretary of state"));
        assert!(is_short("prime minister", "prime minister"));
        assert!(!is_short("president", "vice president"));
        assert!(!is_short("minister", "prime minister"));
        assert!(!is_short("foreign minister", "minister"));
    }
}
