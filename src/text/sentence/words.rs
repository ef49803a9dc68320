//! Which words tell where a sentence ends? English, as its newspapers and archives abbreviate; lists in `words.txt`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a full stop after a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Something follows always: `Mr.`, `Lt.`, `vs.`
    Never,
    /// A number follows, else it is a word: `No.`, `Art.`
    Numbered,
    /// It ends a sentence only before a word that opens one: `U.S.`, `Jr.`, `Calif.`
    Rarely,
    /// It ends a sentence before any capital but those of a few words: `Inc.`, `p.m.`, `Dec.`
    Often,
}

static LISTS: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| parse(include_str!("words.txt")));

/// By the word in small letters: what it means, and whether that needs a capital.
static ABBREVIATIONS: LazyLock<HashMap<String, (Abbreviation, bool)>> = LazyLock::new(|| {
    use Abbreviation::{Never, Numbered, Often, Rarely};
    let kinds = [("never", Never), ("numbered", Numbered), ("often", Often), ("rarely", Rarely)];
    let mut meanings = HashMap::new();
    for (name, meaning) in kinds {
        let capitals = LISTS[format!("{name} capital").as_str()].iter().map(|word| (word, true));
        let others = LISTS[name].iter().map(|word| (word, false));
        let listed = capitals.chain(others);
        meanings.extend(listed.map(|(word, capital)| (word.to_lowercase(), (meaning, capital))));
    }
    meanings
});

static STARTERS: LazyLock<&HashSet<&str>> = LazyLock::new(|| &LISTS["starters"]);

fn parse(file: &'static str) -> HashMap<&'static str, HashSet<&'static str>> {
    let mut lists: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut name = "";
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(section) => name = section,
            None => lists.entry(name).or_default().extend(line.split_whitespace()),
        }
    }
    lists
}

/// What a full stop after `word` means; `None` where it is an ordinary word.
///
/// `word` has no white space and not the stop itself, but those within: `U.S`.
pub(super) fn abbreviation(word: &str) -> Option<Abbreviation> {
    let tail = word.rsplit(['-', '/']).next().unwrap_or(word);
    let is_dotted = is_dotted(word) || is_dotted(tail);
    listed(word).or_else(|| listed(tail)).or(is_dotted.then_some(Abbreviation::Rarely))
}

fn listed(word: &str) -> Option<Abbreviation> {
    let small = word.to_lowercase();
    let (meaning, has_capital) = *ABBREVIATIONS.get(&small)?;
    let is_small = word.starts_with(char::is_lowercase);
    // A single letter is an abbreviation only as it is listed: `v.`, but not the `V.` of a name.
    let fits = if word.len() == 1 { is_small } else { !(has_capital && is_small) };
    fits.then_some(meaning)
}

/// `U.S`, `D.P.R.K`, `Ph.D`, `J.-P`: letters with stops between.
fn is_dotted(word: &str) -> bool {
    let is_part = |part: &str| {
        let letters = part.trim_start_matches('-');
        (1..=2).contains(&letters.chars().count()) && letters.chars().all(char::is_alphabetic)
    };
    word.contains('.') && word.split('.').all(is_part)
}

/// Whether a word after an abbreviation of the kind [`Abbreviation::Often`] goes on with the phrase.
pub(super) fn follows_often(word: &str) -> bool {
    LISTS["after often"].contains(word)
}

/// Whether the word opens sentences.
pub(super) fn is_starter(word: &str) -> bool {
    STARTERS.contains(word)
}

/// Whether a letter after this word isn't an initial.
pub(super) fn precedes_letter(word: &str) -> bool {
    LISTS["before letter"].contains(word)
}

/// Whether it is a verb that follows a quotation.
pub(super) fn is_verb_of_saying(word: &str) -> bool {
    LISTS["saying"].contains(word)
}

/// Whether a phrase goes on after it.
pub(super) fn is_function_word(word: &str) -> bool {
    LISTS["function"].contains(word)
}

/// Whether the line leads over to other articles.
pub(super) fn is_cross_reference(line: &str) -> bool {
    let lines = ["See also", "Additional", "Related", "Related stories", "Read more", "Background"];
    lines.contains(&line)
}

/// Whether it names a month, in English or German.
pub(super) fn is_month(word: &str) -> bool {
    LISTS["months"].contains(word)
}

/// Whether it numbers a paragraph or a list's item: `31`, `1.2`, `a`, `iv`, `Q`.
pub(super) fn is_label(word: &str) -> bool {
    let is_number = word.len() <= 7
        && word
            .split('.')
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let is_letter = word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let is_roman = (2..=5).contains(&word.len())
        && (word.bytes().all(|b| b"ivx".contains(&b)) || word.bytes().all(|b| b"IVX".contains(&b)));
    is_number || is_letter || is_roman
}

#[cfg(test)]
mod tests {
    use super::{Abbreviation, LISTS, abbreviation, is_label};
    use std::collections::HashSet;

    #[test]
    fn no_abbreviation_stands_in_two_lists() {
        let kinds = ["never", "numbered", "often", "rarely"];
        let names = kinds.iter().flat_map(|kind| [(*kind).to_owned(), format!("{kind} capital")]);
        let words: Vec<&str> =
            names.flat_map(|name| LISTS[name.as_str()].iter().copied()).collect();
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
    }

    #[test]
    fn a_word_that_is_an_abbreviation_only_with_a_capital_is_one_only_with_it() {
        assert_eq!(abbreviation("Gen"), Some(Abbreviation::Never));
        assert_eq!(abbreviation("GEN"), Some(Abbreviation::Never));
        assert_eq!(abbreviation("gen"), None);
        assert_eq!(abbreviation("art"), None);
    }

    #[test]
    fn an_abbreviation_after_a_hyphen_is_one() {
        assert_eq!(abbreviation("D-Calif"), Some(Abbreviation::Rarely));
        assert_eq!(abbreviation("pro-U.S"), Some(Abbreviation::Rarely));
        assert_eq!(abbreviation("Lt.-Gen"), Some(Abbreviation::Never));
    }

    #[test]
    fn a_year_is_no_label() {
        assert!(is_label("312") && is_label("1.2") && is_label("iv") && is_label("a"));
        assert!(!is_label("2021") && !is_label("war") && !is_label(""));
    }
}
