//! Which labelled sets are known? One manifest each in `eval/datasets`: source, licence, layout, splits.

mod fetch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;

use super::gold::Layout;
use crate::digest::sha256_of_file;
use crate::error::WithHint;

/// The name and manifest of every known set, by name.
const MANIFESTS: &[(&str, &str)] = &[
    ("dse", include_str!("../../eval/datasets/dse.toml")),
    ("newsmtsc", include_str!("../../eval/datasets/newsmtsc.toml")),
    ("p-stance", include_str!("../../eval/datasets/p-stance.toml")),
    ("persent", include_str!("../../eval/datasets/persent.toml")),
    ("plover", include_str!("../../eval/datasets/plover.toml")),
    ("semeval-2014", include_str!("../../eval/datasets/semeval-2014.toml")),
    ("semeval-2016", include_str!("../../eval/datasets/semeval-2016.toml")),
    ("vast", include_str!("../../eval/datasets/vast.toml")),
];

/// A labelled set that others made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name: that of its manifest, and of its folder.
    #[serde(skip)]
    pub name: String,
    /// What it is.
    pub title: String,
    /// On what terms.
    pub licence: String,
    /// Where it is described and, mostly, found.
    pub source: String,
    /// Whom to cite.
    pub cite: String,
    /// What else must be known to use it.
    pub note: Option<String>,
    /// How its files are read.
    #[serde(default)]
    pub layout: Layout,
    /// The splits that its bare name stands for.
    pub default: Vec<String>,
    /// Its parts.
    pub splits: BTreeMap<String, Split>,
}

/// One file of a set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Its name in the set's folder.
    pub file: String,
    /// Where it can be fetched from; `None` where it must be asked for or unpacked by hand.
    pub url: Option<String>,
    /// SHA-256 in hexadecimal; `None` where nobody has vouched for one yet.
    pub sha256: Option<String>,
}

/// How a split's file came to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was there.
    Here(PathBuf),
    /// It was fetched; with its SHA-256, which nobody has vouched for if the manifest has none.
    Fetched(PathBuf, String),
}

impl Found {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Here(path) | Self::Fetched(path, _) => path,
        }
    }
}

impl Dataset {
    /// The names of all known sets.
    pub fn names() -> Vec<&'static str> {
        MANIFESTS.iter().map(|(name, _)| *name).collect()
    }

    /// The set of that name, if it is known.
    pub fn find(name: &str) -> anyhow::Result<Option<Self>> {
        let manifest = MANIFESTS.iter().find(|(known, _)| *known == name);
        manifest.map(|(name, toml)| Self::parse(name, toml)).transpose()
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it isn't TOML with the fields of a set, or names a split that it hasn't got.
    pub fn parse(name: &str, toml: &str) -> anyhow::Result<Self> {
        let mut dataset: Self =
            toml::from_str(toml).with_context(|| format!("the manifest of `{name}`"))?;
        name.clone_into(&mut dataset.name);
        if let Some(split) =
            dataset.default.iter().find(|split| !dataset.splits.contains_key(*split))
        {
            bail!("the manifest of `{name}` has no split `{split}`");
        }
        Ok(dataset)
    }

    /// The file of a split in a folder of sets, as `FOLDER/SET/FILE`; fetched if it isn't there and `may_fetch`.
    ///
    /// What was fetched without a known SHA-256 is remembered by its own in `FILE.sha256`, so that a change is seen.
    ///
    /// # Errors
    /// When there is no such split, its file is neither there nor to be fetched, or isn't the one that the manifest, or
    /// the first fetch, says.
    pub fn file(&self, split: &str, folder: &Path, may_fetch: bool) -> anyhow::Result<Found> {
        let known = self.splits.get(split);
        let Split { file, url, sha256 } = known
            .with_context(|| format!("`{}` has no split `{split}`", self.name))
            .hint(|| format!("its splits are: {}", quoted(self.splits.keys())))?;
        let path = folder.join(&self.name).join(file);
        let remembered = path.with_file_name(format!("{file}.sha256"));
        let expected = match sha256 {
            Some(sha256) => Some(sha256.clone()),
            None => fs_err::read_to_string(&remembered).ok().map(|text| text.trim().to_owned()),
        };
        if path.is_file() {
            if let Some(expected) = expected {
                check(&path, &expected, &sha256_of_file(&path)?)?;
            }
            return Ok(Found::Here(path));
        }
        let absent = || anyhow!("`{}` is not there", path.display());
        match url {
            None => Err(absent()).hint(|| format!("get it from {} and put it there", self.source)),
            Some(_) if !may_fetch => Err(absent()).hint(|| {
                format!("`--fetch` fetches it from {} (licence: {})", self.source, self.licence)
            }),
            Some(url) => {
                let sha256 = fetch::fetch(url, &path, expected.as_deref())?;
                fs_err::write(&remembered, format!("{sha256}\n"))?;
                Ok(Found::Fetched(path, sha256))
            }
        }
    }
}

/// Whether a file is the one that is meant.
fn check(path: &Path, expected: &str, actual: &str) -> anyhow::Result<()> {
    if expected.eq_ignore_ascii_case(actual) {
        return Ok(());
    }
    let wrong = anyhow!(
        "`{}` is not the file that is meant: its SHA-256 is {actual}, not {expected}",
        path.display()
    );
    Err(wrong).hint(|| {
        "remove it, and what was remembered of it beside it, if you trust the new one".to_owned()
    })
}

fn quoted<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
