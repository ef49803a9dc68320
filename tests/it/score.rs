//! `detente score` and `detente aggregate` as a whole, on the example archive.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn detente(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Scores inputs with the quick dictionary, into a new folder.
fn run_folder(inputs: &[&str], options: &[&str]) -> (tempfile::TempDir, PathBuf, Output) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut args = vec!["score"];
    args.extend(inputs);
    args.extend(["--model", "dictionary", "-o", run.to_str().unwrap()]);
    args.extend(options);
    let output = detente(&args);
    (folder, run, output)
}

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs_err::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn lines(path: &Path) -> Vec<Value> {
    let json = fs_err::read_to_string(path).unwrap();
    json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[cfg(feature = "embedded")]
#[test]
fn the_embedded_model_scores_the_example_archive() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let output = detente(&["score", "examples/archive", "-o", run.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(table.contains("Norway (NOR)") && table.contains("Iceland (ISL)"), "{table}");
    assert!(table.contains("sharpest dyads"), "{table}");
    assert!(text(&output.stderr).contains("70 records read: 70 articles scored, 0 skipped"));
    let manifest = fs_err::read_to_string(run.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["counts"]["articles"], 70);
    assert_eq!(manifest["model"]["name"], "small");
}

#[test]
fn rows_go_down_a_pipe_as_json_lines() {
    let output = detente(&["score", "examples/archive", "--model", "dictionary"]);
    assert_eq!(output.status.code(), Some(0));
    let (mut mentions, mut dyads) = (0, 0);
    for line in text(&output.stdout).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        match row["type"].as_str().unwrap() {
            "mention" => mentions += 1,
            "dyad" => dyads += 1,
            other => panic!("a row of type `{other}`"),
        }
    }
    assert!(mentions > 500 && dyads > 500, "{mentions} {dyads}");
}

#[test]
fn threads_and_repetition_change_no_byte() {
    let tables = |options: &[&str]| {
        let (_folder, run, _) = run_folder(&["examples/archive"], options);
        ["mentions", "dyads", "articles"]
            .map(|table| fs_err::read(run.join(format!("{table}.csv"))).unwrap())
    };
    let one = tables(&["--format", "csv", "--threads", "1"]);
    assert!(one[0].len() > 100_000);
    assert_eq!(one, tables(&["--format", "csv", "--threads", "2"]));
    assert_eq!(one, tables(&["--format", "csv"]));
}

#[cfg(feature = "embedded")]
#[test]
fn the_model_says_the_same_whatever_the_threads() {
    let rows = |threads: &str| {
        let file = "examples/archive/icelandic-foreign-ministry.jsonl";
        let output = detente(&["score", file, "--threads", threads]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let one = rows("1");
    assert!(one.lines().count() > 20);
    assert_eq!(one, rows("2"));
}

#[test]
fn a_folder_that_holds_a_run_is_refused() {
    let (_folder, run, first) = run_folder(&["examples/archive"], &[]);
    assert_eq!(first.status.code(), Some(0));
    let again = detente(&[
        "score",
        "examples/archive",
        "--model",
        "dictionary",
        "-o",
        run.to_str().unwrap(),
    ]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("hint:"), "{}", text(&again.stderr));
}

#[test]
fn a_bad_record_is_skipped_counted_and_shown_or_ends_a_strict_run() {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"{"id": "1", "text": "Norway thanked Iceland."}"#;
    let path = write(folder.path(), "news.jsonl", &format!("{good}\n{{broken\n"));
    let (_run, run, output) = run_folder(&[&path], &["--format", "jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("news.jsonl:2: "), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("2 records read: 1 articles scored, 1 skipped"));
    assert_eq!(lines(&run.join("mentions.jsonl")).len(), 2);
    let (_run, run, output) = run_folder(&[&path], &["--strict"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!run.join("manifest.json").exists() && !run.join("mentions.parquet").exists());
}

#[test]
fn standard_input_is_read() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["score", "-", "--model", "dictionary"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let record = r#"{"id": "1", "text": "Norway condemned Iceland."}"#;
    child.stdin.take().unwrap().write_all(record.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = text(&output.stdout);
    assert!(rows.contains(r#""source":"NOR""#) && rows.contains(r#""target":"ISL""#), "{rows}");
}

#[test]
fn an_issuer_owns_the_texts_own_voice() {
    let folder = tempfile::tempdir().unwrap();
    let record = r#"{"id": "1", "outlet": "Ministry", "text": "Norway's conduct is a disgrace."}"#;
    let path = write(folder.path(), "statement.jsonl", record);
    let options = ["--format", "jsonl", "--issuer", "Ministry=Iceland"];
    let (_run, run, output) = run_folder(&[&path], &options);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let dyads = lines(&run.join("dyads.jsonl"));
    assert_eq!(dyads[0]["source"], "author");
    assert_eq!(dyads[0]["source_issuer"], "ISL");
    let (_run, _, output) = run_folder(&[&path], &["--issuer", "Ministry=Nowhereland"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_issuer_that_nobody_is_called_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let record =
        |id| serde_json::json!({"id": id, "issuer": "Nowhereland", "text": "Norway slept."});
    let records = format!("{}\n{}\n", record("1"), record("2"));
    let path = write(folder.path(), "statements.jsonl", &records);
    let (_run, run, output) = run_folder(&[&path], &["--format", "jsonl"]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert_eq!(said.matches("issuer `Nowhereland` is no known actor").count(), 1, "{said}");
    assert!(lines(&run.join("articles.jsonl")).iter().all(|article| article["issuer"].is_null()));
}

#[cfg(feature = "embedded")]
#[test]
fn a_sentence_longer_than_the_window_loses_no_mention() {
    let folder = tempfile::tempdir().unwrap();
    let filler = "and a further clause about the weather over the harbour, ".repeat(30);
    let long = format!("Norway said, {filler}that Iceland, {filler}had thanked Denmark.");
    let record = serde_json::json!({"id": "1", "text": long}).to_string();
    let path = write(folder.path(), "long.jsonl", &record);
    let run = folder.path().join("run");
    let args = ["score", &path, "--format", "jsonl", "-o", run.to_str().unwrap()];
    let output = detente(&args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = lines(&run.join("mentions.jsonl"));
    let actors: Vec<&str> = rows.iter().map(|row| row["actor"].as_str().unwrap()).collect();
    assert_eq!(actors, ["NOR", "ISL", "DNK"]);
    for row in &rows {
        assert_eq!(row["is_cut"], true);
        assert!(row["p_hostile"].is_number() && row["p_positive"].is_number(), "{row}");
    }
    assert_eq!(lines(&run.join("articles.jsonl"))[0]["n_cut"], 1);
}

#[test]
fn what_a_run_wrote_is_added_up_from_every_format() {
    let mut answers = Vec::new();
    for format in ["parquet", "csv", "jsonl"] {
        let (_folder, run, _) = run_folder(&["examples/archive"], &["--format", format]);
        let output =
            detente(&["aggregate", run.to_str().unwrap(), "--period", "quarter", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = json["rows"].as_array().unwrap().iter();
        answers.push(rows.map(subject_counts_and_net).collect::<Vec<_>>());
    }
    assert!(answers[0].len() > 20, "{:?}", answers[0]);
    for other in &answers[1..] {
        assert_eq!(answers[0].len(), other.len());
        for ((counts, net), (other_counts, other_net)) in answers[0].iter().zip(other) {
            assert_eq!(counts, other_counts);
            // Parquet holds probabilities whole, the others six decimals of them.
            assert!((net - other_net).abs() < 2e-6, "{counts}: {net} {other_net}");
        }
    }
}

fn subject_counts_and_net(row: &Value) -> (String, f64) {
    let names =
        ["actor", "period", "n_articles", "n_sentences", "n_hostile", "n_conciliatory", "method"];
    (names.map(|name| row[name].to_string()).join(" "), row["net_stance"].as_f64().unwrap())
}

#[cfg(unix)] // Windows has no such file names.
#[test]
fn control_characters_never_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let record = "{\"id\": \"1\", \"text\": \"Norway \\u001b[31mthanked\\u001b[0m Iceland.\"}\n{bad \u{1b}[2J\n";
    let path = write(folder.path(), "news\u{7}.jsonl", record);
    let (_run, _, output) = run_folder(&[&path], &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    for stream in [output.stdout, output.stderr] {
        assert!(!text(&stream).contains(['\u{1b}', '\u{7}']), "{:?}", text(&stream));
    }
}

#[test]
fn what_a_list_of_actors_says_never_drives_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let actors = write(
        folder.path(),
        "actors.csv",
        "id,name,aliases,kind\nwetter,Wetter\u{1b}[31mland \u{202e}Inc,Wetterland,company\nbad\u{7},,,\n",
    );
    let record = r#"{"id": "1", "outlet": "a\u001b[2Jb", "text": "Wetterland thanked Norway."}"#;
    let path = write(folder.path(), "news.jsonl", record);
    let (_run, _, scored) = run_folder(&[&path], &["--actors", &actors]);
    assert!(text(&scored.stdout).contains("(wetter)"), "{}", text(&scored.stdout));
    let others = [
        vec!["actors", "list", "--actors", &actors, "--search", "wetter"],
        vec!["actors", "check", &actors],
    ];
    for output in others.map(|args| detente(&args)).into_iter().chain([scored]) {
        for stream in [output.stdout, output.stderr] {
            assert!(!text(&stream).contains(['\u{1b}', '\u{7}']), "{:?}", text(&stream));
        }
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    for command in [
        "score",
        "aggregate",
        "eval",
        "train",
        "bench",
        "models",
        "models list",
        "models show",
        "actors",
        "actors list",
        "actors check",
    ] {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let output = detente(&args);
        assert_eq!(output.status.code(), Some(0));
        let help = text(&output.stdout);
        let examples = help.split("Examples:\n").nth(1).expect(command);
        assert!(examples.contains(&format!("  detente {command}")), "{command}: {examples}");
    }
}

#[test]
fn an_error_names_what_is_missing_and_says_what_to_do() {
    let errors = [
        vec!["score", "examples/archive", "--model", "no-such-model"],
        vec!["score", "no-such-folder"],
        vec!["score", "examples/archive", "--device", "cuda"],
        vec!["score", "LICENSE-MIT"],
        vec!["score", "examples/archive", "--issuer", "Oslo Lantern=Nowhereland"],
        vec!["aggregate", "no-such-run"],
        vec!["aggregate", "examples/archive"],
    ];
    let said = errors.map(|args| {
        let output = detente(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        format!("$ detente {}\n{}", args.join(" "), text(&output.stderr))
    });
    insta::assert_snapshot!(said.join("\n"), @"
    $ detente score examples/archive --model no-such-model
    error: no model named `no-such-model`, and no folder with a `config.json` there

    hint: `detente models list` shows the models that are known

    $ detente score no-such-folder
    error: `no-such-folder` does not exist, or may not be read

    hint: an input is a file, a folder, or `-` for standard input

    $ detente score examples/archive --device cuda
    error: this build can't compute on `cuda`

    hint: `--device cpu` computes on the processor

    $ detente score LICENSE-MIT
    error: `LICENSE-MIT` has no extension that says what it is

    hint: say what it is with `--input-format jsonl|csv|tsv|parquet|text`; known extensions are .jsonl .ndjson .json .csv .tsv .tab .parquet .pq .txt .text, each also with .gz or .zst

    $ detente score examples/archive --issuer Oslo Lantern=Nowhereland
    error: `--issuer Oslo Lantern=Nowhereland` names no known actor

    hint: `detente actors list --search Nowhereland` looks for it

    $ detente aggregate no-such-run
    error: `no-such-run` has no table `mentions`

    hint: name the folder that `detente score -o` wrote

    $ detente aggregate examples/archive
    error: `examples/archive` has no table `mentions`

    hint: name the folder that `detente score -o` wrote
    ");
}

#[test]
fn a_row_down_a_pipe_has_the_documented_fields_in_their_order() {
    let record = r#"{"id": "1", "date": "2031-05-17", "outlet": "Lantern", "issuer": "NOR", "title": "Norway",
        "text": "“Ålesund,” it said. Norway condemned Iceland.", "section": "world", "actor": "x"}"#;
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "news.jsonl", &record.replace('\n', " "));
    let output = detente(&["score", &path, "--model", "dictionary"]);
    let out = text(&output.stdout);
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = |kind: &str| rows.iter().rfind(|row| row["type"] == kind).unwrap();
    let fields = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (mention, dyad) = (last("mention"), last("dyad"));
    insta::assert_snapshot!(fields(mention).join(" "), @"type article_id date outlet part sentence start end text actor actor_name mentions voice speaker modality p_hostile p_neutral p_conciliatory stance p_negative p_neutral_sentiment p_positive sentiment p_dictionary is_cut actor_state section x_actor");
    insta::assert_snapshot!(fields(dyad).join(" "), @"type article_id date outlet part sentence start end source source_from source_issuer source_state target target_state voice modality p_hostile p_neutral p_conciliatory stance section x_actor");
    insta::assert_snapshot!(mention["mentions"], @r#"[{"start":37,"end":44,"surface":"Iceland","kind":"name","confidence":1.0}]"#);
    assert_eq!((&mention["x_actor"], &mention["section"]), (&"x".into(), &"world".into()));
}
