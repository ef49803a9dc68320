//! What is measured on? The labelled files that the user named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};

use super::Args;
use crate::cli::Printer;
use crate::digest::sha256_of_file;
use crate::error::WithHint;
use crate::eval::Gold;
use crate::eval::dataset::{Dataset, Found};
use crate::eval::gold::{Absent, FIELDS, Layout, Offsets};

/// Options about what gold files mean.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How gold files are read")]
pub(super) struct LayoutArgs {
    /// What offsets count: code points (`chars`, as Python and R do), bytes, or UTF-16 units (as JavaScript and brat do)
    #[arg(long, value_name = "UNIT", value_parser = ["chars", "bytes", "utf16"])]
    offsets: Option<String>,

    /// A column of a table under another name: `--column text=body`; several for `label`, one a coder
    #[arg(long, value_name = "FIELD=NAME", value_parser = assignment)]
    column: Vec<(String, String)>,

    /// A label under another name: `--label AGAINST=hostile`
    #[arg(long, value_name = "WORD=LABEL", value_parser = assignment)]
    label: Vec<(String, String)>,

    /// What becomes of targets that the text doesn't name: their rows are skipped, or they are read from the whole text
    #[arg(long, value_name = "HOW", value_parser = ["skip", "whole-text"])]
    absent: Option<String>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("needs a `=`, as in `text=body`")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl LayoutArgs {
    /// A layout with what the user said in place of what it says.
    fn over(&self, mut layout: Layout) -> anyhow::Result<Layout> {
        match self.offsets.as_deref() {
            Some("bytes") => layout.offsets = Offsets::Bytes,
            Some("utf16") => layout.offsets = Offsets::Utf16,
            Some(_) => layout.offsets = Offsets::Chars,
            None => {}
        }
        match self.absent.as_deref() {
            Some("whole-text") => layout.absent = Absent::WholeText,
            Some(_) => layout.absent = Absent::Skip,
            None => {}
        }
        for field in self.column.iter().map(|(field, _)| field).collect::<BTreeSet<_>>() {
            if !FIELDS.iter().any(|(known, _)| known == field) {
                let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
                return Err(anyhow!("`{field}` is no field of a gold table"))
                    .hint(|| format!("its fields are: {}", names.join(", ")));
            }
            let named = self.column.iter().filter(|(known, _)| known == field);
            layout.columns.insert(field.clone(), named.map(|(_, name)| name.clone()).collect());
        }
        layout.labels.extend(self.label.iter().cloned());
        Ok(layout)
    }
}

/// A gold file.
pub(super) struct Labelled {
    pub(super) path: String,
    pub(super) gold: Gold,
    /// SHA-256 of its bytes in hexadecimal.
    pub(super) sha256: String,
}

/// A gold file that the user named, or that a set's name stands for.
struct Wanted {
    /// As it is shown: its path, or `SET:SPLIT`.
    name: String,
    path: PathBuf,
    layout: Layout,
}

/// Reads all gold files, before any model is loaded.
pub(super) fn read_gold(args: &Args, printer: &mut Printer) -> anyhow::Result<Vec<Labelled>> {
    let mut files = Vec::new();
    let unique: BTreeSet<&PathBuf> = args.gold.iter().collect();
    if unique.len() < args.gold.len() {
        bail!("a file is named twice after `--gold`");
    }
    for Wanted { name, path, layout } in wanted(args, printer)? {
        let mut gold = read(&path, &args.layout.over(layout)?)?;
        tell_skipped(&gold, printer);
        if let Some(group) = &args.group {
            keep_group(&mut gold, group, &name)?;
        }
        if gold.tasks().is_empty() && gold.items.iter().all(|item| item.coded.is_empty()) {
            return Err(anyhow!("`{name}` has no targets to score")).hint(|| {
                "labels of whole sentences are for training alone; `detente eval --help` shows what a gold file looks \
                 like"
                    .to_owned()
            });
        }
        files.push(Labelled { path: name, gold, sha256: sha256_of_file(&path)? });
    }
    Ok(files)
}

fn keep_group(gold: &mut Gold, group: &str, name: &str) -> anyhow::Result<()> {
    let groups: Vec<String> = gold.groups().into_iter().map(str::to_owned).collect();
    gold.retain_group(group);
    if gold.items.is_empty() {
        let error = Err(anyhow!("`{name}` has no rows of group `{group}`"));
        return error.hint(|| format!("its groups are: {}", list(&groups)));
    }
    Ok(())
}

/// The files that `--gold` names: paths, and else `SET` or `SET:SPLIT`.
fn wanted(args: &Args, printer: &mut Printer) -> anyhow::Result<Vec<Wanted>> {
    let mut all = Vec::new();
    for path in &args.gold {
        let name = path.display().to_string();
        let (set, split) =
            name.split_once(':').map_or((name.as_str(), None), |(a, b)| (a, Some(b)));
        let dataset = if path.exists() { None } else { Dataset::find(set)? };
        let Some(dataset) = dataset else {
            all.push(Wanted { name, path: path.clone(), layout: Layout::default() });
            continue;
        };
        let splits = split.map_or_else(|| dataset.default.clone(), |split| vec![split.to_owned()]);
        for split in splits {
            let found = dataset.file(&split, &args.data, args.fetch)?;
            if let Found::Fetched(path, sha256) = &found {
                let Dataset { licence, cite, .. } = &dataset;
                let path = path.display();
                printer.say(&format!(
                    "fetched {path} (SHA-256 {sha256}); licence: {licence}; cite {cite}"
                ));
            }
            let name = format!("{set}:{split}");
            let layout = dataset.layout.clone();
            all.push(Wanted { name, path: found.path().to_owned(), layout });
        }
    }
    Ok(all)
}

pub(super) fn read(path: &Path, layout: &Layout) -> anyhow::Result<Gold> {
    let gold = Gold::read_as(path, layout)?;
    match (gold.items.is_empty(), gold.skipped.first()) {
        (true, Some(first)) => {
            Err(anyhow!("no row of `{}` can be used; the first: {first}", path.display()))
                .hint(|| "`detente eval --help` shows what a gold file looks like".to_owned())
        }
        (true, None) => bail!("`{}` is empty", path.display()),
        (false, _) => Ok(gold),
    }
}

fn tell_skipped(gold: &Gold, printer: &mut Printer) {
    const SHOWN: usize = 3;
    for skipped in gold.skipped.iter().take(SHOWN) {
        printer.say(&format!("skipped {skipped}"));
    }
    if let Some(more) = gold.skipped.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        printer.say(&format!("skipped {more} more rows"));
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
