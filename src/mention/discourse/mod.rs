//! Who is meant, and who speaks? Short forms, descriptions and pronouns linked to actors; voices and speakers.
//!
//! An article is read once, sentence by sentence, as a reader would: names first, then what refers back to them, then
//! who says what. Everything rests on one question, asked of every verb: who is its subject? (`subject`). There is no
//! parser: word classes, commas and the places of names answer it, and where they don't, nothing is linked.
//!
//! The order of preference among antecedents, subjects before others and near before far, with agreement in kind and
//! gender, is that of Lappin and Leass, "An Algorithm for Pronominal Anaphora Resolution", Computational Linguistics
//! 20(4), 1994; that a sentence's subject is what the next one is most likely about, that of centering theory (Grosz,
//! Joshi and Weinstein, Computational Linguistics 21(2), 1995).

mod quotes;
mod line;
mod entity;
mod subject;
mod short;
mod describe;
mod described;
mod noun;
mod form;
mod pronoun;
mod we;
mod speech;
mod content;
mod quoted;
mod story;

pub(super) use story::read;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::mention::fixture::{document, gazetteer};
    use crate::mention::{Anaphora, Found, Voice, voice_at};

    fn found(lines: &[&str]) -> (Found, crate::mention::Gazetteer) {
        let gazetteer = gazetteer();
        let found = gazetteer.read(&document(lines, None), Anaphora::All);
        (found, gazetteer)
    }

    /// The links that were made, as `surface=actor`.
    fn links(lines: &[&str]) -> Vec<String> {
        let (found, gazetteer) = found(lines);
        let text = document(lines, None);
        let linked = found.mentions.iter().filter(|mention| mention.confidence < 100);
        let shown = linked.map(|mention| {
            let part = text.part(text.sentences[mention.sentence as usize].part);
            let actor = &gazetteer.actors().get(mention.actor).id;
            format!("{}={actor}", mention.span.of(part))
        });
        shown.collect()
    }

    /// The voice of each stretch that isn't the author's, as `surface=speaker`.
    fn voices(lines: &[&str]) -> Vec<String> {
        let (found, gazetteer) = found(lines);
        let text = document(lines, None);
        let shown = found.utterances.iter().map(|one| {
            let part = text.part(text.sentences[one.sentence as usize].part);
            let speaker =
                one.speaker.map_or("-", |actor| gazetteer.actors().get(actor).id.as_str());
            format!("{} {}={speaker}", one.voice.name(), one.span.of(part))
        });
        shown.collect()
    }

    #[test]
    fn a_pronoun_takes_up_the_subject_of_the_sentence_before() {
        assert_eq!(links(&["Russia closed the border.", "It gave no reason."]), ["It=RUS"]);
        assert_eq!(links(&["Theresa May met Vladimir Putin.", "She left."]), ["She=may"]);
        assert_eq!(links(&["A ship left Russia.", "It sank."]), [""; 0]);
    }

    #[test]
    fn a_possessive_takes_up_the_subject_of_its_clause_or_the_object_that_is_judged() {
        assert_eq!(links(&["Russia said that Japan had recalled its envoy."]), ["its=JPN"]);
        assert_eq!(links(&["Russia thanked Japan for its help."]), ["its=JPN"]);
        assert_eq!(links(&["The ship that left Oman had lost its anchor."]), [""; 0]);
    }

    #[test]
    fn it_that_stands_for_a_clause_takes_up_nobody() {
        assert_eq!(links(&["Russia waited.", "It is clear that nobody came."]), [""; 0]);
        assert_eq!(links(&["Russia waited.", "It was ready to talk."]), ["It=RUS"]);
    }

    #[test]
    fn descriptions_mean_who_was_named_by_such_a_name_or_office() {
        assert_eq!(
            links(&["The European Union met.", "The bloc agreed to nothing."]),
            ["The bloc=EU"]
        );
        assert_eq!(
            links(&["Antony Blinken, the secretary of state, left.", "The secretary said little."]),
            ["The secretary=blinken"]
        );
        assert_eq!(
            links(&["The European Union met.", "A ministry wrote.", "The ministry left."]),
            [""; 0]
        );
    }

    #[test]
    fn what_is_quoted_and_what_is_reported_has_a_speaker() {
        assert_eq!(
            voices(&["“We shall see,” Vladimir Putin said."]),
            ["quoted We shall see=putin"]
        );
        assert_eq!(
            voices(&["Russia said on Monday that Japan was a “vassal”, an insult."])[0],
            "reported that Japan was a “vassal”, an insult=RUS"
        );
        assert_eq!(
            voices(&["Japan had lied, according to Russia."]),
            ["reported Japan had lied=RUS"]
        );
        assert_eq!(voices(&["Japan accused Russia of lies."]), [""; 0]);
    }

    #[test]
    fn a_quotation_goes_on_over_sentences() {
        let lines = ["“We shall see,” Vladimir Putin said.", "“Nobody will be asked."];
        assert_eq!(voices(&lines)[1], "quoted Nobody will be asked=putin");
    }

    #[test]
    fn nothing_is_linked_where_nothing_is_asked_for() {
        let lines = ["Vladimir Putin left.", "Putin said that he was ill."];
        let text = document(&lines, None);
        let n_found = |anaphora| gazetteer().read(&text, anaphora).mentions.len();
        assert_eq!(Anaphora::ALL.map(n_found), [1, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_is_found_lies_in_its_sentence(
            words in proptest::collection::vec(prop::sample::select(vec![
                "Russia", "Russia's", "Russian", "Vladimir Putin", "Putin", "he", "she", "her", "its", "it", "they",
                "said", "told", "that", "according", "to", "\u{201C}", "\u{201D}", "\"", "\u{2018}", "\u{2019}", ",", ";",
                ":", "(", ")", "and", "the", "president", "ministry", "of", "was", "closed", "\u{e9}t\u{e9}", "\n\n",
                "\u{5317}\u{4EAC}", "for", "part", "both", "countries", "European Union", "(EU)", ".", "statement",
            ]), 0..60),
            is_titled in any::<bool>(),
        ) {
            let text = words.join(" ");
            let mut article = document(&["."], None).article;
            article.title = is_titled.then(|| format!("Putin: {text}"));
            article.text = text;
            let document = crate::text::Document::split(article);
            let found = gazetteer().read(&document, Anaphora::All);
            for mention in &found.mentions {
                prop_assert!(document.sentences[mention.sentence as usize].span.contains(mention.span));
            }
            for one in &found.utterances {
                prop_assert!(document.sentences[one.sentence as usize].span.contains(one.span));
                let (voice, _) = voice_at(&found.utterances, one.sentence, one.span.start());
                prop_assert_ne!(voice, Voice::Author);
            }
        }
    }
}
