use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Absent, Gold, GoldItem, Layout, Offsets, Purpose, form};
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

/// Reads bytes as a file of that name.
fn read_bytes(name: &str, bytes: &[u8]) -> Gold {
    form::read(Path::new(name), bytes, Purpose::Scoring, &Layout::default()).unwrap()
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
    assert_eq!(read_bytes("x", row).tasks(), [Task::Sentiment]);
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
    assert_eq!(read_bytes("x", row).tasks(), [Task::Sentiment]);
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
    let gold = read_bytes("x", row.as_bytes());
    assert_eq!((gold.items.len(), gold.skipped.len()), (1, 0));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Gold::read(Path::new("no-such-gold.jsonl")).unwrap_err();
    assert!(error.to_string().contains("no-such-gold.jsonl"), "{error}");
}

const TABLE: &str = "\
nr,sentence,target,from,to,stance,outlet,day
1,Oslo thanked Bern.,Bern,13,17,pro,Post,2031-05-02
2,\"Oslo, it says, hates Bern.\",Bern,21,25,con,Post,2032-01-01
3,Oslo met Bern.,Bern,,,none,,
4,Oslo met Bern.,Lima,,,none,,
5,Oslo met Bern.,Bern,9,13,maybe,,
6,short
";

/// A layout as a manifest writes it.
fn layout(toml: &str) -> Layout {
    toml::from_str(toml).unwrap()
}

const STANCES: &str = r#"
columns = { id = ["nr"], date = ["day"] }
labels = { pro = "conciliatory", con = "hostile", none = "neutral" }
"#;

fn read_table(name: &str, table: &str, toml: &str) -> Gold {
    form::read(Path::new(name), table.as_bytes(), Purpose::Scoring, &layout(toml)).unwrap()
}

fn reasons(gold: &Gold) -> Vec<String> {
    gold.skipped.iter().map(|skipped| format!("{}: {}", skipped.line, skipped.reason)).collect()
}

#[test]
fn a_table_is_read_by_its_usual_names_and_those_that_are_given() {
    let gold = read_table("t.csv", TABLE, STANCES);
    assert_eq!(gold.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(surfaces(&gold.items[1]), [["Bern"]]);
    assert_eq!(gold.class_counts()[Task::Stance as usize], [1, 1, 1]);
    assert_eq!(gold.items[0].facets.outlet.as_deref(), Some("Post"));
    assert_eq!(gold.items[0].facets.date.as_deref(), Some("2031-05-02"));
    insta::assert_snapshot!(reasons(&gold).join("\n"), @r"
    5: `Lima` does not stand in the text
    6: label `maybe` where the stance labels are hostile, neutral, conciliatory
    7: 2 fields where the head has 8
    ");
}

#[test]
fn tabs_and_semicolons_part_columns_too() {
    for delimiter in ["\t", ";"] {
        let table = format!(
            "text{delimiter}target{delimiter}label\nOslo, Bern{delimiter}Oslo{delimiter}Positive\n"
        );
        let gold = read_table("t.tsv", &table, "");
        assert_eq!(gold.class_counts()[Task::Sentiment as usize], [0, 0, 1], "{delimiter:?}");
    }
}

#[test]
fn a_topic_may_be_read_from_the_whole_text() {
    let table = "text,target,label\nClean air now!,climate,positive\n";
    let gold = read_table("t.csv", table, r#"absent = "whole-text""#);
    assert_eq!(surfaces(&gold.items[0]), [["Clean air now!"]]);
    assert_eq!(read_table("t.csv", table, "").items.len(), 0);
}

#[test]
fn a_table_without_what_is_needed_is_an_error_that_names_its_columns() {
    let read = |table: &str, toml: &str| {
        let error =
            form::read(Path::new("t.csv"), table.as_bytes(), Purpose::Scoring, &layout(toml));
        format!("{:#}", error.unwrap_err())
    };
    insta::assert_snapshot!(read("a,b\n", ""), @"t.csv: no column holds the text; the columns are: `a`, `b`");
    insta::assert_snapshot!(read("text,target\n", ""), @"t.csv: no column holds the label; the columns are: `text`, `target`");
    insta::assert_snapshot!(read("text,target,label\n", "columns = { id = [\"x\"] }"), @"t.csv: there is no column `x`; the columns are: `text`, `target`, `label`");
}

#[test]
fn a_table_may_name_the_source() {
    let table = "text,source,target,label\nOslo thanked Bern.,Oslo,Bern,conciliatory\nVile Bern!,author,Bern,hostile\n";
    let gold = read_table("t.csv", table, "");
    assert_eq!(gold.items[0].instance.pairs, [pair(Some(0), 1)]);
    assert_eq!(gold.items[1].instance.pairs, [pair(None, 0)]);
    assert_eq!(gold.class_counts()[Task::Dyad as usize], [1, 0, 1]);
}

#[test]
fn offsets_may_count_bytes_or_utf16_units() {
    let row = |start: usize, end: usize| {
        format!(
            r#"{{"text": "😀 Oslo", "targets": [{{"mention": "Oslo", "start": {start}, "end": {end}, "label": "neutral"}}]}}"#
        )
    };
    for (unit, start, end) in [("bytes", 5, 9), ("utf16", 3, 7), ("chars", 2, 6)] {
        let gold = read_table("t.jsonl", &row(start, end), &format!("offsets = \"{unit}\""));
        assert_eq!(surfaces(&gold.items[0]), [["Oslo"]], "{unit}");
    }
    assert_eq!(read_table("t.jsonl", &row(2, 6), "offsets = \"bytes\"").skipped.len(), 1);
    assert_eq!(Layout::default().offsets, Offsets::Chars);
    assert_eq!(Layout::default().absent, Absent::Skip);
}

#[test]
fn the_three_line_form_is_read() {
    let gold = read_bytes(
        "t.seg",
        "Ø! $T$ shines, $T$ does\nOslo\n1\n$T$\nBern\nbad\nno mark\nRome\n0\n$T$".as_bytes(),
    );
    assert_eq!(gold.items[0].instance.text, "Ø! Oslo shines, Oslo does");
    assert_eq!(classes(&gold.items[0], Task::Sentiment), [(0, 2)]);
    insta::assert_snapshot!(reasons(&gold).join("\n"), @r"
    4: `bad` is no polarity
    7: no `$T$` in the text
    10: the last of three lines is missing
    ");
}

#[test]
fn what_most_coders_say_is_the_label() {
    let row = r#"{"id": "1", "text": "Oslo, Bern", "targets": [
        {"mention": "Oslo", "labels": {"a": "positive", "b": "positive", "c": "neutral"}},
        {"mention": "Bern", "labels": {"a": "positive", "b": "negative", "c": null}}]}"#;
    let gold = read_bytes("t.jsonl", row.replace('\n', " ").as_bytes());
    assert_eq!(classes(&gold.items[0], Task::Sentiment), [(0, 2)]);
    assert_eq!(gold.n_left_out, 1);
    assert_eq!(gold.items[0].coded.len(), 2);
    assert_eq!(gold.items[0].coded[1].by.len(), 2);
}

#[test]
fn coders_may_have_a_column_or_a_row_each() {
    let wide =
        "text,target,anna,ben,carl\nOslo,Oslo,negative,negative,neutral\nBern,Bern,neutral,,\n";
    let wide = read_table("t.csv", wide, r#"columns = { label = ["anna", "ben", "carl"] }"#);
    let long = "text,target,label,coder\nOslo,Oslo,negative,anna\nBern,Bern,neutral,anna\nOslo,Oslo,negative,ben\nOslo,Oslo,neutral,carl\nOslo,Oslo,neutral,carl\n";
    let long = read_table("t.csv", long, "");
    assert_eq!(wide.items.len(), 2);
    assert_eq!(long.items.len(), 2);
    for (wide, long) in wide.items.iter().zip(&long.items) {
        assert_eq!((&wide.labels, &wide.coded), (&long.labels, &long.coded));
    }
    assert_eq!(reasons(&long), ["6: coder `carl` has labelled this already"]);
}

#[test]
fn coders_of_all_pairs_are_joined_whatever_order_they_list_actors_in() {
    let row = |coder: &str, mentions: &str, stances: &str| {
        format!(
            r#"{{"id": "1", "coder": "{coder}", "text": "Oslo hates Bern", "mentions": [{mentions}], "stances": [{stances}], "sentiment": {{}}}}"#
        )
    };
    let oslo = r#"{"actor": "O", "mention": "Oslo", "start": 0, "end": 4}"#;
    let bern = r#"{"actor": "B", "mention": "Bern", "start": 11, "end": 15}"#;
    let hostile = r#"{"source": "O", "target": "B", "stance": "hostile", "modality": "asserted"}"#;
    let rows = [
        row("a", &format!("{oslo}, {bern}"), hostile),
        row("b", &format!("{bern}, {oslo}"), hostile),
        row("c", &format!("{oslo}, {bern}"), ""),
    ];
    let gold = read_bytes("t.jsonl", rows.join("\n").as_bytes());
    assert_eq!((gold.items.len(), gold.skipped.len(), gold.n_left_out), (1, 0, 0));
    let item = &gold.items[0];
    assert_eq!(item.instance.pairs.len(), 4);
    assert!(item.coded.iter().all(|coded| coded.by.len() == 3));
    let hostile: Vec<_> = item
        .labels_for(Task::Dyad)
        .filter(|l| l.class == 0)
        .map(|l| item.instance.pairs[l.slot])
        .collect();
    assert_eq!(hostile, [pair(Some(0), 1)]);
    assert_eq!(item.facets.actors, ["O", "B"]);
    assert_eq!(item.facets.modality.len(), 1);
}

#[test]
fn what_a_row_can_be_sliced_by_is_kept() {
    let row = br#"{"text": "Oslo", "date": 2031, "meta": {"outlet": "Post", "voice": 3}, "domain": "sport", "targets": [{"mention": "Oslo", "start": 0, "end": 4, "label": "neutral", "actor": "NOR-OSL"}]}"#;
    let facets = &read_bytes("x", row).items[0].facets;
    assert_eq!(facets.date.as_deref(), Some("2031"));
    assert_eq!(facets.outlet.as_deref(), Some("Post"));
    assert_eq!(facets.domain.as_deref(), Some("sport"));
    assert_eq!(facets.voice, None);
    assert_eq!(facets.actors, ["NOR-OSL"]);
}

proptest! {
    #[test]
    fn any_table_is_read_without_a_panic(table in "(text,target,label,start,end\n)?([a-zØ\"]{0,4}[,\n;]){0,20}", extension in "(csv|tsv|seg)") {
        let path = format!("x.{extension}");
        if let Ok(gold) = form::read(Path::new(&path), table.as_bytes(), Purpose::Scoring, &Layout::default()) {
            prop_assert!(gold.items.len() + gold.skipped.len() <= table.lines().count());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic_and_every_row_is_accounted_for(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let n_rows = bytes.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        prop_assume!(!bytes.starts_with(b"\xef\xbb\xbf"));
        let gold = read_bytes("x", &bytes);
        prop_assert_eq!(gold.items.len() + gold.skipped.len(), n_rows);
    }

    #[test]
    fn any_stretch_is_either_the_one_named_or_a_reason(text in "\\PC{0,12}", start in 0usize..14, end in 0usize..14) {
        let mention: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
        let row = serde_json::json!({"text": text, "targets": [{"mention": mention, "start": start, "end": end, "label": "neutral"}]});
        let gold = read_bytes("x", row.to_string().as_bytes());
        let fits = start < end && end <= text.chars().count();
        prop_assert_eq!(gold.items.len(), usize::from(fits));
        if fits {
            prop_assert_eq!(gold.items[0].instance.targets[0][0].of(&text), mention);
        }
    }
}
