//! How is a name in capitals written in running text? `AFGHAN_NATIONAL_ARMY_(ANA)` is `Afghan National Army`, and `ANA`.

use super::entry::Name;
use super::known::Known;
use crate::mention::actor::CaseRule;
use crate::mention::fold::{folded, is_word_char};

/// Words that a name writes small, except at its beginning; texts may write them large too.
const SMALL: [&str; 28] = [
    "a", "al", "an", "and", "at", "bin", "da", "de", "del", "della", "den", "der", "des", "di",
    "do", "dos", "du", "e", "el", "for", "in", "la", "of", "on", "the", "to", "van", "von",
];

/// The names that a list's spelling stands for: the name, and an acronym in brackets after it.
pub(super) fn spelled(raw: &str, known: &Known<'_>) -> Vec<Name> {
    let (outside, inside) = brackets(raw);
    let words: Vec<&str> = outside.split(['_', ' ', '\t']).filter(|word| has_word(word)).collect();
    let mut names = Vec::new();
    match words.as_slice() {
        [] => {}
        [word] => names.extend(one_word(word, known)),
        words => names.push(several_words(words, known)),
    }
    let acronym = inside.trim_matches(['_', ' ']);
    if is_capitals(acronym) && acronym.chars().count() >= 2 {
        names.push(acronym_of(acronym));
    }
    names
}

/// Flags the one-word names that are initials of a longer one as acronyms.
pub(super) fn mark_acronyms(names: &mut [Name]) {
    let initials: Vec<String> = names.iter().filter_map(|name| initials(&name.text)).collect();
    for name in names.iter_mut().filter(|name| !name.text.contains(' ')) {
        let upper = name.text.to_uppercase();
        if initials.contains(&upper) && name.flags.is_empty() {
            *name = acronym_of(&upper);
        }
    }
}

fn acronym_of(text: &str) -> Name {
    Name { text: text.to_owned(), case: CaseRule::Exact, flags: vec!["acronym".to_owned()] }
}

fn has_word(text: &str) -> bool {
    text.chars().any(is_word_char)
}

fn is_capitals(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_uppercase() || c == '.')
}

/// The text without what stands in round brackets, and what stands in them.
fn brackets(text: &str) -> (String, &str) {
    let inside = |open: usize, close: usize| &text[open + 1..close];
    match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            (format!("{} {}", &text[..open], &text[close + 1..]), inside(open, close))
        }
        _ => (text.to_owned(), ""),
    }
}

/// A name of one word; one of two letters or three is an acronym or nobody, since it would be found in words of texts.
fn one_word(word: &str, known: &Known<'_>) -> Option<Name> {
    let n_letters = word.chars().filter(|&c| is_word_char(c)).count();
    let is_initials = word.contains('.') || !has_vowel(word) || known.is_acronym(word);
    if is_capitals(word) && (n_letters <= 3 || is_initials) {
        return (n_letters >= 2).then(|| acronym_of(word));
    }
    let text = titled(word, true, known);
    (n_letters >= 2).then_some(Name { text, case: CaseRule::Name, flags: Vec::new() })
}

fn several_words(words: &[&str], known: &Known<'_>) -> Name {
    let titled = |(at, word): (usize, &&str)| titled(word, at == 0, known);
    let text = words.iter().enumerate().map(titled).collect::<Vec<_>>().join(" ");
    Name { text, case: CaseRule::Name, flags: Vec::new() }
}

/// A word with a capital, unless it is an acronym, or small inside names, or is not in capitals to begin with.
fn titled(word: &str, is_first: bool, known: &Known<'_>) -> String {
    let is_shouted = !word.chars().any(char::is_lowercase);
    let small = word.to_lowercase();
    if !is_shouted || word.contains('.') || known.is_acronym(word) {
        return word.to_owned();
    }
    if !is_first && SMALL.contains(&small.as_str()) {
        return small;
    }
    if !has_vowel(word) && word.chars().count() <= 5 && word.chars().all(char::is_alphabetic) {
        return word.to_owned();
    }
    let parts: Vec<String> = small
        .split('-')
        .enumerate()
        .map(
            |(at, part)| {
                if at > 0 && SMALL.contains(&part) { part.to_owned() } else { capital(part) }
            },
        )
        .collect();
    parts.join("-")
}

/// A word with its first letter large, and the one after `Mc` or a letter with an apostrophe.
fn capital(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let second = match letters.as_slice() {
        ['m', 'c', _, _, ..] | [_, '\'' | '’', ..] => 2,
        _ => 0,
    };
    for at in [0, second] {
        if let Some(letter) = letters.get_mut(at) {
            let mut large = letter.to_uppercase();
            // A letter that becomes two stays as it is.
            if let (Some(large), None) = (large.next(), large.next()) {
                *letter = large;
            }
        }
    }
    letters.into_iter().collect()
}

fn has_vowel(word: &str) -> bool {
    folded(word).chars().any(|c| !c.is_ascii() || "aeiouy".contains(c))
}

/// The initials of a name of three or more words, with and without the small ones: here without.
fn initials(name: &str) -> Option<String> {
    let large = name.split([' ', '-']).filter_map(|word| word.chars().next());
    let letters: String = large.filter(|letter| letter.is_uppercase()).collect();
    (letters.chars().count() >= 3).then_some(letters)
}

/// Whether a state's name resembles one that it is known by: it shares the beginning of a word.
pub(super) fn resembles(name: &str, other: &str) -> bool {
    let start = |word: &str| word.chars().take(4).collect::<String>();
    let (name, other) = (folded(name), folded(other));
    let is_long = |word: &&str| word.chars().count() >= 4;
    name.split(' ')
        .filter(is_long)
        .any(|word| other.split(' ').filter(is_long).any(|known| start(word) == start(known)))
}

/// An id made of a name: its words without diacritics, joined by hyphens.
pub(in crate::mention) fn slug(name: &str) -> String {
    folded(name).split(' ').filter(|word| !word.is_empty()).take(10).collect::<Vec<_>>().join("-")
}
