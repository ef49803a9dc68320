//! Does a run lose nothing, and take over nothing that isn't its own?

use std::path::Path;

use serde_json::Map;
use tempfile::TempDir;

use super::*;
use crate::error::Hinted;
use crate::output::manifest::{Actors, Model};
use crate::output::tests::article_rows_for_parts;

fn identity(model: &str) -> Identity {
    Identity {
        detente: "0.1.0".into(),
        model: Model { name: model.into(), sha256: None, precision: "none".into() },
        actors: Actors { files: vec![], n_actors: 0 },
        parameters: Map::new(),
        format: "csv".into(),
        inputs: vec!["-".into()],
    }
}

fn content(article: usize) -> String {
    format!("{article:016x}{:048}", 0)
}

/// A part that holds the articles with these numbers, `a1` with the content digest …01, and so on.
fn part(digest: &str, articles: &[usize]) -> Part {
    let scored = |&article: &usize| {
        let mut rows = article_rows_for_parts();
        rows.article.article_id = format!("a{article}");
        Entry::Scored { rows: Box::new(rows), content: content(article) }
    };
    Part { digest: digest.into(), entries: articles.iter().map(scored).collect() }
}

fn begin(run: &Path, parts: &[Part]) {
    let store = Parts::create(run, &identity("m")).unwrap();
    for part in parts {
        store.commit(part).unwrap();
    }
}

fn go_on(run: &Path) -> Parts {
    Parts::resume(run, &identity("m")).unwrap()
}

fn names(run: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(run.join(FOLDER)).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_part_is_found_by_whoever_reads_the_same_records() {
    let run = TempDir::new().unwrap();
    let (x, y) = (part("x", &[1, 2]), part("y", &[3]));
    begin(run.path(), &[x.clone(), y.clone()]);
    fs_err::write(run.path().join("parts/.z.part.partial"), "left by a killed process").unwrap();
    let store = go_on(run.path());
    assert_eq!((store.n_before(), store.done("x"), store.done("z")), (2, Some(x), None));
    assert_eq!(store.done("y"), Some(y));
    assert_eq!(store.finish().unwrap(), Changes::default());
    assert_eq!(names(run.path()), ["lock", "run.json", "x.part", "y.part"]);
}

#[test]
fn a_damaged_part_is_none_and_is_done_again() {
    let run = TempDir::new().unwrap();
    begin(run.path(), &[part("x", &[1])]);
    let path = run.path().join("parts/x.part");
    let mut bytes = fs_err::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs_err::write(&path, bytes).unwrap();
    let store = go_on(run.path());
    assert_eq!(store.done("x"), None);
    assert!(store.rows_of(&content(1)).is_none());
    store.commit(&part("x", &[1])).unwrap();
    assert_eq!(store.finish().unwrap(), Changes { n_damaged: 1, ..Changes::default() });
    assert!(go_on(run.path()).done("x").is_some());
}

#[test]
fn articles_are_found_in_whatever_part_they_were_and_changes_are_told() {
    let run = TempDir::new().unwrap();
    begin(run.path(), &[part("x", &[1, 2, 3]), part("y", &[4]), part("z", &[5, 6])]);
    let store = go_on(run.path());
    assert!(store.done("y").is_some());
    let found = |article| store.rows_of(&content(article)).map(|rows| rows.article.article_id);
    assert_eq!(found(2).as_deref(), Some("a2"));
    assert_eq!(found(6).as_deref(), Some("a6"));
    assert_eq!(found(1).as_deref(), Some("a1"));
    assert_eq!(found(7), None);
    // Article 3 has another content now, and 5 is gone.
    let mut new = part("n", &[1, 2, 3, 6, 7]);
    let Entry::Scored { content, .. } = &mut new.entries[2] else { panic!("an article") };
    *content = self::content(33);
    store.commit(&new).unwrap();
    let changes = store.finish().unwrap();
    let expected = Changes { n_changed: 1, n_removed: 1, removed: vec!["a5".into()], n_damaged: 0 };
    assert_eq!(changes, expected);
    assert_eq!(names(run.path()), ["lock", "n.part", "run.json", "y.part"]);
}

#[test]
fn two_processes_cannot_write_one_run() {
    let run = TempDir::new().unwrap();
    let first = Parts::create(run.path(), &identity("m")).unwrap();
    first.commit(&part("x", &[1])).unwrap();
    let error = Parts::resume(run.path(), &identity("m")).unwrap_err();
    assert!(error.to_string().starts_with("another process is writing the run in"), "{error}");
    drop(first);
    assert_eq!(go_on(run.path()).n_before(), 1);
}

#[test]
fn a_run_of_another_kind_is_refused_with_what_differs() {
    let run = TempDir::new().unwrap();
    begin(run.path(), &[part("x", &[1])]);
    let error = Parts::resume(run.path(), &identity("n")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.ends_with("can't be gone on with: the model was `m` at precision `none` and is `n` at precision `none`"),
        "{message}"
    );
    assert!(error.downcast_ref::<Hinted>().unwrap().hint.starts_with("repeat the command"));
    let error = Parts::create(run.path(), &identity("m")).unwrap_err();
    assert!(error.to_string().ends_with("holds a run already: `parts`"), "{error}");
}

#[test]
fn a_run_that_did_nothing_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    drop(Parts::create(&run, &identity("m")).unwrap());
    assert!(!run.exists());
    fs_err::create_dir(&run).unwrap();
    fs_err::write(run.join("notes.txt"), "mine").unwrap();
    drop(Parts::resume(&run, &identity("m")).unwrap());
    assert_eq!(fs_err::read_dir(&run).unwrap().count(), 1);
}

#[test]
fn a_finished_run_without_its_parts_is_not_begun_anew() {
    let run = TempDir::new().unwrap();
    fs_err::write(run.path().join("manifest.json"), "{}").unwrap();
    let error = Parts::resume(run.path(), &identity("m")).unwrap_err();
    assert!(error.to_string().ends_with("is a finished run without its `parts`"), "{error}");
}
