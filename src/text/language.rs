//! Which language is a text in? Told from its letters, by trigrams where several languages share a script.

use whatlang::Script;

use super::Article;

/// The most bytes that are looked at: beyond them, more text changes nothing but the time it takes.
const MOST_BYTES: usize = 2_000;

/// Letters below which a guess is only a guess, in the Latin script, which most languages share, and in others.
const FEW_LATIN: usize = 200;
const FEW_OTHER: usize = 20;

/// A guess at a text's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-3 code.
    pub code: &'static str,
    /// The name in English.
    pub name: &'static str,
    /// Whether there is enough text, of one language, to rely on it.
    pub is_certain: bool,
}

/// The language that an article seems to be in, told from the beginning of its text, or of its title where it has no
/// text; `None` where there are no letters.
pub fn language_of(article: &Article) -> Option<Language> {
    let text = if article.text.trim().is_empty() {
        article.title.as_deref().unwrap_or_default()
    } else {
        &article.text
    };
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let found = whatlang::detect(text)?;
    let n_letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let few = if found.script() == Script::Latin { FEW_LATIN } else { FEW_OTHER };
    Some(Language {
        code: found.lang().code(),
        name: found.lang().eng_name(),
        is_certain: found.is_reliable() && n_letters >= few,
    })
}

#[cfg(test)]
mod tests {
    use super::language_of;
    use crate::text::{Article, Origin};
    use std::sync::Arc;

    fn told(text: &str) -> Option<(&'static str, bool)> {
        let article = Article {
            id: "a".into(),
            date: None,
            outlet: None,
            issuer: None,
            title: Some("Norway".into()),
            text: text.into(),
            extra: serde_json::Map::new(),
            origin: Origin { path: Arc::default(), record: 1, line: 1 },
        };
        language_of(&article).map(|language| (language.code, language.is_certain))
    }

    #[test]
    fn long_texts_and_other_scripts_are_certain_and_short_ones_are_not() {
        let english = "The foreign minister said on Monday that the two governments had agreed to reopen the \
            border, and that the harbour would follow within a month if the ceasefire held until then. ";
        let german = "Die Außenministerin sagte am Montag, dass beide Regierungen die Öffnung der Grenze vereinbart \
            hätten und der Hafen binnen eines Monats folgen werde, wenn die Waffenruhe bis dahin halte. ";
        assert_eq!(told(&english.repeat(3)), Some(("eng", true)));
        assert_eq!(told(&german.repeat(3)), Some(("deu", true)));
        assert_eq!(
            told("외무상은 월요일에 두 정부가 국경을 다시 열기로 합의하였다고 말하였다."),
            Some(("kor", true))
        );
        assert_eq!(told("Norway thanks Iceland.").map(|(_, is_certain)| is_certain), Some(false));
        assert_eq!(told(" 12 – 3 … "), None);
    }
}
