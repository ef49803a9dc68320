//! `detente eval` as a whole.

use std::process::{Command, Output};

use serde_json::Value;

fn eval(args: &[&str]) -> Output {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/gold");
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.arg("eval").args(args).current_dir(folder).output().unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = eval(args);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_json_is_as_documented() {
    let args = ["--gold", "directed.jsonl", "--model", "majority", "--resamples", "100", "--json"];
    let mut json = json(&args);
    let result = json["results"][0].take();
    json["results"] = "the first stands above".into();
    insta::assert_snapshot!(format!("{result}\n{json}"), @r#"
    {"gold":"directed.jsonl","model":"majority","task":"dyad","n":5,"n_lost":0,"n_documents":3,"f1_macro":{"value":0.1904761904761905,"low":0.04523809523809545,"high":1.0},"f1_posneg":{"value":0.2857142857142857,"low":0.06785714285714319,"high":1.0},"accuracy":{"value":0.4,"low":0.07916666666666705,"high":1.0},"average_recall":{"value":0.3333333333333333,"low":0.1583333333333341,"high":1.0},"ece":{"value":5.960464477539063e-9,"low":5.960464477539063e-9,"high":0.5999999940395355},"f1_weighted":{"value":0.22857142857142856,"low":0.02261904761904773,"high":1.0},"matthews":{"value":0.0,"low":0.0,"high":0.0},"kappa":{"value":0.0,"low":0.0,"high":0.0},"log_loss":{"value":1.054920153084983,"low":0.916290716972994,"high":1.193549589196972},"brier":{"value":0.64,"low":0.5599999988079072,"high":0.720000001192093},"per_class":{"hostile":{"precision":0.4,"recall":1.0,"f1":0.5714285714285714,"support":2},"neutral":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1},"conciliatory":{"precision":0.0,"recall":0.0,"f1":0.0,"support":2}},"confusion":[[2,0,0],[1,0,0],[2,0,0]],"groups":{}}
    {"results":"the first stands above","resamples":100,"level":0.95,"seed":0,"skipped":[]}
    "#);
}

#[test]
fn a_file_with_several_tasks_gives_a_result_for_each_task_and_model() {
    let args = ["--gold", "rhetoric.jsonl", "stance.jsonl", "--model", "dictionary", "--json"];
    let json = json(&args);
    let results = json["results"].as_array().unwrap().iter();
    let names: Vec<String> = results
        .map(|result| ["gold", "task", "model"].map(|key| result[key].as_str().unwrap()).join(" "))
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r"
    rhetoric.jsonl stance dictionary
    rhetoric.jsonl stance majority
    rhetoric.jsonl sentiment dictionary
    rhetoric.jsonl sentiment majority
    rhetoric.jsonl dyad dictionary
    rhetoric.jsonl dyad majority
    stance.jsonl stance dictionary
    stance.jsonl stance majority
    ");
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_threads() {
    let of = |threads| {
        eval(&["--gold", "sentiment.jsonl", "--json", "--seed", "3", "--threads", threads]).stdout
    };
    assert_eq!(of("1"), of("2"));
}

#[test]
fn skipped_rows_are_told_and_the_exit_code_says_so() {
    let output = eval(&["--gold", "faulty.jsonl", "--model", "dictionary", "--resamples", "0"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    skipped faulty.jsonl:3: `Borduria` is not at 17..25 but `orduria.`
    skipped faulty.jsonl:4: `Borduria` at 16..60 lies outside the text or is empty
    skipped faulty.jsonl:5: label `glad` where the sentiment labels are negative, neutral, positive
    skipped 7 more rows
    ");
}

#[test]
fn an_error_says_what_to_do() {
    let output = eval(&["--gold", "sentences.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    error: `sentences.jsonl` has no targets to score

    hint: labels of whole sentences are for training alone; `detente eval --help` shows what a gold file looks like
    ");
}

#[test]
fn predictions_hold_a_line_for_each_item_of_the_named_models() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("said.jsonl");
    let file = path.display().to_string();
    let output = eval(&["--gold", "directed.jsonl", "--model", "majority", "--predictions", &file]);
    assert_eq!(output.status.code(), Some(0));
    let lines = fs_err::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), 5);
    insta::assert_snapshot!(lines.lines().nth(2).unwrap(), @r#"{"file":"directed.jsonl","model":"majority","task":"dyad","id":"d3","start":26,"end":35,"source":"author","p":[0.4,0.2,0.4],"label":"hostile","gold":"hostile"}"#);
}

#[test]
fn the_majority_can_be_counted_in_another_file() {
    let json = json(&[
        "--gold",
        "stance.jsonl",
        "--train",
        "rhetoric.jsonl",
        "--model",
        "majority",
        "--json",
    ]);
    let confusion = json["results"][0]["confusion"].to_string();
    assert_eq!(confusion, "[[0,1,0],[0,1,0],[0,1,0]]");
}
