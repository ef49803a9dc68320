//! Who can be spoken of? A named state, body, group, company or person.

use jiff::civil::Date;

/// An actor: an id, the names it goes by, and whom it belongs to, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// ISO 3166 alpha-3 for states, the common acronym for bodies, `given-family` for persons.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Names that it is found by; a list that is read adds the shown name where it is missing.
    pub aliases: Vec<Alias>,
    /// What it rolls up to, and when that holds.
    pub affiliations: Vec<Affiliation>,
    /// The first day on which the actor exists; `None` for always.
    pub from: Option<Date>,
    /// The last day on which the actor exists; `None` for still.
    pub to: Option<Date>,
}

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActorKind {
    /// A state or territory, its government and its seat of power.
    State,
    /// An international body, ministry, army, court, agency.
    Body,
    /// A party, armed group, movement, people.
    Group,
    /// A company.
    Company,
    /// A person.
    Person,
}

impl ActorKind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::State, Self::Body, Self::Group, Self::Company, Self::Person];

    /// The name in actor files and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Body => "body",
            Self::Group => "group",
            Self::Company => "company",
            Self::Person => "person",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One name of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name as written in running text.
    pub text: String,
    /// How its letters' case is to match.
    pub case: CaseRule,
    /// The first day on which the name means this actor; `None` for always.
    pub from: Option<Date>,
    /// The last day on which the name means this actor; `None` for still.
    pub to: Option<Date>,
    /// Marks such as `epithet`, `metonym`, `demonym`, `ambiguous`.
    pub flags: Vec<String>,
}

/// How the case of an alias matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum CaseRule {
    /// As written, or all in capitals (as headlines and datelines are).
    #[default]
    Name,
    /// Exactly as written: `US`, never `us`.
    Exact,
    /// In any case.
    Any,
}

impl CaseRule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Name, Self::Exact, Self::Any];

    /// The name in actor files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Exact => "exact",
            Self::Any => "any",
        }
    }

    /// The rule of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// A parent that an actor rolls up to during some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affiliation {
    /// Id of the parent.
    pub parent: String,
    /// The first day on which it holds; `None` for always.
    pub from: Option<Date>,
    /// The last day on which it holds; `None` for still.
    pub to: Option<Date>,
    /// Marks: `office:ROLE`, and `unchecked` or `checked:HOW` for the dates.
    pub flags: Vec<String>,
}

impl Affiliation {
    /// Whether it holds on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        holds(self.from, self.to, date)
    }

    /// The offices that come with it, such as `foreign minister`.
    pub fn offices(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().filter_map(|flag| flag.strip_prefix("office:"))
    }

    /// Whether its dates are marked as not verified, or only one of them is.
    pub fn is_unchecked(&self) -> bool {
        self.flags.iter().any(|flag| flag == "unchecked")
    }
}

impl Actor {
    /// Whether the actor exists on a day.
    pub fn exists_on(&self, date: Date) -> bool {
        holds(self.from, self.to, date)
    }
}

impl Alias {
    /// Whether the name means the actor on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        holds(self.from, self.to, date)
    }

    /// Whether the name carries a mark.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }
}

/// Whether a day lies in a time that either end may leave open; both ends count.
pub(super) fn holds(from: Option<Date>, to: Option<Date>, date: Date) -> bool {
    from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to)
}

/// The days that two times share: the later start and the earlier end, or `None` if there are none.
pub(super) fn overlap(a: Time, b: Time) -> Option<Time> {
    let (from, to) = (a.0.max(b.0), earlier(a.1, b.1));
    let is_empty = from.zip(to).is_some_and(|(from, to)| from > to);
    (!is_empty).then_some((from, to))
}

/// First and last day; `None` leaves an end open.
pub(super) type Time = (Option<Date>, Option<Date>);

fn earlier(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{holds, overlap};
    use jiff::civil::{Date, date};

    const A: Option<Date> = Some(date(2000, 1, 1));
    const B: Option<Date> = Some(date(2001, 1, 1));
    const C: Option<Date> = Some(date(2002, 1, 1));

    #[test]
    fn both_ends_of_a_time_count() {
        assert!(holds(A, A, date(2000, 1, 1)) && holds(None, None, date(2000, 1, 1)));
        assert!(!holds(B, None, date(2000, 1, 1)) && !holds(None, A, date(2001, 1, 1)));
    }

    #[test]
    fn times_overlap_in_the_days_that_they_share() {
        assert_eq!(overlap((A, C), (B, None)), Some((B, C)));
        assert_eq!(overlap((None, A), (B, None)), None);
        assert_eq!(overlap((None, None), (None, None)), Some((None, None)));
    }
}
