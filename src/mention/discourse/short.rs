//! Which short forms stand for a name that the text gives in full? Acronyms in brackets, surnames, first words.

use std::collections::BTreeMap;

use super::line::{Line, Mark};
use super::story::{Place, Story};
use crate::mention::ActorKind;
use crate::mention::MentionKind;
use crate::mention::lexicon::Class;
use crate::text::Part;

/// How sure a short form is, in per cent.
const ACRONYM: u8 = 97;
const SURNAME: u8 = 93;
const FIRST_WORD: u8 = 90;

/// What a short form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short {
    actor: u32,
    confidence: u8,
    /// Where the name stands that it is short for.
    line: usize,
    token: usize,
}

impl Story<'_> {
    /// Links the short forms of the names that have been found. Those of a headline may be explained by the text.
    pub(super) fn link_short_forms(&mut self) {
        let shorts = self.short_forms();
        if shorts.is_empty() {
            return;
        }
        for index in 0..self.lines.len() {
            for at in 0..self.lines[index].len() {
                let line = &self.lines[index];
                let short = shorts.get(line.surface(at)).copied().flatten();
                let Some(short) = short.filter(|_| line.cover[at].is_none()) else { continue };
                let is_after = (index, at) > (short.line, short.token) || line.part == Part::Title;
                let is_alone = short.confidence == ACRONYM || stands_alone(line, at);
                if is_after && is_alone && !is_in_brackets(line, at) {
                    let place = Place { line: index, first: at, last: at };
                    self.link(place, short.actor, short.confidence, MentionKind::Name);
                }
            }
        }
    }

    /// The short forms that the text explains; `None` for one that may stand for several.
    fn short_forms(&self) -> BTreeMap<String, Option<Short>> {
        let mut shorts: BTreeMap<String, Option<Short>> = BTreeMap::new();
        let mut put = |form: String, short: Short| {
            let known = shorts.entry(form).or_insert(Some(short));
            if known.is_some_and(|known| known.actor != short.actor) {
                *known = None;
            }
        };
        for entity in &self.entities {
            let line = &self.lines[entity.line];
            let short = |confidence| Short {
                actor: entity.actor,
                confidence,
                line: entity.line,
                token: entity.last,
            };
            if let Some(acronym) = acronym_after(line, entity.last) {
                put(acronym, short(ACRONYM));
            }
            if entity.last > entity.first {
                match entity.kind {
                    ActorKind::Person if !self.has_surname(entity.actor) => {
                        put(line.surface(entity.last).to_owned(), short(SURNAME));
                    }
                    ActorKind::Company
                        if is_own_word(line, entity.first)
                            && !self.is_listed(line.surface(entity.first)) =>
                    {
                        put(line.surface(entity.first).to_owned(), short(FIRST_WORD));
                    }
                    _ => {}
                }
            }
        }
        shorts
    }

    /// Whether a word is a name of its own: `Tokyo` of a company from there.
    fn is_listed(&self, word: &str) -> bool {
        let mut aliases = self.list.actors().iter().flat_map(|actor| &actor.aliases);
        aliases.any(|alias| alias.text == word)
    }

    /// Whether the list gives the person's surname itself.
    fn has_surname(&self, actor: u32) -> bool {
        self.list.get(actor).aliases.iter().any(|alias| alias.has_flag("surname"))
    }
}

/// The acronym in brackets after a name: `(NCFL)`.
fn acronym_after(line: &Line<'_>, last: usize) -> Option<String> {
    let at = last + 1;
    let is_bracketed = at < line.len()
        && line.between(at).trim_end_matches(['"', '“', '‘', '\'']).ends_with('(')
        && line.between(at + 1).trim_start_matches(['"', '”', '’', '\'']).starts_with(')');
    let surface = is_bracketed.then(|| line.surface(at))?;
    let is_acronym = surface.chars().filter(|c| c.is_uppercase()).count() >= 2
        && surface.chars().all(char::is_alphanumeric);
    is_acronym.then(|| surface.to_owned())
}

/// A name's first word that means nothing else.
fn is_own_word(line: &Line<'_>, at: usize) -> bool {
    let other = [Class::Function, Class::GivenName, Class::Title, Class::Office, Class::Adverb];
    line.is_capital(at)
        && line.surface(at).chars().count() >= 4
        && !other.iter().any(|&class| line.is(at, class))
        && !line.reads(
            at,
            &[
                "First",
                "National",
                "General",
                "International",
                "United",
                "American",
                "Royal",
                "Bank",
                "Group",
            ],
        )
}

fn is_in_brackets(line: &Line<'_>, at: usize) -> bool {
    line.between(at).ends_with('(') && line.between(at + 1).starts_with(')')
}

/// Whether no other name goes with a word.
fn stands_alone(line: &Line<'_>, at: usize) -> bool {
    let is_name = |other: usize| {
        line.is_capital(other) && !line.is_grammar(other) && !line.is(other, Class::Title)
    };
    let before = at
        .checked_sub(1)
        .is_some_and(|before| line.mark(at) == Mark::None && is_name(before) && before > 0);
    let after = at + 1 < line.len() && line.is_next(at + 1) && is_name(at + 1) && !line.owns(at);
    // Headlines write most words with capitals.
    line.is_capital(at) && (line.part == Part::Title || !before && !after)
}
