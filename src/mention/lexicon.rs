//! Which ordinary words decide what a name means? Classes of words, read from `data/lexicon.txt`.

use super::words::Vocabulary;

const TEXT: &str = include_str!("data/lexicon.txt");

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $class:ident = $name:literal,)+) => {
        /// A class of words; a word may be in several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Class { $($(#[doc = $doc])+ $class,)+ }

        impl Class {
            const ALL: &[(&'static str, Self)] = &[$(($name, Self::$class),)+];
        }
    };
}

classes! {
    /// Words of grammar: articles, prepositions, conjunctions, pronouns, auxiliaries.
    Function = "function",
    /// `a`, `an`.
    Indefinite = "indefinite",
    /// `the`, `a`, `this` and the like.
    Determiner = "determiner",
    /// `is`, `was` and the like.
    Copula = "copula",
    /// Numbers and quantities, before people: `two Iranians`.
    Quantity = "quantity",
    /// First names.
    GivenName = "given-name",
    /// Surnames that follow a name which is a place's too.
    Surname = "surname",
    /// What stands before a surname: `President`, `Mr`.
    Title = "title",
    /// Titles of courtesy, which name no office.
    Address = "address",
    /// What a surname governs: `the Trump administration`.
    Rule = "rule",
    /// Offices, forces, deeds and things of a state.
    Office = "office",
    /// Private people: a `Chinese student` is not China.
    Person = "person",
    /// Language, food, art, sport, money, places.
    Culture = "culture",
    /// Verbs before the name of a language.
    Speaking = "speaking",
    /// The second part of a compound that leaves the actor out: `Paris-based`.
    Origin = "origin",
    /// Prepositions of place.
    Locative = "locative",
    /// Who sits in a capital, and what is said there: `the rulers in`, `denied in`.
    Seat = "seat",
    /// What a town lends its name to: `Doha airport`.
    Venue = "venue",
    /// Verbs and nouns of going somewhere.
    Travel = "travel",
    /// Months.
    Month = "month",
    /// Days and the like, which may follow a name: `Putin Tuesday said`.
    Day = "day",
    /// One-word states of the USA.
    UsState = "us-state",
    /// Second words of two-word states.
    UsStateEnd = "us-state-end",
    /// Abbreviated states.
    UsStateShort = "us-state-short",
    /// Cities in the state of Georgia or Washington.
    UsCity = "us-city",
    /// Offices and parties of a state of the USA.
    UsStateOffice = "us-state-office",
    /// What shows that the state of Georgia is meant.
    GeorgiaUs = "georgia-us",
    /// What shows that the country of Georgia is meant.
    GeorgiaCaucasus = "georgia-caucasus",
    /// What shows that the state of Washington is meant.
    WashingtonState = "washington-state",
    /// What makes a turkey of Turkey beside it.
    BirdBeside = "bird-beside",
    /// What makes a turkey of Turkey anywhere in the sentence.
    BirdAround = "bird-around",
    /// Words that acronyms are in capitals: `WHO`.
    ShoutedWord = "shouted-word",
    /// What takes the pronoun in `LET US`.
    BeforePronoun = "before-pronoun",
    /// What stands before `of` and a pronoun: `ALL OF US`.
    PartOf = "part-of",
    /// What is named after persons.
    Memorial = "memorial",
    /// What stands before `of` and a namesake: `University of Georgia`.
    NamesakeOf = "namesake-of",
    /// What stands before a namesake: `Mount Washington`.
    NamesakeBefore = "namesake-before",
    /// Auxiliary verbs.
    Auxiliary = "auxiliary",
    /// Past tenses that do not end in `-ed`.
    Past = "irregular-past",
    /// Words in `-ed` that are no past tenses.
    NotPast = "not-past",
    /// Verbs whose clause is what somebody says.
    Saying = "saying",
    /// Those of them that need no `that`.
    BareSaying = "bare-saying",
    /// Those of them that name a hearer first.
    Telling = "telling",
    /// Verbs that go with quoted words: `called it “…”`.
    Quoting = "quoting",
    /// Who speaks for an actor: `a spokesman for`, `the Finnish government`.
    SpeaksFor = "speaks-for",
    /// What speaks for whoever wrote it: `the statement`.
    Paper = "paper",
    /// Nouns for a state.
    CountryNoun = "country-noun",
    /// Nouns for a body; its own name must have them.
    BodyNoun = "body-noun",
    /// Nouns for any group.
    GroupNoun = "group-noun",
    /// Nouns for a company.
    CompanyNoun = "company-noun",
    /// Nouns for the holder of an office.
    Role = "role",
    /// Titles and nouns of women.
    FemaleWord = "female-word",
    /// Titles and nouns of men.
    MaleWord = "male-word",
    /// Adverbs that stand between a subject and its verb.
    Adverb = "adverb",
    /// Prepositions.
    Preposition = "preposition",
    /// First names of women.
    FemaleName = "female-name",
    /// First names of men.
    MaleName = "male-name",
}

/// The classes of each word of a vocabulary.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// By the word's number, a bit for each class.
    classes: Vec<u64>,
}

impl Lexicon {
    /// Reads the word classes, numbering their words.
    pub(super) fn new(vocabulary: &mut Vocabulary) -> Self {
        let mut lexicon = Self::default();
        let mut bits = 0;
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => bits = bits_of(name),
                None => lexicon.add(line, bits, vocabulary),
            }
        }
        lexicon
    }

    fn add(&mut self, words: &str, bits: u64, vocabulary: &mut Vocabulary) {
        for word in vocabulary.learn(words) {
            self.classes.resize(vocabulary.len() + 1, 0);
            self.classes[word.word as usize] |= bits;
        }
    }

    /// The classes of a word as bits; none for a word that is not in the vocabulary.
    pub(super) fn bits(&self, word: u32) -> u64 {
        self.classes.get(word as usize).copied().unwrap_or(0)
    }

    /// Whether a word is in a class.
    pub(super) fn is(&self, word: u32, class: Class) -> bool {
        self.bits(word) & bit(class) != 0
    }
}

/// The bit of a class.
pub(super) fn bit(class: Class) -> u64 {
    1 << class as u32
}

fn bits_of(name: &str) -> u64 {
    Class::ALL.iter().filter(|(own, _)| *own == name).map(|&(_, class)| bit(class)).sum()
}

#[cfg(test)]
mod tests {
    use super::{Class, Lexicon, TEXT, Vocabulary, bits_of};

    #[test]
    fn every_class_has_a_section_and_every_section_a_class() {
        let sections: Vec<&str> =
            TEXT.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect();
        for section in &sections {
            assert_ne!(bits_of(section), 0, "no class is called `{section}`");
        }
        for (name, _) in Class::ALL {
            assert!(sections.contains(name), "no section `{name}`");
        }
    }

    #[test]
    fn a_word_may_be_in_several_classes() {
        let mut vocabulary = Vocabulary::default();
        let lexicon = Lexicon::new(&mut vocabulary);
        let the = vocabulary.learn("the")[0].word;
        assert!(lexicon.is(the, Class::Function) && lexicon.is(the, Class::Determiner));
        assert!(!lexicon.is(the, Class::Title) && !lexicon.is(0, Class::Function));
    }
}
