use clap::{Args as _, CommandFactory, FromArgMatches, Parser};
use std::path::{Path, PathBuf};

use super::findings::{Asked, Findings};
use super::gold::Labelled;
use super::names::Swapped;
use super::{Args, table};
use crate::cli::{Cli, Printer};
use crate::error::Hinted;
use crate::eval::slice::Dimension;
use crate::eval::{Bootstrap, Gold, NameTrial, ask_all, name_bias};
use crate::model::{Classifier, Dictionary, Majority};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold");
    folder.join(name).display().to_string()
}

fn args(args: &[&str]) -> Args {
    let command = Args::augment_args(clap::Command::new("eval").no_binary_name(true));
    Args::from_arg_matches(&command.try_get_matches_from(args).unwrap()).unwrap()
}

fn error(arguments: &[&str]) -> (String, Option<String>) {
    let error = super::run(&args(arguments), &mut Printer).unwrap_err();
    let hint = error.downcast_ref::<Hinted>().map(|hinted| hinted.hint.clone());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gold/");
    (error.to_string().replace(&root.display().to_string(), ""), hint)
}

/// What majority and dictionary say of a file; compared if they were named.
fn findings(file: &str, are_named: bool, by: &[&str]) -> Findings {
    let gold = Gold::read(&PathBuf::from(fixture(file))).unwrap();
    let labelled = Labelled { path: file.to_owned(), gold, sha256: "0".repeat(64) };
    let majority = Majority::new(labelled.gold.class_counts());
    let models: [&dyn Classifier; 2] = [&majority, &Dictionary::default()];
    let asked: Vec<Asked<'_>> = models
        .iter()
        .map(|model| Asked {
            name: model.name(),
            is_named: are_named,
            answers: ask_all(&labelled.gold, *model).unwrap(),
        })
        .collect();
    let mut findings = Findings::new(
        Bootstrap { resamples: 20, ..Bootstrap::default() },
        by.iter().map(|name| Dimension::find(name).unwrap()).collect(),
    );
    findings.add(&labelled, &asked);
    findings.finish();
    findings
}

#[test]
fn the_table_has_a_line_for_each_task_and_model() {
    let table = table::render(&findings("rhetoric.jsonl", false, &[]), false);
    insta::assert_snapshot!(table, @r"
     gold            task       model        n  lost            F1 macro          F1 pos/neg    accuracy    recall     ECE
     rhetoric.jsonl  stance     majority     5     0    37.5 [0.0–100.0]       0.0 [0.0–0.0]        60.0      50.0     0.0 
     rhetoric.jsonl  stance     dictionary   5     0   44.4 [33.3–100.0]    33.3 [14.2–66.7]        60.0      58.3    42.3
     rhetoric.jsonl  sentiment  majority     6     0   40.0 [33.3–100.0]       0.0 [0.0–0.0]        66.7      50.0     0.0 
     rhetoric.jsonl  sentiment  dictionary   6     0   35.7 [26.5–100.0]     25.0 [8.5–66.7]        50.0      50.0    31.4
     rhetoric.jsonl  dyad       majority    14     0   27.8 [26.9–100.0]       0.0 [0.0–0.0]        71.4      33.3     0.0 
     rhetoric.jsonl  dyad       dictionary  14     0   67.5 [57.5–100.0]    58.3 [41.8–66.7]        78.6      74.4    30.3
    in %; 95 % intervals from 20 samples of documents, seed 0; lost items count as wrong
    ");
}

#[test]
fn two_models_that_were_named_are_compared_below_the_table() {
    let table = table::render(&findings("rhetoric.jsonl", true, &[]), false);
    let rivals = table.split("\n\n").nth(1).unwrap();
    insta::assert_snapshot!(rivals, @r"
     gold            task       A         B                F1 macro A − B      p  McNemar p  verdict
     rhetoric.jsonl  stance     majority  dictionary  -6.9 [-41.7, +30.0]  1.000      1.000  not told apart
     rhetoric.jsonl  sentiment  majority  dictionary  +4.3 [-30.5, +15.1]  1.000      1.000  not told apart
     rhetoric.jsonl  dyad       majority  dictionary  -39.7 [-41.5, +0.0]  1.000      1.000  not told apart
    p by approximate randomisation of documents, McNemar's by items; both corrected for 3 comparisons (Holm)
    ");
}

#[test]
fn slices_stand_below_with_a_column_for_each_model() {
    let by = ["label", "voice", "period"];
    let table = table::render(&findings("rhetoric.jsonl", false, &by), false);
    let (_, slices) = table.split_once("\n\n").unwrap();
    insta::assert_snapshot!(slices, @r"
    rhetoric.jsonl dyad, F1 macro by label
     label     n             majority  dictionary
     neutral  10  100.0 [100.0–100.0]        47.4
     4 labels are of values with fewer than 10
    ");
}

#[test]
fn coders_are_compared_in_words() {
    let table = table::render(&findings("coders.csv", false, &["period"]), false);
    let (_, coders) = table.split_once("\n\n").unwrap();
    insta::assert_snapshot!(coders, @r"
    coders.csv stance: 3 coders, 4 labels by two or more; α 0.49 [-0.68–1.00], ordinal 0.70 [-0.68–1.00]
      anna and ben: κ 0.64, quadratic 0.80, n 4
      anna and carl: κ 0.50, quadratic 0.67, n 3
      ben and carl: κ 0.50, quadratic 0.67, n 3
      majority and most coders: κ 0.00, quadratic 0.00, n 3; as good as 0 of 3 coders
        in the place of anna: -25.0 [-76.2, +0.0] open
        in the place of ben: +0.0 [-76.2, +88.1] open
        in the place of carl: -33.3 [-100.0, +0.0] open
      dictionary and most coders: κ 1.00, quadratic 1.00, n 3; as good as 3 of 3 coders
        in the place of anna: +0.0 [+0.0, +0.0] as good
        in the place of ben: +25.0 [+0.0, +88.1] as good
        in the place of carl: +33.3 [+0.0, +77.5] as good
      points of agreement with the other coders more than the coder has; as good: at most 5 less
    majority on coders.csv stance: errors -98.9 [-122.4, +0.0] points a year, p 0.476, 3 dated labels of 2031.1–2032.2
    dictionary on coders.csv stance: errors +0.0 [+0.0, +0.0] points a year, p 1.000, 3 dated labels of 2031.1–2032.2
    ");
}

#[test]
fn the_best_is_bold_only_on_a_terminal_and_columns_stay_aligned() {
    let findings = findings("stance.jsonl", false, &[]);
    let (plain, bold) = (table::render(&findings, false), table::render(&findings, true));
    assert!(!plain.contains('\u{1b}') && bold.contains("\u{1b}[1m "), "{bold}");
    let unstyled = bold.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    let lines =
        |table: &str| table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(&unstyled), lines(&plain));
}

#[test]
fn a_model_that_is_not_known_is_an_error_with_a_hint() {
    let (error, hint) = error(&["--gold", &fixture("stance.jsonl"), "--model", "no-such-model"]);
    assert!(error.starts_with("no model named `no-such-model`"), "{error}");
    assert!(hint.is_some());
}

#[test]
fn a_group_that_is_not_there_is_an_error_that_names_the_others() {
    let (error, hint) = error(&["--gold", &fixture("sentiment.jsonl"), "--group", "west"]);
    assert!(error.ends_with("has no rows of group `west`"), "{error}");
    assert_eq!(hint.as_deref(), Some("its groups are: `north`, `south`"));
}

#[test]
fn a_file_of_sentence_labels_has_nothing_to_score() {
    let (error, hint) = error(&["--gold", &fixture("sentences.jsonl")]);
    assert!(error.contains("has no targets to score"), "{error}");
    assert!(hint.unwrap().contains("for training alone"));
}

#[test]
fn a_level_outside_of_0_to_1_is_refused() {
    let parse =
        |level: &str| Cli::try_parse_from(["detente", "eval", "--gold", "x", "--level", level]);
    assert!(parse("0.9").is_ok());
    let error = parse("95").unwrap_err().to_string();
    assert!(error.contains("must lie between 0 and 1"), "{error}");
}

#[test]
fn the_help_shows_examples() {
    let mut command = Cli::command();
    let help = command.find_subcommand_mut("eval").unwrap().render_long_help().to_string();
    assert!(help.contains("--model base --model path/to/checkpoint --json"), "{help}");
}

#[test]
fn a_model_that_does_not_read_is_moved_by_no_name() {
    let mut findings = findings("rhetoric.jsonl", true, &[]);
    assert!(!table::render(&findings, false).contains("placeholder"));
    let gold = Gold::read(&PathBuf::from(fixture("rhetoric.jsonl"))).unwrap();
    let majority = Majority::new(gold.class_counts());
    for bias in name_bias(&gold, &majority, &NameTrial::default()).unwrap() {
        assert!(bias.n > 0 && bias.to_placeholder == 0.0 && bias.to_others == 0.0);
        findings.swapped.push(Swapped::new("rhetoric.jsonl", "majority", bias));
    }
    let table = table::render(&findings, false);
    assert!(table.contains("placeholder") && table.contains("names that move most"), "{table}");
    assert_eq!(findings.to_json()["names"].as_array().unwrap().len(), findings.swapped.len());
}
