use proptest::prelude::*;

use super::{Wordlist, parse};
use crate::batch::{Instance, Pair};
use crate::model::Classifier;
use crate::text::Span;

const LEXICODER: &str = "+negative\nabandon*\na lie\n+neg_positive\nnot good\n+positive\ngood\n";

fn list(text: &str) -> Wordlist {
    Wordlist::parse("list", text).unwrap()
}

/// The label of the only target.
fn label(list: &Wordlist, text: &str, target: &str) -> &'static str {
    let start = text.find(target).unwrap();
    let span = Span::new(text, start..start + target.len()).unwrap();
    let pairs = vec![Pair { source: None, target: 0 }];
    let instance = Instance { text: text.to_owned(), targets: vec![vec![span]], pairs };
    let reading = list.classify(&[instance]).unwrap().remove(0);
    assert_eq!(reading.stance, reading.dyads);
    let [negative, neutral, positive] = reading.stance[0].unwrap();
    if negative > neutral && negative > positive {
        "negative"
    } else if positive > neutral {
        "positive"
    } else {
        "neutral"
    }
}

#[test]
fn every_format_gives_entries_and_scores() {
    let forms = [
        LEXICODER,
        "<?xml version=\"1.0\"?>\n<dictionary><cnode name=\"LSD\"><cnode name=\"NEGATIVE\"><pnode name=\"abandon*\"></pnode><pnode name=\"a lie\"/></cnode><cnode name=\"NEG_POSITIVE\"><pnode name=\"not good\"/></cnode><cnode name=\"POSITIVE\"><pnode name=\"good\"/></cnode></cnode></dictionary>",
        "negative:\n  - \"abandon*\"\n  - a lie\nneg_positive:\n  - not good\npositive:\n  - good\n",
        "abandon*\t-1\na lie\t-1\nnot good\t-1\ngood\t1\n",
    ];
    let expected = [("abandon*", -1.0), ("a lie", -1.0), ("not good", -1.0), ("good", 1.0)];
    for form in forms {
        let entries = parse::entries(form);
        let entries: Vec<_> =
            entries.iter().map(|(entry, score)| (entry.as_str(), *score)).collect();
        assert_eq!(entries, expected, "{form}");
    }
}

#[test]
fn scores_are_taken_from_vader_afinn_and_nrc() {
    assert_eq!(
        parse::entries("abhor\t-2.0\t1.1\t[-1, -3]\n:)\t2.0\t1\t[2]\n"),
        [("abhor".to_owned(), -2.0)]
    );
    assert_eq!(parse::entries("word,score\nabhor,-3\n"), [("abhor".to_owned(), -3.0)]);
    let nrc = "abhor\tanger\t1\nabhor\tnegative\t1\nabhor\tpositive\t0\n";
    assert_eq!(parse::entries(nrc), [("abhor".to_owned(), -1.0)]);
    let wide =
        "English (en)\tAnger\tNegative\tPositive\nabhor\t1\t1\t0\naunt\t0\t0\t1\nbird\t0\t1\t1\n";
    assert_eq!(parse::entries(wide), [("abhor".to_owned(), -1.0), ("aunt".to_owned(), 1.0)]);
}

#[test]
fn words_near_a_target_count_and_negation_turns_them() {
    let list = list(LEXICODER);
    assert_eq!(label(&list, "They abandoned Bern.", "Bern"), "negative");
    assert_eq!(label(&list, "A good day for Bern.", "Bern"), "positive");
    assert_eq!(label(&list, "It isn't a good day for Bern.", "Bern"), "negative");
    assert_eq!(label(&list, "Not good, says Bern.", "Bern"), "negative");
    assert_eq!(label(&list, "Bern is a city.", "Bern"), "neutral");
    let far = "Good it was, one two three four five six seven eight nine ten, in Bern.";
    assert_eq!(label(&list, far, "Bern"), "neutral");
}

#[test]
fn the_words_of_a_name_do_not_count() {
    assert_eq!(label(&list(LEXICODER), "Good Hope met.", "Good Hope"), "neutral");
}

#[test]
fn the_longest_entry_is_meant_and_of_equals_the_whole_word() {
    let list = list("+negative\ngood grief\nfine*\n+positive\ngood\nfine\n");
    assert_eq!(label(&list, "Good grief, Bern!", "Bern"), "negative");
    assert_eq!(label(&list, "Fine, Bern!", "Bern"), "positive");
    assert_eq!(label(&list, "Fined, Bern!", "Bern"), "negative");
}

#[test]
fn what_is_no_list_is_an_error() {
    assert!(Wordlist::parse("x", "").is_err());
    assert!(Wordlist::parse("x", "just a text\nof lines").is_err());
    assert!(Wordlist::parse("x", "word\t0\n").is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_list_or_an_error(text in "[a-c<>=\"\t,+:*\n-]{0,60}", said in "[a-c ]{0,20}") {
        if let Ok(list) = Wordlist::parse("x", &text) {
            let instance = Instance { text: said, targets: Vec::new(), pairs: Vec::new() };
            prop_assert_eq!(list.classify(&[instance]).unwrap().len(), 1);
        }
    }
}
