//! What stands in a list more than once, or in vain? Actors that may be one, and names that say nothing new.

use std::collections::BTreeMap;

use super::actor::{Actor, ActorKind, Alias, overlap};
use super::fold::folded;
use super::list::ActorList;

/// Something that a list has twice, or that never matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duplicate {
    /// Two actors of one kind, at times that overlap, whose names to show have the same words in any order.
    Actor {
        /// The name as the first of them has it.
        name: String,
        /// Id of the actor that comes first in the list.
        first: String,
        /// Id of the other.
        second: String,
    },
    /// A name that an actor has twice for some day, differing in case, dates or flags at most.
    Name {
        /// Id of the actor.
        actor: String,
        /// The name.
        name: String,
    },
    /// A name whose dates lie outside those of its actor.
    Never {
        /// Id of the actor.
        actor: String,
        /// The name.
        name: String,
    },
}

impl ActorList {
    /// Everything that stands in the list twice or in vain: actors first, in the order of the alphabet, then names in
    /// the order of the list.
    pub fn duplicates(&self) -> Vec<Duplicate> {
        let mut by_words: BTreeMap<(Vec<String>, ActorKind), Vec<&Actor>> = BTreeMap::new();
        for actor in self.actors() {
            by_words.entry((words(&actor.name), actor.kind)).or_default().push(actor);
        }
        let twins = by_words.values().flat_map(|same| {
            same.windows(2).filter(|pair| exist_together(pair[0], pair[1])).map(|pair| {
                Duplicate::Actor {
                    name: pair[0].name.clone(),
                    first: pair[0].id.clone(),
                    second: pair[1].id.clone(),
                }
            })
        });
        twins.chain(self.actors().iter().flat_map(names_in_vain)).collect()
    }
}

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = folded(name).split(' ').map(str::to_owned).collect();
    words.sort();
    words
}

fn exist_together(one: &Actor, other: &Actor) -> bool {
    overlap((one.from, one.to), (other.from, other.to)).is_some()
}

fn names_in_vain(actor: &Actor) -> Vec<Duplicate> {
    let name_of = |alias: &Alias| (actor.id.clone(), alias.text.clone());
    let mut found = Vec::new();
    let mut seen: BTreeMap<&str, Vec<&Alias>> = BTreeMap::new();
    for alias in &actor.aliases {
        if overlap((actor.from, actor.to), (alias.from, alias.to)).is_none() {
            let (actor, name) = name_of(alias);
            found.push(Duplicate::Never { actor, name });
        }
        let same = seen.entry(alias.text.as_str()).or_default();
        if same.iter().any(|one| overlap((one.from, one.to), (alias.from, alias.to)).is_some()) {
            let (actor, name) = name_of(alias);
            found.push(Duplicate::Name { actor, name });
        }
        same.push(alias);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Duplicate;
    use crate::mention::{ActorList, Base};

    fn duplicates(rows: &str) -> Vec<String> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, format!("id,name,aliases,kind,parent,from,to,case,flags\n{rows}"))
            .unwrap();
        let list = ActorList::load(Base::Empty, &[path]).unwrap().0;
        let shown = |one| match one {
            Duplicate::Actor { name, first, second } => format!("{first} = {second}: {name}"),
            Duplicate::Name { actor, name } => format!("{actor} twice: {name}"),
            Duplicate::Never { actor, name } => format!("{actor} never: {name}"),
        };
        list.duplicates().into_iter().map(shown).collect()
    }

    #[test]
    fn actors_whose_names_have_the_same_words_may_be_one() {
        assert_eq!(
            duplicates(
                "a,Kim Jong-un,,person,,,,,\nb,Un Kim Jong,,person,,,,,\nc,Kim Jong Un,,body,,,,,\n\
                d,Kim Jong Il,,person,,,,,\n"
            ),
            ["a = b: Kim Jong-un"]
        );
        assert_eq!(duplicates("a,Union,,state,,1900,1950,,\nb,Union,,state,,1960,,,\n"), [""; 0]);
    }

    #[test]
    fn a_name_may_be_there_twice_only_at_different_times() {
        assert_eq!(
            duplicates(
                "a,A,Aa|Bb,body,,1950,,,\na,,Aa,,,,,exact,\na,,Cc,,,1950,1960,,\na,,Cc,,,1961,,,\n\
                a,,Dd,,,1900,1910,,\n"
            ),
            ["a twice: Aa", "a never: Dd"]
        );
    }

    #[test]
    fn the_built_in_list_has_nothing_twice() {
        let list = ActorList::load(Base::BuiltIn, &[]).unwrap().0;
        assert_eq!(list.duplicates(), []);
    }
}
