//! `detente eval` as a whole.

use std::path::Path;
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
    json["manifest"] = "has a test of its own".into();
    insta::assert_snapshot!(json, @r#"{"results":"the first stands above","comparisons":[],"agreement":[],"names":[],"resamples":100,"level":0.95,"seed":0,"manifest":"has a test of its own","skipped":[]}"#);
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

/// Gold whose names and texts are markup.
fn markup(folder: &Path) -> String {
    let path = folder.join("a_b&c.jsonl");
    let text = "<script>alert(1)</script> Bern";
    let start = text.chars().count() - 4;
    let row = |label: &str| {
        serde_json::json!({"text": format!("{text}{}", " !".repeat(label.len())), "genre": "<b>|x", "targets": [
            {"mention": "Bern", "start": start, "end": start + 4, "label": label}]})
    };
    let rows = ["hostile", "neutral", "conciliatory"].map(|label| row(label).to_string());
    fs_err::write(&path, rows.join("\n")).unwrap();
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn eval_in(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.arg("eval").args(args).current_dir(folder).output().unwrap()
}

#[test]
fn tables_are_written_in_markdown_and_latex() {
    let folder = tempfile::tempdir().unwrap();
    let gold = markup(folder.path());
    let written = |form: &str| {
        let args = ["--gold", &gold, "--model", "majority", "dictionary", "--resamples", "0", form];
        String::from_utf8(eval_in(folder.path(), &args).stdout).unwrap()
    };
    let lines = |text: &str, n: usize| text.lines().take(n).collect::<Vec<_>>().join("\n");
    let markdown = written("--markdown");
    insta::assert_snapshot!(lines(&markdown, 8), @r"
    ## Results

    | gold | task | model | n | lost | F1 macro | F1 pos/neg | accuracy | recall | ECE |
    | --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |
    | a\_b\&c.jsonl | stance | majority | 3 | 0 | **16.7** | **0.0** | **33.3** | **33.3** | **0.0** |
    | a\_b\&c.jsonl | stance | dictionary | 3 | 0 | **16.7** | **0.0** | **33.3** | **33.3** | 19.3 |

    in %; no intervals; lost items count as wrong
    ");
    assert!(markdown.contains("- model dictionary\n"), "{markdown}");
    let latex = written("--latex");
    let body = &latex[latex.find("\\begin{table}").unwrap()..];
    insta::assert_snapshot!(lines(body, 12), @r"
    \begin{table}
    \centering
    \caption{Results. in \%; no intervals; lost items count as wrong.}
    \begin{tabular}{lllrrrrrrr}
    \toprule
    gold & task & model & n & lost & F1 macro & F1 pos/neg & accuracy & recall & ECE \\
    \midrule
    a\_b\&c.jsonl & stance & majority & 3 & 0 & \textbf{16.7} & \textbf{0.0} & \textbf{33.3} & \textbf{33.3} & \textbf{0.0} \\
    a\_b\&c.jsonl & stance & dictionary & 3 & 0 & \textbf{16.7} & \textbf{0.0} & \textbf{33.3} & \textbf{33.3} & 19.3 \\
    \bottomrule
    \end{tabular}
    \end{table}
    ");
}

#[test]
fn the_page_holds_all_it_needs_and_nothing_that_input_put_there() {
    let folder = tempfile::tempdir().unwrap();
    let gold = markup(folder.path());
    let args = ["--gold", &gold, "--model", "majority", "--by", "all", "--html", "page.html"];
    assert_eq!(eval_in(folder.path(), &args).status.code(), Some(0));
    let page = fs_err::read_to_string(folder.path().join("page.html")).unwrap();
    for part in ["reliability diagram", "confusion matrix", "coverage and accuracy", "SHA-256"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)"), "the surest errors show their text");
    for foreign in ["<script", "<b>", "http:", "https:", "src=", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let count = |tag: &str| page.matches(tag).count();
    for (open, close) in
        [("<table", "</table>"), ("<svg", "</svg>"), ("<tr>", "</tr>"), ("<td", "</td>")]
    {
        assert_eq!(count(open), count(close), "{open}");
    }
}

#[test]
fn a_run_says_what_it_was_made_from() {
    let json = json(&["--gold", "stance.jsonl", "--model", "dictionary", "--portable", "--json"]);
    let manifest = &json["manifest"];
    assert_eq!(manifest["gold"][0]["path"], "stance.jsonl");
    assert_eq!(manifest["gold"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(manifest["kernel"], "portable");
    assert_eq!(manifest["models"][0]["name"], "dictionary");
    assert_eq!(manifest["parameters"]["seed"], 0);
}

#[test]
fn a_known_set_is_used_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--gold", "semeval-2016", "--model", "majority", "--json"];
    let output = eval_in(folder.path(), &args);
    let error = String::from_utf8(output.stderr).unwrap().replace('\\', "/");
    insta::assert_snapshot!(error, @r"
    error: `labelled-sets/semeval-2016/train.txt` is not there

    hint: get it from https://alt.qcri.org/semeval2016/task6/ and put it there
    ");
    let set = folder.path().join("labelled-sets/semeval-2016");
    fs_err::create_dir_all(&set).unwrap();
    let rows =
        "ID\tTarget\tTweet\tStance\n1\tAtheism\tWe pray\tAGAINST\n2\tHope\tAll hope\tFAVOR\n";
    fs_err::write(set.join("train.txt"), rows).unwrap();
    let output = eval_in(folder.path(), &args);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["results"][0]["gold"], "semeval-2016:train");
    assert_eq!(json["results"][0]["confusion"].to_string(), "[[1,0,0],[0,0,0],[1,0,0]]");
}

/// What `eval/refresh.sh` committed for the shipped checkpoints still comes out. The kernels are too slow for it unless
/// they are optimised, so without that there is nothing to see here.
#[test]
fn shipped_checkpoints_give_the_figures_that_are_committed() {
    if cfg!(debug_assertions) {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = root.join("eval/results").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let checked: Vec<_> =
        folders.map(|path| path.join("checked.json")).filter(|p| p.exists()).collect();
    assert!(!checked.is_empty(), "nothing is committed: `eval/refresh.sh` writes it");
    for path in checked {
        let committed: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
        let manifest = &committed["manifest"];
        let model = manifest["models"][0]["name"].as_str().unwrap();
        let mut args = vec![
            "--model",
            model,
            "--portable",
            "--precision",
            "f32",
            "--resamples",
            "0",
            "--json",
        ];
        for gold in manifest["gold"].as_array().unwrap() {
            args.extend(["--gold", gold["path"].as_str().unwrap()]);
        }
        if let Some(group) = manifest["parameters"]["group"].as_str() {
            args.extend(["--group", group]);
        }
        let output = eval_in(root, &args);
        let now: Value = serde_json::from_slice(&output.stdout).unwrap();
        let path = path.display();
        let advice = "run `eval/refresh.sh`, and look at what changed";
        assert_eq!(now["manifest"]["gold"], manifest["gold"], "{path}: {advice}");
        assert_eq!(now["manifest"]["models"], manifest["models"], "{path}: {advice}");
        let (now, committed) =
            (now["results"].as_array().unwrap(), committed["results"].as_array().unwrap());
        assert_eq!(now.len(), committed.len(), "{path}: {advice}");
        for (now, committed) in now.iter().zip(committed) {
            assert_eq!(now["confusion"], committed["confusion"], "{path}: {advice}");
            let difference = |metric: &str| {
                let value = |result: &Value| result[metric]["value"].as_f64().unwrap();
                (value(now) - value(committed)).abs()
            };
            assert!(
                difference("f1_macro") < 1e-9 && difference("log_loss") < 1e-4,
                "{path}: {advice}"
            );
        }
    }
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
