//! Who is known already, and what do known names teach of unknown ones?

use std::collections::{HashMap, HashSet};

use crate::mention::actor::{Actor, ActorKind};
use crate::mention::fold::folded;
use crate::mention::list::ActorList;

/// The list beneath an import, by its names.
pub(super) struct Known<'a> {
    pub(super) list: &'a ActorList,
    /// The actors of each folded name, in the list's order.
    by_name: HashMap<String, Vec<u32>>,
    /// First words of persons' names, folded.
    given: HashSet<String>,
    /// One-word names in capitals: `NATO`.
    acronyms: HashSet<String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(list: &'a ActorList) -> Self {
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        let (mut given, mut acronyms) = (HashSet::new(), HashSet::new());
        for (index, actor) in (0..).zip(list.actors()) {
            for alias in &actor.aliases {
                let named = by_name.entry(folded(&alias.text)).or_default();
                if named.last() != Some(&index) {
                    named.push(index);
                }
                if is_acronym(&alias.text) {
                    acronyms.insert(alias.text.clone());
                }
            }
            if actor.kind == ActorKind::Person
                && let Some((first, _)) = actor.name.split_once(' ')
            {
                given.insert(folded(first));
            }
        }
        Self { list, by_name, given, acronyms }
    }

    /// The only actor that goes by a name, of those that `fits` takes.
    pub(super) fn only(&self, name: &str, fits: impl Fn(&Actor) -> bool) -> Option<u32> {
        let mut named = self
            .by_name
            .get(&folded(name))?
            .iter()
            .copied()
            .filter(|&actor| fits(self.list.get(actor)));
        named.next().filter(|_| named.next().is_none())
    }

    /// Whether an actor goes by a name, and whether another does.
    pub(super) fn bearers(&self, name: &str, actor: Option<u32>) -> (bool, bool) {
        let named = self.by_name.get(&folded(name)).map_or(&[][..], Vec::as_slice);
        (named.iter().any(|&one| Some(one) == actor), named.iter().any(|&one| Some(one) != actor))
    }

    /// Whether persons bear a word as their first name.
    pub(super) fn is_given_name(&self, word: &str) -> bool {
        self.given.contains(&folded(word))
    }

    /// Whether a word is known as an acronym.
    pub(super) fn is_acronym(&self, word: &str) -> bool {
        self.acronyms.contains(word)
    }

    /// Whether there is a state of that id.
    pub(super) fn has_state(&self, id: &str) -> bool {
        self.list.index_of(id).is_some_and(|actor| self.list.get(actor).kind == ActorKind::State)
    }
}

fn is_acronym(name: &str) -> bool {
    (2..=7).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase())
}
