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
    /// Names that it is found by, the shown name among them if it should be.
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

/// A parent that an actor rolls up to during some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affiliation {
    /// Id of the parent.
    pub parent: String,
    /// The first day on which it holds; `None` for always.
    pub from: Option<Date>,
    /// The last day on which it holds; `None` for still.
    pub to: Option<Date>,
}
