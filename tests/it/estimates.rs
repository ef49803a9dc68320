//! Does the way from a run over a labelled sample to corrected estimates hold together?

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn detente(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(arguments: &[&str]) -> String {
    let output = detente(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Scores the example archive by the dictionary.
fn run(folder: &Path) -> PathBuf {
    let run = folder.join("run");
    let out = run.to_str().unwrap();
    printed(&["score", "examples/archive", "-o", out, "--model", "dictionary"]);
    run
}

/// A sample of the run in which people say what the model said: its rows, and the file.
fn labelled(run: &str, folder: &Path, options: &[&str]) -> (usize, PathBuf) {
    let file = folder.join("gold.csv");
    let name = file.to_str().unwrap();
    printed(&[&["sample", run, "-o", name], options].concat());
    let mut csv = csv::Reader::from_path(&file).unwrap();
    let header = csv.headers().unwrap().clone();
    let records: Vec<_> = csv.records().map(Result::unwrap).collect();
    let place = |name: &str| header.iter().position(|known| known == name).unwrap();
    let mut out = csv::Writer::from_path(&file).unwrap();
    out.write_record(&header).unwrap();
    for (i, record) in records.iter().enumerate() {
        let mut cells: Vec<_> = record.iter().map(str::to_owned).collect();
        ["hostile", "neutral", "conciliatory"][i % 3].clone_into(&mut cells[place("label")]);
        out.write_record(&cells).unwrap();
    }
    out.flush().unwrap();
    (records.len(), file)
}

#[test]
fn a_labelled_sample_corrects_the_run_that_it_was_drawn_from() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let run = run.to_str().unwrap();
    for (what, design) in [("actors", "equal"), ("dyads", "uncertainty")] {
        let options = ["-n", "150", "--what", what, "--by", "outlet", "--design", design];
        let _ = fs_err::remove_file(folder.path().join("gold.csv"));
        let (n, file) = labelled(run, folder.path(), &options);
        assert!(n.abs_diff(150) <= 1, "{n}");
        let gold = file.to_str().unwrap();
        let arguments =
            ["aggregate", run, "--what", what, "--gold", gold, "--duplicates", "keep", "--json"];
        let document: Value = serde_json::from_str(&printed(&arguments)).unwrap();
        assert_eq!(document["correction"], "ppi++");
        let rows = document["rows"].as_array().unwrap();
        let n_gold: u64 = rows.iter().map(|row| row["n_gold"].as_u64().unwrap()).sum();
        let corrected: Vec<_> = rows.iter().filter(|row| !row["corrected"].is_null()).collect();
        assert!(corrected.len() > 5 && n_gold <= n as u64, "{n_gold} of {n}");
        for row in corrected {
            let [low, value, high] = ["corrected_low", "corrected", "corrected_high"]
                .map(|name| row[name].as_f64().unwrap());
            assert!(-1.0 <= low && low <= value && value <= high && high <= 1.0, "{row}");
            assert_eq!(row["half_widths"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn a_sheet_shows_the_sentences_around_and_keeps_what_the_model_said_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let (_, file) = labelled(run.to_str().unwrap(), folder.path(), &["-n", "60", "--coders", "2"]);
    let text = fs_err::read_to_string(&file).unwrap();
    let header = text.lines().next().unwrap();
    assert_eq!(
        header,
        "article_id,part,sentence,date,outlet,target,before,text,after,stratum,probability,coder_1,coder_2,label"
    );
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let around = csv.records().map(Result::unwrap);
    let n_around = around.filter(|row| !row[6].is_empty() || !row[8].is_empty()).count();
    assert!(n_around > 40, "{n_around}");
}

#[test]
fn a_sample_of_another_run_or_without_labels_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let run = run.to_str().unwrap();
    let file = folder.path().join("empty.csv");
    let empty = file.to_str().unwrap();
    printed(&["sample", run, "-n", "10", "-o", empty]);
    let output = detente(&["aggregate", run, "--gold", empty]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("no row has a label"), "{}", told(&output));
    let output = detente(&["sample", run, "-n", "10", "-o", empty]);
    assert!(told(&output).contains("exists"), "a sample may hold labels: {}", told(&output));
    let (_, labelled) = labelled(run, folder.path(), &["-n", "20"]);
    let other = fs_err::read_to_string(&labelled).unwrap().replace("wsn-", "other-");
    fs_err::write(&labelled, other).unwrap();
    let output = detente(&["aggregate", run, "--gold", labelled.to_str().unwrap()]);
    assert!(told(&output).contains("are not in this run"), "{}", told(&output));
}

#[test]
fn the_reprint_of_the_example_archive_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let printed = printed(&["aggregate", run.to_str().unwrap(), "--json"]);
    let document: Value = serde_json::from_str(&printed).unwrap();
    let reprint = serde_json::json!([["wsn-2031-05-17", "dh-2031-05-18"]]);
    assert_eq!(document["duplicates"]["clusters"], reprint);
    assert!(document["left_out"]["in_duplicates"].as_u64().unwrap() > 0);
}

#[test]
fn changes_of_all_kinds_come_as_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let run = run.to_str().unwrap();
    let csv = printed(&[
        "aggregate",
        run,
        "--period",
        "month",
        "--compare",
        "2031-02,2031-06",
        "--breaks",
        "--trend",
        "--events",
        "examples/events.csv",
        "--window",
        "2",
    ]);
    let kinds: std::collections::BTreeSet<_> =
        csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    for kind in ["difference", "trend", "event"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
    let output = detente(&["aggregate", run, "--breaks"]);
    assert!(told(&output).contains("need a series"), "{}", told(&output));
    let twice = printed(&["aggregate", run, run, "--duplicates", "once", "--format", "csv"]);
    let once = printed(&["aggregate", run, "--duplicates", "keep", "--format", "csv"]);
    assert_eq!(twice.lines().count(), once.lines().count());
}
