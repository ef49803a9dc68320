//! Which entry is which actor? Known ones get names, new ones an id; parents are looked up once all are read.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Imported;
use super::entry::{Entry, Name, Term};
use super::known::Known;
use super::names::slug;
use super::role::Roles;
use super::write;
use crate::error::Skipped;
use crate::mention::actor::{Actor, ActorKind, CaseRule, Time};
use crate::mention::actor_file::Row;
use crate::mention::fold::folded;

/// Entries of several files on their way to one list.
pub(super) struct Joining<'a> {
    known: &'a Known<'a>,
    actors: Vec<Joined>,
    /// Place of each id.
    places: HashMap<String, usize>,
    /// Id of each code and folded name of an entry.
    ids: HashMap<String, String>,
    counts: Imported,
    pub(super) problems: Vec<Skipped>,
}

/// One actor of the list to be written.
struct Joined {
    id: String,
    /// The actor beneath.
    known: Option<u32>,
    kind: ActorKind,
    code: Option<String>,
    /// Names by how they match; the first of the first is the one to show.
    names: BTreeMap<Matching, Vec<String>>,
    shown: String,
    seen: HashSet<(String, Time)>,
    terms: Vec<Term>,
}

/// What the names of one row share.
type Matching = (Time, CaseName, Vec<String>);

/// A case rule in the order of [`CaseRule::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CaseName(usize);

impl CaseName {
    fn of(rule: CaseRule) -> Self {
        Self(CaseRule::ALL.iter().position(|&each| each == rule).unwrap_or(0))
    }
}

impl<'a> Joining<'a> {
    pub(super) fn new(known: &'a Known<'a>) -> Self {
        Self {
            known,
            actors: Vec::new(),
            places: HashMap::new(),
            ids: HashMap::new(),
            counts: Imported::default(),
            problems: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, entry: Entry, roles: &Roles) {
        let Some(at) = self.place(&entry) else { return };
        let names = self.free_names(&entry, self.actors[at].known);
        let first = entry.names[0].text.clone();
        let joined = &mut self.actors[at];
        for name in names {
            // A name that is there already with the same dates is not doubled, however it is cased.
            if joined.seen.insert((folded(&name.text), entry.time)) {
                let matching = (entry.time, CaseName::of(name.case), name.flags);
                joined.names.entry(matching).or_default().push(name.text);
            }
        }
        let mut offices: Vec<String> = entry
            .names
            .iter()
            .filter_map(|name| roles.office(&name.text, &first))
            .map(|office| format!("office:{office}"))
            .collect();
        offices.sort();
        offices.dedup();
        for mut term in entry.terms {
            term.flags.extend(offices.clone());
            let same = |known: &&mut Term| {
                (&known.parent, known.from, known.to) == (&term.parent, term.from, term.to)
            };
            match joined.terms.iter_mut().find(same) {
                Some(known) => {
                    let new = |flag: &String| !known.flags.contains(flag);
                    let flags: Vec<String> = term.flags.into_iter().filter(new).collect();
                    known.flags.extend(flags);
                }
                None => joined.terms.push(term),
            }
        }
    }

    /// The place of the actor that an entry is about.
    fn place(&mut self, entry: &Entry) -> Option<usize> {
        let shown = &entry.names.first()?.text;
        let (known, id) = self.identity(entry, shown)?;
        for name in entry.code.iter().cloned().chain([folded(shown)]) {
            self.ids.entry(name).or_insert_with(|| id.clone());
        }
        let next = self.actors.len();
        let at = *self.places.entry(id.clone()).or_insert(next);
        if at == next {
            self.actors.push(Joined {
                id,
                known,
                kind: entry.kind,
                code: entry.code.clone(),
                names: BTreeMap::new(),
                shown: shown.clone(),
                seen: HashSet::new(),
                terms: Vec::new(),
            });
        }
        Some(at)
    }

    /// The actor beneath whom an entry is about, and the id to write.
    fn identity(&self, entry: &Entry, shown: &str) -> Option<(Option<u32>, String)> {
        let list = self.known.list;
        let is_kind = |actor: &Actor| actor.kind == entry.kind;
        if let Some(id) = &entry.id {
            let known = list.index_of(id);
            return known.is_none_or(|actor| is_kind(list.get(actor))).then(|| (known, id.clone()));
        }
        // What a list calls a company another calls a body; a person is none of them.
        let is_alike = |actor: &Actor| {
            (actor.kind == ActorKind::Person) == (entry.kind == ActorKind::Person)
                && actor.kind != ActorKind::State
        };
        if let Some(actor) = self.known.only(shown, is_alike) {
            return Some((Some(actor), list.get(actor).id.clone()));
        }
        let slug = slug(shown);
        if slug.is_empty() {
            return None;
        }
        let is_taken = |id: &String| {
            let other = self.places.get(id).map(|&at| &self.actors[at]);
            list.index_of(id).is_some_and(|actor| !is_kind(list.get(actor)))
                || other.is_some_and(|other| other.kind != entry.kind || other.code != entry.code)
        };
        let further = (2u32..).map(|n| format!("{slug}-{n}"));
        let id = std::iter::once(slug.clone()).chain(further).find(|id| !is_taken(id))?;
        Some((list.index_of(&id), id))
    }

    /// The entry's names that the actor lacks and that nobody else beneath goes by, unless the article decides.
    fn free_names(&mut self, entry: &Entry, actor: Option<u32>) -> Vec<Name> {
        let mut names = Vec::new();
        for name in &entry.names {
            let (is_own, is_others) = self.known.bearers(&name.text, actor);
            let is_surname = name.flags.iter().any(|flag| flag == "surname");
            if is_others && !is_own && !is_surname {
                self.counts.n_taken += 1;
            } else if !is_own {
                names.push(name.clone());
            }
        }
        for name in &mut names {
            name.text = name.text.replace('|', " ");
        }
        names
    }

    /// The actor file and what was counted.
    pub(super) fn finish(mut self) -> Imported {
        let mut rows = Vec::new();
        for joined in &self.actors {
            let terms = self.terms(joined);
            self.counts.n_terms_left_out += joined.terms.len() - terms.len();
            let n_rows = rows.len();
            rows.extend(names(joined));
            if joined.known.is_none() {
                self.counts.n_new += 1;
            } else if rows.len() > n_rows {
                self.counts.n_extended += 1;
            }
            self.counts.n_terms += terms.len();
            rows.extend(terms);
        }
        self.counts.n_names = rows.iter().map(|row| row.aliases.len()).sum();
        self.problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Imported { csv: write::csv(&rows), problems: self.problems, ..self.counts }
    }

    /// The rows of an actor's terms whose parent is known; none where the list beneath has its terms.
    fn terms(&self, joined: &Joined) -> Vec<Row> {
        let list = self.known.list;
        if joined.known.is_some_and(|actor| !list.get(actor).affiliations.is_empty()) {
            return Vec::new();
        }
        let row = |term: &Term| {
            let parent = self.parent(&term.parent).filter(|parent| *parent != joined.id)?;
            let flags = term.flags.clone();
            Some(Row {
                parent: Some(parent),
                from: term.from,
                to: term.to,
                flags,
                ..blank(&joined.id)
            })
        };
        joined.terms.iter().filter_map(row).collect()
    }

    /// The id that a parent's id, code or name means.
    fn parent(&self, name: &str) -> Option<String> {
        let by_name = || {
            let actor = self.known.only(name, |actor| actor.kind != ActorKind::Person)?;
            Some(self.known.list.get(actor).id.clone())
        };
        let is_id = self.known.list.index_of(name).is_some() || self.places.contains_key(name);
        is_id
            .then(|| name.to_owned())
            .or_else(|| self.ids.get(name).cloned())
            .or_else(by_name)
            .or_else(|| self.ids.get(&folded(name)).cloned())
    }
}

fn blank(id: &str) -> Row {
    Row {
        line: 0,
        id: id.to_owned(),
        name: None,
        aliases: Vec::new(),
        kind: None,
        parent: None,
        from: None,
        to: None,
        case: CaseRule::Name,
        flags: Vec::new(),
    }
}

/// The rows of an actor's names; the first defines an actor that is new.
fn names(joined: &Joined) -> Vec<Row> {
    let plain = ((None, None), CaseName::of(CaseRule::Name), Vec::new());
    let mut rows: Vec<Row> = Vec::new();
    if joined.known.is_none() {
        let code = joined.code.as_ref().map(|code| format!("code:{code}"));
        rows.push(Row {
            name: Some(joined.shown.clone()),
            aliases: joined.names.get(&plain).cloned().unwrap_or_default(),
            kind: Some(joined.kind),
            flags: code.into_iter().collect(),
            ..blank(&joined.id)
        });
    }
    let further = joined.names.iter().filter(|(how, _)| joined.known.is_some() || **how != plain);
    rows.extend(further.map(|(((from, to), case, flags), aliases)| Row {
        aliases: aliases.clone(),
        from: *from,
        to: *to,
        case: CaseRule::ALL[case.0],
        flags: flags.clone(),
        ..blank(&joined.id)
    }));
    rows
}
