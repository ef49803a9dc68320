//! Which words does the dictionary know? Forms of words, with what they say.

use std::collections::BTreeMap;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody does it to somebody.
    Verb,
    /// A noun for what somebody does to somebody.
    Deed,
    /// It judges whom it stands near.
    Attribute,
}

/// One meaning of a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sense {
    pub(super) kind: Kind,
    /// −1 hostile, +1 conciliatory.
    pub(super) score: f32,
    /// Whether the form may be a passive participle.
    pub(super) is_past: bool,
}

/// Forms of words and what they mean; the words of one form are joined by spaces.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    forms: BTreeMap<String, Vec<Sense>>,
}

/// The longest entry, in words.
pub(super) const MAX_WORDS: usize = 3;

impl Lexicon {
    /// The list that the program carries.
    pub(super) fn built_in() -> Self {
        Self::parse(include_str!("lexicon.txt"))
    }

    /// Reads the format that the built-in list describes in its head.
    fn parse(list: &str) -> Self {
        let mut lexicon = Self::default();
        let (mut kind, mut score) = (Kind::Attribute, -1.0);
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            if let Some(head) = line.strip_prefix('[') {
                score = if head.contains("hostile") { -1.0 } else { 1.0 };
                kind = match head.split(' ').next() {
                    Some("verb") => Kind::Verb,
                    Some("deed") => Kind::Deed,
                    _ => Kind::Attribute,
                };
                continue;
            }
            for entry in line.split_whitespace() {
                lexicon.add(entry, kind, score);
            }
        }
        lexicon
    }

    /// What a form means; nothing if it isn't known.
    pub(super) fn senses(&self, form: &str) -> &[Sense] {
        self.forms.get(form).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, entry: &str, kind: Kind, score: f32) {
        let entry = entry.replace('_', " ");
        let mut forms = entry.split('/');
        let base = forms.next().unwrap_or_default();
        let mut insert = |form: String, is_past| {
            let senses = self.forms.entry(form).or_default();
            if !senses.iter().any(|sense| sense.kind == kind) {
                senses.push(Sense { kind, score, is_past });
            }
        };
        insert(base.to_owned(), false);
        if kind == Kind::Attribute {
            return;
        }
        insert(inflect(base, plural), false);
        if kind == Kind::Deed {
            return;
        }
        let given: Vec<&str> = forms.collect();
        let is_participle = |form: &&str| first_word(form).ends_with("ing");
        if !given.iter().any(is_participle) {
            insert(inflect(base, |word| format!("{}ing", stem(word, "ing"))), false);
        }
        if given.iter().all(is_participle) {
            insert(inflect(base, |word| format!("{}ed", stem(word, "ed"))), true);
        }
        for form in given {
            insert(form.to_owned(), !is_participle(&form));
        }
    }
}

fn first_word(form: &str) -> &str {
    form.split(' ').next().unwrap_or(form)
}

/// Changes the first word of a form.
fn inflect(form: &str, change: impl Fn(&str) -> String) -> String {
    let first = first_word(form);
    change(first) + &form[first.len()..]
}

/// A noun's plural, or a verb's third person.
fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if ends_in_consonant(stem) => format!("{stem}ies"),
        _ if ["s", "sh", "ch", "x", "z"].iter().any(|end| word.ends_with(end)) => {
            format!("{word}es")
        }
        _ => format!("{word}s"),
    }
}

/// What -ed or -ing is put to.
fn stem(word: &str, ending: &str) -> String {
    match (word.strip_suffix('e'), word.strip_suffix('y')) {
        (Some(stem), _) if ending == "ed" || !stem.ends_with('e') => stem.to_owned(),
        (_, Some(stem)) if ending == "ed" && ends_in_consonant(stem) => format!("{stem}i"),
        _ => word.to_owned(),
    }
}

fn ends_in_consonant(stem: &str) -> bool {
    stem.chars().next_back().is_some_and(|c| !"aeiou".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Lexicon, MAX_WORDS};

    fn forms(list: &str) -> String {
        Lexicon::parse(list).forms.into_keys().collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn verbs_are_inflected() {
        assert_eq!(
            forms("[verb hostile]\nattack accuse defy punish"),
            "accuse, accused, accuses, accusing, attack, attacked, attacking, attacks, defied, defies, defy, defying, \
             punish, punished, punishes, punishing"
        );
    }

    #[test]
    fn given_forms_replace_the_regular_ones() {
        assert_eq!(
            forms("[verb hostile]\nban/banned/banning fight/fought"),
            "ban, banned, banning, bans, fight, fighting, fights, fought"
        );
    }

    #[test]
    fn the_first_of_several_words_inflects() {
        assert_eq!(
            forms("[verb conciliatory]\nstand_by/stood_by"),
            "stand by, standing by, stands by, stood by"
        );
    }

    #[test]
    fn the_built_in_list_is_sound() {
        let lexicon = Lexicon::built_in();
        assert!(lexicon.forms.keys().all(|form| form.split(' ').count() <= MAX_WORDS));
        assert!(lexicon.forms.keys().all(|form| *form == form.to_lowercase()));
        let contradict = lexicon.forms.iter().find(|(_, senses)| {
            senses.iter().any(|sense| (sense.score - senses[0].score).abs() > 0.0)
        });
        assert_eq!(contradict, None);
        assert_eq!(lexicon.senses("attacks").len(), 2);
        assert_eq!(lexicon.senses("corrupt")[0].kind, Kind::Attribute);
    }
}
