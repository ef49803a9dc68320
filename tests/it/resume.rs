//! Is a run ever lost, or anything in it done twice? Killed, stopped, out of space, damaged, and gone on with.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// An archive of `n` articles about actors, each other than all others.
fn archive(n: usize) -> String {
    let sentence = |i: usize| {
        let who = ["Norway", "Iceland", "Denmark", "Japan", "Russia"];
        let did = ["condemned", "thanked", "threatened", "met", "praised", "warned"];
        let (a, b, c) = (i % 5, (i / 5) % 6, (i / 30) % 5);
        format!("{} {} {} for the {i}th time.", who[a], did[b], who[(a + 1 + c % 4) % 5])
    };
    let article = |i: usize| {
        let text = (0..=i % 7).map(|j| sentence(31 * i + 7 * j)).collect::<Vec<_>>().join(" ");
        let record =
            serde_json::json!({"id": format!("a{i}"), "date": "2024-01-31", "n": i, "text": text});
        // Some records are bad, and one is repeated.
        if i % 97 == 13 { "{broken\n".to_owned() } else { format!("{record}\n") }
    };
    (0..n).map(article).collect()
}

struct Run {
    folder: TempDir,
}

impl Run {
    fn new(archive: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs_err::create_dir(folder.path().join("archive")).unwrap();
        let run = Self { folder };
        run.put("m.jsonl", archive);
        run
    }

    fn put(&self, name: &str, archive: &str) {
        fs_err::write(self.folder.path().join("archive").join(name), archive).unwrap();
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, out: &str, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
        command.args(["score", "archive", "--model", "dictionary", "--format", "csv", "-o", out]);
        command.args(options).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn score(&self, out: &str, options: &[&str]) -> Output {
        self.command(out, options).output().unwrap()
    }

    /// The tables of a run, which must be complete, and its counts.
    fn tables(&self, out: &str) -> Vec<String> {
        let read = |name: &str| fs_err::read_to_string(self.out(out).join(name)).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
        let tables = ["mentions.csv", "dyads.csv", "articles.csv"].map(read);
        tables
            .into_iter()
            .chain([manifest["counts"].to_string(), manifest["skipped"].to_string()])
            .collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Waits for a process for so long; `None` if it still runs then.
fn wait(child: &mut Child, patience: Duration) -> Option<i32> {
    let started = std::time::Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if started.elapsed() > patience {
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn n_parts(out: &Path) -> usize {
    let Ok(entries) = out.join("parts").read_dir() else { return 0 };
    entries
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "part"))
        .count()
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_tables_of_one_that_was_not() {
    let run = Run::new(&archive(2000));
    assert_eq!(run.score("whole", &[]).status.code(), Some(1));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (mut n_kills, mut kept) = (0, vec![0]);
    let code = loop {
        let mut child = run.command("killed", &["--resume"]).spawn().unwrap();
        // Into each tenth of the run, until it has been killed often enough.
        let patience = if n_kills < 12 { random.random_range(20..1500) } else { 120_000 };
        if let Some(code) = wait(&mut child, Duration::from_millis(patience)) {
            break code;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        n_kills += 1;
        kept.push(n_parts(&run.out("killed")));
    };
    assert_eq!(code, 1, "killed {n_kills} times");
    assert!(kept.is_sorted(), "a part was lost: {kept:?}");
    assert_eq!(run.tables("killed"), run.tables("whole"));
    assert_eq!(n_parts(&run.out("killed")), n_parts(&run.out("whole")));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_behind_the_part_in_hand_and_says_how_to_go_on() {
    let run = Run::new(&archive(20_000));
    let child = run.command("run", &[]).spawn().unwrap();
    while n_parts(&run.out("run")) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("stopped by a signal, with "), "{}", said(&output));
    assert!(said(&output).contains("with `--resume` goes on"), "{}", said(&output));
    assert!(!run.out("run").join("mentions.csv").exists());
    assert!(n_parts(&run.out("run")) < 20_000 / 64);
    assert_eq!(run.score("run", &["--resume"]).status.code(), Some(1));
    run.score("whole", &[]);
    assert_eq!(run.tables("run"), run.tables("whole"));
}

#[cfg(unix)]
#[test]
fn a_run_that_cannot_write_any_more_keeps_what_is_done() {
    let run = Run::new(&archive(2000));
    let command = run.command("run", &[]);
    // No file may grow beyond some blocks, and the attempt is an error instead of a signal.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 100; trap '' XFSZ; exec \"$0\" \"$@\""]);
    let output = shell
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(run.folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("with `--resume` goes on"), "{}", said(&output));
    let files = run.out("run").read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(files.collect::<Vec<_>>(), ["parts"]);
    let n_kept = n_parts(&run.out("run"));
    assert!(n_kept > 0);
    assert_eq!(run.score("run", &["--resume"]).status.code(), Some(1));
    run.score("whole", &[]);
    assert_eq!(run.tables("run"), run.tables("whole"));
}

#[test]
fn of_an_archive_that_has_changed_only_what_is_new_is_scored_and_the_tables_are_those_of_a_new_run()
{
    let before = archive(300);
    let run = Run::new(&before);
    assert_eq!(run.score("run", &[]).status.code(), Some(1));
    // One article changed, one removed, some added before, between and behind the others.
    let mut lines: Vec<&str> = before.lines().collect();
    let changed = lines[10].replace("2024-01-31", "2024-02-01");
    let more = r#"{"id": "between", "text": "Norway praised Japan."}"#;
    lines[10] = &changed;
    lines.remove(200);
    lines.insert(100, more);
    let end = (0..70).map(|i| format!("{{\"id\": \"z{i}\", \"text\": \"Iceland met Japan.\"}}\n"));
    run.put("m.jsonl", &(lines.join("\n") + "\n" + &end.collect::<String>()));
    run.put("b.jsonl", "{\"id\": \"b\", \"text\": \"Denmark warned Russia.\"}\n");
    let output = run.score("run", &["--resume"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let n_old = 300 - 3 - 2;
    for expected in [
        "1 changed articles were scored anew".to_owned(),
        "1 articles are no longer in the archive, and their rows are gone: `a200`".to_owned(),
        format!("{n_old} of the articles had been scored before"),
    ] {
        assert!(said(&output).contains(&expected), "no `{expected}` in {}", said(&output));
    }
    run.score("new", &[]);
    assert_eq!(run.tables("run"), run.tables("new"));
    assert_eq!(n_parts(&run.out("run")), n_parts(&run.out("new")));
    // Once more, and there is nothing left to do.
    let output = run.score("run", &["--resume"]);
    assert!(
        said(&output).contains("368 of the articles had been scored before"),
        "{}",
        said(&output)
    );
    assert_eq!(run.tables("run"), run.tables("new"));
}

#[test]
fn another_model_or_input_is_refused_and_more_inputs_are_not() {
    let run = Run::new(&archive(20));
    run.score("run", &[]);
    let mut other = run.command("run", &["--resume", "--any-language"]);
    let output = other.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`any_language` was false and is true"), "{}", said(&output));
    fs_err::write(run.out("more.jsonl"), "{\"id\": \"x\", \"text\": \"Norway met Japan.\"}\n")
        .unwrap();
    let output = run.score("run", &["more.jsonl", "--resume"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let output = run.score("run", &["--resume"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("the input `more.jsonl` is no longer named"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_damaged_part_is_done_again() {
    let run = Run::new(&archive(300));
    run.score("run", &[]);
    let whole = run.tables("run");
    for entry in run.out("run/parts").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "part") {
            let mut bytes = fs_err::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
            fs_err::write(&path, bytes).unwrap();
            break;
        }
    }
    let output = run.score("run", &["--resume"]);
    assert!(
        said(&output).contains("1 damaged parts of the run were done again"),
        "{}",
        said(&output)
    );
    assert_eq!(run.tables("run"), whole);
}
