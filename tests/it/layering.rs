//! Does the data flow one way? Imports, registries and sizes of files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each stage and the stages that it may import. Read downwards, this is the architecture.
const STAGES: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("digest", &[]),
    ("text", &[]),
    ("ingest", &["text"]),
    ("batch", &["text"]),
    ("model", &["batch", "text"]),
    ("mention", &["text", "batch", "model"]),
    ("score", &["text", "mention", "batch", "model"]),
    ("output", &["score"]),
    ("aggregate", &["score"]),
    ("eval", &["text", "batch", "model", "score"]),
    ("train", &["text", "batch", "model", "score", "eval"]),
    (
        "pipeline",
        &["text", "ingest", "batch", "model", "mention", "score", "output", "aggregate", "eval"],
    ),
];

/// What every stage may import.
const SHARED: [&str; 2] = ["error", "digest"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every `.rs` file under a path, and the path itself with that ending.
fn rust_files(path: &Path) -> Vec<PathBuf> {
    let file = path.with_extension("rs");
    let mut files: Vec<_> = file.is_file().then_some(file).into_iter().collect();
    if !path.is_dir() {
        return files;
    }
    for entry in path.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The stages that code names as `crate::stage`, in groups too, and by more `super`s than lead out of the folder that
/// it stands in; `depth` is the number of modules above the code, the crate not counted.
fn imported(code: &str, depth: usize) -> BTreeSet<String> {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let roots = ["crate::".to_owned(), "super::".repeat(depth)];
    let mut stages = BTreeSet::new();
    for root in roots.iter().filter(|root| !root.is_empty()) {
        for (at, _) in code.match_indices(root.as_str()) {
            let rest = code[at + root.len()..].trim_start();
            match rest.strip_prefix('{') {
                Some(group) => stages.extend(first_names(group)),
                None => stages.extend(name(rest)),
            }
        }
    }
    stages
}

/// The name that a text begins with.
fn name(text: &str) -> Option<String> {
    let name = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_');
    Some(name.collect::<String>()).filter(|name| !name.is_empty() && name != "super")
}

/// The first name of each path in a group of imports, which begins after its brace.
fn first_names(group: &str) -> BTreeSet<String> {
    let (mut depth, mut names, mut start) = (1, BTreeSet::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                names.extend(name(&group[start..]));
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.extend(name(&group[start..]));
    names
}

/// How many modules lie above the code of a file: `src/text/span.rs` is `crate::text::span`, two below the crate.
fn depth(file: &Path) -> usize {
    let within = file.strip_prefix(source()).unwrap();
    within.components().count() - usize::from(within.ends_with("mod.rs"))
}

#[test]
fn stages_import_only_what_the_diagram_allows() {
    let mut violations = BTreeSet::new();
    for (stage, allowed) in STAGES {
        for file in rust_files(&source().join(stage)) {
            let code = fs_err::read_to_string(&file).unwrap();
            for other in imported(&code, depth(&file)) {
                let is_stage = other == "cli" || STAGES.iter().any(|(name, _)| *name == other);
                let is_allowed = other == *stage
                    || SHARED.contains(&other.as_str())
                    || allowed.contains(&other.as_str());
                if is_stage && !is_allowed {
                    violations.insert(format!("{} imports `{other}`", file.display()));
                }
            }
        }
    }
    assert!(violations.is_empty(), "data flows one way: {violations:#?}");
}

#[test]
fn every_way_to_import_is_seen() {
    let seen = |code: &str| imported(code, 2).into_iter().collect::<Vec<_>>();
    let code = "use crate::{text, model::{Task, head}}; let x = crate::eval::ask();";
    assert_eq!(seen(code), ["eval", "model", "text"]);
    assert_eq!(
        seen("use crate::{\n    batch::{pack, encode},\n    text::Span,\n};"),
        ["batch", "text"]
    );
    assert_eq!(seen("use super::span::Span; use super::super::mention::Actor;"), ["mention"]);
    assert_eq!(seen("//! See [`crate::cli`].\n/// And `crate::eval`."), [""; 0]);
    assert_eq!(depth(&source().join("text/span.rs")), 2);
    assert_eq!(depth(&source().join("text/mod.rs")), 1);
}

#[test]
fn every_folder_stands_in_the_diagram_and_says_its_question() {
    for entry in source().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["lib", "main", "cli"].contains(&name.as_str()) {
            continue;
        }
        assert!(STAGES.iter().any(|(stage, _)| *stage == name), "`{name}` is in no row");
    }
    for file in rust_files(&source()) {
        let code = fs_err::read_to_string(&file).unwrap();
        let is_test = file.file_stem().is_some_and(|name| name == "tests");
        assert!(is_test || code.starts_with("//! "), "{} says nothing of itself", file.display());
    }
}

#[test]
fn files_stay_readable() {
    const MOST_LINES: usize = 400;
    let mut long = Vec::new();
    for file in rust_files(&source()) {
        let code = fs_err::read_to_string(&file).unwrap();
        let is_test = file.file_stem().is_some_and(|name| name == "tests");
        let n = code.split("#[cfg(test)]\nmod tests").next().unwrap().lines().count();
        if n > MOST_LINES && !is_test {
            long.push(format!("{}: {n} lines", file.display()));
        }
    }
    assert!(long.is_empty(), "more than {MOST_LINES} lines without tests: {long:#?}");
}

/// The files of a folder that implement something to be registered are all named in its registry.
#[test]
fn registries_are_complete() {
    let registries = [
        ("model/arch", "ARCHITECTURES", "impl Architecture for"),
        ("ingest", "FORMATS", "impl Format for"),
        ("output", "SINKS", "impl TableFormat for"),
        ("eval/metric", "METRICS", "impl Metric for"),
    ];
    for (folder, registry, implements) in registries {
        let folder = source().join(folder);
        let code = fs_err::read_to_string(folder.join("mod.rs")).unwrap();
        let list = code.split(&format!("pub const {registry}")).nth(1).unwrap();
        let list = &list[..list.find("];").unwrap()];
        let mut n_found = 0;
        for file in rust_files(&folder) {
            let code = fs_err::read_to_string(&file).unwrap();
            for part in code.split(implements).skip(1) {
                let name = part.trim_start().split([' ', '<', '{']).next().unwrap();
                assert!(list.contains(&format!("::{name}")), "`{name}` is not in {registry}");
                n_found += 1;
            }
        }
        assert!(n_found >= 2, "{registry} has {n_found} entries");
    }
}
