//! How do rows of several files become one list? The first defines an actor, further ones add to it.

use std::path::{Path, PathBuf};

use super::actor::{Actor, ActorKind, Affiliation, Alias, CaseRule, Time, overlap};
use super::actor_file::{self, Row};
use super::list::{ActorList, MAX_DEPTH};
use crate::error::Skipped;

/// A list under construction, which knows where each affiliation was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    list: ActorList,
    files: Vec<PathBuf>,
    /// File and line of each actor's affiliations, in their order.
    affiliation_lines: Vec<Vec<(usize, u64)>>,
    problems: Vec<(usize, u64, String)>,
}

impl Draft {
    /// Adds the rows of a file to the list, and what is wrong with them to the problems.
    pub(super) fn add_file(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        let read = actor_file::read(path, text)?;
        self.files.push(path.to_owned());
        let file = self.files.len() - 1;
        self.problems.extend(read.problems.into_iter().map(|(line, reason)| (file, line, reason)));
        for row in read.rows {
            let line = row.line;
            if let Err(reason) = self.add_row(row, file) {
                self.problems.push((file, line, reason));
            }
        }
        Ok(())
    }

    fn add_row(&mut self, row: Row, file: usize) -> Result<(), String> {
        match self.list.index_of(&row.id) {
            Some(actor) => self.extend(actor, row, file),
            None => self.define(row, file),
        }
    }

    fn define(&mut self, row: Row, file: usize) -> Result<(), String> {
        let Some(name) = row.name.clone() else {
            return Err(format!("name of `{}` is empty", row.id));
        };
        let Some(kind) = row.kind else { return Err(format!("kind of `{}` is missing", row.id)) };
        let index =
            u32::try_from(self.list.actors.len()).map_err(|_| "too many actors".to_owned())?;
        let bounds_existence = row.parent.is_none() && kind != ActorKind::Person;
        let (from, to) = if bounds_existence { (row.from, row.to) } else { (None, None) };
        let mut actor = Actor {
            id: row.id.clone(),
            name,
            kind,
            aliases: Vec::new(),
            affiliations: Vec::new(),
            from,
            to,
        };
        add_aliases(&mut actor, &row, (None, None));
        self.affiliation_lines.push(Vec::new());
        self.list.index.insert(row.id.clone(), index);
        self.list.actors.push(actor);
        self.affiliate(index, row, file);
        Ok(())
    }

    fn extend(&mut self, index: u32, row: Row, file: usize) -> Result<(), String> {
        let actor = &mut self.list.actors[index as usize];
        if let Some(kind) = row.kind.filter(|&kind| kind != actor.kind) {
            return Err(format!(
                "`{}` is a {} here and a {} before",
                row.id,
                kind.name(),
                actor.kind.name()
            ));
        }
        add_aliases(actor, &row, (row.from, row.to));
        let renames = row
            .name
            .as_deref()
            .filter(|&name| name != actor.name && !row.aliases.iter().any(|a| a == name));
        if let Some(name) = renames {
            let aliases = vec![name.to_owned()];
            add_aliases(actor, &Row { aliases, ..row.clone() }, (row.from, row.to));
        }
        self.affiliate(index, row, file);
        Ok(())
    }

    fn affiliate(&mut self, index: u32, row: Row, file: usize) {
        if let Some(parent) = row.parent {
            let affiliation = Affiliation { parent, from: row.from, to: row.to, flags: row.flags };
            self.list.actors[index as usize].affiliations.push(affiliation);
            self.affiliation_lines[index as usize].push((file, row.line));
        }
    }

    /// The list, checked between its rows, and every problem in the order of the files.
    pub(super) fn finish(mut self) -> (ActorList, Vec<Skipped>) {
        self.name_all();
        self.drop_unknown_parents();
        self.drop_circles();
        self.problems.sort();
        let files = self.files;
        let skipped = |(file, line, reason): (usize, u64, String)| Skipped {
            path: files[file].clone(),
            line,
            reason,
        };
        (self.list, self.problems.into_iter().map(skipped).collect())
    }

    /// Makes everybody go by the name that is shown.
    fn name_all(&mut self) {
        for actor in &mut self.list.actors {
            if actor.aliases.iter().all(|alias| alias.text != actor.name) {
                let text = actor.name.clone();
                let alias =
                    Alias { text, case: CaseRule::Name, from: None, to: None, flags: Vec::new() };
                actor.aliases.insert(0, alias);
            }
        }
    }

    fn drop_unknown_parents(&mut self) {
        for index in 0..self.list.actors.len() {
            let unknown = |list: &ActorList| {
                let mut affiliations = list.actors[index].affiliations.iter();
                affiliations.position(|affiliation| !list.index.contains_key(&affiliation.parent))
            };
            while let Some(at) = unknown(&self.list) {
                self.drop_affiliation(index, at, |id, parent| {
                    format!("parent `{parent}` of `{id}` is unknown")
                });
            }
        }
    }

    /// Drops, actor by actor, the affiliations through which an actor would be above itself on some day.
    fn drop_circles(&mut self) {
        for index in 0..self.list.actors.len() {
            let mut at = 0;
            while at < self.list.actors[index].affiliations.len() {
                let affiliation = &self.list.actors[index].affiliations[at];
                let time = (affiliation.from, affiliation.to);
                let parent = self.list.index[&affiliation.parent];
                if self.is_above(index, parent as usize, time, MAX_DEPTH) {
                    let reason = |id: &str, parent: &str| {
                        format!("parent `{parent}` of `{id}` closes a circle of parents")
                    };
                    self.drop_affiliation(index, at, reason);
                } else {
                    at += 1;
                }
            }
        }
    }

    /// Whether `sought` is `from` or above it on some day of `time`.
    fn is_above(&self, sought: usize, from: usize, time: Time, depth: usize) -> bool {
        sought == from
            || depth > 0
                && self.list.actors[from].affiliations.iter().any(|affiliation| {
                    let shared = overlap(time, (affiliation.from, affiliation.to));
                    let parent = self.list.index[&affiliation.parent] as usize;
                    shared.is_some_and(|time| self.is_above(sought, parent, time, depth - 1))
                })
    }

    fn drop_affiliation(&mut self, index: usize, at: usize, reason: impl Fn(&str, &str) -> String) {
        let actor = &mut self.list.actors[index];
        let dropped = actor.affiliations.remove(at);
        let (file, line) = self.affiliation_lines[index].remove(at);
        self.problems.push((file, line, reason(&actor.id, &dropped.parent)));
    }
}

/// Adds a row's aliases for a time; one that is there already is not doubled.
fn add_aliases(actor: &mut Actor, row: &Row, (from, to): Time) {
    for text in &row.aliases {
        let alias =
            Alias { text: text.clone(), case: row.case, from, to, flags: row.flags.clone() };
        if !actor.aliases.contains(&alias) {
            actor.aliases.push(alias);
        }
    }
}
