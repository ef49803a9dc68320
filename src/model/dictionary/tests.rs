use proptest::prelude::*;

use super::Dictionary;
use crate::batch::{Instance, Pair};
use crate::model::{Classifier, Probabilities, Reading, Task};
use crate::text::Span;

/// Reads `text` for the named targets: all pairs, `author` first.
fn read(text: &str, names: &[&str]) -> Reading {
    let target = |name: &&str| {
        let start = text.find(*name).unwrap();
        vec![Span::new(text, start..start + name.len()).unwrap()]
    };
    let n = u32::try_from(names.len()).unwrap();
    let sources = [None].into_iter().chain((0..n).map(Some));
    let pairs = sources
        .flat_map(|source| (0..n).map(move |target| Pair { source, target }))
        .filter(|pair| pair.source != Some(pair.target));
    let targets = names.iter().map(target).collect();
    let instance = Instance { text: text.to_owned(), targets, pairs: pairs.collect() };
    Dictionary::default().classify(&[instance]).unwrap().remove(0)
}

fn label(read: Option<Probabilities>) -> char {
    let [hostile, neutral, conciliatory] = read.unwrap();
    match () {
        () if neutral >= hostile && neutral >= conciliatory => '0',
        () if hostile >= conciliatory => '-',
        () => '+',
    }
}

/// The labels of author→A, author→B, A→B, B→A.
fn dyads(text: &str) -> String {
    read(text, &["Syldavia", "Borduria"]).dyads.into_iter().map(label).collect()
}

fn stances(text: &str) -> String {
    read(text, &["Syldavia", "Borduria"]).stance.into_iter().map(label).collect()
}

fn sentiments(text: &str) -> String {
    read(text, &["Syldavia", "Borduria"]).sentiment.into_iter().map(label).collect()
}

#[test]
fn who_stands_before_the_verb_does_it() {
    assert_eq!(dyads("Syldavia condemned Borduria."), "00-0");
    assert_eq!(dyads("Syldavia has thanked Borduria."), "00+0");
    assert_eq!(stances("Syldavia condemned Borduria."), "0-");
}

#[test]
fn in_the_passive_it_is_the_other_way_round() {
    assert_eq!(dyads("Syldavia was condemned by Borduria."), "000-");
    assert_eq!(stances("Syldavia was condemned by Borduria."), "-0");
}

#[test]
fn a_noun_of_a_deed_has_a_direction_too() {
    assert_eq!(dyads("Syldavia's attack on Borduria went on."), "00-0");
}

#[test]
fn a_negated_hostile_word_is_neutral_and_a_refused_kind_one_hostile() {
    assert_eq!(dyads("Syldavia did not condemn Borduria."), "0000");
    assert_eq!(dyads("Syldavia didn’t attack Borduria."), "0000");
    assert_eq!(dyads("Syldavia refused to support Borduria."), "00-0");
}

#[test]
fn verbs_of_several_words_are_found() {
    assert_eq!(dyads("Syldavia cracked down on Borduria."), "00-0");
}

#[test]
fn words_that_judge_count_toward_whom_they_stand_near() {
    assert_eq!(stances("The treacherous regime in Syldavia met the envoy of Borduria."), "-0");
    assert_eq!(sentiments("Syldavia met Borduria, brave and brilliant.").chars().last(), Some('+'));
}

#[test]
fn a_text_without_known_words_is_neutral() {
    assert_eq!(dyads("Syldavia borders on Borduria."), "0000");
}

#[test]
fn a_known_word_inside_a_name_says_nothing() {
    assert_eq!(
        label(
            read("The War Ministry and Borduria met.", &["The War Ministry", "Borduria"]).dyads[2]
        ),
        '0'
    );
}

#[test]
fn it_reads_all_tasks() {
    assert_eq!(Dictionary::default().tasks(), Task::ALL);
}

proptest! {
    #[test]
    fn any_text_is_read_as_probabilities(text in "(not |attacked |by |Syldavia |Borduria |é’s |was |\\PC){1,30}", at in 0usize..30, len in 1usize..9) {
        let n_chars = text.chars().count();
        let start = at.min(n_chars - 1);
        let span = Span::from_chars(&text, start..(start + len).min(n_chars)).unwrap();
        let targets = vec![vec![span], vec![span]];
        let pairs = vec![Pair { source: None, target: 1 }, Pair { source: Some(0), target: 1 }];
        let instance = Instance { text, targets, pairs };
        let reading = Dictionary::default().classify(&[instance]).unwrap().remove(0);
        prop_assert_eq!((reading.stance.len(), reading.sentiment.len(), reading.dyads.len()), (2, 2, 2));
        for read in reading.stance.iter().chain(&reading.sentiment).chain(&reading.dyads) {
            let sum: f32 = read.unwrap().iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-5);
        }
    }
}
