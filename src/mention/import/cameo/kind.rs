//! Of which kind is a coded actor? The codes and the words of its name tell; the format itself doesn't say.

use super::code::Code;
use crate::mention::actor::ActorKind;
use crate::mention::fold::folded;
use crate::mention::import::known::Known;

/// Words that persons aren't called.
const BODY_WORDS: &[&str] = &[
    "academy",
    "administration",
    "agency",
    "air",
    "alliance",
    "armed",
    "army",
    "assembly",
    "association",
    "authority",
    "bank",
    "base",
    "board",
    "brigade",
    "brigades",
    "bureau",
    "cabinet",
    "center",
    "centre",
    "chamber",
    "church",
    "coalition",
    "college",
    "command",
    "commission",
    "committee",
    "community",
    "conference",
    "congress",
    "corps",
    "council",
    "court",
    "delegation",
    "department",
    "diplomats",
    "division",
    "embassy",
    "federation",
    "fighters",
    "foundation",
    "force",
    "forces",
    "front",
    "fund",
    "government",
    "group",
    "guard",
    "guards",
    "guerrillas",
    "hospital",
    "house",
    "initiative",
    "institute",
    "institution",
    "intelligence",
    "junta",
    "league",
    "liberation",
    "media",
    "military",
    "militants",
    "militia",
    "militias",
    "ministry",
    "mission",
    "mosque",
    "movement",
    "national",
    "navy",
    "network",
    "news",
    "office",
    "officials",
    "opposition",
    "organisation",
    "organization",
    "parliament",
    "party",
    "patrol",
    "peacekeepers",
    "police",
    "press",
    "rebels",
    "regime",
    "school",
    "secretariat",
    "senate",
    "service",
    "services",
    "society",
    "soldiers",
    "state",
    "students",
    "television",
    "trade",
    "troops",
    "tribunal",
    "unesco",
    "union",
    "united",
    "university",
    "workers",
    "world",
];

/// Words of companies' names.
const COMPANY_WORDS: &[&str] = &[
    "airlines",
    "airways",
    "co",
    "company",
    "corp",
    "corporation",
    "enterprises",
    "holdings",
    "inc",
    "industries",
    "limited",
    "ltd",
    "plc",
];

/// Roles of those who fight.
const GROUPS: [&str; 7] = ["REB", "UAF", "SEP", "INS", "IMG", "OPP", "CRM"];

/// The kind of an actor that is none but a state.
pub(super) fn of(name: &str, codes: &[Code], known: &Known<'_>) -> ActorKind {
    let has = |role: &str| codes.iter().any(|code| code.has(role));
    let folded = folded(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let has_word = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let is_dated = codes.iter().any(|code| code.from.is_some() || code.to.is_some());
    let is_body = has_word(BODY_WORDS);
    let is_office =
        codes.iter().any(|code| ["GOV", "ELI", "OPP", "LEG"].iter().any(|role| code.has(role)));
    let is_personal = (2..=5).contains(&words.len()) && !is_body && !has_word(COMPANY_WORDS);
    // Office holders are dated, or bear a first name that others bear.
    if is_personal
        && (is_dated || known.is_given_name(words[0]) && (is_office || has("IGO") || has("NGO")))
    {
        ActorKind::Person
    } else if has_word(COMPANY_WORDS) || has("MNC") || has("BUS") && !is_body {
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
