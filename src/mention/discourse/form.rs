//! What does a pronoun ask for? Its gender and number, what it does in its clause, and whether it means anything.

use super::entity::Gender;
use super::line::{Line, Mark};
use crate::mention::lexicon::Class;

/// What a pronoun asks of its antecedent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `he`, `her`.
    Person(Gender),
    /// `it`, `its`.
    Organisation,
    /// `they`, `their`.
    Group,
}

/// What a pronoun does in its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Subject,
    Object,
    Possessive,
    Reflexive,
}

/// What a token asks for, if it is a pronoun of the third person.
pub(super) fn form(line: &Line<'_>, at: usize) -> Option<(Wanted, Case)> {
    use Gender::{Female, Male};
    let surface = line.surface(at);
    let is_title = at + 1 < line.len()
        && line.reads(at + 1, &["Excellency", "Majesty", "Highness", "Holiness"]);
    let is_shouted = is_title || surface.len() > 1 && surface.chars().all(char::is_uppercase);
    if surface.len() > 10 || is_shouted {
        return None;
    }
    Some(match line.lower(at).as_str() {
        "he" => (Wanted::Person(Male), Case::Subject),
        "him" => (Wanted::Person(Male), Case::Object),
        "his" => (Wanted::Person(Male), Case::Possessive),
        "himself" => (Wanted::Person(Male), Case::Reflexive),
        "she" => (Wanted::Person(Female), Case::Subject),
        "her" if is_possessive(line, at) => (Wanted::Person(Female), Case::Possessive),
        "her" => (Wanted::Person(Female), Case::Object),
        "herself" => (Wanted::Person(Female), Case::Reflexive),
        "it" if is_subject(line, at) => (Wanted::Organisation, Case::Subject),
        "its" => (Wanted::Organisation, Case::Possessive),
        "itself" => (Wanted::Organisation, Case::Reflexive),
        "they" => (Wanted::Group, Case::Subject),
        "their" => (Wanted::Group, Case::Possessive),
        "themselves" => (Wanted::Group, Case::Reflexive),
        _ => return None,
    })
}

/// `her` before a noun.
fn is_possessive(line: &Line<'_>, at: usize) -> bool {
    line.is_next(at + 1) && !line.is_grammar(at + 1)
        || line.is_next(at + 1) && line.reads(at + 1, &["own", "first", "last"])
}

/// `it` that is no object: nothing before it that would govern it, and a verb behind.
fn is_subject(line: &Line<'_>, at: usize) -> bool {
    let governs = at > 0
        && line.mark(at) == Mark::None
        && line.quotes[at - 1] == line.quotes[at]
        && (line.is(at - 1, Class::Preposition)
            && !line.reads(at - 1, &["than", "as", "before", "after", "since", "until"])
            || line.is_verb(at - 1) && !line.is(at - 1, Class::Saying));
    let is_adverb = |at: usize| line.is(at, Class::Adverb) || line.surface(at).ends_with("ly");
    let next = at + 1;
    let verb = if next < line.len() && is_adverb(next) { next + 1 } else { next };
    !governs && line.is_next(next) && verb < line.len() && line.is_verb(verb)
}

/// What is said of an actor, not of a clause: `it is ready to`, `it was sure that`.
const STATES_OF_MIND: [&str; 30] = [
    "ready",
    "willing",
    "unwilling",
    "able",
    "unable",
    "sure",
    "confident",
    "glad",
    "happy",
    "proud",
    "certain",
    "aware",
    "set",
    "due",
    "bound",
    "keen",
    "reluctant",
    "free",
    "eager",
    "afraid",
    "loath",
    "careful",
    "right",
    "wrong",
    "slow",
    "quick",
    "about",
    "going",
    "trying",
    "sorry",
];

/// Verbs that `it` has for the weather and for time, not for an actor.
const EMPTY_VERBS: [&str; 11] = [
    "seems", "seemed", "appears", "appeared", "rained", "snowed", "turned", "takes", "took",
    "remains", "remained",
];

/// What was learned, not done: `it was announced`.
const LEARNED: [&str; 13] = [
    "learned",
    "learnt",
    "announced",
    "reported",
    "said",
    "understood",
    "revealed",
    "decided",
    "agreed",
    "adopted",
    "time",
    "clear",
    "known",
];

/// `it` that takes nothing up: `it is clear that`, `it was learned`, `it seems`.
pub(super) fn is_empty_it(line: &Line<'_>, at: usize) -> bool {
    let next = at + 1;
    if !line.is_next(next) || line.lower(at) != "it" {
        return false;
    }
    let comes_to = line.reads(next, &["comes", "came"])
        && next + 1 < line.len()
        && line.reads(next + 1, &["to"]);
    comes_to || line.reads(next, &EMPTY_VERBS) || is_told_of_a_thing(line, at) || is_cleft(line, at)
}

/// `It was a hard year`: what was told before is meant more often than an actor.
fn is_told_of_a_thing(line: &Line<'_>, at: usize) -> bool {
    let next = at + 1;
    let words = ["a", "an", "the", "none", "not", "no", "all", "only", "this", "just"];
    let is_first = at == 0 || line.mark(at) != Mark::None || line.reads(at - 1, &["that"]);
    is_first
        && line.is(next, Class::Copula)
        && next + 1 < line.len()
        && line.reads(next + 1, &words)
}

/// `it is necessary to`, `it was Iceland that`, `it was announced`.
fn is_cleft(line: &Line<'_>, at: usize) -> bool {
    let next = at + 1;
    let auxiliaries =
        ["would", "will", "may", "might", "could", "should", "has", "had", "be", "been"];
    if !line.is(next, Class::Copula) && !line.reads(next, &auxiliaries) {
        return false;
    }
    let is_copula = |at: usize| line.is(at, Class::Copula) || line.reads(at, &["be", "been"]);
    let is_felt = |at: usize| {
        line.reads(at, &STATES_OF_MIND)
            || line.surface(at).ends_with("ed")
            || line.surface(at).ends_with("ing")
    };
    let joins = |at: usize| {
        at > next + 1
            && line.reads(at, &["that", "who", "to", "whether", "when"])
            && !(next..at).any(is_felt)
    };
    let mut rest = (next..line.len().min(next + 9)).take_while(|&at| line.mark(at) != Mark::Break);
    let is_learned = (next..line.len().min(next + 4)).any(|at| line.reads(at, &LEARNED));
    (next..line.len().min(next + 3)).any(is_copula) && (is_learned || rest.any(joins))
}
