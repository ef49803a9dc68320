//! Does a demonym name its country here? `Iranian officials` and `the French` do; `French fries` do not.

use super::lexicon::Class;
use super::scene::{Scene, Spot};
use super::words::Gap;

/// How many words after the demonym may stand before the noun that it goes with.
const REACH: usize = 3;

/// Whether a demonym stands for the state.
///
/// It does by default, since what a state has, does and suffers is spoken of so (`Russian tankers`, `American
/// tariffs`, `anti-Japanese`), unless the words around it say that it is
/// - a language: `speaks Russian`, `in Russian`, `Russian-speaking`;
/// - one private person, or some: `an Iranian`, `two Iranians`, `an Indian woman`;
/// - a trait: `she is Russian`;
/// - food, art, sport, money, a town: `Chinese restaurant`, `the Ukrainian city of Kharkiv`;
/// - part of the proper name of something that is no office of the state: `British Museum`.
pub(super) fn names_actor(scene: &Scene<'_>, spot: Spot) -> bool {
    !is_language(scene, spot) && !is_person(scene, spot) && noun_is_of_state(scene, spot)
}

fn is_language(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    let gap = scene.tokens.get(next).map(|token| token.gap);
    if gap == Some(Gap::HYPHEN) && scene.is(next, Class::Origin) {
        return true;
    }
    let Some(at) = scene.word_before(spot) else { return false };
    let is_said_in = ["in", "into"].iter().any(|word| scene.reads(at, word));
    scene.is(at, Class::Speaking) || is_said_in && ends_phrase(scene, spot)
}

/// Whether no noun follows: a mark, a word of grammar, or nothing.
fn ends_phrase(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    let follows =
        scene.tokens.get(next).is_some_and(|token| matches!(token.gap, Gap::SPACE | Gap::HYPHEN));
    !follows || scene.is(next, Class::Function)
}

fn is_person(scene: &Scene<'_>, spot: Spot) -> bool {
    let Some(at) = scene.word_before(spot) else { return false };
    let is_plural = scene.surface(spot.last).ends_with('s');
    if is_plural && (scene.is(at, Class::Quantity) || is_number(scene, at)) {
        return true;
    }
    let is_one = scene.is(at, Class::Indefinite) || scene.is(at, Class::Copula);
    is_one && ends_phrase(scene, spot)
}

fn is_number(scene: &Scene<'_>, at: usize) -> bool {
    scene.surface(at).bytes().all(|byte| byte.is_ascii_digit())
}

/// Looks for the noun that the demonym goes with; none is as good as one of the state.
fn noun_is_of_state(scene: &Scene<'_>, spot: Spot) -> bool {
    let phrase = noun_phrase(scene, spot);
    if phrase.clone().any(|at| scene.is(at, Class::Office)) {
        return true;
    }
    let is_name = phrase
        .clone()
        .next()
        .is_some_and(|at| scene.is_name_like(at) && !scene.is(at, Class::Title));
    let is_private = |at: usize| scene.is(at, Class::Person) || scene.is(at, Class::Culture);
    !is_name && !phrase.clone().any(is_private)
}

/// The words after the demonym, up to the first of grammar or mark; a hyphen goes on.
fn noun_phrase(scene: &Scene<'_>, spot: Spot) -> impl Iterator<Item = usize> + Clone {
    let first = spot.last + 1;
    let goes_on = |at: &usize| {
        matches!(scene.tokens[*at].gap, Gap::SPACE | Gap::HYPHEN) && !scene.is(*at, Class::Function)
    };
    let is_capital = scene.tokens.get(first).is_some_and(|_| scene.is_name_like(first));
    // A proper name may be long; among small words the noun is near.
    let reach = if is_capital { 2 * REACH } else { REACH };
    (first..scene.tokens.len()).take(reach).take_while(goes_on)
}

#[cfg(test)]
mod tests {
    use crate::mention::fixture::check_mentions;

    #[test]
    fn what_a_state_has_and_does_names_it() {
        check_mentions(
            "
Iranian officials met Russian forces, and the French saw Chinese tankers and American tariffs.
^^^^^^^ IRN           ^^^^^^^ RUS             ^^^^^^ FRA ^^^^^^^ CHN         ^^^^^^^^ USA
Russian President Vladimir Putin and the Japanese Foreign Ministry met the Germans.
^^^^^^^ RUS       ^^^^^^^^^^^^^^ putin   ^^^^^^^^ JPN                      ^^^^^^^ DEU
Seven Iranian Shahed drones and a Russian corvette passed; anti-American rallies grew.
      ^^^^^^^ IRN                 ^^^^^^^ RUS                   ^^^^^^^^ USA
",
        );
    }

    #[test]
    fn a_language_is_no_actor() {
        for text in [
            "She speaks Russian and broken French.",
            "It was written in Russian, then in French.",
            "A Russian-speaking crowd and a French-language book.",
            "The Russian language and Chinese literature.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn private_people_and_traits_are_no_actors() {
        for text in [
            "An Indian woman and a Chinese student were hurt.",
            "Two Americans, 14 Iranians and several Russians left.",
            "A Russian was killed, and an Iranian.",
            "He is Russian, and she was French.",
            "A young Iranian football player left.",
        ] {
            check_mentions(text);
        }
        check_mentions(
            "
An Iranian student militia left.
   ^^^^^^^ IRN
",
        );
    }

    #[test]
    fn food_art_and_towns_are_no_actors() {
        for text in [
            "French fries and a Chinese restaurant.",
            "An old French silent film was shown.",
            "The Ukrainian city of Kharkiv lost power.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn the_proper_name_of_something_else_is_not_the_state() {
        check_mentions("The British Museum and the German Aerospace Center agreed.");
        check_mentions(
            "
The British Foreign Office and the Iranian Navy agreed.
    ^^^^^^^ GBR                    ^^^^^^^ IRN
",
        );
    }
}
