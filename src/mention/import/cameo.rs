//! How do event coders list actors? The CAMEO format of TABARI and PETRARCH (Schrodt 2012; the Phoenix dictionaries):
//!
//! ```text
//! JANE_DOE_               a name, `_` for a space; what follows `#` or `;` is a comment
//! +PRESIDENT_DOE          a further name
//!     [ZENGOV 010203-050607]   what it is coded as from 2001-02-03 to 2005-06-07
//!     [ZENELI >050607]         … and from then on (`<` until); without dates, else
//! SOLDIER {SOLDIERS} [~MIL]    a role noun and its plural
//! WORK!PERSON! [~LAB]     one with each of `!PERSON! = MAN, WOMAN`
//! ```
//!
//! Two digits of a year above 30 are of the 1900s, others of the 2000s, as PETRARCH reads them.

use std::collections::BTreeMap;
use std::path::Path;

use super::Form;
use super::entry::{Entry, Found, Name, Term};
use super::known::Known;
use super::names::{mark_acronyms, resembles, spelled};
use crate::mention::actor::{ActorKind, Time};

mod code;
mod kind;

use code::{Code, parent_of, state_of};

pub(super) struct Cameo;

impl Form for Cameo {
    fn name(&self) -> &'static str {
        "cameo"
    }

    fn fits(&self, path: &Path, text: &str) -> bool {
        let is_text = path.extension().is_none_or(|ending| ending.eq_ignore_ascii_case("txt"));
        is_text
            && text
                .lines()
                .map(without_comment)
                .any(|line| line.contains('[') && line.contains(']'))
    }

    fn read(&self, text: &str, known: &Known<'_>) -> anyhow::Result<Found> {
        let mut reader = Reader::new(known);
        for (line, text) in (1..).zip(text.lines()) {
            reader.line(line, without_comment(text));
        }
        reader.close();
        Ok(reader.found)
    }
}

/// A line up to `#` or `;`.
fn without_comment(line: &str) -> &str {
    line.split(['#', ';']).next().unwrap_or_default().trim()
}

struct Reader<'a> {
    known: &'a Known<'a>,
    found: Found,
    /// Names and codes of the actor that is being read, as the file has them.
    names: Vec<String>,
    codes: Vec<Code>,
    has_codes: bool,
    line: u64,
    /// What stands for each `!WORD!`.
    substitutes: BTreeMap<String, Vec<String>>,
}

impl<'a> Reader<'a> {
    fn new(known: &'a Known<'a>) -> Self {
        Self {
            known,
            found: Found::default(),
            names: Vec::new(),
            codes: Vec::new(),
            has_codes: false,
            line: 1,
            substitutes: BTreeMap::new(),
        }
    }

    fn line(&mut self, number: u64, line: &str) {
        if line.is_empty() {
            return;
        }
        if let Some((set, words)) = line.split_once('=').filter(|_| line.starts_with('!')) {
            let words = words.split(',').map(|word| word.trim().to_owned()).collect();
            self.substitutes.insert(set.trim().to_owned(), words);
            return;
        }
        let (name, codes) = match line.find('[') {
            Some(at) => (line[..at].trim(), &line[at..]),
            None => (line, ""),
        };
        if let Some(role) = codes.strip_prefix("[~") {
            self.role(number, name, role);
            return;
        }
        if !name.is_empty() {
            self.name(number, name);
        }
        self.codes(number, codes);
    }

    /// A further name of the actor at hand begins with `+`, or no code came yet.
    fn name(&mut self, number: u64, name: &str) {
        let further = name.strip_prefix('+');
        if further.is_none() && self.has_codes {
            self.close();
        }
        if self.names.is_empty() {
            self.line = number;
        }
        self.names.push(further.unwrap_or(name).to_owned());
    }

    fn codes(&mut self, number: u64, mut text: &str) {
        while let Some(open) = text.find('[') {
            self.has_codes = true;
            let Some(length) = text[open..].find(']') else {
                self.found.problems.push((number, "code without `]`".to_owned()));
                return;
            };
            match Code::parse(&text[open + 1..open + length]) {
                Ok(code) => self.codes.push(code),
                Err(reason) => self.found.problems.push((number, reason)),
            }
            text = &text[open + length + 1..];
        }
    }

    fn role(&mut self, number: u64, noun: &str, code: &str) {
        if !code.contains(']') || noun.is_empty() {
            self.found.problems.push((number, "role noun without a noun or `]`".to_owned()));
            return;
        }
        let (noun, plural) = match noun.split_once('{') {
            Some((noun, plural)) => (noun.trim(), Some(plural.trim_end_matches('}').trim())),
            None => (noun, None),
        };
        let set = self.substitutes.iter().find(|(set, _)| noun.contains(set.as_str()));
        match set {
            None => self.found.roles.add(noun, plural),
            Some((set, words)) => {
                for word in words {
                    self.found.roles.add(&noun.replace(set.as_str(), word), Some(""));
                }
            }
        }
    }

    /// Makes an entry of the actor at hand.
    fn close(&mut self) {
        let (names, codes) = (std::mem::take(&mut self.names), std::mem::take(&mut self.codes));
        self.has_codes = false;
        let mut spelled: Vec<Name> =
            names.iter().flat_map(|name| spelled(name, self.known)).collect();
        mark_acronyms(&mut spelled);
        if spelled.is_empty() || codes.is_empty() {
            if !names.is_empty() {
                let reason = if codes.is_empty() {
                    "a name without a code"
                } else {
                    "a name without letters"
                };
                self.found.problems.push((self.line, format!("{reason}: `{}`", names[0])));
            }
            return;
        }
        let states: Vec<(&str, Time)> = codes
            .iter()
            .filter_map(|code| Some((state_of(&code.text, self.known)?, (code.from, code.to))))
            .collect();
        if states.len() == codes.len() {
            self.found.entries.extend(
                states
                    .into_iter()
                    .map(|(state, time)| state_entry(state, time, &spelled, self.known)),
            );
        } else {
            let kind = kind::of(&spelled[0].text, &codes, self.known);
            let terms = codes.iter().filter_map(|code| self.term(code)).collect();
            let time = (None, None);
            let entry = Entry { id: None, code: None, names: spelled, time, kind, terms };
            self.found.entries.push(entry);
        }
    }

    /// What a code makes an actor belong to: nothing where it codes elites, who are out of office.
    fn term(&self, code: &Code) -> Option<Term> {
        let parent = parent_of(&code.text, self.known)?;
        let mut flags = vec![format!("code:{}", code.text)];
        if code.from.is_some() || code.to.is_some() {
            flags.push("unchecked".to_owned());
        }
        Some(Term { parent: parent.to_owned(), from: code.from, to: code.to, flags })
    }
}

/// Names of a state: those that don't resemble its own are taken for its towns.
fn state_entry(state: &str, time: Time, names: &[Name], known: &Known<'_>) -> Entry {
    let mut names = names.to_vec();
    let first = names[0].text.clone();
    let own = known.list.index_of(state).map(|actor| known.list.get(actor));
    let is_own = |name: &str| {
        let aliases = || own.into_iter().flat_map(|actor| &actor.aliases);
        resembles(name, &first) || aliases().any(|alias| resembles(name, &alias.text))
    };
    for name in names.iter_mut().skip(1) {
        if name.flags.is_empty() && !name.text.contains(' ') && !is_own(&name.text) {
            name.flags.push("capital".to_owned());
        }
    }
    let id = Some(state.to_owned());
    Entry { id, code: None, names, time, kind: ActorKind::State, terms: Vec::new() }
}
