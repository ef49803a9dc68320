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
    let keys: Vec<_> = result.as_object().unwrap().keys().map(String::as_str).collect();
    insta::assert_snapshot!(keys.join(" "), @"gold model task n n_lost n_documents f1_macro f1_posneg accuracy average_recall ece f1_weighted matthews kappa log_loss brier kappa_linear kappa_quadratic alpha_nominal alpha_ordinal auc mce aurc per_class confusion reliability coverage groups slices drift");
    for (key, value) in [
        ("gold", r#""directed.jsonl""#),
        ("task", r#""dyad""#),
        ("n", "5"),
        ("n_lost", "0"),
        ("n_documents", "3"),
        ("f1_macro", r#"{"value":0.1904761904761905,"low":0.04523809523809545,"high":1.0}"#),
        ("accuracy", r#"{"value":0.4,"low":0.07916666666666705,"high":1.0}"#),
        ("confusion", "[[2,0,0],[1,0,0],[2,0,0]]"),
        ("groups", "{}"),
    ] {
        assert_eq!(result[key].to_string(), value, "{key}");
    }
    json["results"] = "the first stands above".into();
    insta::assert_snapshot!(json, @r#"{"results":"the first stands above","comparisons":[],"agreement":[],"resamples":100,"level":0.95,"seed":0,"skipped":[]}"#);
}

#[test]
fn two_models_are_compared() {
    let args = ["--gold", "rhetoric.jsonl", "--model", "majority", "dictionary", "--json"];
    let json = json(&args);
    let comparisons = json["comparisons"].as_array().unwrap();
    let tasks: Vec<_> = comparisons.iter().map(|c| c["task"].as_str().unwrap()).collect();
    assert_eq!(tasks, ["stance", "sentiment", "dyad"]);
    let dyad = &comparisons[2];
    let f1 = |index: usize| json["results"][index]["f1_macro"]["value"].as_f64().unwrap();
    let difference = dyad["metrics"]["f1_macro"]["difference"].as_f64().unwrap();
    assert!((difference - (f1(4) - f1(5))).abs() < 1e-12, "{dyad}");
    assert_eq!(
        dyad["mcnemar"]["only_b"].as_u64().unwrap() - dyad["mcnemar"]["only_a"].as_u64().unwrap(),
        1
    );
    assert!(
        dyad["metrics"]["accuracy"]["p_holm"].as_f64()
            >= dyad["metrics"]["accuracy"]["p_randomisation"].as_f64()
    );
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
fn wrong_answers_are_written_the_surest_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("errors.csv");
    let file = path.display().to_string();
    let output = eval(&["--gold", "rhetoric.jsonl", "--model", "dictionary", "--errors", &file]);
    assert_eq!(output.status.code(), Some(0));
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert!(rows.iter().all(|row| row[1] == "dictionary" && row[9] != row[10]));
    let confidence: Vec<f64> = rows.iter().map(|row| row[11].parse().unwrap()).collect();
    assert!(confidence.is_sorted_by(|a, b| a >= b), "{confidence:?}");
    let lines = fs_err::read_to_string(&path).unwrap();
    insta::assert_snapshot!(lines.lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    gold,model,task,id,text,target,start,end,source,label,said,confidence,p_negative,p_neutral,p_positive,actor,group,date,outlet,modality
    rhetoric.jsonl,dictionary,sentiment,r2,The shameless rulers of Graustark attacked Borduria again.,Borduria,43,51,,neutral,negative,0.93269855,0.93269855,0.046436314,0.020865181,BOR,editorial,,,
    ");
}

#[test]
fn a_list_of_words_is_one_more_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("LSD2015.lc3");
    fs_err::write(&path, "+negative\naccus*\n+positive\nthank*\nwarm*\n").unwrap();
    let file = path.display().to_string();
    let json = json(&["--gold", "coders.csv", "--model", "majority", "--lexicon", &file, "--json"]);
    let names: Vec<_> = json["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| format!("{} {}", result["model"], result["accuracy"]["value"]))
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r#"
    "majority" 0.3333333333333333
    "dictionary" 1.0
    "LSD2015" 1.0
    "#);
    assert_eq!(json["agreement"][0]["models"].as_array().unwrap().len(), 3);
}

#[test]
fn columns_and_labels_may_have_other_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("topics.tsv");
    fs_err::write(
        &path,
        "ID\tTopic\tTweet\tStance\n1\tOslo\tWe love Oslo\tFAVOR\n2\tBern\tNo!\tAGAINST\n",
    )
    .unwrap();
    let file = path.display().to_string();
    let common = ["--gold", &file, "--model", "majority", "--json", "--column", "mention=Topic"];
    let labels = ["--label", "FAVOR=conciliatory", "--label", "AGAINST=hostile"];
    let n = |more: &[&str]| {
        let json = json(&[common.as_slice(), &labels, more].concat());
        (json["results"][0]["n"].as_u64(), json["skipped"].as_array().map(Vec::len))
    };
    assert_eq!(n(&[]), (Some(1), Some(1)));
    assert_eq!(n(&["--absent", "whole-text"]), (Some(2), Some(0)));
    let output = eval(&["--gold", &file, "--column", "topic=Topic"]);
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    error: `topic` is no field of a gold table

    hint: its fields are: text, mention, start, end, label, id, source, source_start, source_end, coder, document, group, date, outlet, domain, voice, modality, actor
    ");
}

#[test]
fn parts_of_the_gold_are_looked_at_when_asked_for() {
    let json = json(&[
        "--gold",
        "rhetoric.jsonl",
        "--model",
        "dictionary",
        "--by",
        "label,length",
        "--json",
    ]);
    let dyad = json["results"].as_array().unwrap().iter().find(|r| r["task"] == "dyad").unwrap();
    assert_eq!(dyad["slices"]["length"]["values"]["01–15 words"]["n"], 14);
    assert_eq!(dyad["slices"]["label"]["n_rare"], 4);
    let output = eval(&["--gold", "rhetoric.jsonl", "--by", "weather"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("known are: group, actor, outlet"), "{error}");
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
