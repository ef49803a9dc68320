//! Who is known? Lists of actors, put together from files, with whom each belongs to on a day.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;

use super::actor::Actor;
use super::draft::Draft;
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
pub(super) const MAX_DEPTH: usize = 16;

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
    pub(super) actors: Vec<Actor>,
    pub(super) index: HashMap<String, u32>,
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
