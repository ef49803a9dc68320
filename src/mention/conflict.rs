//! Whose name is whose? One alias that two actors go by at the same time.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::actor::{Actor, Alias, CaseRule, Time, overlap};
use super::fold::folded;
use super::list::ActorList;

/// One alias of two actors whose times overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The alias as the first of them has it.
    pub alias: String,
    /// Id of the actor that comes first in the list, who gets the name where nothing else decides.
    pub first: String,
    /// Id of the other.
    pub second: String,
    /// The first and the last day on which both go by it; `None` leaves an end open.
    pub time: (Option<Date>, Option<Date>),
    /// Whether both sides are flagged `ambiguous` or `surname`, so that the article decides.
    pub is_expected: bool,
}

impl ActorList {
    /// Every alias that two actors share at overlapping times, in the order of the alphabet.
    ///
    /// Aliases are compared as texts are, without case and diacritics, unless both are to match exactly.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut by_name: BTreeMap<String, Vec<(&Actor, &Alias)>> = BTreeMap::new();
        for actor in self.actors() {
            for alias in &actor.aliases {
                by_name.entry(folded(&alias.text)).or_default().push((actor, alias));
            }
        }
        let mut conflicts: Vec<Conflict> =
            by_name.values().flat_map(|named| conflicts_of(named)).collect();
        conflicts.dedup();
        conflicts
    }
}

fn conflicts_of(named: &[(&Actor, &Alias)]) -> Vec<Conflict> {
    let pairs = named
        .iter()
        .enumerate()
        .flat_map(|(at, one)| named[at + 1..].iter().map(move |other| (one, other)));
    let conflict = |(one, other): (&(&Actor, &Alias), &(&Actor, &Alias))| {
        Some(Conflict {
            alias: one.1.text.clone(),
            first: one.0.id.clone(),
            second: other.0.id.clone(),
            time: collision(one, other)?,
            is_expected: needs_context(one.1) && needs_context(other.1),
        })
    };
    pairs.filter_map(conflict).collect()
}

/// When both mean somebody by one name, if they ever do.
fn collision(one: &(&Actor, &Alias), other: &(&Actor, &Alias)) -> Option<Time> {
    let time = |&(actor, alias): &(&Actor, &Alias)| {
        overlap((actor.from, actor.to), (alias.from, alias.to))
    };
    let both_exact = one.1.case == CaseRule::Exact && other.1.case == CaseRule::Exact;
    let differ = one.0.id != other.0.id && (!both_exact || one.1.text == other.1.text);
    if differ { overlap(time(one)?, time(other)?) } else { None }
}

fn needs_context(alias: &Alias) -> bool {
    alias.has_flag("ambiguous") || alias.has_flag("surname")
}

#[cfg(test)]
mod tests {
    use super::Conflict;
    use crate::mention::{ActorList, Base};
    use jiff::civil::date;

    fn conflicts(rows: &str) -> Vec<Conflict> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, format!("id,name,aliases,kind,parent,from,to,case,flags\n{rows}"))
            .unwrap();
        ActorList::load(Base::Empty, &[path]).unwrap().0.conflicts()
    }

    #[test]
    fn a_name_of_two_actors_is_a_conflict_while_their_times_overlap() {
        let found = conflicts(
            "A,Union,,state,,1900,1950,,\nB,UNION,,state,,1940,,,\nC,Union,,state,,1951,1960,,\n",
        );
        let pairs: Vec<(&str, &str, bool)> = found
            .iter()
            .map(|one| (one.first.as_str(), one.second.as_str(), one.is_expected))
            .collect();
        assert_eq!(pairs, [("A", "B", false), ("B", "C", false)]);
        assert_eq!(found[0].time, (Some(date(1940, 1, 1)), Some(date(1950, 12, 31))));
    }

    #[test]
    fn a_name_that_the_article_decides_is_expected_to_be_shared() {
        let found = conflicts(
            "A,Kim A,,person,,,,,\nA,,Kim,,,,,,surname\nB,Kim B,,person,,,,,\nB,,Kim,,,,,,surname\n",
        );
        assert_eq!((found.len(), found[0].is_expected), (1, true));
    }

    #[test]
    fn exact_names_of_other_letters_do_not_collide() {
        assert_eq!(conflicts("A,Aa,US,state,,,,exact,\nB,Bb,us,state,,,,exact,\n"), []);
    }
}
