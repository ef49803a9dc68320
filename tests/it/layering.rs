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

/// Every `.rs` file under a path, or the path itself with that ending.
fn rust_files(path: &Path) -> Vec<PathBuf> {
    let file = path.with_extension("rs");
    if file.is_file() && !path.is_dir() {
        return vec![file];
    }
    let mut files = Vec::new();
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

/// The stages that code names as `crate::stage`, in groups too.
fn imported(code: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut stages = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            stages.extend(group[..group.find(';').unwrap_or(0)].split(',').map(name));
        } else {
            stages.insert(name(rest));
        }
    }
    stages
}

#[test]
fn stages_import_only_what_the_diagram_allows() {
    let mut violations = BTreeSet::new();
    for (stage, allowed) in STAGES {
        for file in rust_files(&source().join(stage)) {
            let code = fs_err::read_to_string(&file).unwrap();
            for other in imported(&code) {
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
fn groups_of_imports_are_seen_too() {
    let code = "use crate::{text, model::Task}; let x = crate::eval::ask();";
    assert_eq!(imported(code), ["eval", "model", "text"].map(str::to_owned).into());
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
