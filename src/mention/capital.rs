//! Is a capital its country's government here, or a town?

use super::lexicon::Class;
use super::scene::{Scene, Spot, Style};
use super::words::Gap;

/// Whether a capital stands for a government.
///
/// It doesn't where something happens or somebody goes (`in Geneva`, `flew to Moscow`, `visited Paris`), where
/// something is of the town (`Paris-based`, `Doha airport`), nor in a dateline. It does after who sits there and after
/// verbs of saying: `the authorities in Damascus`, `its friends in Ankara`, `denied in Seoul`. What is said or sent
/// `to` or `from` it counts.
pub(super) fn names_government(scene: &Scene<'_>, spot: Spot) -> bool {
    !is_dateline(scene, spot)
        && !is_origin(scene, spot)
        && !is_visited(scene, spot)
        && !is_where(scene, spot)
}

/// `PYONGYANG, January 1 (KCNA)`, `MOSCOW (AP)`, `Pyongyang, Jan. 1`.
fn is_dateline(scene: &Scene<'_>, spot: Spot) -> bool {
    if spot.first > 0 {
        return false;
    }
    let next = spot.last + 1;
    let Some(gap) = scene.tokens.get(next).map(|token| token.gap) else { return false };
    let is_shouted = !scene.surface(spot.first).chars().any(char::is_lowercase)
        && scene.style() != Style::Shouted;
    match gap {
        Gap::COMMA => is_shouted || scene.is(next, Class::Month),
        Gap::PAREN | Gap::SLASH | Gap::BREAK => is_shouted,
        _ => false,
    }
}

/// `Paris-based`, `Doha airport`.
fn is_origin(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    match scene.tokens.get(next).map(|token| token.gap) {
        Some(Gap::HYPHEN) => scene.is(next, Class::Origin),
        Some(Gap::SPACE) => scene.is(next, Class::Venue),
        _ => false,
    }
}

/// `visited Moscow`, `flew to Moscow`.
fn is_visited(scene: &Scene<'_>, spot: Spot) -> bool {
    let Some(at) = scene.word_before(spot) else { return false };
    let to = scene.reads(at, "to") && at > 0;
    scene.is(at, Class::Travel) || to && scene.is(at - 1, Class::Travel)
}

/// `in Moscow`, `near Moscow`, `in London and Moscow`.
fn is_where(scene: &Scene<'_>, spot: Spot) -> bool {
    let Some((at, gap)) = scene.before(spot) else { return false };
    if gap == Gap::SPACE && (scene.reads(at, "and") || scene.reads(at, "or")) && at > 1 {
        return scene.is_capital(at - 1)
            && scene.tokens[at].gap == Gap::SPACE
            && is_place_of_event(scene, at - 2);
    }
    gap == Gap::SPACE && is_place_of_event(scene, at)
}

/// Whether a token is a preposition of place that does not follow who sits in a capital.
fn is_place_of_event(scene: &Scene<'_>, at: usize) -> bool {
    let follows_seat =
        at > 0 && scene.tokens[at].gap == Gap::SPACE && scene.is(at - 1, Class::Seat);
    scene.is(at, Class::Locative) && !follows_seat
}

#[cfg(test)]
mod tests {
    use crate::mention::fixture::check_mentions;

    #[test]
    fn a_capital_that_acts_or_is_acted_on_is_its_government() {
        check_mentions(
            "
Moscow accused Tehran, and Beijing protested to Moscow over a letter from Seoul.
^^^^^^ RUS     ^^^^^^ IRN  ^^^^^^^ CHN          ^^^^^^ RUS                ^^^^^ KOR
The authorities in Damascus and our friends in Ankara were wary of Moscow's plans.
                   ^^^^^^^^ SYR                ^^^^^^ TUR          ^^^^^^ RUS
It was denied in Seoul, and nobody in Moscow or Beijing believed it.
                 ^^^^^ KOR            ^^^^^^ RUS
                                                ^^^^^^^ CHN
",
        );
    }

    #[test]
    fn a_capital_where_something_happens_is_a_town() {
        for text in [
            "They met in Moscow and near Paris.",
            "The envoy flew to Tehran and visited Beijing.",
            "Talks in London and Paris failed.",
            "The Paris-based group, its London-born head and a trip to Berlin.",
            "A museum in downtown Seoul burned.",
            "He landed at Tehran airport, and a Moscow hotel was full.",
            "Their embassy in Beijing was closed.",
        ] {
            check_mentions(text);
        }
    }

    #[test]
    fn a_dateline_names_nobody() {
        check_mentions(
            "
PYONGYANG, January 1 (KCNA) -- Iran sent a gift.
                               ^^^^ IRN
Pyongyang, January 1 (KCNA) -- Iran sent a gift.
                               ^^^^ IRN
MOSCOW (Agencies) Iran sent a gift.
                  ^^^^ IRN
Moscow, Beijing and Tehran agreed.
^^^^^^ RUS          ^^^^^^ IRN
        ^^^^^^^ CHN
",
        );
    }
}
