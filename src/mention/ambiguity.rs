//! Does a name mean the actor here? Rules for names that mean something else as well.
//!
//! A rule looks at the words beside the name, then at the sentence, then at the article; what it doesn't know it
//! lets pass, unless the alias is flagged `ambiguous` and has no rule of its own: then another mention of the same
//! actor, or of one that belongs to the same state, must stand in the article.

use super::actor::ActorKind;
use super::american::{georgia, is_town_in_america, washington};
use super::fold::folded;
use super::gazetteer::Sense;
use super::lexicon::Class;
use super::scene::{Scene, Spot, Style};
use super::words::Gap;
use super::{capital, demonym};

/// What a rule says of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The actor is meant.
    Yes,
    /// Something else is meant, here.
    No,
    /// Something else is meant, and is likely to be called so again: a bare `Jordan` after `Michael Jordan`.
    Namesake,
    /// The actor is meant if the article mentions it by a name that is its alone.
    IfKnown,
}

/// A rule for one name.
type Rule = fn(&Scene<'_>, Spot) -> Verdict;

/// The names with a rule of their own, folded.
const RULES: &[(&str, Rule)] = &[
    ("georgia", georgia),
    ("jordan", first_or_last_name),
    ("chad", first_or_last_name),
    ("israel", part_of_a_name),
    ("cuba", part_of_a_name),
    ("kenya", part_of_a_name),
    ("india", part_of_a_name),
    ("jamaica", part_of_a_name),
    ("ireland", part_of_a_name),
    ("america", part_of_a_name),
    ("france", part_of_a_name),
    ("paris", paris),
    ("london", capital_only),
    ("guinea", always),
    ("turkey", turkey),
    ("washington", washington),
    ("us", pronoun_us),
];

/// Names that several actors share, and the one that newspapers mean where the article does not show which.
const USUAL: &[(&str, &str)] = &[("congo", "COD"), ("congolese", "COD"), ("brussels", "EU")];

/// The id of the actor that a name of several usually means.
pub(super) fn usual(name: &str) -> Option<&'static str> {
    let name = folded(name);
    USUAL.iter().find(|(usual, _)| *usual == name).map(|&(_, id)| id)
}

/// The rule for an alias, by its number in the table.
pub(super) fn rule_of(folded_alias: &str) -> Option<usize> {
    RULES.iter().position(|(name, _)| *name == folded_alias)
}

/// Says whether a name means an actor here, given one sense of it.
pub(super) fn verdict(scene: &Scene<'_>, spot: Spot, sense: &Sense) -> Verdict {
    if is_part_of_something(scene, spot) || is_word_in_capitals(scene, spot, sense) {
        return Verdict::No;
    }
    if sense.flags.is_demonym() {
        return if demonym::names_actor(scene, spot) {
            if_known(sense.flags.is_ambiguous())
        } else {
            Verdict::No
        };
    }
    if sense.kind == Some(ActorKind::Person) && is_named_after(scene, spot) {
        return Verdict::No;
    }
    let is_place = sense.kind == Some(ActorKind::State);
    if is_place && is_money(scene, spot) {
        return Verdict::No;
    }
    if is_place && is_town_in_america(scene, spot) {
        return Verdict::No;
    }
    if is_place && follows_first_name(scene, spot) {
        return Verdict::Namesake;
    }
    if let Some(rule) = sense.rule {
        return RULES[rule].1(scene, spot);
    }
    if sense.flags.is_capital() && !capital::names_government(scene, spot) {
        return Verdict::No;
    }
    let is_firm = sense.kind == Some(ActorKind::Company) && is_name_by_capital(scene, spot);
    if_known(sense.flags.is_ambiguous() && !is_firm)
}

/// An ordinary word that only its capital makes a name, inside a sentence: `sued Apple`, not `Orange County`.
fn is_name_by_capital(scene: &Scene<'_>, spot: Spot) -> bool {
    let is_inside = scene.before(spot).is_some_and(|(at, gap)| {
        gap == Gap::COMMA
            || gap == Gap::SPACE && !scene.is(at, Class::Determiner) && !scene.is_name_like(at)
    });
    let goes_on = scene.word_after(spot).is_some_and(|at| scene.is_name_like(at));
    is_inside && !goes_on && scene.style() == Style::Sentence && scene.is_capital(spot.first)
}

/// A name whose other bearers have longer names, all of them known.
fn always(_: &Scene<'_>, _: Spot) -> Verdict {
    Verdict::Yes
}

/// A capital whose namesakes are not in the news.
fn capital_only(scene: &Scene<'_>, spot: Spot) -> Verdict {
    if capital::names_government(scene, spot) { Verdict::Yes } else { Verdict::No }
}

fn if_known(is_ambiguous: bool) -> Verdict {
    if is_ambiguous { Verdict::IfKnown } else { Verdict::Yes }
}

/// Web addresses, handles, longer dotted initials (`U.S.S.R.`), names with an apostrophe in them (`Xi'an`).
fn is_part_of_something(scene: &Scene<'_>, spot: Spot) -> bool {
    let gap_after = scene.tokens.get(spot.last + 1).map(|next| next.gap);
    let joins_after = match gap_after {
        Some(Gap::DOT) => {
            let next = spot.last + 1;
            let is_beside = scene.tokens[spot.last].end + 1 == scene.tokens[next].start;
            let lacks_space_only = scene.is_capital(next) && scene.surface(next).len() > 1;
            is_beside && !lacks_space_only
        }
        Some(Gap::APOSTROPHE) => spot.first == spot.last && !scene.is_possessive(spot.last + 1),
        _ => false,
    };
    let joins_before = match scene.before(spot) {
        Some((at, Gap::DOT)) => scene.tokens[at].end + 1 == scene.tokens[spot.first].start,
        Some((at, Gap::APOSTROPHE)) => matches!(scene.surface(at), "O" | "o"),
        _ => false,
    };
    joins_after || joins_before || is_address(scene.run_around(spot))
}

fn is_address(run: &str) -> bool {
    run.contains("://") || run.contains("www.") || run.contains('@')
}

/// `WHO` in a sentence all of capitals is `who`. `US` has a rule of its own.
fn is_word_in_capitals(scene: &Scene<'_>, spot: Spot, sense: &Sense) -> bool {
    spot.first == spot.last
        && sense.rule.is_none()
        && scene.is(spot.first, Class::ShoutedWord)
        && scene.style() == Style::Shouted
}

/// `Kim Il Sung University`.
fn is_named_after(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    let is_beside = scene.tokens.get(next).is_some_and(|token| token.gap == Gap::SPACE);
    is_beside && scene.is(next, Class::Memorial) && scene.is_capital(next)
}

/// `711 billion U.S. dollars`.
fn is_money(scene: &Scene<'_>, spot: Spot) -> bool {
    let is_dollar = |at: usize| scene.reads(at, "dollar") || scene.reads(at, "dollars");
    scene.word_after(spot).is_some_and(is_dollar)
}

/// In capitals, `US` is the country, as headlines have it, but in `LET US`, `ALL OF US`.
fn pronoun_us(scene: &Scene<'_>, spot: Spot) -> Verdict {
    let Some(at) = scene.word_before(spot).filter(|_| scene.style() == Style::Shouted) else {
        return Verdict::Yes;
    };
    let is_part = scene.reads(at, "of") && at > 0 && scene.is(at - 1, Class::PartOf);
    if is_part || scene.is(at, Class::BeforePronoun) { Verdict::No } else { Verdict::Yes }
}

/// `Irving Berlin`, `Anatole France`, `Michael Jordan`.
fn follows_first_name(scene: &Scene<'_>, spot: Spot) -> bool {
    spot.first == spot.last
        && scene
            .word_before(spot)
            .is_some_and(|at| scene.is(at, Class::GivenName) && scene.is_capital(at))
}

/// Countries that are first names or surnames as often.
fn first_or_last_name(scene: &Scene<'_>, spot: Spot) -> Verdict {
    if precedes_surname(scene, spot) || is_surname(scene, spot) {
        Verdict::Namesake
    } else {
        Verdict::Yes
    }
}

/// Countries that are seldom a person's name, but may be part of it, or of a firm's.
fn part_of_a_name(scene: &Scene<'_>, spot: Spot) -> Verdict {
    if precedes_surname(scene, spot) || is_surname(scene, spot) {
        Verdict::No
    } else {
        Verdict::Yes
    }
}

/// A capitalised word after the name that begins nothing official: `Jordan Peterson`, not `Jordan Foreign Ministry`.
pub(super) fn precedes_surname(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    if scene.tokens.get(next).is_none_or(|token| token.gap != Gap::SPACE) || !scene.is_capital(next)
    {
        return false;
    }
    let is_surname = scene.is(next, Class::Surname);
    is_surname || is_private_name(scene, next)
}

/// A capitalised word, neither grammar nor of an office, nor an acronym.
fn is_private_name(scene: &Scene<'_>, at: usize) -> bool {
    let other = [Class::Office, Class::Title, Class::Day, Class::Month];
    let surface = scene.surface(at);
    let is_acronym = surface.len() > 1 && !surface.chars().any(char::is_lowercase);
    scene.is_name_like(at) && !is_acronym && !other.iter().any(|&class| scene.is(at, class))
}

/// A capitalised word before the name, inside the sentence, that is neither grammar nor an office.
pub(super) fn is_surname(scene: &Scene<'_>, spot: Spot) -> bool {
    scene.word_before(spot).is_some_and(|at| at > 0 && is_private_name(scene, at))
}

fn paris(scene: &Scene<'_>, spot: Spot) -> Verdict {
    let is_name = precedes_surname(scene, spot) || is_surname(scene, spot);
    if is_name || !capital::names_government(scene, spot) { Verdict::No } else { Verdict::Yes }
}

/// The country or the bird.
fn turkey(scene: &Scene<'_>, spot: Spot) -> Verdict {
    let is_beside = scene.has(scene.word_after(spot), Class::BirdBeside)
        || scene.has(scene.word_before(spot), Class::BirdBeside);
    if is_beside || scene.sentence_has(Class::BirdAround) { Verdict::No } else { Verdict::Yes }
}

#[cfg(test)]
mod tests {
    use crate::mention::fixture::check_mentions;

    #[test]
    fn jordan_and_chad_are_countries_unless_they_are_part_of_a_mans_name() {
        check_mentions(
            "
Jordan condemned Israel, and Chad thanked Jordan's king.
^^^^^^ JOR       ^^^^^^ ISR  ^^^^ TCD     ^^^^^^ JOR
Jordan Foreign Ministry officials left, King Abdullah of Jordan stayed.
^^^^^^ JOR                                               ^^^^^^ JOR
In Jordan the talks went on, said Chad President Mahamat Deby.
   ^^^^^^ JOR                     ^^^^ TCD
",
        );
        for text in [
            "The player Michael Jordan retired.",
            "The writer Jordan Peterson spoke.",
            "Chad Kroeger sang and Israel Adesanya fought.",
            "Ms Barbara Jordan spoke, as Vernon Jordan had.",
            "The actor Cuba Gooding won.",
            "Anatole France wrote it.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn a_lone_jordan_after_a_namesake_needs_the_country_in_the_article() {
        check_mentions(
            "
Michael Jordan retired.
Jordan said so himself.
",
        );
        check_mentions(
            "
Michael Jordan retired.
Jordanian officials were sad, and Jordan said so.
^^^^^^^^^ JOR                     ^^^^^^ JOR
",
        );
    }

    #[test]
    fn turkey_is_no_bird() {
        check_mentions(
            "
Turkey summoned the envoy; a turkey did not.
^^^^^^ TUR
TURKEY SUMMONS ENVOY
^^^^^^ TUR
",
        );
        for text in [
            "Turkey sandwiches were served.",
            "TURKEY DINNER SERVED TO TROOPS",
            "Turkey prices rise before Thanksgiving.",
            "Roast Turkey is cheap this year.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn in_a_headline_of_capitals_us_is_the_country_and_who_is_a_word() {
        check_mentions(
            "
IRAN CONDEMNS US SANCTIONS
^^^^ IRN      ^^ USA
IRAN REJECTS TALKS WITH US
^^^^ IRN                ^^ USA
LET US HELP IRAN, TWO OF US SAY ALL OF US CAN
            ^^^^ IRN     ^^ USA
MEN WHO FLED IRAN
             ^^^^ IRN
",
        );
        check_mentions(
            "
The WHO told us that US aid came.
    ^^^ WHO          ^^ USA
",
        );
    }

    #[test]
    fn an_ambiguous_name_without_a_rule_needs_its_actor_in_the_article() {
        check_mentions("Vienna accused the bank.");
        check_mentions(
            "
Vienna accused the bank.
^^^^^^ AUT
Austria is angry.
^^^^^^^ AUT
",
        );
        check_mentions("The Puppet regime and puppet regimes.");
        check_mentions(
            "
The puppet regime of south Korea.
    ^^^^^^^^^^^^^ KOR
                     ^^^^^^^^^^^ KOR
",
        );
    }

    #[test]
    fn korea_is_the_one_that_the_article_speaks_of() {
        check_mentions("Korea is united in sport.");
        check_mentions(
            "
Korea will win, Pyongyang said, and the Korean army marched.
^^^^^ PRK       ^^^^^^^^^ PRK           ^^^^^^ PRK
",
        );
        check_mentions(
            "
Korea will win, said Seoul and Pyongyang.
                     ^^^^^ KOR ^^^^^^^^^ PRK
",
        );
    }

    #[test]
    fn congo_is_the_larger_one_unless_brazzaville_is_around() {
        check_mentions(
            "
Congo accused its neighbour.
^^^^^ COD
",
        );
        check_mentions(
            "
Congo's president spoke in Brazzaville.
^^^^^ COG
",
        );
    }

    #[test]
    fn brussels_is_the_union_unless_the_article_knows_belgium_alone() {
        check_mentions(
            "
Brussels fined the firm.
^^^^^^^^ EU
",
        );
        check_mentions(
            "
Brussels recalled its envoy, Belgium said.
^^^^^^^^ BEL                 ^^^^^^^ BEL
",
        );
        check_mentions("They met in Brussels.");
    }

    #[test]
    fn a_firm_with_an_ordinary_name_is_known_by_its_capital() {
        check_mentions(
            "
Iran sued Apple, and Russia did not sue Apple.
^^^^ IRN  ^^^^^ apple                   ^^^^^ apple
                     ^^^^^^ RUS
",
        );
        check_mentions("Apple Valley has an apple tree in Apple County, and the Apple fell.");
    }

    #[test]
    fn what_is_named_after_a_person_and_money_are_no_actors() {
        check_mentions(
            "Kim Jong Il University paid 5 million US dollars to Vladimir Putin Street.",
        );
        check_mentions(
            "
Kim Jong Il's university paid the US.
^^^^^^^^^^^ kim-jong-il           ^^ USA
",
        );
    }

    #[test]
    fn dotted_initials_and_apostrophes_that_go_on_are_other_names() {
        check_mentions("The X.U.S. line, the U.S.Q. line, Xi'an, O'Mali.");
    }
}
