//! Where are actors named? All names of a list, looked up in one pass, the longest first.

use std::ops::Range;

use anyhow::anyhow;
use jiff::civil::Date;

use super::actor::{Actor, ActorKind, Alias, CaseRule, Time, overlap};
use super::ambiguity;
use super::case::is_written_as;
use super::fold::folded;
use super::lexicon::Lexicon;
use super::list::ActorList;
use super::phrases::{PhraseSet, Phrases};
use super::reading::Reading;
use super::words::{Token, Vocabulary};
use super::{Anaphora, Found, Mention, actor, discourse};
use crate::text::Document;
use crate::text::Span;

const BLOCKERS: &str = include_str!("data/blockers.txt");

/// Finds the actors of a list in documents.
///
/// ```
/// use detente::mention::{ActorList, Base, Gazetteer};
///
/// let (actors, _) = ActorList::load(Base::BuiltIn, &[])?;
/// let gazetteer = Gazetteer::new(actors)?;
/// assert!(gazetteer.actors().index_of("FRA").is_some());
/// # anyhow::Ok(())
/// ```
#[derive(Debug)]
pub struct Gazetteer {
    list: ActorList,
    vocabulary: Vocabulary,
    phrases: Phrases,
    lexicon: Lexicon,
    /// What each phrase means, by its number.
    senses: Vec<Sense>,
}

/// One thing that a phrase means: an actor by one alias, or nobody, for a phrase that only takes up the words.
#[derive(Clone, Debug)]
pub(super) struct Sense {
    /// The actor; `None` for a phrase that blocks.
    pub(super) actor: Option<u32>,
    pub(super) kind: Option<ActorKind>,
    pub(super) flags: Flags,
    /// The rule for the name, if it has one of its own.
    pub(super) rule: Option<usize>,
    pub(super) text: Box<str>,
    case: CaseRule,
    time: Time,
}

/// The marks of an alias that rules ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    const NAMES: [(&str, u8); 5] =
        [("demonym", 1), ("capital", 2), ("ambiguous", 4), ("surname", 8), ("epithet", 16)];

    fn of(alias: &Alias) -> Self {
        let bits =
            Self::NAMES.iter().filter(|(name, _)| alias.has_flag(name)).map(|(_, bit)| bit).sum();
        // A nickname of ordinary words, `the puppet regime`, needs its bearer near by.
        let is_ordinary = alias.has_flag("epithet") && !alias.text.chars().any(char::is_uppercase);
        Self(if is_ordinary { bits | 4 } else { bits })
    }

    pub(super) fn is_demonym(self) -> bool {
        self.0 & 1 != 0
    }

    pub(super) fn is_capital(self) -> bool {
        self.0 & 2 != 0
    }

    /// A capital or a demonym, and nothing else.
    pub(super) fn is_of_country(self) -> bool {
        (self.is_demonym() || self.is_capital()) && !self.is_ambiguous()
    }

    pub(super) fn is_ambiguous(self) -> bool {
        self.0 & 4 != 0
    }

    pub(super) fn is_epithet(self) -> bool {
        self.0 & 16 != 0
    }

    pub(super) fn is_surname(self) -> bool {
        self.0 & 8 != 0
    }
}

/// A stretch of a sentence that some alias fits.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its tokens, counted in the sentence.
    pub(super) tokens: Range<usize>,
    /// Its bytes in the part.
    pub(super) span: Span,
    /// The senses that fit, as a range of those that all candidates share.
    pub(super) senses: Range<usize>,
}

impl Gazetteer {
    /// Makes ready to find the actors of a list.
    ///
    /// # Errors
    /// When the list has more names than can be numbered (some hundred million).
    pub fn new(list: ActorList) -> anyhow::Result<Self> {
        let (mut vocabulary, mut phrases, mut senses) =
            (Vocabulary::default(), Phrases::default(), Vec::new());
        let lexicon = Lexicon::new(&mut vocabulary);
        let blockers = BLOCKERS
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(Sense::blocker);
        let names = (0..).zip(list.actors()).flat_map(|(index, actor)| Sense::all_of(index, actor));
        for sense in blockers.chain(names) {
            if phrases.add(&sense.text, &mut vocabulary).is_none() {
                return Err(anyhow!("too many names, or a name without letters: `{}`", sense.text));
            }
            senses.push(sense);
        }
        Ok(Self { list, vocabulary, phrases, lexicon, senses })
    }

    /// The list that mentions index.
    pub fn actors(&self) -> &ActorList {
        &self.list
    }

    /// Finds every mention by name: in the order of the sentences and of the text, not overlapping, each in one
    /// sentence.
    ///
    /// The longest name wins, then the leftmost. Names out of their dates do not match in an article with a date.
    pub fn find(&self, document: &Document) -> Vec<Mention> {
        Reading::of(self, document).names().named.into_iter().map(|name| name.mention).collect()
    }

    /// Finds every mention, by name or by what refers back to one, and whose words each sentence is.
    pub fn read(&self, document: &Document, anaphora: Anaphora) -> Found {
        discourse::read(self, document, Reading::of(self, document).names(), anaphora)
    }

    pub(super) fn sense(&self, number: u32) -> &Sense {
        &self.senses[number as usize]
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn cut(&self, text: &str, offset: usize, tokens: &mut Vec<Token>) {
        self.vocabulary.cut(text, offset, tokens);
    }

    /// The names in a sentence's tokens that nothing longer overlaps. `end` is the sentence's end in the part;
    /// the numbers of what they mean are added to `senses`, those of one candidate together, in the list's order.
    pub(super) fn candidates(
        &self,
        part: &str,
        tokens: &[Token],
        end: usize,
        date: Option<Date>,
        senses: &mut Vec<u32>,
    ) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for first in (0..tokens.len()).filter(|&first| self.phrases.may_start(&tokens[first])) {
            self.phrases.starting_at(&tokens[first..], |n_tokens, set| {
                let (start, last) = (tokens[first].start, &tokens[first + n_tokens - 1]);
                let fitting = self.fitting(set, &part[start..last.end], date, senses);
                if fitting.is_empty() {
                    return;
                }
                let ends_in_dot = |&sense: &u32| self.sense(sense).text.ends_with('.');
                let takes_dot = part[last.end..end].starts_with('.')
                    && senses[fitting.clone()].iter().any(ends_in_dot);
                let span = Span::new(part, start..last.end + usize::from(takes_dot));
                let tokens = first..first + n_tokens;
                candidates.extend(span.map(|span| Candidate { tokens, span, senses: fitting }));
            });
        }
        longest_first(candidates)
    }

    /// Adds the senses of a phrase that fit as it is written and when it is; actors come before blockers.
    fn fitting(
        &self,
        set: PhraseSet,
        surface: &str,
        date: Option<Date>,
        senses: &mut Vec<u32>,
    ) -> Range<usize> {
        let start = senses.len();
        senses.extend(
            self.phrases.members(set).filter(|&sense| self.sense(sense).fits(surface, date)),
        );
        senses[start..].sort_unstable();
        if senses[start..].iter().any(|&sense| self.sense(sense).actor.is_some()) {
            let mut at = start;
            while self.sense(senses[at]).actor.is_none() {
                at += 1;
            }
            senses.drain(start..at);
        }
        start..senses.len()
    }
}

/// Keeps candidates that no longer one, nor an earlier one of the same length, overlaps; in the order of the text.
fn longest_first(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    // They come in the order of the text, so that neighbours tell.
    if candidates.windows(2).all(|two| !two[0].span.overlaps(two[1].span)) {
        return candidates;
    }
    candidates
        .sort_by_key(|candidate| (std::cmp::Reverse(candidate.span.len()), candidate.span.start()));
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let at = kept.partition_point(|other| other.span.start() < candidate.span.start());
        let overlaps = |other: Option<&Candidate>| {
            other.is_some_and(|other| other.span.overlaps(candidate.span))
        };
        if !overlaps(kept.get(at)) && !overlaps(at.checked_sub(1).and_then(|at| kept.get(at))) {
            kept.insert(at, candidate);
        }
    }
    kept
}

impl Sense {
    fn blocker(text: &str) -> Self {
        let flags = Flags::default();
        let time = (None, None);
        Self {
            actor: None,
            kind: None,
            flags,
            rule: None,
            text: text.into(),
            case: CaseRule::Name,
            time,
        }
    }

    fn all_of(index: u32, actor: &Actor) -> impl Iterator<Item = Self> {
        actor.aliases.iter().filter_map(move |alias| {
            let flags = Flags::of(alias);
            let rule =
                if flags.is_surname() || flags.is_demonym() { None } else { rule_of(actor, alias) };
            let time = overlap((alias.from, alias.to), (actor.from, actor.to))?;
            let (text, case) = (alias.text.as_str().into(), alias.case);
            Some(Self { actor: Some(index), kind: Some(actor.kind), flags, rule, text, case, time })
        })
    }

    fn fits(&self, surface: &str, date: Option<Date>) -> bool {
        let is_person = self.kind == Some(ActorKind::Person);
        date.is_none_or(|date| actor::holds(self.time.0, self.time.1, date))
            && is_written_as(surface, &self.text, self.case, is_person)
    }
}

fn rule_of(actor: &Actor, alias: &Alias) -> Option<usize> {
    let is_short = alias.text.len() <= 12 && actor.kind == ActorKind::State;
    is_short.then(|| ambiguity::rule_of(&folded(&alias.text))).flatten()
}

#[cfg(test)]
mod tests {
    use super::Gazetteer;
    use crate::mention::fixture::{check_mentions, check_mentions_on, document, gazetteer};
    use crate::mention::{ActorList, Base};
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    #[test]
    fn a_longer_alias_wins_over_the_alias_inside_it() {
        check_mentions(
            "
The Bank of England criticised the Democratic People's Republic of Korea.
    ^^^^^^^^^^^^^^^ boe            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ PRK
Guinea, Guinea-Bissau, Equatorial Guinea and Papua New Guinea; Niger and Nigeria.
^^^^^^ GIN
        ^^^^^^^^^^^^^ GNB
                       ^^^^^^^^^^^^^^^^^ GNQ
                                                               ^^^^^ NER
                                                                         ^^^^^^^ NGA
",
        );
    }

    #[test]
    fn possessives_and_hyphens_end_a_name() {
        check_mentions(
            "
Iran's and Iran’s and Russia' press saw U.S.-South Korea drills as anti-Japanese.
^^^^ IRN   ^^^^ IRN   ^^^^^^ RUS
                                        ^^^^ USA                        ^^^^^^^^ JPN
                                             ^^^^^^^^^^^ KOR
A U.S.–Iran deal, the Iran-backed Houthi rebels, a pro-U.S. party, non-Japanese firms.
  ^^^^ USA            ^^^^ IRN    ^^^^^^^^^^^^^ houthi ^^^^ USA        ^^^^^^^^ JPN
       ^^^^ IRN
",
        );
    }

    #[test]
    fn a_name_inside_a_word_is_none() {
        check_mentions(
            "Iranology, the Malian, Omanis, Togoland, Samoans, USAID, Chinatown, Irangate and Xian.",
        );
    }

    #[test]
    fn a_full_stop_that_belongs_to_the_name_is_in_it() {
        check_mentions(
            "
Iran blamed the U.S.
^^^^ IRN        ^^^^ USA
Iran blamed the U. S. and the U.S.S.R. and the U.S.A. and B.U.S. lines.
^^^^ IRN        ^^^^^ USA     ^^^^^^^^ SUN     ^^^^^^ USA
",
        );
    }

    #[test]
    fn curly_quotes_and_brackets_end_a_name() {
        check_mentions(
            "
“Iran” and ‘Russia’ and (Japan), [Syria]: «Mali» — Oman/Togo.
 ^^^^ IRN   ^^^^^^ RUS   ^^^^^ JPN
                                  ^^^^^ SYR^^^^ MLI
                                                   ^^^^ OMN
                                                        ^^^^ TGO
",
        );
    }

    #[test]
    fn white_space_inside_a_name_may_be_any() {
        let gazetteer = gazetteer();
        let text = "He went to South\n  Korea and North\u{a0}Korea.";
        let mut document = document(&[""], None);
        document.article.text = text.to_owned();
        let span = crate::text::Span::new(text, 0..text.len()).unwrap();
        document.sentences =
            vec![crate::text::Sentence { part: crate::text::Part::Text, index: 0, span }];
        let found: Vec<&str> =
            gazetteer.find(&document).iter().map(|mention| mention.span.of(text)).collect();
        assert_eq!(found, ["South\n  Korea", "North\u{a0}Korea"]);
    }

    #[test]
    fn names_match_with_and_without_diacritics() {
        check_mentions(
            "
Erdogan, Erdoğan and ERDOĞAN of Turkiye met Recep Tayyip Erdogan.
^^^^^^^ erdogan
         ^^^^^^^ erdogan
                     ^^^^^^^ erdogan
                                ^^^^^^^ TUR
                                            ^^^^^^^^^^^^^^^^^^^^ erdogan
",
        );
    }

    #[test]
    fn capitals_of_a_whole_name_match_and_small_letters_do_not() {
        check_mentions(
            "
IRAN and SOUTH KOREA agree; iran, china and us do not.
^^^^ IRN ^^^^^^^^^^^ KOR
",
        );
    }

    #[test]
    fn an_article_in_the_alias_is_required_and_may_be_large() {
        check_mentions(
            "
The Kremlin praised the Houthis; a Kremlin and a Houthis are not theirs, The Bahamas are.
^^^^^^^^^^^ RUS     ^^^^^^^^^^^ houthi                                   ^^^^^^^^^^^ BHS
",
        );
    }

    #[test]
    fn a_name_out_of_its_dates_does_not_match_in_a_dated_article() {
        let text = "
Burma and the Soviet Union signed.
^^^^^ MMR     ^^^^^^^^^^^^ SUN
";
        check_mentions_on(date(1980, 1, 1), text);
        check_mentions(text);
        check_mentions_on(date(2012, 1, 1), "Burma and the Soviet Union signed.");
    }

    #[test]
    fn phrases_with_a_name_in_them_are_not_the_actors() {
        check_mentions(
            "
The Washington Post and China Daily saw ships in the South China Sea and the Sea of Japan.
The Paris Agreement, the Geneva Conventions and the Gulf of Mexico came up in Kansas City.
French fries, a Turkish bath and Brussels sprouts are older than the Korean War.
Latin America, South America and New Mexico are none of theirs, nor is American Samoa.
Northern Ireland and the U.S. Virgin Islands are not listed, but Samoa and Ireland are.
                                                                 ^^^^^ WSM ^^^^^^^ IRL
",
        );
    }

    #[test]
    fn names_in_addresses_are_none() {
        check_mentions(
            "See https://www.iran.example/Iran or Iran.example, press@Iran.example, www.Mali.example/Mali.",
        );
    }

    #[test]
    fn scripts_without_spaces_match_inside_runs() {
        check_mentions(
            "
他在北京说，북한이 발표했다。
  ^^ beida
      ^^ bukhan
",
        );
    }

    #[test]
    fn right_to_left_text_and_emoji_pass() {
        check_mentions(
            "
قال Iran إن 🇮🇷 Oman صديق
    ^^^^ IRN
               ^^^^ OMN
",
        );
    }

    #[test]
    fn a_mention_by_an_epithet_says_so() {
        let gazetteer = gazetteer();
        let text = "Seoul, said Iran, is a puppet regime of the Great Satan, the United States.";
        let found = gazetteer.find(&document(&[text], None));
        let kinds: Vec<&str> = found.iter().map(|mention| mention.kind.name()).collect();
        assert_eq!(kinds, ["name", "name", "epithet", "epithet", "name"]);
    }

    #[test]
    fn the_headline_comes_before_the_text() {
        check_mentions(
            "
# Iran warns Oman
  ^^^^ IRN   ^^^^ OMN
Oman answered Iran.
^^^^ OMN      ^^^^ IRN
",
        );
    }

    #[test]
    fn a_list_without_names_finds_nothing() {
        let (list, _) = ActorList::load(Base::Empty, &[]).unwrap();
        assert_eq!(Gazetteer::new(list).unwrap().find(&document(&["Iran and China"], None)), []);
    }

    static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(gazetteer);

    /// Text that is made of what rules look at, so that random text reaches them.
    fn text() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "Georgia",
            "Jordan",
            "Washington",
            "Kim",
            "President",
            "U.S.",
            "US",
            "French",
            "in",
            " ",
            " ",
            " ",
            "-",
            ", ",
            ".",
            "’s",
            "Paris",
            "TURKEY",
            "the Kremlin",
            "Korea",
            "May",
            "D.C.",
            "é",
            "\u{301}",
            "北京",
            "ß",
            "\u{200d}",
            "@",
            "\n",
            "5",
            "Bush",
            "Vienna",
            "of",
            "and",
            "to",
            "Xi",
            "'",
        ];
        let known = proptest::sample::select(PIECES).prop_map(str::to_owned);
        proptest::collection::vec(prop_oneof![4 => known, 1 => "\\PC{0,4}"], 0..24)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn mentions_are_ordered_disjoint_and_inside_their_sentence(sentences in proptest::collection::vec(text(), 1..4)) {
            let lines: Vec<String> = sentences.iter().map(|line| line.replace('\n', " ")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let document = document(&lines, None);
            let mut last = (0, 0);
            for mention in GAZETTEER.find(&document) {
                let sentence = &document.sentences[mention.sentence as usize];
                let text = document.part(sentence.part);
                prop_assert!(crate::text::Span::new(text, mention.span.range()) == Some(mention.span));
                prop_assert!(sentence.span.contains(mention.span));
                prop_assert!((mention.sentence, mention.span.start()) >= last);
                last = (mention.sentence, mention.span.end());
            }
        }

        #[test]
        fn any_text_passes(line in "\\PC{0,80}") {
            GAZETTEER.find(&document(&[line.as_str()], None));
        }
    }
}
