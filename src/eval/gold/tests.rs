use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Gold, GoldItem, Purpose, form};
use crate::batch::Pair;
use crate::model::Task;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold").join(name)
}

fn read(name: &str) -> Gold {
    let gold = Gold::read(&fixture(name)).unwrap();
    assert_eq!(gold.skipped, [], "{name}");
    gold
}

fn surfaces(item: &GoldItem) -> Vec<Vec<&str>> {
    let text = &item.instance.text;
    item.instance.targets.iter().map(|spans| spans.iter().map(|s| s.of(text)).collect()).collect()
}

fn classes(item: &GoldItem, task: Task) -> Vec<(usize, usize)> {
    item.labels_for(task).map(|label| (label.slot, label.class)).collect()
}

fn pair(source: Option<u32>, target: u32) -> Pair {
    Pair { source, target }
}

#[test]
fn offsets_are_code_points_and_become_bytes() {
    let gold = read("sentiment.jsonl");
    assert_eq!(surfaces(&gold.items[0]), [["Maja Ødegård"], ["Tom Brix"]]);
    assert_eq!(classes(&gold.items[0], Task::Sentiment), [(0, 2), (1, 0)]);
    assert_eq!(gold.items[0].instance.pairs, []);
}

#[test]
fn a_row_without_an_id_is_named_by_its_line() {
    let gold = read("sentiment.jsonl");
    assert_eq!(gold.items[2].id, "3");
    assert!(gold.items[3].id.ends_with("sentiment.jsonl#4"), "{}", gold.items[3].id);
}

#[test]
fn groups_and_documents_come_from_the_row() {
    let mut gold = read("sentiment.jsonl");
    assert_eq!(gold.groups().into_iter().collect::<Vec<_>>(), ["north", "south"]);
    assert_eq!(gold.items[1].document.as_deref(), Some("d2"));
    gold.retain_group("south");
    assert_eq!(gold.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["s2", "3"]);
    assert_eq!(read("stance.jsonl").items[0].group.as_deref(), Some("made-up"));
    assert_eq!(read("rhetoric.jsonl").items[0].group.as_deref(), Some("diplomacy"));
}

#[test]
fn labels_are_counted_by_task_and_class() {
    assert_eq!(read("sentiment.jsonl").class_counts(), [[0; 3], [2, 3, 1], [0; 3]]);
    assert_eq!(read("rhetoric.jsonl").class_counts()[Task::Dyad as usize], [3, 10, 1]);
}

#[test]
fn one_stance_label_makes_the_neutral_rows_of_a_file_stance_too() {
    let gold = read("stance.jsonl");
    assert_eq!(gold.tasks(), [Task::Stance]);
    assert_eq!(classes(&gold.items[2], Task::Stance), [(0, 1)]);
}

#[test]
fn a_file_of_neutral_labels_is_sentiment() {
    let row = br#"{"text": "Oslo", "targets": [{"mention": "Oslo", "start": 0, "end": 4, "label": "neutral"}]}"#;
    assert_eq!(form::read(Path::new("x"), row, Purpose::Scoring).tasks(), [Task::Sentiment]);
}

#[test]
fn directed_rows_label_a_pair() {
    let gold = read("directed.jsonl");
    assert_eq!(gold.tasks(), [Task::Dyad]);
    assert_eq!(gold.items[0].instance.pairs, [pair(Some(0), 1)]);
    assert_eq!(surfaces(&gold.items[1]), [["Graustark"], ["Ruritania"]]);
    assert_eq!(gold.items[2].instance.pairs, [pair(None, 0)]);
    assert_eq!(gold.items[3].instance.pairs, [pair(Some(0), 1), pair(Some(0), 2)]);
    assert_eq!(classes(&gold.items[3], Task::Dyad), [(0, 2), (1, 2)]);
}

#[test]
fn a_source_that_is_no_author_is_somebody_elses_field() {
    let row = br#"{"text": "Oslo", "source": "a paper", "targets": [{"mention": "Oslo", "start": 0, "end": 4, "label": "positive"}]}"#;
    assert_eq!(form::read(Path::new("x"), row, Purpose::Scoring).tasks(), [Task::Sentiment]);
}

#[test]
fn training_derives_the_stance_toward_a_target_from_a_pair_only_where_it_has_one() {
    let gold = Gold::read_for_training(&fixture("directed.jsonl")).unwrap();
    assert_eq!(classes(&gold.items[0], Task::Stance), [(1, 0)]);
    assert_eq!(classes(&gold.items[1], Task::Stance), []);
    assert_eq!(classes(&gold.items[3], Task::Stance), []);
}

#[test]
fn unlisted_pairs_are_neutral_and_all_mentions_of_an_actor_are_one_target() {
    let gold = read("rhetoric.jsonl");
    let first = &gold.items[0];
    assert_eq!(surfaces(first), [vec!["Syldavia"], vec!["Borduria", "it"], vec!["Graustark"]]);
    assert_eq!(first.instance.pairs.len(), 3 * 3);
    let stances: Vec<_> = first
        .labels_for(Task::Dyad)
        .filter(|label| label.class != 1)
        .map(|label| (first.instance.pairs[label.slot], label.class))
        .collect();
    assert_eq!(stances, [(pair(Some(0), 1), 2), (pair(Some(2), 1), 0)]);
    assert_eq!(first.labels_for(Task::Dyad).count(), 9);
}

#[test]
fn a_target_is_left_out_of_stance_where_its_sources_disagree() {
    let gold = read("rhetoric.jsonl");
    assert_eq!(classes(&gold.items[0], Task::Stance), [(0, 1), (2, 1)]);
    assert_eq!(classes(&gold.items[1], Task::Stance), [(0, 0), (1, 0)]);
    assert_eq!(gold.n_left_out, 1);
    assert_eq!(gold.tasks(), Task::ALL);
}

#[test]
fn sentiment_of_a_rhetoric_row_is_one_label_an_actor() {
    let gold = read("rhetoric.jsonl");
    assert_eq!(classes(&gold.items[0], Task::Sentiment), [(0, 1), (1, 0), (2, 1)]);
}

#[test]
fn newsmtsc_is_read_as_it_is_published() {
    let gold = read("newsmtsc.jsonl");
    assert_eq!(surfaces(&gold.items[0]), [vec!["Judge Halvorsen", "he"], vec!["Amy Quill"]]);
    assert_eq!(classes(&gold.items[0], Task::Sentiment), [(0, 1), (1, 0)]);
    assert_eq!(classes(&gold.items[1], Task::Sentiment), [(0, 2)]);
    assert_eq!(classes(&gold.items[2], Task::Sentiment), [(0, 0)]);
    assert_eq!(gold.items[2].id, "a_4");
}

#[test]
fn no_conflict_is_no_stance_to_learn_from() {
    let scored = read("unscon.jsonl");
    assert_eq!(scored.items.len(), 2);
    assert_eq!(scored.tasks(), [Task::Stance]);
    let learned = Gold::read_for_training(&fixture("unscon.jsonl")).unwrap();
    assert_eq!((learned.items.len(), learned.n_left_out, learned.skipped.len()), (1, 1, 0));
}

#[test]
fn a_labelled_text_without_targets_is_kept_for_training() {
    let gold = read("sentences.jsonl");
    let labels: Vec<_> = gold.items.iter().map(|item| item.sentence_label).collect();
    assert_eq!(labels, [Some(2), Some(0)]);
    assert_eq!(gold.tasks(), []);
}

#[test]
fn every_row_that_cannot_be_used_is_named_with_its_line_and_reason() {
    let gold = Gold::read(&fixture("faulty.jsonl")).unwrap();
    assert_eq!(gold.items.len(), 1);
    let reasons: Vec<_> = gold
        .skipped
        .iter()
        .map(|skipped| format!("{}: {}", skipped.line, skipped.reason))
        .collect();
    insta::assert_snapshot!(reasons.join("\n"), @r"
    3: `Borduria` is not at 17..25 but `orduria.`
    4: `Borduria` at 16..60 lies outside the text or is empty
    5: label `glad` where the sentiment labels are negative, neutral, positive
    6: not JSON: EOF while parsing a string at column 30
    7: neither a `text` nor a `sentence` field
    8: missing field `end`
    9: neither targets nor a `sentence_label`
    10: not a JSON object
    11: actor `SYL` has no mention
    12: `3` is no polarity: -1, 0, 1 or 2, 4, 6
    ");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let row = "\u{feff}{\"text\": \"Oslo\", \"targets\": [{\"mention\": \"Oslo\", \"start\": 0, \"end\": 4, \"label\": \"neutral\"}]}\r\n\r\n";
    let gold = form::read(Path::new("x"), row.as_bytes(), Purpose::Scoring);
    assert_eq!((gold.items.len(), gold.skipped.len()), (1, 0));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Gold::read(Path::new("no-such-gold.jsonl")).unwrap_err();
    assert!(error.to_string().contains("no-such-gold.jsonl"), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic_and_every_row_is_accounted_for(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let n_rows = bytes.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        prop_assume!(!bytes.starts_with(b"\xef\xbb\xbf"));
        let gold = form::read(Path::new("x"), &bytes, Purpose::Scoring);
        prop_assert_eq!(gold.items.len() + gold.skipped.len(), n_rows);
    }

    #[test]
    fn any_stretch_is_either_the_one_named_or_a_reason(text in "\\PC{0,12}", start in 0usize..14, end in 0usize..14) {
        let mention: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
        let row = serde_json::json!({"text": text, "targets": [{"mention": mention, "start": start, "end": end, "label": "neutral"}]});
        let gold = form::read(Path::new("x"), row.to_string().as_bytes(), Purpose::Scoring);
        let fits = start < end && end <= text.chars().count();
        prop_assert_eq!(gold.items.len(), usize::from(fits));
        if fits {
            prop_assert_eq!(gold.items[0].instance.targets[0][0].of(&text), mention);
        }
    }
}
