//! Who is named in an archive that no list has? Runs of capitalised words that aren't mentions, counted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Mention;
use super::actor::ActorKind;
use super::fold::folded;
use super::gazetteer::Gazetteer;
use super::import::slug;
use super::kind_words::{is_body_word, is_company_word};
use crate::text::Document;

mod runs;

use runs::Run;

/// Gathers names that a list lacks, article by article.
#[derive(Debug)]
pub struct Suggester<'a> {
    gazetteer: &'a Gazetteer,
    /// The folded names of the list, also those that need more than themselves to be a mention.
    known: HashSet<String>,
    names: BTreeMap<String, Tally>,
    /// How often each word stands in small letters.
    small: HashMap<String, u64>,
    n_articles: u64,
}

/// Parts of the world and other names that do nothing, in small letters.
const NOT_ACTORS: [&str; 26] = [
    "africa",
    "african",
    "africans",
    "america",
    "arab",
    "arctic",
    "asia",
    "asian",
    "atlantic",
    "balkans",
    "caribbean",
    "earth",
    "east",
    "europe",
    "european",
    "europeans",
    "god",
    "internet",
    "latin america",
    "middle east",
    "new year",
    "north",
    "pacific",
    "south",
    "west",
    "western",
];

/// A name that a list lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// An id made of the name.
    pub id: String,
    /// The name as it is mostly written.
    pub name: String,
    /// Acronyms that stood in brackets after it, in the order of the alphabet.
    pub acronyms: Vec<String>,
    /// The last word of a person's name, where it stands alone too.
    pub surname: Option<String>,
    /// A guess by the name's words and what stands before it.
    pub kind: ActorKind,
    /// How often it stands in the archive, its surname not counted.
    pub n_times: u64,
    /// In how many articles.
    pub n_articles: u64,
    /// The sentence of its first occurrence, cut to some hundred characters around it.
    pub example: String,
}

#[derive(Debug, Default)]
struct Tally {
    /// Occurrences where a capital means a name.
    n_inside: u64,
    /// Occurrences at a sentence's start, where any word has one.
    n_at_start: u64,
    n_articles: u64,
    last_article: u64,
    n_titled: u64,
    acronyms: BTreeSet<String>,
    example: String,
}

impl<'a> Suggester<'a> {
    /// Begins with nothing counted.
    pub fn new(gazetteer: &'a Gazetteer) -> Self {
        let aliases = gazetteer.actors().actors().iter().flat_map(|actor| &actor.aliases);
        let known = aliases.map(|alias| folded(&alias.text)).collect();
        Self { gazetteer, known, names: BTreeMap::new(), small: HashMap::new(), n_articles: 0 }
    }

    /// Counts the names of one article that are no mentions of listed actors.
    pub fn add(&mut self, document: &Document) {
        self.n_articles += 1;
        let mentions = self.gazetteer.find(document);
        let mut own = mentions.as_slice();
        for (index, sentence) in (0u32..).zip(&document.sentences) {
            let n_own = own.iter().take_while(|mention| mention.sentence == index).count();
            let (here, rest) = own.split_at(n_own);
            own = rest;
            let part = document.part(sentence.part);
            let small = |word: &str| match self.small.get_mut(word) {
                Some(n_times) => *n_times += 1,
                None => drop(self.small.insert(word.to_owned(), 1)),
            };
            for run in runs::of(self.gazetteer, part, sentence.span, small) {
                self.count(&run, part, sentence.span.range(), here);
            }
        }
    }

    fn count(
        &mut self,
        run: &Run,
        part: &str,
        sentence: std::ops::Range<usize>,
        mentions: &[Mention],
    ) {
        let name = run.name(part);
        if self.is_covered(run, mentions) || self.known.contains(&folded(&name)) {
            return;
        }
        let tally = self.names.entry(name).or_default();
        if tally.example.is_empty() {
            tally.example = runs::around(part, sentence, run.range.clone());
        }
        if run.is_at_start {
            tally.n_at_start += 1;
        } else {
            tally.n_inside += 1;
        }
        if tally.last_article != self.n_articles {
            tally.last_article = self.n_articles;
            tally.n_articles += 1;
        }
        tally.n_titled += u64::from(run.is_titled);
        tally.acronyms.extend(run.acronym.clone());
    }

    /// Whether mentions make up a run, or all that follows its first word.
    fn is_covered(&self, run: &Run, mentions: &[Mention]) -> bool {
        let over = |mention: &&Mention| {
            mention.span.start() < run.range.end && run.range.start < mention.span.end()
        };
        let Some(last) = mentions.iter().rfind(over) else { return false };
        let Some(first) = mentions.iter().find(over) else { return false };
        let is_person = self.gazetteer.actors().get(last.actor).kind == ActorKind::Person;
        last.span.end() >= run.range.end
            && (first.span.start() <= run.second
                || is_person
                || run.range.start >= first.span.start())
    }

    /// The names that stand in at least `min_articles`, the most frequent first, at most `limit`.
    pub fn finish(self, min_articles: u64, limit: usize) -> Vec<Suggestion> {
        let mut names = settle_starts(self.names);
        names.retain(|name, tally| is_name(name, tally, &self.small));
        let surnames = surnames(&names);
        let acronyms: BTreeSet<&String> =
            names.values().flat_map(|tally| &tally.acronyms).collect();
        let mut suggestions: Vec<Suggestion> = names
            .iter()
            .filter(|(name, tally)| {
                let is_others = surnames.contains_key(*name) || acronyms.contains(name);
                tally.n_articles >= min_articles && !is_others
            })
            .map(|(name, tally)| suggestion(name, tally, &surnames))
            .filter(|suggestion| !suggestion.id.is_empty())
            .collect();
        suggestions.sort_by(|a, b| {
            (b.n_times, b.n_articles, &a.name).cmp(&(a.n_times, a.n_articles, &b.name))
        });
        suggestions.truncate(limit);
        suggestions
    }
}

fn suggestion(name: &str, tally: &Tally, surnames: &BTreeMap<String, String>) -> Suggestion {
    let last = name.rsplit(' ').next().unwrap_or_default();
    Suggestion {
        id: slug(name),
        name: name.to_owned(),
        acronyms: tally.acronyms.iter().cloned().collect(),
        surname: surnames.get(last).filter(|owner| *owner == name).map(|_| last.to_owned()),
        kind: kind(name, tally),
        n_times: tally.n_times(),
        n_articles: tally.n_articles,
        example: tally.example.clone(),
    }
}

impl Tally {
    fn n_times(&self) -> u64 {
        self.n_inside + self.n_at_start
    }

    fn join(&mut self, other: Self) {
        self.n_inside += other.n_inside;
        self.n_at_start += other.n_at_start;
        // The articles of both may be the same ones.
        self.n_articles = self.n_articles.max(other.n_articles);
        self.n_titled += other.n_titled;
        self.acronyms.extend(other.acronyms);
    }
}

/// Whether capitals show a name: no part of the world, and no single word that is a common noun in this archive.
fn is_name(name: &str, tally: &Tally, small: &HashMap<String, u64>) -> bool {
    let lower = name.to_lowercase();
    if NOT_ACTORS.contains(&lower.as_str()) {
        return false;
    }
    let n_small = small.get(&lower).copied().unwrap_or(0);
    let is_common = n_small * 4 > tally.n_inside
        || is_body_word(&lower)
        || tally.n_at_start > tally.n_inside * 4;
    name.contains(' ') || !is_common
}

/// Leaves out what stands only at the start of sentences and is one word; gives names that a word before them seems to
/// lengthen to the names themselves: `Yesterday Hentzau`.
fn settle_starts(names: BTreeMap<String, Tally>) -> BTreeMap<String, Tally> {
    let (mut inside, at_start): (BTreeMap<String, Tally>, BTreeMap<String, Tally>) =
        names.into_iter().partition(|(_, tally)| tally.n_inside > 0);
    let first_words: BTreeSet<String> =
        inside.keys().filter_map(|name| name.split(' ').next().map(str::to_owned)).collect();
    for (name, tally) in at_start {
        match name.split_once(' ') {
            Some((first, rest)) if !first_words.contains(first) => {
                if let Some(known) = inside.get_mut(rest) {
                    known.join(tally);
                }
            }
            Some(_) => {
                inside.insert(name, tally);
            }
            None => {}
        }
    }
    inside
}

/// One-word names that are the last word of exactly one longer name of a person, with that name.
fn surnames(names: &BTreeMap<String, Tally>) -> BTreeMap<String, String> {
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, tally) in names {
        if let Some((_, last)) = name.rsplit_once(' ')
            && kind(name, tally) == ActorKind::Person
        {
            owners.entry(last).or_default().push(name);
        }
    }
    let alone = owners.into_iter().filter(|(last, _)| names.contains_key(*last));
    alone
        .filter_map(|(last, owners)| match owners.as_slice() {
            [owner] => Some((last.to_owned(), (*owner).to_owned())),
            _ => None,
        })
        .collect()
}

/// A person where a title stands before the name, or a first name begins it, and no word speaks against it.
fn kind(name: &str, tally: &Tally) -> ActorKind {
    let folded = folded(name);
    let has = |is: fn(&str) -> bool| folded.split(' ').any(is);
    if has(is_company_word) {
        ActorKind::Company
    } else if !has(is_body_word) && tally.n_titled * 4 > tally.n_times() {
        ActorKind::Person
    } else {
        ActorKind::Body
    }
}

#[cfg(test)]
mod tests {
    use super::{Suggester, Suggestion};
    use crate::mention::fixture::{document, gazetteer};
    use proptest::prelude::*;

    fn suggested(articles: &[&[&str]]) -> Vec<Suggestion> {
        let gazetteer = gazetteer();
        let mut suggester = Suggester::new(&gazetteer);
        for sentences in articles {
            suggester.add(&document(sentences, None));
        }
        suggester.finish(1, 100)
    }

    fn names(sentences: &[&str]) -> Vec<String> {
        suggested(&[sentences]).into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn names_that_no_list_has_are_found_whole() {
        assert_eq!(
            names(&["On Monday the Harbour Board of Strelsau met Rupert Hentzau's aide in Zenda."]),
            ["Harbour Board of Strelsau", "Rupert Hentzau", "Zenda"]
        );
    }

    #[test]
    fn listed_names_titles_days_and_first_words_are_left_out() {
        assert_eq!(
            names(&["Iran on Tuesday told President Erdogan that Russian exports fell in May."]),
            [""; 0]
        );
        assert_eq!(
            names(&["Yesterday was cold.", "However, Nobody came.", "Nobody left."]),
            ["Nobody"]
        );
    }

    #[test]
    fn a_word_that_only_begins_sentences_is_taken_off_a_name() {
        let found =
            suggested(&[&["The envoy met Rupert Hentzau.", "Afterwards Rupert Hentzau left."]]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].n_times), ("Rupert Hentzau", 2));
    }

    #[test]
    fn a_name_carries_its_acronym_its_surname_and_a_guess_of_its_kind() {
        let text: &[&str] = &[
            "The Ruritanian Harbour Authority (RHA) fined Zenda Shipping Ltd on Friday.",
            "It named Minister Rupert Hentzau, and the crowd cheered Hentzau.",
        ];
        let found = suggested(&[text, text]);
        let shown: Vec<String> = found
            .iter()
            .map(|one| {
                let (times, articles, kind) = (one.n_times, one.n_articles, one.kind.name());
                format!("{} {kind} {times}/{articles} {:?} {:?}", one.id, one.acronyms, one.surname)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "rupert-hentzau person 2/2 [] Some(\"Hentzau\")",
                "ruritanian-harbour-authority body 2/2 [\"RHA\"] None",
                "zenda-shipping-ltd company 2/2 [] None",
            ]
        );
        assert_eq!(
            found[0].example,
            "It named Minister Rupert Hentzau, and the crowd cheered Hentzau."
        );
    }

    #[test]
    fn headlines_and_capitals_suggest_nothing() {
        assert_eq!(
            names(&["Ruritania Condemns New Border Posts", "RURITANIA CONDEMNS BORDER POSTS"]),
            [""; 0]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\PC\nA-Z .(]{0,80}") {
            for one in suggested(&[&[&text]]) {
                prop_assert!(!one.id.is_empty() && one.n_articles == 1 && !one.example.is_empty());
            }
        }
    }
}
