//! Whom does a lone surname mean? The person that the article named in full, or that a title before it points to.

use jiff::civil::Date;

use super::actor::Affiliation;
use super::lexicon::Class;
use super::list::ActorList;
use super::scene::{Scene, Spot, Style};
use super::words::Gap;

/// The persons that an article has named so far, the last named last.
#[derive(Clone, Debug, Default)]
pub(super) struct Persons {
    named: Vec<Named>,
}

#[derive(Clone, Copy, Debug)]
struct Named {
    actor: u32,
    title: Option<Title>,
}

/// The word before a name, and the one before that where it belongs to the title: `Vice President`.
type Title = (u32, Option<u32>);

impl Persons {
    /// Remembers that a person was named, with the title before the name.
    pub(super) fn name(&mut self, actor: u32, scene: &Scene<'_>, spot: Spot) {
        let title = title_before(scene, spot).map(|at| title_at(scene, at));
        let known = self.named.iter().position(|named| named.actor == actor);
        let before = known.and_then(|at| self.named.remove(at).title);
        self.named.push(Named { actor, title: title.or(before) });
    }

    /// The person among `options` that a surname means at a place, if it is one.
    ///
    /// In this order: who was named in full before with the same title; who holds the office that the title names; who
    /// was named last; and for a title before a surname of nobody named so far, the one person of the name, or the
    /// one who is in office. An `is_ambiguous` surname, such as `Kim`, asks more of that last step: an official title,
    /// and none that the person's known offices gainsay.
    pub(super) fn meant(
        &self,
        options: &[u32],
        is_ambiguous: bool,
        scene: &Scene<'_>,
        spot: Spot,
        office: &Offices<'_>,
    ) -> Option<u32> {
        if !stands_alone(scene, spot) {
            return None;
        }
        let known = || self.named.iter().rev().filter(|named| options.contains(&named.actor));
        let last = || known().next().map(|named| named.actor);
        let Some(at) = title_before(scene, spot) else { return last() };
        if is_spouse(scene, at) {
            return None;
        }
        let title = title_at(scene, at);
        let titled = || known().find(|named| named.title == Some(title)).map(|named| named.actor);
        let holder = || {
            only(
                options.iter().copied().filter(|&actor| office.is_named_before(actor, scene, spot)),
            )
        };
        titled().or_else(holder).or_else(last).or_else(|| {
            let is_polite = scene.is(at, Class::Address);
            let may_be = |&actor: &u32| !is_ambiguous || !is_polite && !office.has_any(actor);
            let options = || options.iter().copied().filter(may_be);
            only(options()).or_else(|| only(options().filter(|&actor| office.is_in_office(actor))))
        })
    }
}

/// Who holds which office on the day of an article.
pub(super) struct Offices<'a> {
    pub(super) list: &'a ActorList,
    pub(super) date: Option<Date>,
}

impl Offices<'_> {
    fn is_in_office(&self, actor: u32) -> bool {
        self.list.parent_of(actor, self.date).is_some()
    }

    fn has_any(&self, actor: u32) -> bool {
        self.list
            .get(actor)
            .affiliations
            .iter()
            .any(|affiliation| affiliation.offices().next().is_some())
    }

    /// Whether the words before a surname are an office that the person holds on the day, or ever in an article of no
    /// date: `Foreign Minister Wang`, or `Secretary Blinken` for a secretary of state.
    fn is_named_before(&self, actor: u32, scene: &Scene<'_>, spot: Spot) -> bool {
        let held = self
            .list
            .get(actor)
            .affiliations
            .iter()
            .filter(|affiliation| self.date.is_none_or(|date| affiliation.holds_on(date)));
        held.flat_map(Affiliation::offices).any(|office| {
            let is_short = office
                .split_once(" of ")
                .is_some_and(|(first, _)| stands_before(first, scene, spot));
            is_short || stands_before(office, scene, spot)
        })
    }
}

/// Whether the words of a title are those right before a name, and not part of a lesser one: `Vice President`.
fn stands_before(title: &str, scene: &Scene<'_>, spot: Spot) -> bool {
    let words = || title.rsplit([' ', '-']);
    let Some(first) = spot.first.checked_sub(words().count()) else { return false };
    let is_lesser = first
        .checked_sub(1)
        .is_some_and(|at| ["vice", "deputy"].iter().any(|word| scene.reads(at, word)));
    !is_lesser && (first..spot.first).rev().zip(words()).all(|(at, word)| scene.reads(at, word))
}

fn only(mut actors: impl Iterator<Item = u32>) -> Option<u32> {
    actors.next().filter(|first| actors.all(|other| other == *first))
}

/// The title right before a name: `President Kim`, `Mr. Putin`.
pub(super) fn title_before(scene: &Scene<'_>, spot: Spot) -> Option<usize> {
    scene.word_before(spot).filter(|&at| scene.is(at, Class::Title))
}

/// `the president and Mrs. Bush`.
fn is_spouse(scene: &Scene<'_>, title: usize) -> bool {
    scene.reads(title, "Mrs") && title > 0 && scene.reads(title - 1, "and")
}

fn title_at(scene: &Scene<'_>, at: usize) -> Title {
    let before = at
        .checked_sub(1)
        .filter(|&before| scene.is(before, Class::Office) && scene.tokens[at].gap == Gap::SPACE);
    (scene.tokens[at].word, before.map(|before| scene.tokens[before].word))
}

/// Whether no other name goes with the surname: not `Kim Yong Nam`, `Lindsey Park`, `the Park`, `in May`.
fn stands_alone(scene: &Scene<'_>, spot: Spot) -> bool {
    let has_title = title_before(scene, spot).is_some();
    !is_followed_by_name(scene, spot)
        && (has_title || !is_preceded_by_name(scene, spot))
        && (has_title || !is_month(scene, spot))
}

fn is_followed_by_name(scene: &Scene<'_>, spot: Spot) -> bool {
    let next = spot.last + 1;
    let Some(gap) = scene.tokens.get(next).map(|token| token.gap) else { return false };
    let is_joined = gap == Gap::HYPHEN && scene.is_capital(next);
    let is_day = scene.is(next, Class::Day) || scene.is(next, Class::Month);
    let is_number = scene.surface(next).starts_with(|c: char| c.is_ascii_digit());
    is_joined || gap == Gap::SPACE && (is_number || scene.is_name_like(next) && !is_day)
}

fn is_preceded_by_name(scene: &Scene<'_>, spot: Spot) -> bool {
    let Some((at, gap)) = scene.before(spot) else { return false };
    if gap == Gap::HYPHEN {
        return scene.is_capital(at);
    }
    if gap != Gap::SPACE {
        return gap == Gap::DOT;
    }
    if scene.is(at, Class::Determiner) && !scene.reads(at, "that") {
        return !scene.word_after(spot).is_some_and(|next| scene.is(next, Class::Rule));
    }
    match scene.style() {
        Style::Sentence => scene.is_name_like(at),
        Style::Title | Style::Shouted => scene.is(at, Class::GivenName),
    }
}

/// `in May`, `last March`: a month that nobody governs.
fn is_month(scene: &Scene<'_>, spot: Spot) -> bool {
    let before = [
        "in", "since", "until", "last", "next", "early", "late", "of", "from", "mid", "during",
        "every", "this", "by",
    ];
    spot.first == spot.last
        && scene.is(spot.first, Class::Month)
        && scene.before(spot).is_some_and(|(at, _)| before.iter().any(|word| scene.reads(at, word)))
}

#[cfg(test)]
mod tests {
    use crate::mention::fixture::{check_mentions, check_mentions_on};
    use jiff::civil::date;

    #[test]
    fn a_surname_counts_after_the_full_name() {
        check_mentions(
            "
Putin is not known yet.
Vladimir Putin spoke, and Putin's guests left.
^^^^^^^^^^^^^^ putin      ^^^^^ putin
But Putin stayed, the Putin regime said.
    ^^^^^ putin       ^^^^^ putin
",
        );
    }

    #[test]
    fn a_title_before_it_makes_a_surname_count() {
        check_mentions(
            "
Mr. Putin met Secretary Blinken, and Putin met Blinken.
    ^^^^^ putin         ^^^^^^^ blinken
                                     ^^^^^ putin
                                               ^^^^^^^ blinken
",
        );
    }

    #[test]
    fn of_two_in_the_article_the_last_named_is_meant_unless_a_title_decides() {
        check_mentions(
            "
President George Bush and his son Jeb Bush came.
          ^^^^^^^^^^^ bush-sr     ^^^^^^^^ jeb
Later Bush spoke, then President Bush did.
      ^^^^ jeb                   ^^^^ bush-sr
",
        );
    }

    #[test]
    fn a_spouse_is_not_the_person() {
        check_mentions(
            "
President George Bush and Mrs. Bush left; Mrs. May left with Theresa May.
          ^^^^^^^^^^^ bush-sr
                                               ^^^ may       ^^^^^^^^^^^ may
",
        );
    }

    #[test]
    fn a_title_alone_means_who_is_in_office() {
        check_mentions_on(
            date(2005, 1, 1),
            "
Chairman Kim spoke.
         ^^^ kim-jong-il
",
        );
        check_mentions_on(
            date(2015, 1, 1),
            "
Chairman Kim spoke.
         ^^^ kim-jong-un
",
        );
        check_mentions_on(date(1980, 1, 1), "Chairman Kim spoke.");
        check_mentions_on(date(2015, 1, 1), "Senator Kim and Mr. Kim and Kim spoke.");
    }

    #[test]
    fn an_office_that_a_title_names_decides_over_who_was_named_last() {
        check_mentions_on(
            date(1990, 1, 1),
            "
Jeb Bush came.
^^^^^^^^ jeb
Vice President Bush left, then President Bush spoke and Mr. Bush did.
               ^^^^ jeb                  ^^^^ bush-sr
                                                            ^^^^ bush-sr
",
        );
    }

    #[test]
    fn a_surname_within_another_name_is_not_his() {
        check_mentions(
            "
Kim Jong Un, Park Geun-hye and Xi Jinping met.
^^^^^^^^^^^ kim-jong-un        ^^^^^^^^^^ xi
             ^^^^^^^^^^^^^ park-geun-hye
Kim Yong Nam, Lindsey Park, the Park and Park Avenue are others, like Xi'an.
Park left; Kim and Xi stayed.
^^^^ park-geun-hye
           ^^^ kim-jong-un
                   ^^ xi
",
        );
    }

    #[test]
    fn may_is_a_month_too() {
        check_mentions(
            "
Theresa May left in May, on May 5, and last May; May was sad.
^^^^^^^^^^^ may                                  ^^^ may
",
        );
    }

    #[test]
    fn a_headline_may_use_a_surname_that_the_text_explains() {
        check_mentions(
            "
# Putin warns Oman
  ^^^^^ putin ^^^^ OMN
Vladimir Putin spoke.
^^^^^^^^^^^^^^ putin
",
        );
        check_mentions(
            "
# Putin warns Oman
              ^^^^ OMN
Nobody spoke.
",
        );
    }

    #[test]
    fn a_hyphened_given_name_may_go_on_small() {
        check_mentions(
            "
Kim Jong-un, KIM JONG UN and Kim Jong-Un are one.
^^^^^^^^^^^ kim-jong-un      ^^^^^^^^^^^ kim-jong-un
             ^^^^^^^^^^^ kim-jong-un
",
        );
    }
}
