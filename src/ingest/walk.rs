//! Which files are meant? What the command line names, and what lies in the folders that it names.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};

use super::source::is_stdin;
use super::{FORMATS, Format, format_of};
use crate::error::{Skipped, WithHint};

/// One step of a run's reading.
pub(super) enum Step {
    /// A file to read; no format where its bytes have to tell.
    File { path: PathBuf, format: Option<&'static dyn Format> },
    /// A file that cannot be read.
    Skipped(Skipped),
}

/// Lists the files under `inputs` in order: as named, and in folders sorted by name at every level.
///
/// `fallback` is the format of files whose name says nothing.
pub(super) fn walk(
    inputs: &[PathBuf],
    fallback: Option<&'static dyn Format>,
) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for input in inputs {
        if is_stdin(input) {
            steps.push(Step::File { path: input.clone(), format: fallback });
            continue;
        }
        if !input.exists() {
            let input = input.display();
            return Err(anyhow!("`{input}` does not exist, or may not be read"))
                .hint(|| "an input is a file, a folder, or `-` for standard input".to_owned());
        }
        let metadata = fs_err::metadata(input)?;
        if metadata.is_dir() {
            let mut within = vec![fs_err::canonicalize(input)?];
            walk_folder(input, fallback, &mut within, &mut steps)?;
        } else {
            let format = format_of(input).or(fallback);
            if format.is_none() && metadata.is_file() {
                return Err(unknown(input)).hint(how_to_tell);
            }
            steps.push(Step::File { path: input.clone(), format });
        }
    }
    Ok(steps)
}

/// `within` holds the real paths of the folders above, to notice links that lead back up.
fn walk_folder(
    folder: &Path,
    fallback: Option<&'static dyn Format>,
    within: &mut Vec<PathBuf>,
    steps: &mut Vec<Step>,
) -> anyhow::Result<()> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    if holds_run(&paths) {
        steps.push(skipped(folder, "this folder holds the tables of a run, not articles"));
        return Ok(());
    }
    for path in paths {
        if let Err(error) = walk_entry(&path, fallback, within, steps) {
            steps.push(skipped(&path, &format!("{error:#}")));
        }
    }
    Ok(())
}

fn walk_entry(
    path: &Path,
    fallback: Option<&'static dyn Format>,
    within: &mut Vec<PathBuf>,
    steps: &mut Vec<Step>,
) -> anyhow::Result<()> {
    let metadata = fs_err::metadata(path)?;
    if metadata.is_dir() {
        let real = fs_err::canonicalize(path)?;
        if within.contains(&real) {
            bail!("this link leads back to a folder above it");
        }
        within.push(real);
        let result = walk_folder(path, fallback, within, steps);
        within.pop();
        return result;
    }
    if !metadata.is_file() {
        bail!("not a regular file");
    }
    match format_of(path).or(fallback) {
        None => Err(unknown(path)),
        format => {
            steps.push(Step::File { path: path.to_path_buf(), format });
            Ok(())
        }
    }
}

/// Whether these are the files of an output folder, whose rows must not be taken for articles.
fn holds_run(paths: &[PathBuf]) -> bool {
    let has = |stem: &str| paths.iter().any(|path| path.file_stem().is_some_and(|s| s == stem));
    has("manifest") && has("mentions") && has("dyads") && has("articles")
}

fn skipped(path: &Path, reason: &str) -> Step {
    Step::Skipped(Skipped { path: path.to_path_buf(), line: 1, reason: reason.to_owned() })
}

fn unknown(path: &Path) -> anyhow::Error {
    match path.extension() {
        None => anyhow!("`{}` has no extension that says what it is", path.display()),
        Some(extension) => anyhow!(
            "`{}`: no format has the extension `.{}`",
            path.display(),
            extension.to_string_lossy()
        ),
    }
}

fn how_to_tell() -> String {
    let names: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
    let extensions: Vec<_> =
        FORMATS.iter().flat_map(|format| format.extensions()).map(|e| format!(".{e}")).collect();
    format!(
        "say what it is with `--input-format {}`; known extensions are {}, each also with .gz or .zst",
        names.join("|"),
        extensions.join(" ")
    )
}
