//! What does any list say of an actor? Its names, its kind, and whom it belongs to, when.

use jiff::civil::Date;

use super::role::Roles;
use crate::mention::actor::{ActorKind, CaseRule, Time};

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    pub(super) roles: Roles,
    /// Line and reason of what can't be used.
    pub(super) problems: Vec<(u64, String)>,
}

/// An actor as a list has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The id that the list itself gives, in our form: ISO alpha-3 for states.
    pub(super) id: Option<String>,
    /// What the list calls it by: `Q42`. Parents may be named by it.
    pub(super) code: Option<String>,
    /// Its names, the one to show first; never none.
    pub(super) names: Vec<Name>,
    /// When the names hold.
    pub(super) time: Time,
    pub(super) kind: ActorKind,
    pub(super) terms: Vec<Term>,
}

/// A name as it is to be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) case: CaseRule,
    pub(super) flags: Vec<String>,
}

/// What an actor belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// Id, code or name of the parent.
    pub(super) parent: String,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) flags: Vec<String>,
}
