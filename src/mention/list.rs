//! Who is known? Lists of actors, put together from files, with whom each belongs to on a day.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;

use super::actor::{Actor, ActorKind, Affiliation, Alias, CaseRule, Time, overlap};
use super::actor_file::{self, Row};
use super::fold::folded;
use crate::digest::sha256;
use crate::error::Skipped;

/// The built-in list's files and what is in them.
const BUILT_IN: [(&str, &str); 4] = [
    ("built-in/states.csv", include_str!("data/states.csv")),
    ("built-in/bodies.csv", include_str!("data/bodies.csv")),
    ("built-in/groups.csv", include_str!("data/groups.csv")),
    ("built-in/people.csv", include_str!("data/people.csv")),
];

/// SHA-256 of the built-in list in hexadecimal: of its files, one after the other.
pub fn built_in_sha256() -> String {
    sha256(BUILT_IN.map(|(_, text)| text))
}

/// How many parents above an actor are followed.
const MAX_DEPTH: usize = 16;

/// What a list of actors starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Base {
    /// The built-in list, which files add to (`--actors`).
    #[default]
    BuiltIn,
    /// Nothing: the files replace the built-in list (`--actors-only`).
    Empty,
}

/// Actors in the order in which they were first defined; ids are unique, and every parent is in the list.
///
/// ```
/// use detente::mention::{ActorList, Base};
///
/// let (actors, problems) = ActorList::load(Base::BuiltIn, &[])?;
/// assert!(problems.is_empty());
/// let france = actors.index_of("FRA").expect("the built-in list has France");
/// assert_eq!(actors.state_of(france, None), france);
/// # anyhow::Ok(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorList {
    actors: Vec<Actor>,
    index: HashMap<String, u32>,
}

impl ActorList {
    /// Puts a list together from a base and files, in their order, and says which rows could not be used.
    ///
    /// The first row with an id defines the actor. A further row with a parent adds an affiliation, and the row's
    /// aliases hold only in its time; one without adds aliases. The shown name is added to the aliases where no row
    /// gives it. A row that cannot be used is left out: bad or reversed dates, unknown kind, case rule or flag, empty
    /// id, name or alias; so is an affiliation whose parent is unknown or that closes a circle of parents.
    ///
    /// # Errors
    /// When a file cannot be read at all, or is of no known form.
    pub fn load(base: Base, files: &[PathBuf]) -> anyhow::Result<(Self, Vec<Skipped>)> {
        let mut draft = Draft::default();
        if base == Base::BuiltIn {
            for (path, text) in BUILT_IN {
                draft.add_file(Path::new(path), text)?;
            }
        }
        for path in files {
            let bytes = fs_err::read(path)?;
            let text = String::from_utf8(bytes)
                .with_context(|| format!("`{}` is not in UTF-8", path.display()))?;
            draft.add_file(path, &text).with_context(|| format!("`{}`", path.display()))?;
        }
        Ok(draft.finish())
    }

    /// The number of actors.
    pub fn len(&self) -> usize {
        self.actors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.actors.is_empty()
    }

    /// All actors; a [`Mention`](super::Mention)'s `actor` is an index of this slice.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The actor at an index of this list.
    pub fn get(&self, actor: u32) -> &Actor {
        &self.actors[actor as usize]
    }

    /// The index of the actor with an id.
    pub fn index_of(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// The index of the one actor that goes by an id, name or alias, compared without case and diacritics; `None` if
    /// nobody or several do. Slow: for a user's words, not for texts.
    pub fn resolve(&self, name: &str) -> Option<u32> {
        let wanted = folded(name);
        let is_named = |actor: &Actor| {
            folded(&actor.name) == wanted
                || actor.aliases.iter().any(|alias| folded(&alias.text) == wanted)
        };
        let mut named =
            (0..).zip(&self.actors).filter(|(_, actor)| is_named(actor)).map(|(index, _)| index);
        let by_id = self.index_of(name.trim());
        by_id.or_else(|| named.next().filter(|_| named.next().is_none()))
    }

    /// The top of an actor's parents on a day: the actor itself where it has none then.
    ///
    /// Of several parents the first listed counts. Without a day it is the parent without an end, else the only one.
    pub fn state_of(&self, actor: u32, date: Option<Date>) -> u32 {
        let parents = std::iter::successors(Some(actor), |&below| self.parent_of(below, date));
        parents.take(MAX_DEPTH).last().unwrap_or(actor)
    }

    /// The next actor above on a day, by the rules of [`ActorList::state_of`].
    pub fn parent_of(&self, actor: u32, date: Option<Date>) -> Option<u32> {
        let affiliations = &self.get(actor).affiliations;
        let holding = match date {
            Some(date) => affiliations.iter().find(|affiliation| affiliation.holds_on(date)),
            None => match affiliations.as_slice() {
                [only] => Some(only),
                several => several.iter().find(|affiliation| affiliation.to.is_none()),
            },
        };
        holding.and_then(|affiliation| self.index_of(&affiliation.parent))
    }
}

/// A list under construction, which knows where each affiliation was read.
#[derive(Debug, Default)]
struct Draft {
    list: ActorList,
    files: Vec<PathBuf>,
    /// File and line of each actor's affiliations, in their order.
    affiliation_lines: Vec<Vec<(usize, u64)>>,
    problems: Vec<(usize, u64, String)>,
}

impl Draft {
    fn add_file(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
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

    fn finish(mut self) -> (ActorList, Vec<Skipped>) {
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

#[cfg(test)]
mod tests {
    use super::{ActorList, Base};
    use crate::mention::CaseRule;
    use jiff::civil::date;
    use std::path::PathBuf;
    use tempfile::TempDir;

    const HEADER: &str = "id,name,aliases,kind,parent,from,to,case,flags\n";

    fn load(files: &[(&str, &str)]) -> (ActorList, Vec<String>) {
        let folder = TempDir::new().unwrap();
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, text)| {
                let path = folder.path().join(name);
                let header = if name.contains(".csv") { HEADER } else { "" };
                fs_err::write(&path, format!("{header}{text}")).unwrap();
                path
            })
            .collect();
        let (list, problems) = ActorList::load(Base::Empty, &paths).unwrap();
        let shown = problems.iter().map(|problem| {
            format!(
                "{}:{}: {}",
                problem.path.file_name().unwrap().to_string_lossy(),
                problem.line,
                problem.reason
            )
        });
        (list, shown.collect())
    }

    fn top(list: &ActorList, id: &str, day: Option<(i16, i8, i8)>) -> String {
        let date = day.map(|(year, month, day)| date(year, month, day));
        list.get(list.state_of(list.index_of(id).unwrap(), date)).id.clone()
    }

    #[test]
    fn the_built_in_list_has_no_problems() {
        let (list, problems) = ActorList::load(Base::BuiltIn, &[]).unwrap();
        assert_eq!(problems, []);
        assert!(!list.is_empty());
    }

    #[test]
    fn the_holder_of_an_office_is_the_states_only_while_in_office() {
        let (list, problems) = load(&[(
            "a.csv",
            "USA,United States,,state,,,,,\nobama,Barack Obama,,person,USA,2009-01-20,2017-01-20,,\n",
        )]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(top(&list, "obama", Some((2009, 1, 20))), "USA");
        assert_eq!(top(&list, "obama", Some((2017, 1, 21))), "obama");
        assert_eq!(top(&list, "obama", None), "USA");
    }

    #[test]
    fn the_top_is_followed_through_all_parents_of_the_day() {
        let (list, _) = load(&[(
            "a.csv",
            "SUN,Soviet Union,,state,,1922-12-30,1991-12-26,,\nRUS,Russia,,state,,,,,\nRUS,,,,SUN,,1991-12-25,,\n\
            army,Army,,body,RUS,,,,\nzhukov,Zhukov,,person,army,,,,\n",
        )]);
        assert_eq!(top(&list, "zhukov", Some((1945, 5, 9))), "SUN");
        assert_eq!(top(&list, "zhukov", Some((1995, 5, 9))), "RUS");
        let russia = list.get(list.index_of("RUS").unwrap());
        assert_eq!((russia.from, russia.to), (None, None));
    }

    #[test]
    fn without_a_day_the_parent_without_an_end_counts() {
        let (list, _) = load(&[(
            "a.csv",
            "A,A,,state,,,,,\nB,B,,state,,,,,\np,P,,person,A,,2010,,\np,,,,B,2011,,,\nq,Q,,person,A,,2010,,\n\
            q,,,,B,2011,2012,,\n",
        )]);
        assert_eq!(
            (top(&list, "p", None), top(&list, "q", None)),
            ("B".to_owned(), "q".to_owned())
        );
    }

    #[test]
    fn a_further_row_adds_aliases_for_its_own_time_and_case() {
        let (list, problems) =
            load(&[("a.csv", "MMR,Myanmar,,state,,,,,\nMMR,,Burma,,,,1989-06-18,exact,epithet\n")]);
        assert_eq!(problems, [""; 0]);
        let aliases = &list.get(0).aliases;
        assert_eq!(
            aliases.iter().map(|alias| alias.text.as_str()).collect::<Vec<_>>(),
            ["Myanmar", "Burma"]
        );
        assert_eq!((aliases[1].to, aliases[1].case), (Some(date(1989, 6, 18)), CaseRule::Exact));
        assert_eq!((aliases[0].to, aliases[0].flags.len()), (None, 0));
        assert_eq!(list.get(0).to, None);
    }

    #[test]
    fn a_name_that_an_alias_row_repeats_keeps_that_rows_flags() {
        let (list, _) = load(&[(
            "a.csv",
            "TCD,Chad,Republic of Chad,state,,,,,\nTCD,,Chad,state,,,,,ambiguous\n",
        )]);
        let chad: Vec<_> =
            list.get(0).aliases.iter().filter(|alias| alias.text == "Chad").collect();
        assert!(chad.len() == 1 && chad[0].has_flag("ambiguous"));
    }

    #[test]
    fn a_second_file_adds_to_the_first() {
        let (list, problems) = load(&[
            ("a.csv", "USA,United States,,state,,,,,\n"),
            ("b.jsonl", "{\"id\": \"USA\", \"name\": \"America\", \"aliases\": [\"Uncle Sam\"]}"),
            ("c.toml", "[[actor]]\nid = 'ACME'\nname = 'Acme'\nkind = 'company'\nparent = 'USA'\n"),
        ]);
        assert_eq!(problems, [""; 0]);
        let names: Vec<&str> =
            list.get(0).aliases.iter().map(|alias| alias.text.as_str()).collect();
        assert_eq!(names, ["United States", "Uncle Sam", "America"]);
        assert_eq!(top(&list, "ACME", None), "USA");
    }

    #[test]
    fn every_problem_between_rows_names_its_line() {
        let (list, problems) = load(&[(
            "a.csv",
            "A,,a,state,,,,,\nB,B,,,,,,,\nC,C,,state,X,,,,\nD,D,,state,E,2000,2005,,\nE,E,,state,D,2005,2010,,\n\
            F,F,,state,F,,,,\nC,,c,person,,,,,\n",
        )]);
        assert_eq!(
            problems,
            [
                "a.csv:2: name of `A` is empty",
                "a.csv:3: kind of `B` is missing",
                "a.csv:4: parent `X` of `C` is unknown",
                "a.csv:5: parent `E` of `D` closes a circle of parents",
                "a.csv:7: parent `F` of `F` closes a circle of parents",
                "a.csv:8: `C` is a person here and a state before",
            ]
        );
        assert_eq!((list.len(), top(&list, "E", Some((2006, 1, 1)))), (4, "D".to_owned()));
    }

    #[test]
    fn parents_that_change_places_are_no_circle() {
        let (_, problems) =
            load(&[("a.csv", "D,D,,state,E,2000,2004,,\nE,E,,state,D,2005,2010,,\n")]);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn a_users_word_resolves_by_id_name_or_alias_if_it_is_one_actors() {
        let (list, _) = load(&[(
            "a.csv",
            "TUR,Türkiye,Turkey,state,,,,,\nCOD,DR Congo,Congo,state,,,,,\nCOG,Congo Republic,Congo,state,,,,,\n",
        )]);
        assert_eq!(
            (list.resolve("TUR"), list.resolve("turkiye"), list.resolve("TURKEY")),
            (Some(0), Some(0), Some(0))
        );
        assert_eq!((list.resolve("Congo"), list.resolve("Narnia")), (None, None));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        assert!(ActorList::load(Base::Empty, &[PathBuf::from("no-such-file.csv")]).is_err());
    }
}
