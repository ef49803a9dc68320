//! Does a name mean a place in the United States? Georgia, Washington, and towns with the state after a comma.

use super::ambiguity::{Verdict, is_surname, precedes_surname};
use super::capital;
use super::lexicon::Class;
use super::scene::{Scene, Spot};
use super::words::Gap;

/// The country in the Caucasus or the state in America.
pub(super) fn georgia(scene: &Scene<'_>, spot: Spot) -> Verdict {
    if is_american_state(scene, spot) || precedes_surname(scene, spot) {
        return Verdict::Namesake;
    }
    if scene.sentence_has(Class::GeorgiaCaucasus) {
        return Verdict::Yes;
    }
    if scene.sentence_has(Class::GeorgiaUs) {
        return Verdict::Namesake;
    }
    let is_american =
        scene.article_has(Class::GeorgiaUs) && !scene.article_has(Class::GeorgiaCaucasus);
    if is_american { Verdict::Namesake } else { Verdict::Yes }
}

/// `Atlanta, Georgia`; `Georgia, U.S.`; `Georgia governor`; `University of Georgia`; `Georgia, Alabama and Florida`.
fn is_american_state(scene: &Scene<'_>, spot: Spot) -> bool {
    let after_comma = scene.before(spot).filter(|&(_, gap)| gap == Gap::COMMA).map(|(at, _)| at);
    let before_comma = scene.after(spot).filter(|&(_, gap)| gap == Gap::COMMA).map(|(at, _)| at);
    let is_beside =
        |at: Option<usize>| scene.has(at, Class::UsCity) || scene.has(at, Class::UsState);
    let is_in_usa = before_comma
        .is_some_and(|at| matches!(scene.surface(at), "USA" | "US") || is_u_s(scene, at));
    let is_office = scene.word_after(spot).is_some_and(|at| scene.is(at, Class::UsStateOffice));
    is_beside(after_comma)
        || is_beside(before_comma)
        || is_in_usa
        || is_office
        || is_of_namesake(scene, spot)
}

fn is_u_s(scene: &Scene<'_>, at: usize) -> bool {
    scene.reads(at, "U")
        && scene.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::DOT)
        && scene.reads(at + 1, "S")
}

/// `University of Georgia`, `state of Washington`.
fn is_of_namesake(scene: &Scene<'_>, spot: Spot) -> bool {
    let of = scene.word_before(spot).filter(|&at| at > 0 && scene.reads(at, "of"));
    of.is_some_and(|at| scene.is(at - 1, Class::NamesakeOf))
}

/// The government, not the state, the district, a mountain or a man.
pub(super) fn washington(scene: &Scene<'_>, spot: Spot) -> Verdict {
    let before = scene.word_before(spot);
    let after_comma = scene.before(spot).filter(|&(_, gap)| gap == Gap::COMMA).map(|(at, _)| at);
    let is_state = is_of_namesake(scene, spot)
        || scene.has(after_comma, Class::UsCity)
        || scene
            .tokens
            .get(spot.last + 1)
            .is_some_and(|next| next.gap == Gap::SPACE && scene.reads(spot.last + 1, "state"))
        || scene.sentence_has(Class::WashingtonState);
    let is_named_so =
        before.is_some_and(|at| scene.is(at, Class::NamesakeBefore) && scene.is_capital(at));
    if is_state || is_named_so || precedes_surname(scene, spot) || is_surname(scene, spot) {
        return Verdict::Namesake;
    }
    if is_district(scene, spot) || !capital::names_government(scene, spot) {
        Verdict::No
    } else {
        Verdict::Yes
    }
}

/// `Washington, D.C.`, `Washington DC`.
fn is_district(scene: &Scene<'_>, spot: Spot) -> bool {
    let at = spot.last + 1;
    let is_beside =
        scene.tokens.get(at).is_some_and(|next| next.gap == Gap::COMMA || next.gap == Gap::SPACE);
    let is_dotted = || {
        scene.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::DOT)
            && scene.surface(at + 1) == "C"
    };
    is_beside && (scene.surface(at) == "DC" || scene.surface(at) == "D" && is_dotted())
}

/// `Paris, Texas`; `Lebanon, Pennsylvania`; `Cairo, N.Y.` with the state after a comma.
pub(super) fn is_town_in_america(scene: &Scene<'_>, spot: Spot) -> bool {
    let at = spot.last + 1;
    if scene.tokens.get(at).is_none_or(|next| next.gap != Gap::COMMA) {
        return false;
    }
    let is_long = scene.is(at, Class::UsState);
    let is_two_words = scene.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::SPACE)
        && scene.is(at + 1, Class::UsStateEnd)
        && ["New", "North", "South", "West", "Rhode"].iter().any(|first| scene.reads(at, first));
    let is_short = scene.is(at, Class::UsStateShort) && scene.is_capital(at);
    is_two_words || is_long || is_short
}

#[cfg(test)]
mod tests {
    use crate::mention::fixture::check_mentions;

    #[test]
    fn georgia_is_the_country_unless_america_is_around() {
        check_mentions(
            "
Georgia signed a treaty with Armenia.
^^^^^^^ GEO
Georgia's foreign ministry protested, and Russia answered Georgia, Armenia and Iran.
^^^^^^^ GEO                               ^^^^^^ RUS      ^^^^^^^ GEO          ^^^^ IRN
",
        );
        check_mentions(
            "
He was born in Georgia, U.S. and went to Georgia, USA, in 1980.
                        ^^^^ USA                  ^^^ USA
",
        );
        for text in [
            "Lawmakers met in Atlanta, Georgia, on Monday.",
            "Georgia governor Brian Kemp signed the bill.",
            "She teaches at the University of Georgia.",
            "Storms crossed Georgia, Alabama and Florida.",
            "The painter Georgia O'Keeffe lived there.",
            "A runoff in Georgia drew crowds to Atlanta.",
            "Storms hit Alabama, Georgia and other states.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn georgia_stays_what_the_article_has_shown_it_to_be() {
        check_mentions(
            "
Protesters gathered in Atlanta.
Voters in Georgia go to the polls.
",
        );
        check_mentions(
            "
Protesters gathered in Tbilisi.
Voters in Georgia go to the polls.
          ^^^^^^^ GEO
",
        );
    }

    #[test]
    fn washington_is_the_government_only() {
        check_mentions(
            "
Washington condemned Iran, which accused Washington of lying.
^^^^^^^^^^ USA       ^^^^ IRN            ^^^^^^^^^^ USA
",
        );
        for text in [
            "George Washington crossed the river.",
            "The actor Denzel Washington was there.",
            "He lives in Washington, D.C. with his dog.",
            "The march on Washington, DC was peaceful.",
            "Voters in Washington state agreed.",
            "Seattle, Washington, is wet.",
            "The University of Washington said so.",
            "Mount Washington is high.",
            "The Washington Post reported it.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn towns_in_america_are_not_their_namesakes() {
        check_mentions(
            "
Moscow, Idaho; Paris, Texas; Lebanon, Pennsylvania; Berlin, New Hampshire; Cuba, N.Y. and Mexico, Mo. are towns.
                                                                           ^^^^ CUB
",
        );
        check_mentions(
            "
Lebanon, Iran and Mali agreed.
^^^^^^^ LBN
         ^^^^ IRN ^^^^ MLI
",
        );
    }
}
