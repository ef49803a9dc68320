//! Of which kind is a coded actor? The codes and the words of its name tell; the format itself doesn't say.

use super::code::Code;
use crate::mention::actor::ActorKind;
use crate::mention::fold::folded;
use crate::mention::import::known::Known;
use crate::mention::kind_words::{is_body_word, is_company_word};

/// Roles of those who fight.
const GROUPS: [&str; 7] = ["REB", "UAF", "SEP", "INS", "IMG", "OPP", "CRM"];

/// The kind of an actor that is none but a state.
pub(super) fn of(name: &str, codes: &[Code], known: &Known<'_>) -> ActorKind {
    let has = |role: &str| codes.iter().any(|code| code.has(role));
    let folded = folded(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let has_word = |is: fn(&str) -> bool| words.iter().any(|word| is(word));
    let is_dated = codes.iter().any(|code| code.from.is_some() || code.to.is_some());
    let is_body = has_word(is_body_word);
    let is_office =
        codes.iter().any(|code| ["GOV", "ELI", "OPP", "LEG"].iter().any(|role| code.has(role)));
    let is_personal = (2..=5).contains(&words.len()) && !is_body && !has_word(is_company_word);
    // Office holders are dated, or bear a first name that others bear.
    if is_personal
        && (is_dated || known.is_given_name(words[0]) && (is_office || has("IGO") || has("NGO")))
    {
        ActorKind::Person
    } else if has_word(is_company_word) || has("MNC") || has("BUS") && !is_body {
        ActorKind::Company
    } else if GROUPS.iter().any(|role| has(role)) {
        ActorKind::Group
    } else if is_personal && is_office && !known.bearers(words[0], None).1 {
        // `Zendan negotiators` begins with a name of a state.
        ActorKind::Person
    } else {
        ActorKind::Body
    }
}
