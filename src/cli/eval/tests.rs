use clap::{Args as _, CommandFactory, FromArgMatches, Parser};
use std::path::{Path, PathBuf};

use super::{Args, table};
use crate::cli::{Cli, Printer};
use crate::error::Hinted;
use crate::eval::{Bootstrap, Evaluation, Gold, ask};
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

fn results(file: &str) -> Vec<Evaluation> {
    let gold = Gold::read(&PathBuf::from(fixture(file))).unwrap();
    let majority = Majority::new(gold.class_counts());
    let models: [&dyn Classifier; 2] = [&majority, &Dictionary::default()];
    let bootstrap = Bootstrap { resamples: 20, ..Bootstrap::default() };
    let mut results = Vec::new();
    for task in gold.tasks() {
        for model in models {
            let answers = ask(&gold, model).unwrap();
            results.push(Evaluation::new(file, model.name(), task, &answers, &bootstrap));
        }
    }
    results
}

#[test]
fn the_table_has_a_line_for_each_task_and_model() {
    let bootstrap = Bootstrap { resamples: 20, ..Bootstrap::default() };
    let table = table::render(&results("rhetoric.jsonl"), &bootstrap, false);
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
fn the_best_is_bold_only_on_a_terminal_and_columns_stay_aligned() {
    let results = results("stance.jsonl");
    let plain = table::render(&results, &Bootstrap::default(), false);
    let bold = table::render(&results, &Bootstrap::default(), true);
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
