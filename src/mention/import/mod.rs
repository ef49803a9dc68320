//! How do lists in other people's forms become ours? One file a form in [`FORMS`]; ids, parents and names that are
//! known already are told apart once, for all of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::list::ActorList;
use crate::error::{Skipped, WithHint};

mod decode;
mod entry;
mod known;
mod names;
mod role;
mod cameo;
mod wikidata;
mod join;
mod write;

use entry::Found;
pub(super) use names::slug;

use join::Joining;
use known::Known;

/// A form of actor list that somebody else uses.
trait Form: Sync {
    /// The name to ask for it by.
    fn name(&self) -> &'static str;

    /// Whether a file is in this form, as far as its name and its beginning tell.
    fn fits(&self, path: &Path, text: &str) -> bool;

    /// Reads a file: its actors, and the lines that are none, with the reason.
    ///
    /// # Errors
    /// When nothing in it can be read.
    fn read(&self, text: &str, known: &Known<'_>) -> anyhow::Result<Found>;
}

/// Every form.
const FORMS: &[&dyn Form] = &[&cameo::Cameo, &wikidata::Wikidata];

/// The names of all forms.
pub fn form_names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|form| form.name())
}

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Imported {
    /// The actor file, as CSV.
    pub csv: String,
    /// Actors that the list beneath lacked.
    pub n_new: usize,
    /// Actors of the list beneath that got names.
    pub n_extended: usize,
    /// Names written, those to show included.
    pub n_names: usize,
    /// Terms and memberships written.
    pub n_terms: usize,
    /// Names left out, since another actor beneath goes by them.
    pub n_taken: usize,
    /// Terms left out, since their parent is unknown, or the actor beneath has terms of its own.
    pub n_terms_left_out: usize,
    /// Role nouns, read to tell offices in names.
    pub n_role_nouns: usize,
    /// Lines that could not be used.
    pub problems: Vec<Skipped>,
}

/// Imports files on top of a list; `form` is the name of their form, found by looking where it is `None`.
///
/// An entry whose name an actor of `base` goes by adds to that actor; any other gets an id made of its name.
///
/// # Errors
/// When a file can't be read, or is in no known form.
pub fn import(base: &ActorList, files: &[PathBuf], form: Option<&str>) -> anyhow::Result<Imported> {
    let known = Known::new(base);
    let mut joining = Joining::new(&known);
    let mut read = Vec::new();
    for path in files {
        let text = decode::text(fs_err::read(path)?);
        let found = form_of(path, &text, form)?
            .read(&text, &known)
            .with_context(|| format!("`{}`", path.display()))?;
        read.push((path, found));
    }
    // Role nouns may stand in the last file.
    let roles: role::Roles = read.iter().flat_map(|(_, found)| found.roles.clone()).collect();
    for (path, found) in read {
        joining.problems.extend(found.problems.into_iter().map(|(line, reason)| Skipped {
            path: path.clone(),
            line,
            reason,
        }));
        for entry in found.entries {
            joining.add(entry, &roles);
        }
    }
    let n_role_nouns = roles.len();
    Ok(Imported { n_role_nouns, ..joining.finish() })
}

fn form_of(path: &Path, text: &str, name: Option<&str>) -> anyhow::Result<&'static dyn Form> {
    let is_it = |form: &&&dyn Form| match name {
        Some(name) => form.name() == name,
        None => form.fits(path, text),
    };
    FORMS
        .iter()
        .find(is_it)
        .copied()
        .ok_or_else(|| anyhow!("`{}` is in no form that can be imported", path.display()))
        .hint(|| {
            let names: Vec<&str> = form_names().collect();
            format!("say which one it is by --form {}", names.join("|"))
        })
}

#[cfg(test)]
mod tests;
